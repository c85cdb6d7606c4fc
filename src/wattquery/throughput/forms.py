"""Which form of throughput model a user asks for, and which one rows get where nothing is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Literal, get_args

from wattquery.catalog import BenchmarkRow
from wattquery.errors import InputError, did_you_mean, listed, quoted
from wattquery.throughput.remarks import operating_points

__all__ = ["AUTO", "FORMS", "Asked", "checked_form", "loads_at_same_lengths", "takes_reciprocal"]

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


def takes_reciprocal(rows: Sequence[BenchmarkRow]) -> bool:
    """Return whether ``"auto"`` tries the reciprocal form: three pairs of lengths or more, at one operating point."""
    pairs = {(row.input_tokens, row.output_tokens) for row in rows}
    if len(pairs) < FEWEST_LENGTHS or any(length is None for pair in pairs for length in pair):
        return False
    return len(pairs) == len(rows) or not loads_at_same_lengths(rows)


def loads_at_same_lengths(rows: Sequence[BenchmarkRow]) -> list[str]:
    """Return the columns about load or parallelism, such as a concurrency, of which rows of one pair of lengths differ.

    Such rows are no repeated measurements of one throughput, and what they differ by is no noise.
    """
    together: defaultdict[tuple[float | None, float | None], list[BenchmarkRow]] = defaultdict(list)
    for row in rows:
        together[row.input_tokens, row.output_tokens].append(row)
    alike = (operating_points(group) for group in together.values() if len(group) > 1)
    return list(dict.fromkeys(header for headers in alike for header in headers))
