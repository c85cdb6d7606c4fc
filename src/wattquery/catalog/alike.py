"""Labels of one table that readers take for the same: refused where drawn alike, noted where spelt nearly alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter

from wattquery.catalog.row import BenchmarkRow
from wattquery.errors import listed
from wattquery.inputs.names import alike

__all__ = ["drawn_alike", "spelt_alike"]

_AXES = {"model": "Model", "hardware": "Hardware", "serving": "Serving", "precision": "Quantization"}
MOST_ROWS = 5


def drawn_alike(rows: Sequence[BenchmarkRow], shown: str) -> list[str]:
    """Return a problem for each group of labels that no reader can tell apart, such as a Cyrillic and a Latin A.

    Parameters
    ----------
    rows
        The rows of a table.
    shown
        What messages call it.
    """
    return [
        f"{shown}, column {_AXES[axis]!r}: {group} look the same and are different characters; "
        "rows of one thing need one name. Type it anew in all of them."
        for axis in _AXES
        for group in _with_rows(rows, axis)
    ]


def spelt_alike(labels: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Yield a note for each group of labels of an axis that differ in case, blanks, hyphens and underscores alone."""
    for axis in _AXES:
        for group in alike(labels[axis], loosely=True):
            yield (
                f"{axis}: {listed(group)} differ in case, blanks or hyphens alone, and are taken for different ones. "
                "If they are the same, write them alike: the rows then count together."
            )


def _with_rows(rows: Sequence[BenchmarkRow], axis: str) -> Iterator[str]:
    """Yield the groups of labels of an axis that are drawn alike, each label with the first rows that have it."""
    read = attrgetter(axis)
    groups = alike(dict.fromkeys(map(read, rows)))
    lines: defaultdict[str, list[str]] = defaultdict(list)
    if groups:
        wanted = {label for group in groups for label in group}
        for row in rows:  # once for all groups, which may be as many as rows
            label = read(row)
            if label in wanted and len(lines[label]) < MOST_ROWS:
                lines[label].append(str(row.line))
    for group in groups:
        yield " and ".join(f"{label!a} (row {', '.join(lines[label])})" for label in group)
