"""Shell completion of values: names that ship, and files beside them. Nothing here imports numpy.

Each function takes what click's ``shell_complete`` hands over, and returns what may stand there.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable
from importlib.resources import files
from pathlib import Path

import click

__all__ = [
    "AXES",
    "Completer",
    "analyses",
    "catalogs",
    "claims",
    "hardware",
    "models",
    "models_or_scenarios",
    "presets",
    "scenarios",
    "workloads",
]

Completer = Callable[[click.Context, click.Parameter, str], list[str]]

_IN_BASH = "bash"


def _completer(names: Callable[[], Iterable[str]], *endings: str) -> Completer:
    """Return a completer of names, and of files with these endings."""

    def complete(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
        start = incomplete.casefold()
        found = [name for name in dict.fromkeys(names()) if name.casefold().startswith(start)]
        return [_typed(name) for name in (*found, *_files(incomplete, endings))]

    return complete


def _files(incomplete: str, endings: tuple[str, ...]) -> list[str]:
    """Return files with these endings, and folders, whose path begins so."""
    if not endings:
        return []
    folder, start = os.path.split(incomplete)
    try:
        entries = sorted(Path(folder or ".").iterdir())
    except (OSError, ValueError):
        return []
    named = [entry for entry in entries if entry.name.startswith(start) and not entry.name.startswith(".")]
    return [
        str(Path(folder) / entry.name) + (os.sep if entry.is_dir() else "")
        for entry in named
        if entry.is_dir() or entry.suffix in endings
    ]


def _typed(name: str) -> str:
    """Return a name as the shell takes it: bash puts what it is given on the line as it is."""
    if not os.environ.get("_WATTQUERY_COMPLETE", "").startswith(_IN_BASH):
        return name
    from click.shell_completion import BashComplete

    # click's function for bash reads each line with `read`, which takes a backslash off unless it is told not to.
    escape = "\\" if "read -r" in BashComplete.source_template else "\\\\"
    return "".join(one if one.isalnum() or one in "._-+/=,:%@" else f"{escape}{one}" for one in name)


def _model_names() -> Iterable[str]:
    from wattquery.catalog import load
    from wattquery.catalog.facts import architectures

    return [*load("oviedo2026").labels("model"), *(one.model for one in architectures().values()), "frontier"]


def _hardware_names() -> Iterable[str]:
    from wattquery.catalog import load
    from wattquery.catalog.facts import accelerators

    return [*accelerators(), *load("oviedo2026").labels("hardware")]


def _preset_names() -> Iterable[str]:
    from wattquery.catalog import preset_names

    return preset_names()


def _catalog_names() -> Iterable[str]:
    from wattquery.catalog import names

    return names()


def _scenario_names() -> Iterable[str]:
    # The room itself needs numpy, and the files say their names.
    entries = files("wattquery").joinpath("scenarios", "data").iterdir()
    return sorted(entry.name.removesuffix(".toml") for entry in entries if entry.name.endswith(".toml"))


def _workload_names() -> Iterable[str]:
    text = files("wattquery").joinpath("workloads", "data", "workloads.csv").read_bytes().decode()
    return [row["name"] for row in csv.DictReader(text.splitlines())]


def _claim_ids() -> Iterable[str]:
    from wattquery.catalog import public_claims

    return [one.id for one in public_claims()]


def _analysis_names() -> Iterable[str]:
    from wattquery.cli.analyses import ANALYSES

    return [name.replace("_", "-") for name in ANALYSES]


models = _completer(_model_names, ".json")
models_or_scenarios = _completer(lambda: [*_scenario_names(), *_model_names()], ".json", ".toml")
hardware = _completer(_hardware_names, ".toml")
presets = _completer(_preset_names)
catalogs = _completer(_catalog_names, ".csv")
scenarios = _completer(_scenario_names, ".toml")
workloads = _completer(_workload_names, ".csv")
claims = _completer(_claim_ids)
analyses = _completer(_analysis_names)

AXES: dict[str, Completer] = {
    "hardware": hardware,
    "workload": workloads,
    "output_tokens": _completer(lambda: ("traditional", "long")),
    "levers": _completer(lambda: ("none", "model", "serving", "hardware", "model+serving+hardware", "routing")),
    "boundary": _completer(lambda: ("accelerator", "node", "facility", "facility+idle_reserve")),
}
"""Completers of axes by name, for options that are made of the table of axes."""
