"""What is said of a model without rows: the public claims about it, and the nearest architecture that has rows."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from wattquery.catalog import public_claims
from wattquery.catalog.records import records, words
from wattquery.errors import listed

__all__ = ["claims_on", "no_rows_hint"]

SHORTEST = 3
"""Letters of a name from which it is looked for in the subjects of claims."""
_EVERY = "all"
"""What stands for every label in a file of a sweep, and is no name."""
MOST = 3
"""Claims that a message lists."""


def no_rows_hint(model: object, measured: Iterable[str] = ()) -> str:
    """Return sentences that lead on from a model without rows, empty where there are none.

    Parameters
    ----------
    model
        What a user wrote.
    measured
        Models of the catalog that have rows.

    Examples
    --------
    >>> no_rows_hint("o4-mini")
    " Public claims about it: 'jegham_v6_o4minih_s', 'jegham_v6_o4minih_m', 'jegham_v6_o4minih_l' \
(wattquery claims ID)."
    """
    if not isinstance(model, str):
        return ""
    if model.strip().casefold() == _EVERY:
        return " One query to each of them, by rank: wattquery claims --least, or wq.claims.least()."
    found = claims_on(model)
    said = ""
    if found:
        more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
        said = f" Public claims about it: {listed(found[:MOST])}{more} (wattquery claims ID)."
    return said + _nearest(model, measured)


def claims_on(model: str) -> list[str]:
    """Return the ids of public claims that give an energy for a model: of this class, or with its name."""
    name = model.strip().casefold()
    if name == _EVERY or (len(name) < SHORTEST and not any(one.isdigit() for one in name)):
        return []
    names = {name, *(alias.casefold() for alias in _architecture(name)[0])}
    return [
        one.id
        for one in public_claims()
        if one.wh is not None
        and one.origin == "public"
        and (one.model_class.casefold() in names or _has(one.subject.casefold(), name))
    ]


def _has(subject: str, name: str) -> bool:
    """Return whether a name stands in a subject as a whole: GPT-4 is neither GPT-4o nor GPT-4.1."""
    return bool(name) and re.search(rf"(?<![\w.]){re.escape(name)}(?!\w|\.\d)", subject) is not None


def _nearest(model: str, measured: Iterable[str]) -> str:
    _, sizes = _architecture(model.strip().casefold())
    known = [(label, _architecture(label.casefold())[1]) for label in measured]
    apart = [(_distance(sizes, other), label, other) for label, other in known if sizes and other]
    if not apart:
        return ""
    _, label, other = min(apart)
    return (
        f" The nearest architecture with rows is {label!r}: {_said(other)}, against {_said(sizes)} of {model!r} "
        "(active of all parameters)."
    )


def _distance(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return sum(abs(math.log(a / b)) for a, b in zip(one, other, strict=True))


def _said(sizes: tuple[float, ...]) -> str:
    return " of ".join(f"{size:,.4g}" for size in sizes) + " billion"


def _architecture(name: str) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Return all names of an architecture, and its active and total parameters [10^9]; nothing where it is unknown."""
    return _architectures().get(name, ((), ()))


@cache
def _architectures() -> Mapping[str, tuple[tuple[str, ...], tuple[float, ...]]]:
    return {name.casefold(): found for names, found in _read() for name in names}


def _read() -> Iterator[tuple[tuple[str, ...], tuple[tuple[str, ...], tuple[float, ...]]]]:
    for row in records("architectures"):
        names = (row["model"], *words(row["aliases"]))
        cells = [row[f"{part}_params_b"] or row[f"computed_{part}_b"] for part in ("active", "total")]
        yield names, (names, tuple(map(float, cells)) if all(cells) else ())
