"""The columns of a table of public claims: what a cell may hold, and the words that it may use.

Nothing here knows files or rows.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Mapping, Sequence

from wattquery.catalog.columns import NO_UNITS, Column, NotAllowedError, label, positive_or, text
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed

__all__ = [
    "BOUNDARIES",
    "CLAIM_COLUMNS",
    "KINDS",
    "LLM_KINDS",
    "MODEL_CLASSES",
    "ORIGINS",
    "OUTPUT_IS",
    "RANGES",
    "STATISTICS",
    "UNKNOWN",
    "checked_number",
    "checked_word",
]

UNKNOWN = "unknown"
"""What a row says where its source says nothing."""

ORIGINS: Mapping[str, str] = {
    "public": "somebody else's claim",
    "this method": "the paper whose method this package implements, or its code: no independent claim",
}

KINDS: Mapping[str, str] = {
    "llm_query": "one query to a language model and its answer",
    "fleet_mean": "energy of a fleet of language models over its queries",
    "per_token": "one token of a language model",
    "session_or_agent": "a session of many queries, or a task of an agent",
    "web_search": "one search without a language model",
    "image": "one generated image",
    "video": "one generated video",
    "classification": "one classified text",
}

LLM_KINDS = ("llm_query", "fleet_mean")
"""The kinds that are one query to a language model, and so can be compared with one."""

MODEL_CLASSES: Mapping[str, str] = {
    "frontier": "a vendor's flagship, or more than 200 billion parameters",
    "large": "70 to 200 billion parameters",
    "small": "below 70 billion parameters, or a vendor's small tier",
}
"""What a model is called that no catalog has. One that a catalog has goes by its name there."""

STATISTICS: Mapping[str, str] = {
    "mean": "of all queries",
    "median": "of all queries",
    UNKNOWN: "a point that its source does not place",
}

OUTPUT_IS: Mapping[str, str] = {
    "fixed": "every query has this output length",
    "median": "half of the queries have less",
    "mean": "the mean output length over queries",
}

RANGES: Mapping[str, str] = {
    "IQR": "P25 to P75",
    "min-max": "lowest to highest of several values",
    "up to": "a highest value alone",
    "at least": "a lowest value alone",
    UNKNOWN: "a range that its source does not explain",
}

BOUNDARIES: Mapping[str, str] = {
    "accelerator": "the accelerators alone",
    "node": "accelerators, host, fans and power supplies",
    "facility": "the node, and the site's cooling and losses",
    "facility+idle_reserve": "the facility, with its share of nodes that stand ready",
    UNKNOWN: "not said",
}


def _one_of(words: Mapping[str, str], *, empty: bool = False) -> tuple[Callable[[str], str], str]:
    """Return what reads one of these words, and what it allows."""

    def parse(cell: str) -> str:
        if cell not in words and not (empty and not cell):
            raise NotAllowedError
        return cell

    return parse, f"one of {listed(words)}{', or an empty cell' if empty else ''}"


def _flag(cell: str) -> bool:
    """Return a truth value; spreadsheets and pandas write theirs with capitals."""
    if cell.lower() not in ("true", "false"):
        raise NotAllowedError
    return cell.lower() == "true"


def _year(cell: str) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) == 4):
        raise NotAllowedError
    return int(cell)


def _address(cell: str) -> str:
    """Return an address whole, or nothing: a part of one leads nowhere."""
    whole = cell.startswith(("https://", "http://")) and not any(one in cell for one in ("...", "\u2026", " "))
    if cell and not whole:
        raise NotAllowedError
    return cell


def _words(cell: str) -> tuple[str, ...]:
    return tuple(cell.split())


_number = positive_or()
_UNITS = {
    "wh": "Wh",
    "low": "Wh",
    "high": "Wh",
    "input_tokens": "tokens",
    "output_tokens": "tokens",
    "batch": "queries",
}
_ENDS = {"batch": (1.0, math.inf), "power_utilization": (0.0, 1.0), "pue": (1.0, math.inf)}
"""Smallest and largest value where there is one beside 0 and infinity."""

_WORDS = {
    "origin": ORIGINS,
    "kind": KINDS,
    "statistic": STATISTICS,
    "boundary": BOUNDARIES,
    "output_is": {**OUTPUT_IS, "": ""},
    "range_is": {**RANGES, "": ""},
}


def _allowed(field: str) -> str:
    low, high = _ENDS.get(field, (0.0, math.inf))
    ends = f" of at least {low:g}" if low > 0.0 else f" of at most {high:g}" if high < math.inf else ""
    return f"a positive finite number{f' of {_UNITS[field]}' if field in _UNITS else ''}{ends}"


def _within(field: str, value: float) -> bool:
    low, high = _ENDS.get(field, (0.0, math.inf))
    return 0.0 < value < math.inf and low <= value <= high


def checked_number(owner: str, field: str, value: object) -> float | None:
    """Return a number of a claim that is written in Python, or None for not known.

    Raises
    ------
    InputError, InputTypeError
        If it is none, or cannot be true.
    """
    if value is None:
        return None
    wanted = f"Allowed is {_allowed(field)}, or None for not known."
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise InputTypeError(f"{owner}: {field} = {value!r} is not a number. {wanted}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not _within(field, number):
        raise InputError(f"{owner}: {field} = {value!r} came. {wanted}")
    return number


def checked_word(owner: str, field: str, value: object) -> None:
    """Raise an error if a field of a claim that has its words holds another one."""
    words = _WORDS[field]
    if not isinstance(value, str) or value not in words:
        raise InputError(
            f"{owner}: {field} = {value!r} is not known. Allowed are {listed(words, 24)}.{did_you_mean(value, words)}"
        )


def _numbers(*fields: str) -> Sequence[Column]:
    def reader(field: str) -> Callable[[str], float | None]:
        def parse(cell: str) -> float | None:
            value = _number(cell)
            if value is not None and not _within(field, value):
                raise NotAllowedError
            return value

        return parse

    return [
        Column(
            one,
            one,
            reader(one),
            f"{_allowed(one)}, or an empty cell for not known",
            f"{NO_UNITS}.",
            required=True,
        )
        for one in fields
    ]


def _choice(field: str, words: Mapping[str, str], *, empty: bool = False) -> Column:
    parse, allowed = _one_of(words, empty=empty)
    return Column(field, field, parse, allowed, "Use one of these words.", required=True)


CLAIM_COLUMNS: tuple[Column, ...] = (
    Column("id", "id", label, "a name (not empty)", "Name every claim.", required=True),
    Column("subject", "subject", label, "a phrase (not empty)", "Say what the claim is about.", required=True),
    _choice("origin", ORIGINS),
    _choice("kind", KINDS),
    Column("model_class", "model_class", text, "any text", "", required=True),
    *_numbers("wh", "low", "high"),
    _choice("range_is", RANGES, empty=True),
    _choice("statistic", STATISTICS),
    *_numbers("input_tokens", "output_tokens"),
    _choice("output_is", OUTPUT_IS, empty=True),
    _choice("boundary", BOUNDARIES),
    *_numbers("batch", "power_utilization", "pue"),
    Column("year", "year", _year, "a year of four digits", "Write for example 2025.", required=True),
    Column("source", "source", label, "a name (not empty)", "Say where the claim was read.", required=True),
    Column(
        "url",
        "url",
        _address,
        "a whole address that starts with http:// or https://, or an empty cell",
        "Leave out one that was cut off.",
        required=True,
    ),
    Column("second_hand", "second_hand", _flag, "'true' or 'false'", "Use one of these words.", required=True),
    Column("inferred", "inferred", _words, "names of columns", "", required=True),
    Column("notes", "notes", text, "any text", "", required=True),
)
"""Every column of a table of claims, in the order in which the shipped one has them."""
