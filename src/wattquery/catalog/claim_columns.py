"""The columns of a table of public claims: what a cell may hold, and the words that it may use.

Nothing here knows files or rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from wattquery.catalog.benchmark_columns import NO_UNITS, Column, NotAllowedError, label, range_in_words, ranged, text
from wattquery.catalog.ranges import ranged_value
from wattquery.errors import InputError, did_you_mean, listed
from wattquery.inputs.ladder import CLAIM_LADDER

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
    **{rung.name: rung.counted for rung in CLAIM_LADDER},
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


_QUANTITY = {
    **dict.fromkeys(("wh", "low", "high"), "claimed_energy"),
    **{one: one for one in ("input_tokens", "output_tokens", "batch", "power_utilization", "pue")},
}
"""What each number of a claim is, in the table of quantities."""

_LARGE = ("input_tokens", "output_tokens")

_WORDS = {
    "origin": ORIGINS,
    "kind": KINDS,
    "statistic": STATISTICS,
    "boundary": BOUNDARIES,
    "output_is": {**OUTPUT_IS, "": ""},
    "range_is": {**RANGES, "": ""},
}


def checked_number(owner: str, field: str, value: object) -> float | None:
    """Return a number of a claim that is written in Python, or None for not known.

    Raises
    ------
    InputError, InputTypeError
        If it is none, or outside the physical range of its quantity.
    """
    return None if value is None else ranged_value(_QUANTITY[field], value, f"{owner}: {field}", ", or None")


def checked_word(owner: str, field: str, value: object) -> None:
    """Raise an error if a field of a claim that has its words holds another one."""
    words = _WORDS[field]
    if not isinstance(value, str) or value not in words:
        raise InputError(
            f"{owner}: {field} must be one of {listed(words, 24)}, got {value!r}.{did_you_mean(value, words)}"
        )


def _numbers(*fields: str) -> Sequence[Column]:
    return [
        Column(
            one,
            one,
            ranged(_QUANTITY[one], ""),
            f"{range_in_words(_QUANTITY[one])}, or an empty cell for not known",
            f"{NO_UNITS}.",
            required=True,
            grouped=10.0 if one in _LARGE else None,
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
