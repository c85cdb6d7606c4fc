"""Stated errors of distributions that take a few bins of the lattice of energies, or a few values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wattquery as wq

LEVELS = [0.001, 0.01, 0.05, 0.25, 0.5, 0.95, 0.99, 0.999]
NARROW = wq.Uniform(100, 101)
FEW = wq.Empirical(samples=[50] * 40 + [300] * 30 + [301] * 20 + [5000] * 10)


@pytest.mark.parametrize(
    ("method", "draws"),
    [("monte_carlo", 150), ("monte_carlo", 1000), ("monte_carlo", 20_000), ("quasi_monte_carlo", 4096)],
)
@pytest.mark.parametrize("length", [NARROW, FEW], ids=["ten bins", "four values"])
def test_what_a_bin_hides_is_in_the_error(length: wq.Distribution, method: Any, draws: int) -> None:
    seeds = 40
    cell: dict[str, Any] = {"output_tokens": length, "pue": 1.1, "power_utilization": 0.6, "round_tokens": False}
    truth = wq.sweep("Llama 3.1 405B", method="exact", quantiles=LEVELS, **cell)["energy"].values
    covered = np.zeros(len(LEVELS))
    for seed in range(seeds):
        ds = wq.sweep("Llama 3.1 405B", method=method, draws=draws, quantiles=LEVELS, seed=seed, **cell)
        covered += np.abs(ds["energy"].values - truth) <= 1.96 * ds["energy_stderr"].values + 1e-6 * truth
    assert (covered / seeds >= 0.95 - 3.0 * np.sqrt(0.95 * 0.05 / seeds)).all(), covered
