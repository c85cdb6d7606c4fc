"""Scenarios and their parts as plain values, which files and other processes can hold. Nothing is checked here."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

import numpy as np

from wattquery import catalog as catalogs
from wattquery.catalog import Catalog, Preset
from wattquery.errors import InputError
from wattquery.quantities import UncheckedNumber
from wattquery.specs.expressions import parse_expression

__all__ = ["rebuilt", "state", "stated", "written"]


def stated(made: Any) -> dict[str, Any]:
    """Return by name the fields of an object that are not what they are when left out."""
    return {
        part.name: getattr(made, part.name)
        for part in fields(made)
        if part.init and (_default(part) is MISSING or getattr(made, part.name) != _default(part))
    }


def written(value: Any) -> Any:
    """Return a value as text, numbers, lists and dicts that a scenario file may have in its place.

    Raises
    ------
    InputError
        If it has no place in a file: a preset or catalog that does not ship and is no file.
    """
    if isinstance(value, (Preset, Catalog)):
        return _shipped(value)
    if isinstance(value, (dt.date, np.datetime64)):
        return str(value)[:10]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, UncheckedNumber):
        return f"unchecked({value!r})"
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return value.item()
    if hasattr(value, "to_dict"):
        return _as_text(value) or written(value.to_dict())
    if isinstance(value, Mapping):
        return {key if isinstance(key, str) else str(written(key)): written(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple, range, np.ndarray)):
        return [written(entry) for entry in value]
    return value


def state(made: Any) -> tuple[Any, ...]:
    """Return how to make an object again: its read-only mappings cannot be pickled, and scenarios travel to workers."""
    parts = {part.name: getattr(made, part.name) for part in fields(made) if part.init}
    plain = {name: dict(value) if isinstance(value, Mapping) else value for name, value in parts.items()}
    return rebuilt, (type(made), plain)


def rebuilt(kind: type[Any], parts: dict[str, Any]) -> Any:
    """Return the object that `state` took apart."""
    return kind(**parts)


def _default(part: Field[Any]) -> Any:
    return part.default if part.default_factory is MISSING else part.default_factory()


def _as_text(value: Any) -> str:
    """Return a distribution or power rule as the call that makes it, where it reads back as the same one."""
    try:
        # The call of what is unchecked would be checked again: such a one is written as a dict.
        is_checked = not getattr(value, "outside_range", "")
        return str(value) if is_checked and parse_expression(str(value)) == value else ""
    except InputError:
        return ""


def _shipped(value: Preset | Catalog) -> str:
    is_preset = isinstance(value, Preset)
    known = catalogs.preset_names() if is_preset else catalogs.names()
    if value.name not in known or value != (catalogs.preset if is_preset else catalogs.load)(value.name):
        kind = "preset" if is_preset else "catalog"
        fix = "Name a shipped one, and pass your own to wq.fleet." if is_preset else "Write its rows to a .csv file."
        raise InputError(f"The {kind} {value.name!r} is an object of your own, which a file cannot hold. {fix}")
    return value.name
