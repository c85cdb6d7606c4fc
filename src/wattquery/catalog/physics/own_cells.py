"""Columns of a user's own that say what an operating point was: concurrency, times, power, parallelism.

A header is recognised by its words, and its unit by what stands in brackets or at its end. What is not recognised is
not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from wattquery.quantities import UncheckedNumber

__all__ = ["OwnColumn", "cell_number", "is_unread", "own_column"]

_UNCHECKED = re.compile(r"unchecked\((.+)\)")
_LONGEST_HEADER = 100
_LEAST, _MOST = 1e-12, 1e12
_NOT_KNOWN = frozenset(
    [
        "",
        "-",
        "--",
        "?",
        "na",
        "n/a",
        "nan",
        "none",
        "null",
        "unknown",
        "not known",
        "not stated",
        "tbd",
        "variable",
        "auto",
        "dynamic",
        "max",
        "unlimited",
    ]
)


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """A column that is recognised.

    Attributes
    ----------
    field
        The field of an operating point that it fills.
    scale
        What its numbers are multiplied with.
    is_number
        Whether its cells are numbers.
    """

    field: str
    scale: float = 1.0
    is_number: bool = True


_FIELDS: Sequence[tuple[str, str]] = (
    (
        "running",
        r"(average|mean|avg|running) (running )?batch( size)?|batch( size)? (average|mean|avg)|running sequences",
    ),
    (
        "concurrency",
        r"(max(imum)? )?concurrency|(max(imum)? )?concurrent (requests|users|sequences)|in flight requests",
    ),
    ("first_token", r"(mean |average |median )?(ttft|time to first token)( mean| median)?"),
    ("per_token", r"(mean |average |median )?(tpot|itl|time per output token|inter token latency)( mean| median)?"),
    ("request_rate", r"requests? (per|/) ?s(ec(ond)?)?|requests?/s(ec(ond)?)?|rps|request rate"),
    ("joules_per_token", r"(energy|joules?|j) (per|/) ?(output )?token|(joules?|j)/(output )?token"),
    ("joules_per_request", r"(energy|joules?|j) (per|/) ?(request|query|prompt)|(joules?|j)/(request|query|prompt)"),
    (
        "node_measured",
        r".*\b(wall|node|server|system|chassis)\b.*\bpower\b.*|.*\bpower\b.*\b(wall|node|server|system)\b.*",
    ),
    (
        "power",
        r".*\bpower\b.*\b(per|of one|/) ?(gpu|accelerator|device|board|card|chip)\b.*|(gpu|board|accelerator) power",
    ),
    ("total_power", r"(total|all gpus?|gpus?) power|power (total|of all (gpus|accelerators))"),
    ("any_power", r"(average |mean |avg |measured )?power( draw)?"),
    ("accelerators", r"(number of |n |num |# ?)?(gpus|accelerators|devices|chips)( used)?|(gpu|accelerator) count"),
    ("nodes", r"(number of |n |num |# ?)?nodes"),
    ("expert_parallel", r"(ep|expert parallel(ism)?)( size)?"),
    ("pipeline_parallel", r"(pp|pipeline parallel(ism)?)( size)?"),
    ("data_parallel", r"(dp|data parallel(ism)?)( size)?"),
    ("attention_copied", r"dp attention|(attention data parallel|data parallel attention)(ism)?"),
    ("prefill_apart", r"prefill apart|disaggregated( prefill(ing)?)?"),
    ("phase", r"phase"),
    ("speculation", r"speculat(ion|ive)( decoding)?|mtp|multi token prediction"),
)
_PATTERNS = tuple((field, re.compile(pattern)) for field, pattern in _FIELDS)
_TEXTS = ("phase", "speculation", "attention_copied", "prefill_apart")
_TIMES = {"ms": 1e-3, "millisecond": 1e-3, "milliseconds": 1e-3, "us": 1e-6, "s": 1.0, "sec": 1.0, "seconds": 1.0}
_POWERS = {"w": 1.0, "watt": 1.0, "watts": 1.0, "kw": 1e3}
_ENERGIES = {"j": 1.0, "joule": 1.0, "joules": 1.0, "mj": 1e-3, "kj": 1e3, "wh": 3600.0, "kwh": 3.6e6}
_UNITS = {
    "first_token": _TIMES,
    "per_token": _TIMES,
    "joules_per_token": _ENERGIES,
    "joules_per_request": _ENERGIES,
    "node_measured": _POWERS,
    "power": _POWERS,
    "total_power": _POWERS,
    "any_power": _POWERS,
}
_ALL_UNITS = {**_TIMES, **_POWERS, **_ENERGIES}
_IN_BRACKETS = re.compile(r"\s*[(\[]\s*([^)\]]*?)\s*[)\]]\s*$")
_WORDS = re.compile(r"[\s_.-]+")


@lru_cache(maxsize=1024)
def own_column(header: str) -> OwnColumn | None:
    """Return what a header says, where it is recognised.

    Examples
    --------
    >>> own_column("TPOT (ms)"), own_column("Price per hour")
    (OwnColumn(field='per_token', scale=0.001, is_number=True), None)
    """
    if len(header) > _LONGEST_HEADER:
        return None
    bracket = _IN_BRACKETS.search(header)
    unit = bracket[1].casefold() if bracket else ""
    words = _WORDS.sub(" ", header[: bracket.start()] if bracket else header).strip().casefold()
    parts = words.split(" ")
    if not unit and len(parts) > 1 and parts[-1] in _ALL_UNITS:
        unit, words = parts[-1], " ".join(parts[:-1])
    unit, _, per = (one.strip() for one in unit.partition("/"))
    if per and words in ("energy", "joules"):
        words = f"{words} per {per}"
    for field, pattern in _PATTERNS:
        if pattern.fullmatch(words):
            scale = _UNITS[field].get(unit) if unit and field in _UNITS else 1.0
            return None if scale is None else OwnColumn(field, scale, field not in _TEXTS)
    return None


def cell_number(cell: str) -> float | None:
    """Return the number of a cell above 0, unchecked where it is written so; None where it holds none, or no sane one.

    Examples
    --------
    >>> cell_number("64"), cell_number("unchecked(25)"), cell_number("Dynamic")
    (64.0, 25.0, None)
    """
    vouched = _UNCHECKED.fullmatch(cell)
    try:
        value = float(vouched[1] if vouched else cell)
    except ValueError:
        return None
    if not _LEAST <= value <= _MOST:
        return None
    return UncheckedNumber(value) if vouched else value


def is_unread(cell: str) -> bool:
    """Return whether a cell of a column of numbers says something that is not read as a number.

    Examples
    --------
    >>> is_unread("64 users"), is_unread("1,024"), is_unread("-5"), is_unread("64"), is_unread("n/a"), is_unread("0")
    (True, True, True, False, False, False)
    """
    if cell_number(cell) is not None or cell.strip().casefold() in _NOT_KNOWN:
        return False
    try:
        return float(cell) != 0.0
    except ValueError:
        return True
