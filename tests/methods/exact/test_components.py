"""Components of ln E: their moments against the naive quadrature, their shares against large samples."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import pytest

import naive
import reciprocal_models
from exact_pairs import RATE, pair_of
from wattquery.methods.exact.components import nodes, segments

FOLLOWING = naive.Proportional(0.24, 0.56)
ONE_SIDED = naive.Throughput(8.6, -0.3, 0.0, 900.0)
TWO_KINKS = naive.Reciprocal(a=1e-5, b=2e-7, c=5e-5, maximum=5000.0)
CELLS = {
    "one length": {"input": 500.0},
    "two lengths that the cap crosses": {},
    "a cap that one length decides": {"throughput": ONE_SIDED},
    "reciprocal": {"throughput": reciprocal_models.RATE},
    "reciprocal, one length": {"throughput": reciprocal_models.RATE, "input": 500.0},
    "reciprocal, following power": {"throughput": TWO_KINKS, "power": FOLLOWING},
    "reciprocal, following power, one length": {"throughput": TWO_KINKS, "power": FOLLOWING, "input": 500.0},
    "no cap": {"throughput": naive.Throughput(6.0, 0.0, 0.0, 600.0)},
    "prefill": {"prefill_weight": 1 / 30},
    "following power": {"prefill_weight": 1 / 30, "power": FOLLOWING},
    "even lengths": {"output": naive.Uniform(100, 900), "input": naive.Uniform(200, 1500)},
}


moments = lru_cache(naive.moments)


def cell(**changed) -> naive.Cell:
    usual = {
        "throughput": RATE,
        "node_power": 3.6,
        "output": naive.Exponential(300),
        "input": naive.LogNormal(200, 1500),
        "whole": False,
    }
    return naive.Cell(**{**usual, **changed})


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("name", CELLS)
def test_moments_of_nodes_are_those_of_the_naive_quadrature(name: str, swapped: bool) -> None:
    of = cell(**CELLS[name])
    values, weights = nodes(pair_of(of, 0.3, swapped))
    assert weights.sum() == pytest.approx(1.0, abs=1e-9)
    mean, std = moments(of)
    assert float(weights @ np.exp(values)) == pytest.approx(mean, rel=1e-6)
    assert float(weights @ np.exp(2 * values)) == pytest.approx(std**2 + mean**2, rel=1e-6)


def test_moments_of_whole_tokens_are_those_of_the_naive_sum() -> None:
    of = cell(output=naive.Exponential(40), input=naive.Uniform(3, 90), whole=True, prefill_weight=1 / 30)
    values, weights = nodes(pair_of(of, 0.3))
    typical, shares = naive.pairs(of)
    for power in (-1, 1, 2):
        expected = float(shares @ typical**power)
        assert float(weights @ np.exp(power * values)) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", ["one length", "two lengths that the cap crosses", "following power"])
def test_segments_have_the_shares_of_a_large_sample(name: str) -> None:
    """A segment is even in ln E between its ends; draws lie in it in that share, to five standard errors."""
    of = cell(**CELLS[name])
    centres, half_widths, weights = segments(pair_of(of, 0.0, outer_sigma=0.5))
    assert weights.sum() == pytest.approx(1.0, abs=1e-9)
    assert (half_widths >= 0.0).all()
    draws = np.log(naive.simulate(of, 400_000, np.random.default_rng(5)))
    widths = np.maximum(half_widths, 1e-15)
    for x in np.quantile(draws, [0.01, 0.2, 0.5, 0.8, 0.99]).tolist():
        share = float(weights @ np.clip(0.5 + 0.5 * (x - centres) / widths, 0.0, 1.0))
        observed = float((draws <= x).mean())
        assert abs(share - observed) < 5 * math.sqrt(share * (1 - share) / draws.size)


def test_segments_follow_each_other_without_gaps() -> None:
    centres, half_widths, _ = segments(pair_of(cell(**CELLS["one length"]), 0.0))
    order = np.argsort(centres)
    ends, starts = (centres + half_widths)[order][:-1], (centres - half_widths)[order][1:]
    np.testing.assert_allclose(ends, starts, atol=1e-12)


def test_segments_have_the_moments_of_the_naive_quadrature() -> None:
    of = cell(**CELLS["one length"])
    centres, half_widths, weights = segments(pair_of(of, 0.0))
    mean, std = naive.moments(of)
    for power, expected in ((1, mean), (2, std**2 + mean**2)):
        # E[exp(k x)] of an even density is exp(k c) sinh(k h) / (k h).
        spread = np.where(half_widths > 0, np.sinh(power * half_widths) / np.maximum(power * half_widths, 1e-300), 1.0)
        assert float(weights @ (np.exp(power * centres) * spread)) == pytest.approx(expected, rel=1e-6)


def test_points_of_whole_tokens_have_no_width() -> None:
    of = cell(output=naive.Exponential(40), input=500.0, whole=True)
    centres, half_widths, weights = segments(pair_of(of, 0.0))
    typical, shares = naive.pairs(of)
    assert not half_widths.any()
    assert weights.sum() == pytest.approx(1.0, abs=1e-9)
    for level in (0.1, 0.5, 0.9):
        x = float(np.quantile(typical, level))
        below = float(weights[np.exp(centres) <= x * (1 + 1e-9)].sum())
        assert below == pytest.approx(float(shares[typical <= x].sum()), abs=1e-9)
