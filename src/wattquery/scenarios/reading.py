"""Scenario files: those that ship, and those that users write."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from wattquery.catalog.own.converters import beside
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.arguments import refuses_unknown
from wattquery.inputs.names import clean_name, name_of_file
from wattquery.scenarios.scenario import Scenario
from wattquery.specs.scalars import shown
from wattquery.specs.toml_files import read_toml
from wattquery.sweeps.measured_points import beside as measured_beside
from wattquery.workloads.converters import beside as logs_beside

__all__ = ["load", "names", "text"]

ENDING = ".toml"

CONVERSIONS = "conversions"
"""The table of a file that says what the command line converts energies with; a scenario passes over it."""

MEASURED = "measured"

_FILES = {
    "model": beside,
    "hardware": beside,
    "workload": logs_beside,
    "batch_workload": logs_beside,
    MEASURED: measured_beside,
}
"""Keys that may name a file, and what looks for it in a folder."""


@cache
def names() -> tuple[str, ...]:
    """Return the names of the shipped scenarios.

    Examples
    --------
    >>> from wattquery import scenarios
    >>> "mixed" in scenarios.names()
    True
    """
    file_names = (entry.name for entry in files(__package__).joinpath("data").iterdir())
    return tuple(sorted(name.removesuffix(ENDING) for name in file_names if name.endswith(ENDING)))


@refuses_unknown
def text(name: str) -> str:
    """Return the file of a shipped scenario, to start one's own from.

    Raises
    ------
    InputError
        If there is no scenario of that name.

    Examples
    --------
    >>> from wattquery import scenarios
    >>> "queries_per_day" in scenarios.text("traditional")
    True
    """
    if not isinstance(name, str) or name not in names():
        raise InputError(
            f"scenario {shown(name)} is not known. Shipped are {listed(names())}.{did_you_mean(name, names())} "
            "Name one of them, or the path of a .toml file."
        )
    return files(__package__).joinpath("data", name + ENDING).read_text(encoding="utf-8")


@refuses_unknown
def load(scenario: str | os.PathLike[str] | Scenario) -> Scenario:
    """Return a scenario: a shipped one by its name, a file by its path, a scenario as it is.

    Parameters
    ----------
    scenario
        One of `names`, a path that ends in ``.toml``, or a `Scenario`.

    Raises
    ------
    InputError
        If it is neither, the file cannot be read, is not TOML, or says what is not allowed.

    Examples
    --------
    >>> from wattquery import scenarios
    >>> scenarios.load("mixed").shares
    {'traditional': 0.9, 'long': 0.1}
    """
    if isinstance(scenario, Scenario):
        return scenario
    if not isinstance(scenario, (str, os.PathLike)):
        raise InputTypeError(
            f"scenario = {shown(scenario)} is neither a name, a path nor a Scenario. Shipped are {listed(names())}."
        )
    if isinstance(scenario, str) and not scenario.endswith(ENDING):
        scenario = clean_name(scenario, "scenario")
        return Scenario.from_dict(tomllib.loads(text(scenario)), scenario)
    path = Path(scenario)
    try:
        entries = read_toml(path)
        name = entries.pop("name", None) or name_of_file(path.stem)
        return Scenario.from_dict(_beside(entries, path), name)
    except InputError as error:
        said = str(error)
        raise type(error)(said if said.startswith((str(path), repr(str(path)))) else f"{path}: {said}") from error


def _beside(entries: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return the entries with files that they name looked for beside the scenario's, wherever the command is run from.

    Those of a catalog, of models and accelerators of one's own, and of request logs.
    """
    found, table = {key: value for key, value in entries.items() if key != CONVERSIONS}, entries.get("catalog")
    if isinstance(table, str) and table.casefold().endswith(".csv"):
        found["catalog"] = str(path.parent / table)
    for name in ("classes", "pools", "axes"):
        if isinstance(parts := entries.get(name), Mapping):
            found[name] = {label: _with_files(part, path.parent, label) for label, part in parts.items()}
    if MEASURED in found:
        _calibrate(found, measured_beside(found.pop(MEASURED), path.parent))
    return found


def _calibrate(found: dict[str, Any], measured: object) -> None:
    """Have measurements that a whole file names calibrate each of its classes that names none itself."""
    if isinstance(classes := found.get("classes"), Mapping):
        found["classes"] = {
            name: {MEASURED: measured, **part} if isinstance(part, Mapping) else part for name, part in classes.items()
        }


def _with_files(part: Any, folder: Path, label: str) -> Any:
    """Return a class, or what stands on an axis, with the files of models, accelerators and workloads in a folder."""
    if label in _FILES:
        return _FILES[label](part, folder)
    if not isinstance(part, Mapping):
        return part
    return {key: _FILES[key](value, folder) if key in _FILES else value for key, value in part.items()}
