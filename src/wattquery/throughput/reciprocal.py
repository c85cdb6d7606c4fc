"""The reciprocal throughput model: seconds per output token, linear in what a step of the server has to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wattquery.throughput.model import Form, Kind, ThroughputModel

__all__ = ["ReciprocalModel"]


@dataclass(frozen=True, eq=False, kw_only=True)
class ReciprocalModel(ThroughputModel):
    r"""Output throughput of one node: its reciprocal is linear, with coefficients that are not negative.

    .. math::

        1/\mathrm{TPS} = a + b \, (L_{in} + L_{out}/2) + c \, L_{in}/L_{out}

    a is the time of an output token whatever the context, b what each token of the context that it attends to adds
    (on average the whole input and half the output), and c the prefill of an input token, of which each output token
    bears L_in/L_out. Times L_out it is the time of a query, a quadratic form in its lengths:
    ``a L_out + b L_out (L_in + L_out/2) + c L_in``.

    Attributes
    ----------
    per_token, per_context, per_ratio
        The coefficients a [s/token], b [s/token^2] and c [s/token], none below 0 and not all 0.
    coefficient_covariance
        (X'X)^-1 in the order a, b, c, of the rows divided by their 1/TPS, to be scaled by the squared residual
        standard error.
    kind, maximum, minimum, residual_standard_error, degrees_of_freedom, n_rows, input_range, output_range, centre
        As of `ThroughputModel`. The largest observed throughput is no cap here: a > 0 is one.
    """

    kind: Kind = "reciprocal"
    per_token: float
    per_context: float
    per_ratio: float
    coefficient_covariance: tuple[tuple[float, ...], ...]

    @property
    def form(self) -> Form:
        """``"reciprocal"``."""
        return "reciprocal"

    @property
    def fitted(self) -> tuple[float, float, float]:
        """The coefficients a, b and c."""
        return self.per_token, self.per_context, self.per_ratio

    def with_fitted(self, coefficients: Sequence[float]) -> Self:
        """Return the model with other coefficients a, b and c."""
        per_token, per_context, per_ratio = coefficients
        return replace(self, per_token=per_token, per_context=per_context, per_ratio=per_ratio)

    def varied(self, normals: NDArray[np.float64], sigma: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Return coefficients as other measurements would give them, a row for each set of three standard normals."""
        raise NotImplementedError

    @property
    def kernel_numbers(self) -> tuple[float, ...]:
        """Zeros for b0, b1 and b2 of a log-linear model, ln TPS_max, and a, b and c."""
        return 0.0, 0.0, 0.0, self.ln_maximum, *self.fitted

    def log_rate(self, log_input: ArrayLike, log_output: ArrayLike) -> NDArray[np.float64] | np.float64:
        """Return ln TPS [ln(tokens/s)] at logarithms of lengths, of any shapes that broadcast."""
        input_, output = np.exp(log_input), np.exp(log_output)
        seconds = self.per_token + self.per_context * (input_ + output / 2.0) + self.per_ratio * input_ / output
        logs: NDArray[np.float64] | np.float64 = -np.log(seconds)
        return logs

    def log_error(self, log_input: ArrayLike, log_output: ArrayLike) -> NDArray[np.float64] | np.float64:
        """Return the standard error of the fitted ln TPS [1] at logarithms of lengths."""
        raise NotImplementedError
