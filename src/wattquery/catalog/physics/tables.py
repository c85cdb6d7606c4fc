"""Tables of benchmark rows: those that are impossible, for an error, and those that are questionable, for notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wattquery.catalog.csv_table import refused
from wattquery.catalog.physics.benchmark_rows import row_findings
from wattquery.catalog.physics.screen import worth_a_look
from wattquery.catalog.row import BenchmarkRow
from wattquery.errors import MOST_PROBLEMS

__all__ = ["Question", "caveats_of", "notes_on", "questions_of"]

_STILL_RISES = "rate still rises"
"""What notes of a row say of a curve over load that does not end at the maximum."""

_MOST_ASKED = 1000
"""Questionable rows of a table that are kept for notes."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is questionable about a row.

    Attributes
    ----------
    kind
        A short word for it.
    line
        Line of the file on which the row starts.
    sentence
        What was given, what is possible, what it probably is and how to mend it.
    """

    kind: str
    line: int
    sentence: str


def questions_of(rows: Iterable[BenchmarkRow], shown: str) -> dict[int, Question]:
    """Return what is questionable about rows, by their places; mostly nothing.

    Parameters
    ----------
    rows
        The rows of a table.
    shown
        What messages call it.

    Raises
    ------
    InputError
        If rows say what no machine can do: one sentence for each of the first of them, and how many there are.

    Examples
    --------
    >>> from wattquery import catalog
    >>> from wattquery.catalog.physics.tables import questions_of
    >>> questions_of(catalog.load("oviedo2026").rows, "oviedo2026")[2].kind
    'weights-do-not-fit'
    """
    told: list[str] = []
    asked: dict[int, Question] = {}
    count = 0
    for place, row, setting in worth_a_look(rows):
        found = row_findings(row, setting)
        if not found:
            continue
        finding, header, cell = min(found, key=lambda one: not one[0].is_impossible)
        if not finding.is_impossible:
            if len(asked) < _MOST_ASKED:
                asked[place] = Question(finding.kind, row.line, finding.sentence)
            continue
        count += 1
        if len(told) < MOST_PROBLEMS:
            text = cell if isinstance(cell, str) else f"{cell:.15g}"
            meant = f"If it is meant, write unchecked({text}) there."
            told.append(f"{shown}, row {row.line}, column {header!r}: {finding.sentence}. {meant}")
    if count:
        raise refused(shown, told, count)
    return asked


def caveats_of(rows: Iterable[BenchmarkRow]) -> dict[int, Question]:
    """Return what is to be said of rows of a table that was reviewed when it was made, by their places.

    Parameters
    ----------
    rows
        Its rows, which say it in their notes.

    Examples
    --------
    >>> from wattquery import catalog
    >>> found = caveats_of(catalog.load("default").rows)
    >>> next(iter(found.values())).sentence
    'rate still rising at the highest concurrency measured, 128 requests: energy is an upper bound'
    """
    found = {}
    for place, row in enumerate(rows):
        if _STILL_RISES in row.notes:
            concurrency = dict(row.others).get("Concurrency", "")
            measured = f", {concurrency} requests" if concurrency else ""
            sentence = f"rate still rising at the highest concurrency measured{measured}: energy is an upper bound"
            found[place] = Question(_STILL_RISES, row.line, sentence)
    return found


def notes_on(asked: Mapping[int, Question], places: Iterable[int]) -> tuple[str, ...]:
    """Return a note for each kind of question about the rows at some places: on the first, and how many there are."""
    if not asked:
        return ()
    by_kind: dict[str, list[Question]] = {}
    for place in places:
        if place in asked:
            by_kind.setdefault(asked[place].kind, []).append(asked[place])
    return tuple(_note(found) for found in by_kind.values())


def _note(found: Sequence[Question]) -> str:
    so = f" (so for {len(found):,} rows)" if len(found) > 1 else ""
    if found[0].kind == _STILL_RISES:
        return f"{found[0].sentence}{so}"
    return f"questionable row {found[0].line}: {found[0].sentence}{so}"
