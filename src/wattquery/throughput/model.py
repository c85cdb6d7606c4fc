"""What every throughput model can say, whatever its form: rates and their errors at given lengths, and its support."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Literal, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wattquery.errors import InputError
from wattquery.kernels.equation import LOAD_FORM_NUMBERS

__all__ = ["NO_LOAD_FORM", "POOLED_LOG_SIGMA", "SMALLEST_LOG_SIGMA", "Form", "Kind", "ThroughputModel"]

POOLED_LOG_SIGMA = 0.362
"""Of ln TPS where the rows cannot say: the pooled residual standard error sqrt(sum nu s^2 / sum nu) of the deployments
of the catalog ``oviedo2026`` that have degrees of freedom, 8 in all (Mixtral 8x22B 2, Llama 3.1 405B 4, 70B 2)."""

SMALLEST_LOG_SIGMA = 0.01
"""Of ln TPS about a fit, for rows that scatter less: a benchmark that is run again differs by about one percent, and
tables are rounded, so that residuals that vanish are chance or made up."""

NO_LOAD_FORM = (0.0,) * len(LOAD_FORM_NUMBERS)
"""What kernels take of a throughput model in the place of the numbers of the load form."""

Kind = Literal["reciprocal", "regression", "larger_of_two", "single_row"]
Form = Literal["reciprocal", "log_linear"]

Floats = NDArray[np.float64] | np.float64


class _HasCdf(Protocol):
    def cdf(self, x: Any, /) -> Any: ...


@dataclass(frozen=True, eq=False, kw_only=True)
class ThroughputModel(ABC):
    """Output throughput of one node, as a function of the lengths of a query.

    Its forms are `LogLinearModel` and `ReciprocalModel`. Both have three coefficients, and say their errors alike.

    Attributes
    ----------
    kind
        ``"reciprocal"`` or ``"regression"`` (log-linear), fitted to three rows or more; ``"larger_of_two"`` or
        ``"single_row"``, one throughput for all lengths.
    maximum, minimum
        The largest and the smallest observed throughput [tokens/s].
    residual_standard_error
        Of ln TPS about the fit [1]; NaN where no degree of freedom is left or nothing was fitted.
    degrees_of_freedom
        Rows less coefficients; 0 where nothing was fitted.
    n_rows
        How many rows there were.
    input_range, output_range
        Smallest and largest length of the rows [tokens]; None where a row's length is not known.
    centre
        Means of ln L_in and ln L_out over the rows; None where nothing was fitted.
    """

    kind: Kind
    maximum: float
    minimum: float
    residual_standard_error: float
    degrees_of_freedom: int
    n_rows: int
    input_range: tuple[float, float] | None
    output_range: tuple[float, float] | None
    centre: tuple[float, float] | None

    @property
    @abstractmethod
    def form(self) -> Form:
        """The form of its equation; one throughput for all lengths is a log-linear one without slopes."""

    @property
    @abstractmethod
    def fitted(self) -> tuple[float, float, float]:
        """Its three coefficients, in the order of its equation."""

    @abstractmethod
    def with_fitted(self, coefficients: Sequence[float]) -> Self:
        """Return the model with other coefficients, in the order of `fitted`, such as those of a draw."""

    @abstractmethod
    def varied(self, normals: NDArray[np.float64], sigma: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Return coefficients as other measurements would give them, a row for each set of three standard normals.

        Parameters
        ----------
        normals
            Three rows, and a column for each set.
        sigma
            Standard deviation of ln TPS about the fit [1], one for all or one for each set.
        """

    @property
    @abstractmethod
    def kernel_numbers(self) -> tuple[float, ...]:
        """The numbers that kernels take, see `wattquery.kernels.equation.LENGTH_FORM_NUMBERS`."""

    @abstractmethod
    def log_rate(self, log_input: ArrayLike, log_output: ArrayLike) -> Floats:
        """Return ln TPS [ln(tokens/s)] at logarithms of lengths, of any shapes that broadcast."""

    @abstractmethod
    def log_error(self, log_input: ArrayLike, log_output: ArrayLike) -> Floats:
        """Return the standard error of the fitted ln TPS [1] at logarithms of lengths."""

    @property
    def is_fitted(self) -> bool:
        """Whether the throughput is a function of the lengths that was fitted to rows."""
        return self.kind in ("reciprocal", "regression")

    @property
    def ln_maximum(self) -> float:
        """Logarithm of the largest observed throughput, ln TPS_max."""
        return math.log(self.maximum)

    @property
    def assumed_log_sigma(self) -> float:
        """The standard deviation of ln TPS about the fit that errors are computed with [1].

        The residual standard error, but at least `SMALLEST_LOG_SIGMA`; `POOLED_LOG_SIGMA` where no degree of freedom
        is left; infinite where nothing was fitted, as no row then says anything about other lengths.
        """
        if not self.is_fitted:
            return math.inf
        return max(self.residual_standard_error, SMALLEST_LOG_SIGMA) if self.degrees_of_freedom else POOLED_LOG_SIGMA

    def predict(self, input_tokens: ArrayLike, output_tokens: ArrayLike) -> Floats:
        """Return TPS(L_in, L_out) [tokens/s].

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
        logs = self.log_rate(_log_length("input_tokens", input_tokens), _log_length("output_tokens", output_tokens))
        predicted: Floats = np.exp(logs)
        return predicted

    def log_stderr(self, input_tokens: ArrayLike, output_tokens: ArrayLike) -> Floats:
        """Return the standard error of the fitted ln TPS at given lengths [1].

        It grows with the distance from the rows, along directions in which they hardly vary fastest. It is the error
        of the fit itself: the scatter of single benchmarks about the fit is not part of it. Infinite, for no
        information, where nothing was fitted. What it is made of is the form's: see `LogLinearModel.log_error` and
        `ReciprocalModel.log_error`.

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
        return self.log_error(_log_length("input_tokens", input_tokens), _log_length("output_tokens", output_tokens))

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

    def __eq__(self, other: object) -> bool:
        """Return whether all is alike, an unknown spread with an unknown one.

        NaN differs from itself, and dataclasses compare it by identity up to Python 3.12 and by value from 3.13 on.
        """
        return self._known == other._known if isinstance(other, ThroughputModel) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._known)

    @cached_property
    def _known(self) -> tuple[object, ...]:
        """The form and all numbers, with None in the place of NaN."""
        values = (getattr(self, field.name) for field in fields(self))
        return self.form, *(None if value != value else value for value in values)


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
