"""Which form of throughput rows get where none is asked for by name."""

from __future__ import annotations

from collections.abc import Sequence

from wattquery.catalog import BenchmarkRow
from wattquery.throughput.remarks import loads_at_same_lengths

__all__ = ["FEWEST_LENGTHS", "takes_reciprocal"]

FEWEST_LENGTHS = 3
"""Pairs of lengths that three coefficients need."""


def takes_reciprocal(rows: Sequence[BenchmarkRow]) -> bool:
    """Return whether ``"auto"`` tries the reciprocal form: three pairs of lengths or more, at one operating point."""
    pairs = {(row.input_tokens, row.output_tokens) for row in rows}
    if len(pairs) < FEWEST_LENGTHS or any(length is None for pair in pairs for length in pair):
        return False
    return not loads_at_same_lengths(rows)
