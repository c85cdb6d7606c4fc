"""Rows of a joint table of lengths: columns as users pass them, checked, and the one order that they are kept in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wattquery.errors import InputError, InputTypeError
from wattquery.quantities import QUANTITIES
from wattquery.specs.containers import check_unmasked, items, numbers
from wattquery.specs.distributions.base import FloatArray
from wattquery.specs.labelled import is_of
from wattquery.specs.scalars import finite, is_number, shortest, shown

__all__ = ["COLUMNS", "DECIMALS", "PREFILL_SHARE", "Rows", "merged", "read_rows"]

COLUMNS = ("output_tokens", "input_tokens", "cached_tokens")

PREFILL_SHARE = 0.42
"""Weight of an input token in the order of rows: what one costs relative to an output token at maximum load, half of
the deployments lying between 0.27 and 0.56. In this order one uniform number picks rows of rising energy, or nearly so,
whichever the deployment: with 1/30 in its place, quasi-random quantiles are up to four times as far off."""

DECIMALS = 9
"""Of tokens, to which means are rounded."""

UNIT_SUM = 1e-12
"""What weights may differ from a sum of 1 by and stay as they are, so that what was written reads back the same."""

HIGHEST = QUANTITIES["output_tokens"].highest


@dataclass(frozen=True)
class Rows:
    """A joint table of lengths, as arrays.

    Attributes
    ----------
    output_tokens, input_tokens, cached_tokens
        Lengths [tokens].
    weights
        Weight of each row [1], all above 0, of any sum.
    """

    output_tokens: FloatArray
    input_tokens: FloatArray
    cached_tokens: FloatArray
    weights: FloatArray

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def lengths(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The three columns of lengths."""
        return self.output_tokens, self.input_tokens, self.cached_tokens

    @property
    def parts(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Output, new and cached tokens, of which each may be anything above 0 whatever the others are."""
        return self.output_tokens, self.input_tokens - self.cached_tokens, self.cached_tokens

    @classmethod
    def of_parts(cls, parts: Iterable[FloatArray], weights: FloatArray) -> Rows:
        """Return the rows of output, new and cached tokens, rounded so that another order of sums makes the same."""
        output, new, cached = (np.round(part, DECIMALS) for part in parts)
        return cls(output, new + cached, cached, weights)

    def taken(self, which: Any) -> Rows:
        """Return some of the rows, by index or by mask."""
        return Rows(*(column[which] for column in (*self.lengths, self.weights)))


def read_rows(
    output_tokens: object, input_tokens: object, cached_tokens: object = None, weights: object = None
) -> tuple[Rows, int]:
    """Return the rows that have output tokens, and how many had none and were left out.

    Raises
    ------
    InputError, InputTypeError
        If a column is no column of finite numbers, the columns are of different lengths or labels, no row is left, a
        length is negative or beyond any context, cached tokens exceed input tokens, or weights are negative or all 0.
    """
    written = {"output_tokens": output_tokens, "input_tokens": input_tokens, "cached_tokens": cached_tokens}
    written["weights"] = weights
    for name in COLUMNS[:2]:
        if written[name] is None:
            raise InputTypeError(
                f"Workload: {name} must be a list of numbers or a number, got None. Pass the tokens of each query."
            )
    columns = _same_labels({name: value for name, value in written.items() if value is not None})
    arrays = {name: _column(value, name) for name, value in columns.items() if not is_number(value)}
    count = _common_count(arrays)
    for name, value in columns.items():
        if is_number(value):
            arrays[name] = np.full(count, finite(value, f"Workload: {name}"))
    arrays.setdefault("cached_tokens", np.zeros(count))
    arrays.setdefault("weights", np.ones(count))
    for name in COLUMNS:
        _check_lengths(arrays[name], name)
    _check_cached(arrays["cached_tokens"], arrays["input_tokens"])
    _check_weights(arrays["weights"])
    rows = Rows(**arrays)
    rows = rows.taken(rows.weights > 0.0)
    without = rows.output_tokens == 0.0
    if without.all():
        raise InputError(
            "Workload: output_tokens must be above 0 in at least one row, got 0 in all. Check which column holds the "
            "generated tokens."
        )
    return rows.taken(~without), int(without.sum())


def merged(rows: Rows) -> Rows:
    """Return rows of which no two have the same lengths, in their one order, with weights that sum to 1.

    The order is that of L_out + 0.42 L_in, about that of the energy: one uniform number that picks a row is then nearly
    a quantile of the energy, which is what lattices of quasi-Monte Carlo draws are best at. The same rows in any order
    give the same result, bit for bit.
    """
    output, inputs, cached = rows.lengths
    rows = rows.taken(np.lexsort((rows.weights, cached, inputs, output, output + PREFILL_SHARE * inputs)))
    output, inputs, cached = rows.lengths
    new = np.ones(len(rows), bool)
    new[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in rows.lengths])
    starts = np.flatnonzero(new)
    weights = np.add.reduceat(rows.weights, starts)
    total = math.fsum(weights.tolist())
    if abs(total - 1.0) > UNIT_SUM:
        weights = weights / total
    return Rows(output[starts], inputs[starts], cached[starts], weights)


def _same_labels(columns: dict[str, Any]) -> dict[str, Any]:
    """Return columns of pandas in one order: by their labels, where these differ in order alone."""
    labelled = {name: value for name, value in columns.items() if is_of(value, "pandas", "Series")}
    if len(labelled) < 2:
        return columns
    (first, reference), *others = labelled.items()
    for name, column in others:
        if column.index.equals(reference.index):
            continue
        unique = column.index.is_unique and reference.index.is_unique
        if not unique or len(column) != len(reference) or not reference.index.isin(column.index).all():
            raise InputError(
                f"Workload: {name} and {first} must have the same labels, or none, got Series whose indexes differ. "
                f"Take both from one DataFrame, or pass {name}.to_numpy() if their order is the same."
            )
        columns = columns | {name: column.loc[reference.index]}
    return columns


def _column(value: Any, name: str) -> FloatArray:
    """Return a column of finite numbers as an array."""
    owner = f"Workload: {name}"
    check_unmasked(value, owner)
    array = value.to_numpy() if hasattr(value, "to_numpy") else value
    if isinstance(array, np.ndarray) and array.ndim == 1 and array.dtype.kind in "iuf":
        column = array.astype(np.float64) + 0.0
        wrong = np.flatnonzero(~np.isfinite(column))
        if wrong.size:
            raise InputError(
                f"{owner} must be finite numbers, got {column[wrong[0]]:g} in row {wrong[0]}"
                f"{f' and {wrong.size - 1:,} more' if wrong.size > 1 else ''}. Leave such requests out."
            )
        return column
    if isinstance(value, str) or not isinstance(array, Sequence | np.ndarray):
        items(value, owner)  # says what a column may be
        raise InputTypeError(f"{owner} must be a list or a 1-D array of numbers, got {shown(value)}. Pass one.")
    return np.asarray(numbers(value, owner), np.float64)


def _common_count(arrays: dict[str, FloatArray]) -> int:
    """Return the number of rows, the same in every column."""
    if not arrays:
        return 1
    counts = {name: len(array) for name, array in arrays.items()}
    if len(set(counts.values())) > 1:
        said = ", ".join(f"{count:,} {name}" for name, count in counts.items())
        raise InputError(
            f"Workload: all columns must be of one length, got {said}. Pass one value per request in each."
        )
    count = next(iter(counts.values()))
    if count == 0:
        raise InputError("Workload: at least one row of lengths is needed, got none. Pass the lengths of requests.")
    return count


def _check_lengths(column: FloatArray, name: str) -> None:
    lowest, highest = float(column.min()), float(column.max())
    if lowest < 0.0:
        raise InputError(
            f"Workload: {name} must be 0 or more, got {shortest(lowest)} in row {int(column.argmin())}. Give tokens "
            "per query, and leave failed requests out."
        )
    if highest > HIGHEST:
        raise InputError(
            f"Workload: {name} must be at most {HIGHEST:g} tokens per query, got {shortest(highest)} in row "
            f"{int(column.argmax())}. Give tokens of one query, not of a day."
        )


def _check_cached(cached: FloatArray, inputs: FloatArray) -> None:
    above = np.flatnonzero(cached > inputs)
    if above.size:
        row = int(above[0])
        raise InputError(
            f"Workload: cached_tokens are part of input_tokens and can be at most as many, got {shortest(cached[row])} "
            f"cached of {shortest(inputs[row])} input tokens in row {row}. If input_tokens count new tokens alone, add "
            "the cached ones to them."
        )


def _check_weights(weights: FloatArray) -> None:
    if float(weights.min()) < 0.0 or not math.isfinite(float(weights.sum())):
        raise InputError(
            f"Workload: weights must be 0 or more, got {shortest(float(weights.min()))}. Pass how often each row comes."
        )
    if not (weights > 0.0).any():
        raise InputError("Workload: weights must be above 0 in at least one row, got 0 in all. Leave them out.")
