"""Whether the rows of a fit say anything at the lengths that are asked for; where they do not, it is refused.

That three coefficients can be solved for says little: rows whose input lengths differ by a tenth of a percent give a
slope, and at half that length a throughput of any size. What tells is the standard error of the fitted ln TPS at the
lengths asked for (`ThroughputModel.log_stderr`), widened by Student's t where degrees of freedom are few.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from wattquery.errors import InputError
from wattquery.throughput.model import ThroughputModel
from wattquery.throughput.remarks import in_factors

__all__ = ["LARGEST_AT_MEDIANS", "LARGEST_AT_TAILS", "MOST_BELOW", "check_identified", "hardly_varied"]

LARGEST_AT_MEDIANS = (10.0, 1e6)
"""Factor that one standard error of the throughput may be at the median lengths: where the rows have degrees of freedom
to tell it, and where it is borrowed from other deployments, which is weak evidence against a fit. At the lengths of the
paper's traditional query the catalog ``oviedo2026`` has at most 1.3 in the first case, and 31 in the second
(DeepSeek-R1, whose three rows lie almost on a line)."""

LARGEST_AT_TAILS = (1e3, 1e9)
"""The same where both lengths are at their P5, median or P95: some queries only, so that more is allowed."""

MOST_BELOW = 1e3
"""How many times less than the smallest observed throughput a fit may say, at P5, median and P95 of both lengths."""

LEVELS = (0.05, 0.5, 0.95)
_MEDIAN = 1

Array = NDArray[np.float64]


class _HasPpf(Protocol):
    def ppf(self, q: Any, /) -> Any: ...


def check_identified(
    model: ThroughputModel, subject: str, inputs: Sequence[_HasPpf], outputs: Sequence[_HasPpf], *, whole: bool = False
) -> None:
    """Refuse a fit that its rows do not determine at the lengths of a grid.

    Parameters
    ----------
    model
        The fit; one that takes a single throughput for all lengths passes.
    subject
        What messages call the deployment, with the rows that it has.
    inputs, outputs
        Distributions of the lengths [tokens]; all pairs are checked.
    whole
        Whether lengths are rounded to whole tokens, at least one.

    Raises
    ------
    InputError
        If at a pair of lengths the standard error is above what `LARGEST_AT_MEDIANS` or `LARGEST_AT_TAILS` allow, or
        the throughput is further below all rows than `MOST_BELOW`.
    """
    if model.kind != "regression":
        return
    log_inputs, log_outputs = _log_lengths(inputs, whole), _log_lengths(outputs, whole)
    # One row per level and output, one column per level and input.
    x1, x2 = log_inputs.reshape(1, -1), log_outputs.reshape(-1, 1)
    stderr = model.assumed_log_sigma * _widening(model.degrees_of_freedom) * np.sqrt(model.leverage(x1, x2))
    predicted = model.intercept + model.ln_input * x1 + model.ln_output * x2
    borrowed = int(model.degrees_of_freedom == 0)
    limits = np.full((len(LEVELS), len(outputs), len(LEVELS), len(inputs)), math.log(LARGEST_AT_TAILS[borrowed]))
    limits[_MEDIAN, :, _MEDIAN, :] = math.log(LARGEST_AT_MEDIANS[borrowed])
    excess = stderr - limits.reshape(stderr.shape)
    floor = math.log(model.minimum / MOST_BELOW)
    worst = np.unravel_index(int(np.argmax(excess)), excess.shape)
    if excess[worst] > 0.0:
        limit = float(stderr[worst] - excess[worst])
        raise InputError(_not_determined(model, subject, _place(x1, x2, worst), float(stderr[worst]), limit))
    lowest = np.unravel_index(int(np.argmin(predicted)), predicted.shape)
    if predicted[lowest] < floor:
        raise InputError(_too_far(model, subject, _place(x1, x2, lowest), float(predicted[lowest])))


def hardly_varied(model: ThroughputModel) -> list[str]:
    """Return a sentence for each length that the rows vary too little to tell its effect.

    Judged at half or double the length in the middle of the rows, all else as there: where one standard error is a
    factor of 10 or more, that length must stay as it is in the rows.
    """
    if model.kind != "regression" or model.input_range is None or model.output_range is None:
        return []
    found = []
    step = math.log(2.0)
    scale = model.assumed_log_sigma * _widening(model.degrees_of_freedom)
    for name, (low, high), steps in (
        ("input", model.input_range, (step, 0.0)),
        ("output", model.output_range, (0.0, step)),
    ):
        centre = model.centre or (0.0, 0.0)
        stderr = scale * math.sqrt(float(model.leverage(centre[0] + steps[0], centre[1] + steps[1])))
        if stderr > math.log(LARGEST_AT_MEDIANS[0]):
            found.append(
                f"the effect of the {name} length is not identified: the rows go from {low:.6g} to {high:.6g} {name} "
                f"tokens, and at half or double that one standard error of the throughput is {in_factors(stderr)}; "
                f"far from them what is asked for is refused. Add rows with other {name} lengths"
            )
    return found


@cache
def _widening(degrees: int) -> float:
    """Return what one standard error of a normal is in those of Student's t, at the same probability."""
    return float(stdtrit(degrees, ndtr(1.0))) if degrees else 1.0


def _log_lengths(distributions: Sequence[_HasPpf], whole: bool) -> Array:
    """Return the logarithms of the lengths, a row per level and a column per distribution."""
    lengths = np.array([[float(one.ppf(level)) for one in distributions] for level in LEVELS])
    return np.log(np.maximum(1.0, np.rint(lengths)) if whole else lengths)


def _place(x1: Array, x2: Array, at: tuple[np.intp, ...]) -> str:
    return f"{_tokens(x2[at[0], 0])} output and {_tokens(x1[0, at[1]])} input tokens"


def _tokens(log_length: float) -> str:
    return f"{math.exp(log_length):.4g}"


def _not_determined(model: ThroughputModel, subject: str, place: str, stderr: float, limit: float) -> str:
    if model.degrees_of_freedom:
        source = f"the residuals of the {model.n_rows} rows"
    else:
        source = "the scatter of other deployments, as three rows have no residuals"
    return (
        f"The throughput of {subject} is not determined by its rows at {place}: they have {_ranges(model)}, and by "
        f"{source}, one standard error of the throughput there is {in_factors(stderr)}. It must be at most "
        f"{in_factors(limit)}. Ask for lengths near those of the rows, add rows with other lengths, or keep one row, "
        "whose throughput is then taken for all lengths."
    )


def _too_far(model: ThroughputModel, subject: str, place: str, predicted: float) -> str:
    return (
        f"The throughput of {subject} would be {_power(predicted)} tokens/s at {place}, and the least of its rows, with "
        f"{_ranges(model)}, has {model.minimum:.4g}. A fit must stay above a thousandth of that. Ask for lengths near "
        "those of the rows, or add rows with other lengths."
    )


def _power(log_value: float) -> str:
    return f"{math.exp(log_value):.2g}" if abs(log_value) < 300.0 else f"1e{log_value / math.log(10.0):.0f}"


def _ranges(model: ThroughputModel) -> str:
    return " and ".join(_parts(model))


def _parts(model: ThroughputModel) -> Iterator[str]:
    for name, ends in (("input", model.input_range), ("output", model.output_range)):
        if ends is not None:
            yield f"{ends[0]:.6g} to {ends[1]:.6g} {name} tokens"
