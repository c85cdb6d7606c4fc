"""Tables of benchmark rows: those that are impossible, for an error, and those that are questionable, for notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from wattquery.catalog.csv_table import refused
from wattquery.catalog.physics.benchmark_rows import row_findings
from wattquery.catalog.physics.point import Finding
from wattquery.catalog.physics.screen import worth_a_look
from wattquery.catalog.row import BenchmarkRow
from wattquery.errors import MOST_PROBLEMS

__all__ = ["questions", "refuse_impossible"]

_MOST_ASKED = 1000
"""Questionable rows that are counted for notes."""


def refuse_impossible(rows: Iterable[BenchmarkRow], shown: str) -> None:
    """Refuse a table of which rows say what no machine can do.

    Parameters
    ----------
    rows
        The rows of the table.
    shown
        What messages call it.

    Raises
    ------
    InputError
        With one sentence for each of the first such rows, and how many there are.
    """
    told: list[str] = []
    count = 0
    for row, finding, header, cell in _first_of_each(rows):
        if finding.is_impossible:
            count += 1
            if len(told) < MOST_PROBLEMS:
                meant = f"If it is meant, write unchecked({cell}) there."
                told.append(f"{shown}, row {row.line}, column {header!r}: {finding.sentence}. {meant}")
    if count:
        raise refused(shown, told, count)


def questions(rows: Iterable[BenchmarkRow]) -> list[str]:
    """Return a note for each kind of question that rows raise, on the first of them, with how many there are.

    Examples
    --------
    >>> from wattquery import catalog
    >>> from wattquery.catalog.physics.tables import questions
    >>> questions(catalog.load("oviedo2026").deployment("Llama 3.1 405B").rows)
    []
    """
    by_kind: dict[str, list[tuple[int, str]]] = {}
    asked = (one for one in _first_of_each(rows) if not one[1].is_impossible)
    for row, finding, _, _ in islice(asked, _MOST_ASKED):
        by_kind.setdefault(finding.kind, []).append((row.line, finding.sentence))
    return [
        f"questionable row {found[0][0]}: {found[0][1]}" + (f" (so for {len(found)} rows)" if len(found) > 1 else "")
        for found in by_kind.values()
    ]


def _first_of_each(rows: Iterable[BenchmarkRow]) -> Iterator[tuple[BenchmarkRow, Finding, str, str]]:
    """Yield each row with which something is wrong, with what is worst."""
    for row, setting in worth_a_look(rows):
        found = row_findings(row, setting)
        if found:
            finding, header, cell = min(found, key=lambda one: not one[0].is_impossible)
            yield row, finding, header, cell if isinstance(cell, str) else f"{cell:.15g}"
