"""Quantiles of mixes of draws: against NumPy's, and their errors against a slow form written from the documentation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm, t

import wattquery as wq
from wattquery.fleets.quantiles import Quantiles, mixed_quantiles

REPLICATES = 16
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def slow_stderr(draws: np.ndarray, level: float) -> float:
    """Return the error of a quantile: by how much replicates disagree on its level, in terms of quantiles."""
    quantile = np.quantile(draws, level, method="hazen")
    shares = [np.mean(replicate <= quantile) for replicate in draws.reshape(REPLICATES, -1)]
    spread = max(np.std(shares, ddof=1) / math.sqrt(REPLICATES), 0.5 / draws.size)
    off = t.ppf(0.975, REPLICATES - 1) / norm.ppf(0.975) * spread
    low, high = (np.quantile(draws, end, method="hazen") for end in (level - off, level + off))
    return float(max(quantile - low, high - quantile))


@pytest.mark.parametrize("draws", [1024, 4096])
def test_quantiles_and_their_errors_are_those_of_each_mix(draws: int) -> None:
    rng = np.random.default_rng(7)
    means = np.exp(rng.standard_normal((2, draws)))
    shares = np.array([[0.0, 1.0], [0.3, 0.7], [1.0, 0.0]])
    found = mixed_quantiles(shares, LEVELS, [None, None], lambda: means)
    for row, mix in enumerate(shares @ means):
        expected = np.quantile(mix, LEVELS, method="hazen")
        np.testing.assert_allclose(found.values[row], expected, rtol=1e-13)
        np.testing.assert_allclose(found.stderr[row], [slow_stderr(mix, level) for level in LEVELS], rtol=1e-9)


def test_a_level_alone_is_what_it_is_among_others() -> None:
    means = np.exp(np.random.default_rng(8).standard_normal((1, 512)))
    shares = np.ones((1, 1))
    every = mixed_quantiles(shares, LEVELS, [None], lambda: means)
    ends = mixed_quantiles(shares, (0.05, 0.95), [None], lambda: means)
    np.testing.assert_array_equal(every.at_ends().values, ends.values)
    np.testing.assert_array_equal(every.at_ends().stderr, ends.stderr)


def test_quantiles_of_few_draws_beyond_have_no_error_and_of_none_are_refused() -> None:
    means = np.exp(np.random.default_rng(9).standard_normal((1, 256)))
    found = mixed_quantiles(np.ones((1, 1)), (0.02, 0.5), [None], lambda: means)
    assert np.isinf(found.stderr).tolist() == [[True, False]]
    with pytest.raises(wq.InputError, match=r"beyond each end.*shared_draws = 256"):
        mixed_quantiles(np.ones((1, 1)), (0.003, 0.5), [None], lambda: means)


def test_stacked_quantiles_keep_their_errors() -> None:
    first = Quantiles(np.ones((2, 3)), np.zeros((2, 3)))
    second = Quantiles(2.0 * np.ones((2, 3)), np.ones((2, 3)))
    stacked = Quantiles.stacked([first, second], axis=1)
    assert stacked.values.shape == (2, 2, 3)
    assert stacked.stderr[:, 1].tolist() == second.stderr.tolist()
