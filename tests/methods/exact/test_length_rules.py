"""Rules of lengths: weights sum to one, tokens have their probability, and both moments are those of closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

import naive
import wattquery as wq
from wattquery.methods.exact.length_rules import NARROW_SIGMA, length_rule
from wattquery.specs import Fixed

SIGMAS = [0.0, 1e-4, 0.02, 0.5]
LENGTHS = [
    wq.Exponential(median=300),
    wq.LogNormal(p5=100, p95=2000),
    wq.Uniform(200, 400),
    wq.Triangular(100, 150, 900),
    wq.Empirical(samples=(120.4, 130.6, 500.0)),
    Fixed(500.0),
]


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "continuous"])
@pytest.mark.parametrize("sigma", SIGMAS)
@pytest.mark.parametrize("length", LENGTHS, ids=str)
def test_weights_sum_to_one(length: wq.Distribution, sigma: float, whole: bool) -> None:
    rule = length_rule(length, whole=whole, sigma=sigma)
    values, weights = rule.nodes
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert (weights >= 0.0).all()
    assert rule.token_weights.sum() + rule.panel_weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert (rule.shortest, rule.longest) == (values.min(), values.max())
    np.testing.assert_allclose(rule.logs, np.log(values))


@pytest.mark.parametrize("sigma", SIGMAS)
@pytest.mark.parametrize("power", [1, 2])
def test_moments_of_a_continuous_exponential(sigma: float, power: int) -> None:
    values, weights = length_rule(wq.Exponential(median=300), whole=False, sigma=sigma).nodes
    expected = math.factorial(power) * (300 / math.log(2)) ** power
    assert float(weights @ values**power) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("median", [3.0, 300.0])
@pytest.mark.parametrize("sigma", [1e-4, 0.5])
def test_whole_tokens_have_their_probability(median: float, sigma: float) -> None:
    rule = length_rule(wq.Exponential(median=median), whole=True, sigma=sigma)
    tokens, weights = naive.lengths_of(naive.Exponential(median))
    size = rule.tokens.size
    np.testing.assert_array_equal(rule.tokens, tokens[:size])
    np.testing.assert_allclose(rule.token_weights[:-1], weights[: size - 1], rtol=1e-6, atol=1e-15)
    # What is not summed is integrated: the mean of all is that of the naive sum.
    values, shares = rule.nodes
    assert float(shares @ values) == pytest.approx(float(weights @ tokens), rel=1e-7)


def test_without_anything_to_smooth_the_sum_whole_tokens_stay_points() -> None:
    assert not length_rule(wq.Exponential(median=300), whole=True, sigma=0.0).has_panels
    assert length_rule(wq.Exponential(median=300), whole=True, sigma=0.5).has_panels
    assert length_rule(wq.Exponential(median=300), whole=False, sigma=0.0).has_panels


@pytest.mark.parametrize(
    ("length", "whole", "tokens"),
    [
        (Fixed(500.0), True, [500.0]),
        (Fixed(500.4), False, [500.4]),
        (wq.Empirical(samples=(0.2, 130.6, 130.6, 500.0)), True, [1.0, 131.0, 500.0]),
    ],
    ids=str,
)
def test_samples_are_points(length: wq.Distribution, whole: bool, tokens: list[float]) -> None:
    rule = length_rule(length, whole=whole, sigma=0.3)
    assert not rule.has_panels
    assert np.unique(rule.tokens).tolist() == tokens


def test_narrow_normals_get_short_segments() -> None:
    length = wq.LogNormal(p5=100, p95=2000)
    narrow = length_rule(length, whole=False, sigma=0.5 * NARROW_SIGMA, segment=1e-3)
    assert np.median(np.diff(np.log(narrow.edges))) <= 1e-3
    assert narrow.starts.size > 10 * length_rule(length, whole=False, sigma=0.5).starts.size


@pytest.mark.parametrize("places", [[250.0], [250.0, 251.0, 900.0], [1e-9], [1e9]], ids=str)
def test_a_cut_changes_no_integral(places: list[float]) -> None:
    rule = length_rule(wq.Exponential(median=300), whole=False, sigma=0.5)
    cut = rule.cut(places)
    inside = [place for place in places if rule.shortest < place < rule.longest]
    assert cut.starts.size == rule.starts.size + len(inside)
    assert all(np.isclose(cut.edges, place, rtol=1e-9).any() for place in inside)
    values, weights = cut.nodes
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert float(weights @ values) == pytest.approx(300 / math.log(2), rel=1e-10)


@pytest.mark.parametrize("kink", [40.0, 250.0, 1400.0])
def test_cut_at_a_kink_the_kink_is_integrated_exactly(kink: float) -> None:
    """E[max(L - k, 0)] = scale * exp(-k / scale) of an exponential."""
    rule = length_rule(wq.Exponential(median=300), whole=False, sigma=0.5)
    scale = 300 / math.log(2)
    expected = scale * math.exp(-kink / scale)
    values, weights = rule.nodes_cut_at(kink)
    assert float(weights @ np.maximum(values - kink, 0.0)) == pytest.approx(expected, rel=1e-10)
    plain, plain_weights = rule.nodes
    assert abs(float(plain_weights @ np.maximum(plain - kink, 0.0)) / expected - 1.0) > 1e-9


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "continuous"])
def test_few_nodes_keep_the_moments(whole: bool) -> None:
    rule = length_rule(wq.Exponential(median=300), whole=whole, sigma=0.5)
    values, weights = rule.nodes
    few = rule.few(1.0)
    assert few.lengths.size < 0.5 * values.size
    for power in (-1, 0, 1, 2):
        assert float(few.weights @ few.lengths**power) == pytest.approx(float(weights @ values**power), rel=1e-9)
    assert rule.few(1.0) is few


def test_levels_are_of_the_tail_that_a_panel_counts_from() -> None:
    length = wq.Exponential(median=300)
    rule = length_rule(length, whole=False, sigma=0.5)
    for place in (1e-3, 100.0, 290.0, 310.0, 5000.0):
        panel = rule.panel_of(place)
        assert panel is not None
        expected = length.sf(place) if rule.upper[panel] else length.cdf(place)
        assert rule.level(place, panel) == pytest.approx(float(expected), rel=1e-12)
    assert rule.panel_of(0.0) is None
    assert rule.panel_of(math.inf) is None
