"""The hash of what a catalog says: of its facts, and of how they are pooled."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from operator import attrgetter

from wattquery.catalog.row import BenchmarkRow

__all__ = ["content_hash"]

_PROSE = ("comments", "notes", "line", "others")  # rewording a note, or moving a row down, changes no result
_FACTS = tuple(sorted(one.name for one in dataclasses.fields(BenchmarkRow) if one.name not in _PROSE))
_facts_of = attrgetter(*_FACTS)
_LINE = "{" + ",".join(f'"{name}":%s' for name in _FACTS) + "}"
_AT_A_TIME = 10_000  # rows that are text at once while they are hashed


def content_hash(rows: Sequence[BenchmarkRow], pooled: Iterable[str], default_precision: str | None) -> str:
    """Return 16 hexadecimal digits of the SHA-256 of the facts, and of how they are pooled.

    Comments, notes and line numbers are left out: they change no result.

    Examples
    --------
    >>> from wattquery import catalog
    >>> from wattquery.catalog.content_hash import content_hash
    >>> shipped = catalog.load("oviedo2026")
    >>> content_hash(shipped.rows, shipped.pooled, shipped.default_precision) == shipped.content_hash
    True
    """
    # As json.dumps writes it, a row at a time and a text that was met before from memory.
    written: dict[str, str] = {}
    digest = hashlib.sha256(b"[[")
    for start in range(0, len(rows), _AT_A_TIME):
        portion = [
            _LINE % tuple([_fact(fact, written) for fact in _facts_of(row)]) for row in rows[start : start + _AT_A_TIME]
        ]
        digest.update(("," if start else "").encode() + ",".join(portion).encode())
    digest.update(b"]," + _canonical([sorted(pooled), default_precision])[1:])
    return digest.hexdigest()[:16]


def _fact(fact: object, written: dict[str, str]) -> str:
    """Return a fact as JSON."""
    if type(fact) is float and math.isfinite(fact):
        return float.__repr__(fact)
    if type(fact) is not str:
        return json.dumps(fact)
    text = written.get(fact)
    if text is None:
        text = written[fact] = json.dumps(fact)
    return text


def _canonical(value: object) -> bytes:
    """Return JSON without blanks."""
    return json.dumps(value, separators=(",", ":")).encode()
