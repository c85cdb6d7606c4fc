"""Which form of throughput model a user asks for, and which one rows get where nothing is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from wattquery.catalog import BenchmarkRow, Catalog
from wattquery.errors import InputError, did_you_mean, listed, quoted
from wattquery.throughput.remarks import loads_at_same_lengths

__all__ = ["AUTO", "FORMS", "Asked", "checked_form", "form_for", "takes_reciprocal"]

Asked = Literal["auto", "reciprocal", "log_linear"]
FORMS: tuple[Asked, ...] = get_args(Asked)
AUTO: Asked = "auto"

FEWEST_LENGTHS = 3
"""Pairs of lengths that three coefficients need."""


def checked_form(throughput_model: object) -> Asked:
    """Return the form that is asked for.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    if isinstance(throughput_model, str) and throughput_model in FORMS:
        return throughput_model
    raise InputError(
        f"throughput_model must be one of {listed(FORMS)}, got {quoted(throughput_model)}."
        f"{did_you_mean(throughput_model, FORMS)} Leave it out for 'auto', which takes the reciprocal form where rows "
        "of three or more lengths give one, and the log-linear one elsewhere and for the paper's catalogs."
    )


def form_for(throughput_model: object, catalog: Catalog) -> Asked:
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
    return len(pairs) == len(rows) or not loads_at_same_lengths(rows)
