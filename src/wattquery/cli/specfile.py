"""A sweep written down as a TOML file, to the arguments of `wattquery.sweep`, and the keys that a file may have."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from wattquery import catalog as catalogs
from wattquery.catalog.own import beside
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.arguments import how_to, new_name
from wattquery.quantities import AXES
from wattquery.specs import ALL
from wattquery.specs.expressions import parse_value
from wattquery.specs.toml_files import read_toml
from wattquery.sweeps.measured_points import beside as measured_beside
from wattquery.workloads.converters import beside as logs_beside

__all__ = ["SENSITIVITY", "check_keys", "check_model", "read_section", "read_spec"]

SENSITIVITY = "sensitivity"
"""The table that says what `wattquery sensitivity` does; a sweep passes over it."""

OF_COMMANDS = (SENSITIVITY, "conversions")
"""Tables that say what a command does with a sweep."""

_LABEL_AXES = (*AXES[:4], "workload")
_FLAGS = ("common_random_numbers", "keep_histogram")
_COUNTS = ("draws", "shared_draws", "seed", "replicates", "bins", "order", "max_sequences")


def read_spec(path: Path, allowed: Collection[str]) -> dict[str, object]:
    """Return the arguments that a TOML file gives, without those of `read_section`.

    Parameters
    ----------
    path
        The file.
    allowed
        The names of all arguments.

    Raises
    ------
    InputError
        If the file cannot be read, is not TOML or has an unknown key.
    """
    entries = read_toml(path)
    for table in OF_COMMANDS:
        entries.pop(table, None)
    check_keys(entries, allowed, str(path))
    return {key: _argument(key, value, path) for key, value in entries.items()}


def check_keys(keys: Iterable[str], allowed: Collection[str], where: str) -> None:
    """Refuse a key that is not allowed, with its new name if it was renamed.

    Raises
    ------
    InputError
        For the first of them.
    """
    for key in keys:
        if key in allowed:
            continue
        new = new_name(key, allowed)
        if new:
            raise InputError(f"{where}: the key {key!r} is now called {new!r}. {how_to(key)}")
        raise InputError(
            f"{where} has no key {key!r}. Its keys are {listed(allowed, 40)}.{did_you_mean(key, allowed)} Correct or "
            "remove it."
        )


def check_model(arguments: Collection[str], path: Path) -> None:
    """Refuse a spec that names no model."""
    if "model" not in arguments:
        raise InputError(f'{path}: the key \'model\' is missing. Add for example model = "DeepSeek-R1", or "ALL".')


def read_section(path: Path, nested: Collection[str]) -> dict[str, object]:
    """Return the table ``[sensitivity]`` of a TOML file, empty where it has none; ``nested`` names tables within it.

    Raises
    ------
    InputError
        If the file cannot be read, is not TOML, or has something else under that name.
    """
    section = read_toml(path).get(SENSITIVITY, {})
    if not isinstance(section, dict):
        raise InputTypeError(
            f"{path}: {SENSITIVITY} must be a table, got {section!r}. Write [{SENSITIVITY}] and its keys."
        )
    return {
        key: {name: _argument(name, own, path) for name, own in value.items()}
        if key in nested and isinstance(value, dict)
        else _argument(key, value, path)
        for key, value in section.items()
    }


def _argument(key: str, value: object, path: Path) -> object:
    """Return one argument as `wattquery.sweep` takes it."""
    if key in _LABEL_AXES:
        if key in ("model", "hardware"):
            value = beside(value, path.parent)  # a file names its neighbours, such as a config.json
        if key == "workload":
            value = logs_beside(value, path.parent)
        return ALL if value == "ALL" else value
    if key == "measured":
        return measured_beside(value, path.parent)
    if key == "batch_workload":
        return logs_beside(value, path.parent)
    if key in (*AXES, "prefill_weight"):
        return parse_value(key, value)
    if key == "catalog" and isinstance(value, str) and value not in catalogs.names():
        # A file names its neighbours: it means the same wherever the command is run from.
        return str(path.parent / value) if value.casefold().endswith(".csv") else value
    if key == "store" and isinstance(value, str) and "://" not in value:
        return str(path.parent / value)
    if key in _COUNTS and isinstance(value, float) and value.is_integer():
        return int(value)  # TOML reads 1e6 as a float
    if key in _FLAGS and not isinstance(value, bool):
        raise InputTypeError(f"{path}: {key} must be true or false, got {value!r}. Write one of the two.")
    return value
