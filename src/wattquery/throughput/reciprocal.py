"""The reciprocal throughput model: seconds per output token, linear in what a step of the server has to do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from wattquery.kernels.equation import log_reciprocal_throughput
from wattquery.throughput.model import NO_LOAD_FORM, Form, Kind, ThroughputModel
from wattquery.throughput.non_negative import non_negative

__all__ = ["ReciprocalModel"]

Array = NDArray[np.float64]

_PAIRS = 64
_STEPS = (0.8191725133961645, 0.6710436067037893, 0.5497004779019703)
"""Powers of 1/1.2207440846, the root of x^4 = x + 1: points at their multiples fill a cube evenly."""

LARGEST_LOG = 600.0
"""Of a factor whose product with a time a float still holds; one degree of freedom has draws beyond."""

_AT_A_TIME = 2**20
"""Rates that are held at a time, 8 MiB."""


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
    information
        X'X in the order a, b, c, of the rows divided by the 1/TPS that is fitted to them.
    kind, maximum, minimum, residual_standard_error, degrees_of_freedom, n_rows, input_range, output_range, centre
        As of `ThroughputModel`. The largest observed throughput is no cap here.

    Examples
    --------
    >>> import wattquery as wq
    >>> from wattquery.throughput import fit_throughput
    >>> rows = wq.catalog.load("oviedo2026").deployment("Llama 3.1 70B").rows
    >>> model = fit_throughput(rows, "Llama 3.1 70B", "reciprocal")
    >>> [f"{each:.3g}" for each in model.fitted]
    ['3.57e-05', '1.7e-08', '2.93e-05']
    """

    kind: Kind = "reciprocal"
    per_token: float
    per_context: float
    per_ratio: float
    information: tuple[tuple[float, ...], ...]

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

    @property
    def kernel_numbers(self) -> tuple[float, ...]:
        """Zeros for b0, b1 and b2 of a log-linear model, ln TPS_max, a, b and c, and zeros for the load form."""
        return 0.0, 0.0, 0.0, self.ln_maximum, *self.fitted, *NO_LOAD_FORM

    def log_rate(self, log_input: ArrayLike, log_output: ArrayLike) -> Array | np.float64:
        """Return ln TPS [ln(tokens/s)] at logarithms of lengths, of any shapes that broadcast."""
        logs: Array | np.float64 = log_reciprocal_throughput(*self.fitted, np.exp(log_input), np.exp(log_output))
        return logs

    def varied(self, normals: Array, sigma: Array | float) -> Array:
        r"""Return coefficients as other measurements would give them, a row for each set of three standard normals.

        A parametric bootstrap. Benchmarks of the same lengths would have logarithms that differ from the fit by
        normals of a standard deviation s, and what a fit makes of these depends, to first order, on three sums of them
        alone: it is :math:`\beta + s L z` with :math:`L L' = (X'X)^{-1}`, brought back to where no coefficient is
        negative, in the metric X'X of the fit. So three normals z stand for as many as there are rows.

        Far from the fit first order is not enough, and what is known besides is kept: what all rows have in common
        changes by a factor :math:`e^t`, t the part of the change along the fit itself, and the rest is shape, between
        a, b and c, whose mean over the rows stays as it is. A time of 0 has no draw, however few the rows.
        """
        metric = np.array(self.information)
        units = np.sqrt(np.diag(metric))  # columns as long as each other
        metric = metric / np.outer(units, units)
        fit = np.array(self.fitted) * units
        along = metric @ fit
        change = sigma * np.linalg.solve(np.linalg.cholesky(metric).T, normals)
        common = along @ change / (along @ fit)
        shape = fit[:, None] + change - common * fit[:, None]
        common = np.clip(common, -LARGEST_LOG, LARGEST_LOG)
        found = non_negative(metric, (metric @ shape).T)
        return np.asarray(found * (np.exp(common) * (along @ fit) / (found @ along))[:, None] / units)

    def log_error(self, log_input: ArrayLike, log_output: ArrayLike) -> Array | np.float64:
        """Return the standard error of the fitted ln TPS [1] at logarithms of lengths.

        The root mean square of how far ln TPS of `varied` coefficients lies from that of the fit, over 128 sets of
        normals that are the same for every fit, with `assumed_log_sigma` as the scatter of rows.
        """
        input_, output = np.broadcast_arrays(np.exp(log_input), np.exp(log_output))
        terms = np.stack([np.ones(input_.shape), input_ + output / 2.0, input_ / output]).reshape(3, -1)
        errors = np.empty(input_.size)
        step = max(1, _AT_A_TIME // len(self._draws))
        for start in range(0, input_.size, step):
            here = terms[:, start : start + step]
            logs = np.log(self._draws @ here) - np.log(np.array(self.fitted) @ here)
            errors[start : start + step] = np.sqrt(np.mean(logs**2, axis=0))
        found: Array | np.float64 = errors.reshape(input_.shape)[()]
        return found

    @cached_property
    def _draws(self) -> Array:
        """Coefficients that the rows might have given, a row each."""
        return self.varied(_normals(), self.assumed_log_sigma)


@cache
def _normals() -> Array:
    """Return sets of three standard normals, as columns, each with its negative."""
    points = (np.arange(1, _PAIRS + 1) * np.array(_STEPS)[:, None] + 0.5) % 1.0
    half: Array = ndtri(points)
    # As wide as normals are, which few points are not by themselves.
    half *= math.sqrt(_PAIRS) / np.sqrt(np.sum(half**2, axis=1, keepdims=True))
    return np.concatenate([half, -half], axis=1)
