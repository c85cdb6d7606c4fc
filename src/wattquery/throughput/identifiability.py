"""Whether the rows of a fit say anything at the lengths that are asked for; where they do not, it is refused.

That three coefficients can be solved for says little: rows whose input lengths differ by a tenth of a percent give a
slope, and at half that length a throughput of any size. What tells is the standard error of the fitted ln TPS at the
lengths asked for (`ThroughputModel.log_stderr`), widened by Student's t where degrees of freedom are few.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from wattquery.errors import InputError
from wattquery.specs.distributions import Distribution, Fixed
from wattquery.throughput.model import ThroughputModel
from wattquery.throughput.remarks import in_factors

__all__ = [
    "LARGEST_AT_MEDIANS",
    "LARGEST_AT_TAILS",
    "MOST_BELOW",
    "check_identified",
    "check_identified_at",
    "check_identified_jointly",
    "hardly_varied",
    "log_lengths",
]

BORROWED = 1e12
LARGEST_AT_MEDIANS = (10.0, BORROWED)
"""Factor that one standard error of the throughput may be at the median lengths: where the rows have degrees of freedom
to tell it, and where it is borrowed from other deployments. A borrowed error is no evidence against a fit, so that only
rows that say nothing of the lengths asked for are refused by it (an error 76 times that of one benchmark), and what
is below is told beside the result. At the lengths of the paper's traditional query the catalog ``oviedo2026`` has at
most 1.3 in the first case and 31 in the second (DeepSeek-R1, whose three rows lie almost on a line)."""

LARGEST_AT_TAILS = (1e3, BORROWED)
"""The same where both lengths are at their P5, median or P95: some queries only, so that more is allowed."""

MOST_BELOW = 1e3
"""How many times less than the smallest observed throughput a log-linear fit may say, at P5, median and P95 of both
lengths."""

LEVELS = (0.05, 0.5, 0.95)
_MEDIAN = 1
_LN_10 = math.log(10.0)

Array = NDArray[np.float64]


def check_identified(model: ThroughputModel, subject: str, log_inputs: Array, log_outputs: Array) -> None:
    """Refuse a fit that its rows do not determine at the lengths of a grid.

    Parameters
    ----------
    model
        The fit; one that takes a single throughput for all lengths passes.
    subject
        What messages call the deployment, with the rows that it has.
    log_inputs, log_outputs
        Logarithms of the lengths, as of `log_lengths`; all pairs are checked.

    Raises
    ------
    InputError
        If at a pair of lengths the standard error is above what `LARGEST_AT_MEDIANS` or `LARGEST_AT_TAILS` allow, or
        a log-linear throughput is further below all rows than `MOST_BELOW`.
    """
    if not model.is_fitted:
        return
    at_medians = np.zeros((len(LEVELS), log_outputs.shape[1], len(LEVELS), log_inputs.shape[1]), dtype=np.bool_)
    at_medians[_MEDIAN, :, _MEDIAN, :] = True
    # One row per level and output, one column per level and input.
    x1, x2 = log_inputs.reshape(1, -1), log_outputs.reshape(-1, 1)
    _check(model, subject, x1, x2, at_medians.reshape(x2.size, x1.size))


def check_identified_jointly(
    model: ThroughputModel, subject: str, log_inputs: Array, log_outputs: Array, weights: Array
) -> None:
    """Refuse a fit that its rows do not determine at the lengths of a workload.

    Parameters
    ----------
    model, subject
        As for `check_identified`.
    log_inputs, log_outputs, weights
        Logarithms of both lengths by node, and the probability of each. What is checked is the pair of both medians,
        and of all nodes those of which neither length is below its P5 or above its P95.

    Raises
    ------
    InputError
        As for `check_identified`.
    """
    if not model.is_fitted:
        return
    lengths = np.stack([log_inputs, log_outputs])
    low, middle, high = np.array([_quantiles(one, weights) for one in lengths]).T[:, :, None]
    usual = np.all((lengths >= low) & (lengths <= high), axis=0)
    x1, x2 = np.append(middle, lengths[:, usual], axis=1)
    _check(model, subject, x1, x2, np.arange(x1.size) == 0)


def check_identified_at(model: ThroughputModel, subject: str, log_inputs: Array, log_outputs: Array) -> None:
    """Refuse a fit that its rows do not determine at pairs of lengths, each as those of a query of its own.

    Parameters
    ----------
    model, subject
        As for `check_identified`.
    log_inputs, log_outputs
        Logarithms of both lengths, one of each for each pair.

    Raises
    ------
    InputError
        As for `check_identified`.
    """
    if model.is_fitted:
        _check(model, subject, log_inputs, log_outputs, np.ones(log_inputs.shape, dtype=np.bool_))


def _quantiles(values: Array, weights: Array) -> Array:
    """Return weighted quantiles at `LEVELS`."""
    order = np.argsort(values)
    cumulative = np.cumsum(weights[order])
    return np.asarray(values[order][np.searchsorted(cumulative, np.array(LEVELS) * cumulative[-1])])


def _check(model: ThroughputModel, subject: str, x1: Array, x2: Array, at_medians: NDArray[np.bool_]) -> None:
    """Refuse a fit whose rows do not determine it at pairs of lengths, stricter where these are the median ones."""
    stderr = np.asarray(_widening(model.degrees_of_freedom) * model.log_error(x1, x2))
    predicted = np.asarray(model.log_rate(x1, x2))
    borrowed = int(model.degrees_of_freedom == 0)
    limits = np.where(at_medians, math.log(LARGEST_AT_MEDIANS[borrowed]), math.log(LARGEST_AT_TAILS[borrowed]))
    excess = stderr - limits
    worst = np.unravel_index(int(np.argmax(excess)), excess.shape)
    if excess[worst] > 0.0:
        limit = float(stderr[worst] - excess[worst])
        raise InputError(_not_determined(model, subject, _place(x1, x2, worst), float(stderr[worst]), limit))
    if (
        model.form == "reciprocal"
    ):  # falls no faster than lengths grow, and a long prompt for a short answer is no error
        return
    floor = math.log(model.minimum / MOST_BELOW)
    lowest = np.unravel_index(int(np.argmin(predicted)), predicted.shape)
    if predicted[lowest] < floor:
        raise InputError(_too_far(model, subject, _place(x1, x2, lowest), float(predicted[lowest])))


def log_lengths(distributions: Sequence[Distribution], *, whole: bool) -> Array:
    """Return the logarithms of lengths [ln tokens], a row per level (P5, median, P95) and a column per distribution.

    Parameters
    ----------
    distributions
        Of the lengths [tokens].
    whole
        Whether they are rounded to whole tokens, at least one.
    """
    lengths = np.empty((len(LEVELS), len(distributions)))
    for i, one in enumerate(distributions):
        # Numbers, as most of a long axis are, are not asked for their quantiles.
        lengths[:, i] = one.value if isinstance(one, Fixed) else _at_levels(one)
    logs: Array = np.log(np.maximum(1.0, np.rint(lengths)) if whole else lengths)
    return logs


@lru_cache(maxsize=2**14)
def _at_levels(distribution: Distribution) -> tuple[float, ...]:
    """Return the lengths at all levels [tokens]: the boxes of a grid have most labels in common."""
    return tuple(float(distribution.ppf(level)) for level in LEVELS)


def hardly_varied(model: ThroughputModel) -> list[str]:
    """Return a sentence for each length that the rows vary too little to tell its effect.

    Judged at half or double the length in the middle of the rows, all else as there: where one standard error is a
    factor of 10 or more, that length must stay as it is in the rows.
    """
    if not model.is_fitted or model.centre is None:
        return []
    found = []
    for i, (name, ends) in enumerate((("input", model.input_range), ("output", model.output_range))):
        # A row per length, a column for half and one for double of the length that is judged.
        lengths = np.array(model.centre)[:, None] + np.outer(np.arange(2) == i, [-math.log(2.0), math.log(2.0)])
        stderr = _widening(model.degrees_of_freedom) * float(np.max(model.log_error(*lengths)))
        if stderr > _LN_10 and ends is not None:
            found.append(
                f"the effect of the {name} length is not identified: the rows go from {ends[0]:.6g} to {ends[1]:.6g} "
                f"{name} tokens, and at half or double that one standard error of the throughput is "
                f"{in_factors(stderr)}; far from them what is asked for is refused. Add rows with other {name} lengths"
            )
    return found


@cache
def _widening(degrees: int) -> float:
    """Return what one standard error of a normal is in those of Student's t, at the same probability."""
    return float(stdtrit(degrees, ndtr(1.0))) if degrees else 1.0


def _place(x1: Array, x2: Array, at: tuple[np.intp, ...]) -> str:
    log_input, log_output = (float(one[at]) for one in np.broadcast_arrays(x1, x2))
    return f"{_tokens(log_output)} output and {_tokens(log_input)} input tokens"


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
        f"The throughput of {subject} would be {_power(predicted)} tokens/s at {place}, and the least of its rows, "
        f"with {_ranges(model)}, has {model.minimum:.4g}. A fit must stay above a thousandth of that. Ask for lengths "
        "near those of the rows, or add rows with other lengths."
    )


def _power(log_value: float) -> str:
    return f"{math.exp(log_value):.2g}" if abs(log_value) < 300.0 else f"1e{log_value / math.log(10.0):.0f}"


def _ranges(model: ThroughputModel) -> str:
    return " and ".join(_parts(model))


def _parts(model: ThroughputModel) -> Iterator[str]:
    for name, ends in (("input", model.input_range), ("output", model.output_range)):
        if ends is not None:
            yield f"{ends[0]:.6g} to {ends[1]:.6g} {name} tokens"
