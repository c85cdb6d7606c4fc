"""Measurements once more, simulated: a truth is drawn, measured with an error, and draws of the prior are weighed."""

from __future__ import annotations

import numpy as np


def ends_after(logs: np.ndarray, rest: float, error: float, runs: int = 500, level: float = 0.9) -> np.ndarray:
    """Return both ends of the interval of ln M after each of many measurements.

    ln M = ln X + N(0, rest^2), and what is measured is ln X; ``logs`` are draws of it.
    """
    rng = np.random.default_rng(7)
    total = logs + rest * rng.standard_normal(logs.size)
    order = np.argsort(total)
    ends = []
    for truth in rng.choice(logs, runs):
        told = truth + error * rng.standard_normal()
        weights = np.exp(-0.5 * ((told - logs) / error) ** 2)[order].cumsum()
        ends.append(np.interp([0.5 - 0.5 * level, 0.5 + 0.5 * level], weights / weights[-1], total[order]))
    return np.array(ends)
