"""The paper's throughput model, linear in logarithms: the throughput at given lengths, and how far off a fit may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wattquery.kernels.equation import log_throughput
from wattquery.throughput.model import NO_LOAD_FORM, Form, ThroughputModel

__all__ = ["LogLinearModel"]


@dataclass(frozen=True, eq=False, kw_only=True)
class LogLinearModel(ThroughputModel):
    """Output throughput of one node, linear in logarithms of the lengths of a query, with a cap.

    ``ln TPS = min(b0 + b1 ln L_in + b2 ln L_out, ln TPS_max)``

    Attributes
    ----------
    intercept, ln_input, ln_output
        The coefficients b0, b1 and b2 [1]; b1 = b2 = 0 where one throughput stands for all lengths.
    coefficient_covariance
        (X'X)^-1 in the order b0, b1, b2, to be scaled by the squared residual standard error; None where
        nothing was fitted.
    maximum
        The cap TPS_max, the largest observed throughput [tokens/s].
    kind, minimum, residual_standard_error, degrees_of_freedom, n_rows, input_range, output_range, centre
        As of `ThroughputModel`. A fit is known best at the centre.

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
    coefficient_covariance: tuple[tuple[float, ...], ...] | None

    @property
    def form(self) -> Form:
        """``"log_linear"``."""
        return "log_linear"

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

    @property
    def fitted(self) -> tuple[float, float, float]:
        """The coefficients b0, b1 and b2."""
        return self.intercept, self.ln_input, self.ln_output

    def with_fitted(self, coefficients: Sequence[float]) -> Self:
        """Return the model with other coefficients b0, b1 and b2."""
        intercept, ln_input, ln_output = coefficients
        return replace(self, intercept=intercept, ln_input=ln_input, ln_output=ln_output)

    def varied(self, normals: NDArray[np.float64], sigma: NDArray[np.float64] | float) -> NDArray[np.float64]:
        r"""Return coefficients as other measurements would give them, a row for each set of three standard normals.

        They are :math:`b + s L z` with :math:`L L' = (X'X)^{-1}`.
        """
        root = np.linalg.cholesky(np.array(self.coefficient_covariance))
        return np.asarray((np.array(self.fitted)[:, None] + sigma * (root @ normals)).T)

    @property
    def kernel_numbers(self) -> tuple[float, ...]:
        """The numbers b0, b1, b2 and ln TPS_max, and zeros in the place of those of other forms."""
        return *self.coefficients, 0.0, 0.0, 0.0, *NO_LOAD_FORM

    def log_rate(self, log_input: ArrayLike, log_output: ArrayLike) -> NDArray[np.float64] | np.float64:
        """Return ln TPS [ln(tokens/s)] at logarithms of lengths, of any shapes that broadcast."""
        logs: NDArray[np.float64] | np.float64 = log_throughput(*self.coefficients, log_input, log_output)
        return logs

    def log_error(self, log_input: ArrayLike, log_output: ArrayLike) -> NDArray[np.float64] | np.float64:
        r"""Return the standard error of the fitted ln TPS [1] at logarithms of lengths.

        .. math::

            \mathrm{se} = s \sqrt{x' (X'X)^{-1} x}, \qquad x = (1, \ln L_{in}, \ln L_{out})

        with s the `assumed_log_sigma`. The cap, which cuts the error off above, is not part of it.
        """
        return self.assumed_log_sigma * np.sqrt(self.leverage(log_input, log_output))

    def leverage(self, log_input: ArrayLike, log_output: ArrayLike) -> NDArray[np.float64] | np.float64:
        """Return x' (X'X)^-1 x [1] at logarithms of lengths, counted from the centre of the rows; 1 for no fit."""
        if self.coefficient_covariance is None or self.centre is None:
            return np.ones(np.broadcast_shapes(np.shape(log_input), np.shape(log_output)))
        (_, *_), (_, v11, v12), (_, _, v22) = self.coefficient_covariance
        d1, d2 = np.asarray(log_input) - self.centre[0], np.asarray(log_output) - self.centre[1]
        leverage: NDArray[np.float64] | np.float64 = 1.0 / self.n_rows + v11 * d1**2 + 2.0 * v12 * d1 * d2 + v22 * d2**2
        return leverage
