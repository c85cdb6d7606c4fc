"""A power profile's JSON, checked key by key: another program may have written or edited it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from wattquery.errors import InputError, listed
from wattquery.inputs.files import as_path, content_of, text_of
from wattquery.specs.scalars import is_number, is_whole, shown

__all__ = ["BOUNDARIES", "STATISTICS", "checked", "json_of"]

BOUNDARIES = ("accelerator", "node", "facility")
"""What power is counted at."""

STATISTICS = ("mean", "median", "low", "high")
"""What is said of a number that is not known for sure."""

LARGEST = 2**24
"""Bytes of a file."""

_WANTED = "A file that wattquery power-profile wrote"
_FIX = "read a file that wattquery power-profile wrote."

Check = Callable[[Any], bool]


def json_of(path: object) -> Any:
    """Return what stands in a file of JSON.

    Raises
    ------
    InputError, InputTypeError
        If it cannot be read, or is no JSON.
    """
    where = as_path(path)
    text = text_of(content_of(where, _WANTED, largest=LARGEST), where, _WANTED, "save it again as UTF-8.")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else error
        raise InputError(f"{shown(str(where), 300)} is no JSON ({why}): {_FIX}") from None


def checked(plain: Any, schema: str) -> Mapping[str, Any]:
    """Return a profile of plain values whose every key is as it should be.

    Parameters
    ----------
    plain
        What a file holds.
    schema
        The form that it must have.

    Raises
    ------
    InputError
        If it has another schema, lacks a key, or one is of another kind.
    """
    if not isinstance(plain, dict) or "schema" not in plain:
        raise InputError(f"A power profile must have all keys of the schema {schema!r}, got {shown(plain)}: {_FIX}")
    if plain["schema"] != schema:
        raise InputError(
            f"A power profile must have the schema {schema!r}, got {shown(plain['schema'])}: write it anew with this "
            "version of wattquery."
        )
    if missing := [name for name in ("load", *_KINDS) if name not in plain]:
        raise InputError(
            f"A power profile must have all keys of the schema {schema!r}, and lacks {listed(missing)}: {_FIX}"
        )
    _need("load", plain["load"], _rises, "numbers from 0 to 1 in rising order")
    for name, (check, words) in _KINDS.items():
        _need(name, plain[name], check, words)
    size = len(plain["load"])
    _need("running_sequences", plain["running_sequences"], lambda one: _numbers(one, size), _words(size))
    most = plain["most_running_sequences"]
    if any(
        abs(load * most - one) > 1e-6 * most
        for load, one in zip(plain["load"], plain["running_sequences"], strict=True)
    ):
        raise InputError(
            f"'running_sequences' of a power profile must be 'load' times 'most_running_sequences': {_FIX}"
        )
    _check_band("output_tokens_per_s_per_instance", plain["output_tokens_per_s_per_instance"], size)
    for name in BOUNDARIES:
        _check_band(f"power_w_per_accelerator.{name}", plain["power_w_per_accelerator"].get(name), size)
    return plain


def _check_band(name: str, band: Any, size: int) -> None:
    _need(name, band, lambda one: isinstance(one, dict), f"an object with {listed(STATISTICS)}")
    for statistic in STATISTICS:
        _need(f"{name}.{statistic}", band.get(statistic), lambda one: _numbers(one, size), _words(size))
    order = zip(band["low"], band["median"], band["high"], strict=True)
    if not all(low <= median <= high for low, median, high in order):
        raise InputError(f"{name!r} of a power profile must rise in the order low, median, high at each load: {_FIX}")


def _need(name: str, value: Any, check: Check, words: str) -> None:
    if not check(value):
        raise InputError(f"{name!r} of a power profile must be {words}, got {shown(value)}: {_FIX}")


def _words(size: int) -> str:
    return f"{size} finite numbers of 0 or more, one for each load"


def _numbers(value: Any, size: int) -> bool:
    return isinstance(value, list) and len(value) == size and all(_is_finite(one) for one in value)


def _is_finite(value: Any) -> bool:
    """Return whether a value is a number of 0 or more that a float can hold."""
    return is_number(value) and 0.0 <= value <= 1e300


def _rises(value: Any) -> bool:
    if not isinstance(value, list) or not value or not _numbers(value, len(value)):
        return False
    return value[-1] <= 1.0 and all(before < after for before, after in pairwise(value))


def _is_count(value: Any) -> bool:
    return is_whole(value) and 1 <= value <= 10**9


def _is_above(value: Any) -> bool:
    return _is_finite(value) and value > 0.0


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _has_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


_COUNT, _ABOVE, _TEXT = (_is_count, "a whole number above 0"), (_is_above, "a number above 0"), (_is_text, "a text")
_KINDS: Mapping[str, tuple[Check, str]] = {
    "accelerators_per_instance": _COUNT,
    "accelerators_per_node": (lambda one: one is None or _is_count(one), "a whole number above 0, or null"),
    "most_running_sequences": _ABOVE,
    "mean_input_tokens": _ABOVE,
    "mean_output_tokens": _ABOVE,
    "level": (lambda one: _is_above(one) and one < 1.0, "a probability between 0 and 1"),
    "support": _TEXT,
    "support_rows": (lambda one: is_whole(one) and 0 <= one <= 10**9, "a whole number of 0 or more"),
    "support_basis": _TEXT,
    "assumptions": (lambda one: isinstance(one, dict) and _has_texts(list(one.values())), "an object of texts"),
    "notes": (_has_texts, "a list of texts"),
    "provenance": (lambda one: isinstance(one, dict), "an object"),
    "running_sequences": (lambda one: isinstance(one, list), "a list of numbers"),
    "output_tokens_per_s_per_instance": (lambda one: isinstance(one, dict), "an object"),
    "power_w_per_accelerator": (
        lambda one: isinstance(one, dict) and set(one) == set(BOUNDARIES),
        f"an object with {listed(BOUNDARIES)}",
    ),
}
"""What each key but the load holds: a check, and what it is in words."""
