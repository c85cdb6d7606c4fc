"""Labels of one table that readers take for the same: refused where drawn alike, noted where spelt nearly alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from wattquery.catalog.row import BenchmarkRow
from wattquery.errors import listed
from wattquery.names import alike

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
        f"{shown}, column {_AXES[axis]!r}: {_with_rows(rows, axis, group)} look the same and are different characters; "
        "rows of one thing need one name. Type it anew in all of them."
        for axis in _AXES
        for group in alike(_labels(rows, axis))
    ]


def spelt_alike(rows: Sequence[BenchmarkRow]) -> Iterator[str]:
    """Yield a note for each group of labels that differ in case, blanks, hyphens and underscores alone."""
    for axis in _AXES:
        for group in alike(_labels(rows, axis), loosely=True):
            yield (
                f"{axis}: {listed(group)} differ in case, blanks or hyphens alone, and are taken for different ones. "
                "If they are the same, write them alike: the rows then count together."
            )


def _labels(rows: Iterable[BenchmarkRow], axis: str) -> dict[str, None]:
    return dict.fromkeys(map(attrgetter(axis), rows))


def _with_rows(rows: Sequence[BenchmarkRow], axis: str, group: Sequence[str]) -> str:
    parts = []
    for label in group:
        lines = [str(row.line) for row in rows if getattr(row, axis) == label][:MOST_ROWS]
        parts.append(f"{label!a} (row {', '.join(lines)})")
    return " and ".join(parts)
