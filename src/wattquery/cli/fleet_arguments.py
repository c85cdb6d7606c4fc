"""What the shell says of a fleet, read: shares, overheads, axes and a load profile as texts to arguments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from wattquery.errors import InputError, listed
from wattquery.inputs.files import content_of, text_of
from wattquery.quantities import FLEET_AXES

__all__ = [
    "AXES",
    "axis",
    "levels",
    "load_profile",
    "of_instances",
    "overheads",
    "pools",
    "presets",
    "scenarios",
    "scopes",
    "shares",
]

AXES = tuple(axis for axis in FLEET_AXES if axis != "preset")
"""Arguments whose options may be repeated, which makes an axis."""

LARGEST_PROFILE = 2**20
_FACTORS = tuple(axis for axis in AXES if axis not in ("boundary", "levers", "hardware"))
_COMMENT = re.compile(r"#[^\n]*")
_BETWEEN = re.compile(r"[\s,;]+")


def scenarios(written: Sequence[str]) -> str | list[str]:
    """Return one scenario, or several as an axis.

    Raises
    ------
    InputError
        If two would have the same label.
    """
    labels = [Path(name).stem if name.endswith(".toml") else name for name in written]
    twice = [label for i, label in enumerate(labels) if label in labels[:i]]
    if twice:
        raise InputError(
            f"The scenarios must have different names, by which results are told apart, got {listed(written)}, which "
            f"are {twice[0]!r} more than once. Leave one out, or copy its file under another name."
        )
    return written[0] if len(written) == 1 else list(written)


def presets(written: Sequence[str]) -> str | list[str] | None:
    """Return one preset, or several as an axis: repeated, or with commas.

    Raises
    ------
    InputError
        If there is none between the commas.
    """
    names = [name.strip() for text in written for name in text.split(",") if name.strip()]
    if written and not names:
        raise InputError(
            f"--preset must be a name, or several with commas, got {written[0]}. Write for example v2-code,v1."
        )
    return (names[0] if len(names) == 1 else names) or None


def axis(name: str, written: Sequence[str]) -> object:
    """Return the value of an argument, or a list where its option was repeated, or has numbers of a load with commas.

    Raises
    ------
    InputError
        If a text looks like a distribution and cannot be read.
    """
    from wattquery.cli.load_arguments import axis_value

    values: list[object] = []
    for text in written:
        value = axis_value(name, text) if name in _FACTORS else text
        values += value if isinstance(value, list) else [value]
    return (values[0] if len(values) == 1 else values) if values else None


def of_instances(options: dict[str, Any]) -> dict[str, Any]:
    """Take the axes, and what is asked of instances under a load, out of options; None for what was left out."""
    from wattquery.cli.load_arguments import batch_workload, measured

    filled, files = options.pop("batch_workload"), options.pop("measured")
    arguments: dict[str, Any] = {name: axis(name, options.pop(name)) for name in AXES}
    return {
        **arguments,
        "batch_workload": batch_workload(filled) if filled else None,
        "measured": measured(files) if files else None,
    }


def shares(written: Iterable[str]) -> dict[str, Any] | None:
    """Return shares by class from texts like ``long=0.2``, or ``long=0,0.1,1`` for an axis.

    Raises
    ------
    InputError
        If a text has no ``=``, a class comes twice, or a share is not a number.
    """
    by_name: dict[str, Any] = {}
    for entry in written:
        name, text = _named("share", entry, "CLASS=0.2, or CLASS=0,0.1,1 for an axis", by_name)
        numbers = [_number(part, f"--share {entry}", "Write shares as 0.2, with commas between them") for part in text]
        by_name[name] = numbers[0] if len(numbers) == 1 else numbers
    return by_name or None


def pools(written: Iterable[str]) -> dict[str, dict[str, Any]] | None:
    """Return the keys of pools from texts like ``h100.load=0.6``.

    Raises
    ------
    InputError
        If a text has no pool, key or value, or a key comes twice.
    """
    by_name: dict[str, dict[str, Any]] = {}
    for entry in written:
        place, equals, text = entry.partition("=")
        name, dot, key = (part.strip() for part in place.rpartition("."))
        if not (equals and dot and name and key and text.strip()):
            raise InputError(f"--pool must be NAME.KEY=VALUE, got {entry}: write for example h100.load=0.6.")
        if key in by_name.setdefault(name, {}):
            raise InputError(f"--pool must give each key once, got {name}.{key} more than once: leave one out.")
        by_name[name][key] = _value_of(text.strip())
    return by_name or None


def _value_of(text: str) -> object:
    """Return a number, whole where it is one, or the text: a share as 60 % too."""
    number, factor = (text[:-1], 0.01) if text.endswith("%") else (text, 1.0)
    try:
        value = float(number)
    except ValueError:
        return text
    return int(value) if factor == 1.0 and number.strip().lstrip("+-").isdigit() else value * factor


def overheads(written: Iterable[str]) -> dict[str, dict[str, str]] | None:
    """Return overheads by name from texts like ``network=1.05`` or ``network=1.05:own measurement``.

    Raises
    ------
    InputError
        If a text has no ``=``, or a name comes twice.
    """
    by_name: dict[str, dict[str, str]] = {}
    for entry in written:
        name, text = _named("overhead", entry, "NAME=1.05, or NAME=1.05:SOURCE", by_name)
        factor, _, source = ",".join(text).partition(":")
        by_name[name] = {"factor": factor.strip(), **({"source": source.strip()} if source.strip() else {})}
    return by_name or None


def scopes(written: Iterable[str]) -> dict[str, Any] | None:
    """Return the scope of each factor from texts like ``pue=query``.

    Raises
    ------
    InputError
        If a text has no ``=``, or a name comes twice.
    """
    by_name: dict[str, Any] = {}
    for entry in written:
        name, text = _named("scope", entry, "FACTOR=query, or FACTOR=shared", by_name)
        by_name[name] = ",".join(text).strip()
    return by_name or None


def levels(written: Iterable[str]) -> list[float] | None:
    """Return probabilities of intervals from texts like ``0.9`` or ``0.5,0.9``, repeated or not.

    Raises
    ------
    InputError
        If one is not a number.
    """
    fix = "Write probabilities as 0.9, with commas between them"
    return [_number(part, f"--level {text}", fix) for text in written for part in text.split(",")] or None


def load_profile(text: str | None, option: str = "--load-profile") -> object:
    """Return a load profile: numbers, or spans of hours, from a text with commas or from the file that it names.

    Raises
    ------
    InputError
        If the file cannot be read, something is not a number, or a span comes twice.
    """
    if text is None:
        return None
    where = option
    if "," not in text and "=" not in text:
        where, text = f"{option} {text}", _content(text, option)
    words = [word for word in _BETWEEN.split(_COMMENT.sub("", text)) if word]
    fix = "Write 24 numbers, one per hour, or spans such as 00-08=0.5,08-24=1.2"
    if not any("=" in word for word in words):
        return [_number(word, where, fix) for word in words]
    spans: dict[str, float] = {}
    for word in words:
        span, equals, value = word.partition("=")
        if not equals or span in spans:
            raise InputError(
                f"{where} has {word!r}, {'a span that is there already' if equals else 'without a span'}. {fix}."
            )
        spans[span] = _number(value, where, fix)
    return spans


def _content(shown: str, option: str) -> str:
    wanted = "A file of 24 numbers, or the numbers themselves with commas,"
    try:
        return text_of(content_of(shown, wanted, largest=LARGEST_PROFILE), shown, wanted, "Save it again as UTF-8.")
    except InputError as error:
        raise type(error)(f"{option}: {error}") from error


def _named(option: str, entry: str, allowed: str, known: Iterable[str]) -> tuple[str, list[str]]:
    """Return the name before the ``=``, and what stands after it between commas."""
    name, equals, text = entry.partition("=")
    if not equals or not name.strip() or not text.strip():
        raise InputError(f"--{option} must be {allowed}, got {entry}. Write both sides of the =.")
    if name.strip() in known:
        raise InputError(f"--{option} must name each once, got {name.strip()!r} more than once. Leave one out.")
    return name.strip(), text.split(",")


def _number(text: str, where: str, fix: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{where}: each must be a finite number, got {text!r}. {fix}.") from None
