"""Solves every cell of a plan: each is a mixture, whose quantiles are found to rounding and whose moments are sums."""

from __future__ import annotations

import math

import numpy as np

from wattquery.engine.answers import Answers
from wattquery.engine.threads import Progress, run_tasks
from wattquery.kernels.mixture import REACH, mixture_masses, mixture_quantile
from wattquery.lattice import BIN_WIDTH, Histogram
from wattquery.lowering.mixtures import Mixture, mixture
from wattquery.lowering.plan import Plan

__all__ = ["solve"]


def solve(plan: Plan, answers: Answers, threads: int, progress: Progress | None = None) -> None:
    """Fill ``answers`` with the exact statistics of every cell that has data.

    Raises
    ------
    InputError
        If a cell has a factor that the method cannot take.
    """

    def work(number: int) -> float:
        cell = plan.cell(number)
        parts = mixture(cell, plan.prefill_weight)
        arrays = (parts.centres, parts.half_widths, parts.weights, parts.sigma)
        quantiles = np.exp([mixture_quantile(level, *arrays) for level in answers.levels])
        mean, std = _moments(parts)
        histogram = None
        if answers.keep_histograms:
            first_bin, end = _window(parts)
            histogram = Histogram(first_bin, np.zeros(end - first_bin))
            mixture_masses(first_bin, *arrays, histogram.masses)
        answers.put_exact(number, quantiles, mean, std, histogram)
        return 1.0 / plan.cells.size

    run_tasks(plan.cells.tolist(), work, threads, progress)


def _moments(parts: Mixture) -> tuple[float, float]:
    """Return mean and standard deviation of E [Wh].

    A normal component has mean m_i = exp(g_i + sigma^2 / 2) and variance m_i^2 (exp(sigma^2) - 1); a segment even in
    ln E over g_i -+ d_i has m_i = exp(g_i) sinh(d_i) / d_i and variance m_i^2 d_i^2 / 3, both here to second order.
    The variance of the whole is the mean of the variances and the variance of the means.
    """
    within = np.expm1(parts.sigma**2) + parts.half_widths**2 / 3.0
    means = np.exp(parts.centres + 0.5 * parts.sigma**2) * (1.0 + parts.half_widths**2 / 6.0)
    mean = float(parts.weights @ means)
    variance = float(parts.weights @ (means**2 * within + (means - mean) ** 2))
    return mean, float(np.sqrt(variance))


def _window(parts: Mixture) -> tuple[int, int]:
    """Return the first lattice bin of a mixture, and the end of its range."""
    low = float(np.min(parts.centres - parts.half_widths)) - REACH * parts.sigma
    high = float(np.max(parts.centres + parts.half_widths)) + REACH * parts.sigma
    return math.floor(low / BIN_WIDTH) - 1, math.ceil(high / BIN_WIDTH) + 2
