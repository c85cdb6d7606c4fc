"""Where single precision is short of digits: very long lengths, tails rarer than 1e-6. The lattice still holds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import wattquery as wq

FAMILY_WISE = 1e-3
HALF_A_BIN = 0.5 / 1024.0
CONSTANT = "Llama-3.1 Nemotron Ultra 253B"
"""One throughput for all lengths: a fit says nothing of a trillion tokens."""


@pytest.mark.parametrize("tokens", [3.0, 2.0**24 + 1.0, 1e9, 1e15])
def test_a_known_length_is_within_half_a_bin(tokens: float) -> None:
    known = {"output_tokens": wq.unchecked(tokens), "pue": 1.1, "power_utilization": 0.5, "model": CONSTANT}
    exact = wq.sweep(**known, method="exact")["energy"]
    drawn = wq.sweep(**known, draws=1000)["energy"]
    np.testing.assert_allclose(drawn, exact, rtol=HALF_A_BIN)


@pytest.mark.parametrize(
    "lengths",
    [
        wq.Uniform(2.0**24, 2.0**25),
        wq.Exponential(median=1e9),
        wq.LogNormal(p5=1e6, p95=1e12),
        wq.Uniform(1e12, 1.01e12),
    ],
    ids=str,
)
def test_quantiles_of_very_long_lengths(lengths: wq.Distribution) -> None:
    """The error of rounding to single precision is a thousandth of a bin: what is left is sampling, and the bin."""
    cell = {"output_tokens": wq.unchecked(lengths), "pue": 1.1, "power_utilization": 0.5, "model": CONSTANT}
    exact = wq.sweep(**cell, method="exact")["energy"].values
    found = wq.sweep(**cell, draws=1_000_000, seed=5)
    limit = stats.norm.isf(0.5 * FAMILY_WISE / exact.size)
    error = np.abs(found["energy"].values - exact)
    assert np.all(error <= limit * found["energy_stderr"].values + HALF_A_BIN / 10 * exact)


@pytest.mark.slow
def test_tails_rarer_than_a_millionth() -> None:
    """1e9 draws: the 64-bit tails have the density that the exact method gives, out to a hundred draws."""
    levels = [1e-7, 1e-6, 1 - 1e-6, 1 - 1e-7]
    cell = {"model": "DeepSeek-R1", "quantiles": levels, "round_tokens": False}
    exact = wq.sweep(**cell, method="exact")["energy"].values
    found = wq.sweep(**cell, draws=1_000_000_000, seed=3)
    limit = stats.norm.isf(0.5 * FAMILY_WISE / len(levels))
    # Of 100 draws beyond a level the count itself scatters by a tenth: the normal approximation is that good.
    assert np.all(np.abs(found["energy"].values - exact) <= 1.1 * limit * found["energy_stderr"].values)
