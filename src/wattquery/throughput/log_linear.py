"""The paper's throughput model, linear in logarithms: the throughput at given lengths, and how far off a fit may be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wattquery.errors import InputError
from wattquery.kernels.equation import log_throughput

__all__ = ["POOLED_LOG_SIGMA", "SMALLEST_LOG_SIGMA", "Kind", "ThroughputModel"]

POOLED_LOG_SIGMA = 0.362
"""Of ln TPS where the rows cannot say: the pooled residual standard error sqrt(sum nu s^2 / sum nu) of the deployments
of the catalog ``oviedo2026`` that have degrees of freedom, 8 in all (Mixtral 8x22B 2, Llama 3.1 405B 4, 70B 2)."""

SMALLEST_LOG_SIGMA = 0.01
"""Of ln TPS about a fit, for rows that scatter less: a benchmark that is run again differs by about one percent, and
tables are rounded, so that residuals that vanish are chance or made up."""

Kind = Literal["regression", "larger_of_two", "single_row"]


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
    minimum
        The smallest observed throughput [tokens/s].
    centre
        Means of ln L_in and ln L_out over the rows, where the fit is known best; None where nothing was fitted.

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
    kind: Kind
    input_range: tuple[float, float] | None
    output_range: tuple[float, float] | None
    coefficient_covariance: tuple[tuple[float, ...], ...] | None
    minimum: float
    centre: tuple[float, float] | None

    def __eq__(self, other: object) -> bool:
        """Return whether all is alike, an unknown spread with an unknown one.

        NaN differs from itself, and dataclasses compare it by identity up to Python 3.12 and by value from 3.13 on.
        """
        return self._known == other._known if isinstance(other, ThroughputModel) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._known)

    @cached_property
    def _known(self) -> tuple[object, ...]:
        """All numbers, with None in the place of NaN."""
        values = (getattr(self, field.name) for field in fields(self))
        return tuple(None if value != value else value for value in values)

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

    @property
    def assumed_log_sigma(self) -> float:
        """The standard deviation of ln TPS about the fit that errors are computed with [1].

        The residual standard error, but at least `SMALLEST_LOG_SIGMA`; `POOLED_LOG_SIGMA` where no degree of freedom
        is left; infinite where nothing was fitted, as no row then says anything about other lengths.
        """
        if self.coefficient_covariance is None:
            return math.inf
        return max(self.residual_standard_error, SMALLEST_LOG_SIGMA) if self.degrees_of_freedom else POOLED_LOG_SIGMA

    def log_stderr(self, input_tokens: ArrayLike, output_tokens: ArrayLike) -> NDArray[np.float64] | np.float64:
        r"""Return the standard error of the fitted ln TPS at given lengths [1].

        .. math::

            \mathrm{se} = s \sqrt{x' (X'X)^{-1} x}, \qquad x = (1, \ln L_{in}, \ln L_{out})

        with s the `assumed_log_sigma`. It grows with the distance from the rows, along directions in which they hardly
        vary fastest. It is the error of the fit itself: the cap cuts it off above, and the scatter of single
        benchmarks about the fit is not part of it. Infinite, for no information, where nothing was fitted.

        Parameters
        ----------
        input_tokens, output_tokens
            Lengths [tokens], of any shapes that broadcast.

        Examples
        --------
        >>> from wattquery import catalog
        >>> from wattquery.throughput import fit_throughput
        >>> model = fit_throughput(catalog.load("oviedo2026").deployment("Llama 3.1 70B").rows, "Llama 3.1 70B")
        >>> model.log_stderr([500, 100_000], 300).round(2)
        array([0.2 , 0.66])
        """
        log_input = _log_length("input_tokens", input_tokens)
        log_output = _log_length("output_tokens", output_tokens)
        return self.assumed_log_sigma * np.sqrt(self.leverage(log_input, log_output))

    def leverage(self, log_input: ArrayLike, log_output: ArrayLike) -> NDArray[np.float64] | np.float64:
        """Return x' (X'X)^-1 x [1] at logarithms of lengths, counted from the centre of the rows; 1 for no fit."""
        if self.coefficient_covariance is None or self.centre is None:
            return np.ones(np.broadcast_shapes(np.shape(log_input), np.shape(log_output)))
        (_, *_), (_, v11, v12), (_, _, v22) = self.coefficient_covariance
        d1, d2 = np.asarray(log_input) - self.centre[0], np.asarray(log_output) - self.centre[1]
        leverage: NDArray[np.float64] | np.float64 = 1.0 / self.n_rows + v11 * d1**2 + 2.0 * v12 * d1 * d2 + v22 * d2**2
        return leverage

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


def _log_length(name: str, lengths: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(lengths, dtype=np.float64)
    if not np.all((values > 0.0) & (values < np.inf)):
        raise InputError(f"{name} must be positive finite lengths, got {lengths!r}. Pass tokens > 0.")
    return np.log(values)


def _probability(distribution: _HasCdf, closed: tuple[float, float]) -> float:
    low, high = closed
    # Just below the lower end, so that an atom on the end itself counts as inside.
    below = float(distribution.cdf(math.nextafter(low, -math.inf)))
    return float(distribution.cdf(high)) - below
