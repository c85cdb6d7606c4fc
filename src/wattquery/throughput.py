"""Benchmark rows to the throughput model of a deployment. No labels are looked up and nothing is drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wattquery.catalog import BenchmarkRow
from wattquery.errors import InputError
from wattquery.kernels.equation import log_throughput

__all__ = ["ThroughputModel", "fit_throughput"]

# Lengths that change in step leave a singular value of the size of their last written digit, which may be far
# above rounding; measured tables stay far above this.
_RANK_TOLERANCE = 1e-9

_Kind = Literal["regression", "larger_of_two", "single_row"]


class _HasCdf(Protocol):
    def cdf(self, x: Any, /) -> Any: ...


@dataclass(frozen=True)
class ThroughputModel:
    """Output throughput of one node, as a function of the lengths of a query.

    ``ln TPS = min(b0 + b1 ln L_in + b2 ln L_out, ln TPS_max)``

    Attributes
    ----------
    intercept, ln_input, ln_output
        The coefficients b0, b1 and b2 [1]; b1 = b2 = 0 where one throughput stands for all lengths.
    maximum
        The cap TPS_max, the largest observed throughput [tokens/s].
    residual_standard_error
        Of ln TPS about the fit [1]; NaN where no degree of freedom is left or nothing was fitted.
    degrees_of_freedom
        Rows less coefficients; 0 where nothing was fitted.
    n_rows
        How many rows there were.
    kind
        ``"regression"`` (three rows or more), ``"larger_of_two"`` or ``"single_row"``.
    input_range, output_range
        Smallest and largest length of the rows [tokens]; None where a row's length is not known.
    coefficient_covariance
        (X'X)^-1 in the order b0, b1, b2, to be scaled by the squared residual standard error; None where
        nothing was fitted.

    References
    ----------
    Oviedo et al., Energy Use of AI Inference, Efficiency Pathways, and Test-Time Scaling, Joule 2026,
    https://arxiv.org/abs/2509.20241

    Examples
    --------
    >>> from wattquery import catalog
    >>> from wattquery.throughput import fit_throughput
    >>> deployment = catalog.load("oviedo2026").deployment("DeepSeek-R1")
    >>> model = fit_throughput(deployment.rows, deployment.model)
    >>> round(model.intercept, 3), round(model.ln_input, 3), round(model.ln_output, 3)
    (10.559, -0.539, -0.005)
    """

    intercept: float
    ln_input: float
    ln_output: float
    maximum: float
    residual_standard_error: float
    degrees_of_freedom: int
    n_rows: int
    kind: _Kind
    input_range: tuple[float, float] | None
    output_range: tuple[float, float] | None
    coefficient_covariance: tuple[tuple[float, ...], ...] | None

    @property
    def ln_maximum(self) -> float:
        """Logarithm of the cap, ln TPS_max."""
        return math.log(self.maximum)

    @property
    def coefficients(self) -> tuple[float, float, float, float]:
        """The numbers b0, b1, b2 and ln TPS_max [ln(tokens/s), 1, 1, ln(tokens/s)], in the order that kernels take.

        Examples
        --------
        >>> import wattquery as wq
        >>> from wattquery.throughput import fit_throughput
        >>> model = fit_throughput(wq.catalog.load("oviedo2026").deployment("DeepSeek-R1").rows, "DeepSeek-R1")
        >>> round(float(wq.kernels.throughput(*model.coefficients, input_tokens=500, output_tokens=300)), 1)
        1300.0
        """
        return self.intercept, self.ln_input, self.ln_output, self.ln_maximum

    def predict(self, input_tokens: ArrayLike, output_tokens: ArrayLike) -> NDArray[np.float64] | np.float64:
        """Return TPS(L_in, L_out) [tokens/s].

        ``ln TPS = min(b0 + b1 ln L_in + b2 ln L_out, ln TPS_max)``

        Parameters
        ----------
        input_tokens, output_tokens
            Lengths [tokens], of any shapes that broadcast.

        Raises
        ------
        InputError
            If a length is not a positive finite number.

        Examples
        --------
        >>> from wattquery import catalog
        >>> from wattquery.throughput import fit_throughput
        >>> rows = catalog.load("oviedo2026").deployment("Llama 3.1 70B").rows
        >>> fit_throughput(rows, "Llama 3.1 70B").predict([500, 10], [300, 300]).round(1)
        array([ 6797.2, 17464. ])
        """
        log_input = _log_length("input_tokens", input_tokens)
        log_output = _log_length("output_tokens", output_tokens)
        logs = log_throughput(*self.coefficients, log_input, log_output)
        predicted: NDArray[np.float64] | np.float64 = np.exp(logs)
        return predicted

    def share_outside(self, input_distribution: _HasCdf, output_distribution: _HasCdf) -> float:
        """Return the probability that a query's lengths lie outside those of the rows [1].

        ``1 - P(L_in in input_range) P(L_out in output_range)``, the lengths independent and the ranges
        closed; 1 where a range is not known.

        Parameters
        ----------
        input_distribution, output_distribution
            Objects with a method ``cdf`` [tokens].

        Examples
        --------
        >>> from wattquery import catalog
        >>> from wattquery.throughput import fit_throughput
        >>> class Uniform:
        ...     def cdf(self, x):
        ...         return min(max(x / 10_000, 0.0), 1.0)
        >>> rows = catalog.load("oviedo2026").deployment("Llama 3.1 70B").rows
        >>> model = fit_throughput(rows, "Llama 3.1 70B")
        >>> round(model.share_outside(Uniform(), Uniform()), 3)
        0.906
        """
        return float(self.shares_outside([input_distribution], [output_distribution])[0, 0])

    def shares_outside(self, inputs: Sequence[_HasCdf], outputs: Sequence[_HasCdf]) -> NDArray[np.float64]:
        """Return `share_outside` for all pairs of lengths, a row per output and a column per input."""
        if self.input_range is None or self.output_range is None:
            return np.ones((len(outputs), len(inputs)))
        inside = [_probability(one, self.input_range) for one in inputs]
        return 1.0 - np.outer([_probability(one, self.output_range) for one in outputs], inside)


def fit_throughput(rows: Sequence[BenchmarkRow], subject: str) -> ThroughputModel:
    """Return the throughput model of a deployment.

    ``ln TPS = min(b0 + b1 ln L_in + b2 ln L_out, ln TPS_max)``

    Three rows or more: ordinary least squares of ln TPS on (1, ln L_in, ln L_out), capped at the largest
    observed TPS. Two rows: the larger one, for all lengths. One row: that one. Source: see `ThroughputModel`.

    Parameters
    ----------
    rows
        Benchmark rows of one deployment.
    subject
        What messages call the deployment.

    Raises
    ------
    InputError
        If there are no rows, or for three or more: if a length is not known, or the lengths do not tell the
        coefficients apart.

    Examples
    --------
    >>> from wattquery import catalog
    >>> from wattquery.throughput import fit_throughput
    >>> rows = catalog.load("oviedo2026").deployment("Llama-3.1 Nemotron Ultra 253B").rows
    >>> model = fit_throughput(rows, "Nemotron")
    >>> model.kind, model.maximum
    ('larger_of_two', 5200.0)
    """
    if not rows:
        raise InputError(f"{subject!r} has no benchmark rows. At least one is needed. Add a row with its throughput.")
    return _regression(rows, subject) if len(rows) >= 3 else _constant(rows)


def _constant(rows: Sequence[BenchmarkRow]) -> ThroughputModel:
    log_larger = math.log(max(row.tokens_per_second for row in rows))
    return _model(rows, "single_row" if len(rows) == 1 else "larger_of_two", (log_larger, 0.0, 0.0))


def _regression(rows: Sequence[BenchmarkRow], subject: str) -> ThroughputModel:
    design = _design(rows, subject)
    observed = np.log([row.tokens_per_second for row in rows])
    coefficients, _, rank, _ = np.linalg.lstsq(design, observed, rcond=_RANK_TOLERANCE)
    if rank < design.shape[1]:
        raise InputError(_why_not_fitted(rows, subject))
    degrees = len(rows) - design.shape[1]
    residuals = observed - design @ coefficients
    spread = math.sqrt(residuals @ residuals / degrees) if degrees else math.nan
    inverse = np.linalg.pinv(design)  # (X'X)^-1 = X+ X+', which does not square the condition of X
    covariance = tuple(tuple(line) for line in (inverse @ inverse.T).tolist())
    intercept, ln_input, ln_output = coefficients.tolist()
    return _model(rows, "regression", (intercept, ln_input, ln_output), spread, degrees, covariance)


def _model(
    rows: Sequence[BenchmarkRow],
    kind: _Kind,
    coefficients: tuple[float, float, float],
    spread: float = math.nan,
    degrees: int = 0,
    covariance: tuple[tuple[float, ...], ...] | None = None,
) -> ThroughputModel:
    return ThroughputModel(
        intercept=coefficients[0],
        ln_input=coefficients[1],
        ln_output=coefficients[2],
        maximum=max(row.tokens_per_second for row in rows),
        residual_standard_error=spread,
        degrees_of_freedom=degrees,
        n_rows=len(rows),
        kind=kind,
        input_range=_range([row.input_tokens for row in rows]),
        output_range=_range([row.output_tokens for row in rows]),
        coefficient_covariance=covariance,
    )


def _design(rows: Sequence[BenchmarkRow], subject: str) -> NDArray[np.float64]:
    lines = []
    for row in rows:
        if row.input_tokens is None or row.output_tokens is None:
            which = "input" if row.input_tokens is None else "output"
            raise InputError(
                f"The {which} length of {subject!r} is not known in row {row.line}. "
                f"A fit on {len(rows)} rows needs both lengths of each. Fill it in, or leave the row out."
            )
        lines.append((1.0, math.log(row.input_tokens), math.log(row.output_tokens)))
    return np.array(lines)


def _why_not_fitted(rows: Sequence[BenchmarkRow], subject: str) -> str:
    lengths = {"input": {row.input_tokens for row in rows}, "output": {row.output_tokens for row in rows}}
    same = [f"all have the {which} length {one.pop():g}" for which, one in lengths.items() if len(one) == 1]
    lines = ", ".join(str(row.line) for row in rows)
    return (
        f"The throughput of {subject!r} cannot be fitted to its {len(rows)} rows (lines {lines}): "
        f"{' and '.join(same) or 'their input and output lengths change in step'}, so the effects of the two "
        "lengths cannot be told apart. Both lengths must vary, and not in step. Add a row with another "
        "length, or keep at most two rows, of which the larger throughput is then taken for all lengths."
    )


def _range(lengths: Sequence[float | None]) -> tuple[float, float] | None:
    known = [length for length in lengths if length is not None]
    return (min(known), max(known)) if len(known) == len(lengths) else None


def _log_length(name: str, lengths: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(lengths, dtype=np.float64)
    if not np.all((values > 0.0) & (values < np.inf)):
        raise InputError(f"{name}={lengths!r} is not allowed. Lengths are positive finite numbers. Pass tokens > 0.")
    return np.log(values)


def _probability(distribution: _HasCdf, closed: tuple[float, float]) -> float:
    low, high = closed
    # Just below the lower end, so that an atom on the end itself counts as inside.
    below = float(distribution.cdf(math.nextafter(low, -math.inf)))
    return float(distribution.cdf(high)) - below
