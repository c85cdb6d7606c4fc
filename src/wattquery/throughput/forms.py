"""Which form of throughput rows get where none is asked for by name."""

from __future__ import annotations

from collections.abc import Sequence

from wattquery.catalog import BenchmarkRow, Catalog
from wattquery.specs.throughput_form import AUTO, AskedForm, checked_form
from wattquery.throughput.remarks import loads_at_same_lengths

__all__ = ["FEWEST_LENGTHS", "form_for", "takes_reciprocal"]

FEWEST_LENGTHS = 3
"""Pairs of lengths that three coefficients need."""


def form_for(throughput_model: object, catalog: Catalog) -> AskedForm:
    """Return the form that is asked for, or the one that the catalog means by ``"auto"``.

    Examples
    --------
    >>> from wattquery import catalog
    >>> form_for("auto", catalog.load("oviedo2026"))
    'log_linear'
    """
    form = checked_form(throughput_model)
    return checked_form(catalog.throughput_model) if form == AUTO else form


def takes_reciprocal(rows: Sequence[BenchmarkRow]) -> bool:
    """Return whether ``"auto"`` tries the reciprocal form: three pairs of lengths or more, at one operating point."""
    pairs = {(row.input_tokens, row.output_tokens) for row in rows}
    if len(pairs) < FEWEST_LENGTHS or any(length is None for pair in pairs for length in pair):
        return False
    return not loads_at_same_lengths(rows)
