"""Panels: they cover the probability once, in order, and integrate what is smooth in ln L to the closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest

import wattquery as wq
from wattquery.methods.exact.panels import panel_lengths, panels

NODES, WEIGHTS = np.polynomial.legendre.leggauss(8)
LEAST_PROBABILITY = 2.0**-46
WIDTH = 0.3
LENGTHS = [
    wq.Exponential(median=300),
    wq.LogNormal(p5=100, p95=2000),
    wq.Uniform(200, 400),
    wq.Triangular(100, 150, 900),
    wq.Truncated(wq.Exponential(median=300), low=50, high=4000),
    wq.Empirical(probabilities=(0, 0.25, 0.5, 1), values=(10, 100, 400, 900)),
]


def expectation(length: wq.Distribution, of, least: float = 0.0) -> float:
    """Return E[of(L); L > least] by Gauss-Legendre on each panel."""
    starts, stops, upper = panels(length, least, WIDTH)
    steps = stops - starts
    values = panel_lengths(length, starts[:, None] + 0.5 * steps[:, None] * (1 + NODES), upper)
    return float(np.sum(of(values) * np.abs(0.5 * steps[:, None] * WEIGHTS)))


@pytest.mark.parametrize("length", LENGTHS, ids=str)
def test_they_cover_the_probability_once(length: wq.Distribution) -> None:
    starts, stops, _ = panels(length, 0.0, WIDTH)
    assert float(np.abs(stops - starts).sum()) == pytest.approx(1.0, abs=2 * LEAST_PROBABILITY)


@pytest.mark.parametrize("wider", [False, True])
@pytest.mark.parametrize("length", LENGTHS, ids=str)
def test_they_lie_in_the_order_of_lengths_without_gaps(length: wq.Distribution, wider: bool) -> None:
    starts, stops, upper = panels(length, 0.0, WIDTH, wider_if_rare=wider)
    low, high = panel_lengths(length, starts, upper), panel_lengths(length, stops, upper)
    assert (low < high).all()
    np.testing.assert_allclose(low[1:], high[:-1], rtol=1e-12)
    assert (np.diff(upper.astype(int)) >= 0).all(), "the lower tail comes first"


def test_none_is_wider_than_asked_for() -> None:
    starts, stops, upper = panels(wq.LogNormal(p5=100, p95=2000), 0.0, 0.05)
    logs = [np.log(panel_lengths(wq.LogNormal(p5=100, p95=2000), at, upper)) for at in (starts, stops)]
    few = np.diff(logs, axis=0).ravel()
    # Cut evenly in probability, so that a piece may be wider than the mean of its panel; never by much.
    assert np.median(few) <= 0.05
    assert few.max() <= 0.15


@pytest.mark.parametrize("power", [1, 2])
def test_moments_of_an_exponential(power: int) -> None:
    scale = 300 / math.log(2)
    found = expectation(wq.Exponential(median=300), lambda x: x**power)
    assert found == pytest.approx(math.factorial(power) * scale**power, rel=1e-10)


@pytest.mark.parametrize("power", [-1, 0.5, 1, 2])
def test_moments_of_a_lognormal(power: float) -> None:
    length = wq.LogNormal(p5=100, p95=2000)
    expected = math.exp(power * length.mu + 0.5 * (power * length.sigma) ** 2)
    assert expectation(length, lambda x: x**power) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("power", [0, 1, 2, 5])
def test_polynomials_over_an_even_length(power: int) -> None:
    expected = (400.0 ** (power + 1) - 200.0 ** (power + 1)) / ((power + 1) * 200.0)
    assert expectation(wq.Uniform(200, 400), lambda x: x**power) == pytest.approx(expected, rel=1e-12)


def test_the_mean_of_a_table_is_that_of_its_straight_pieces() -> None:
    length = wq.Empirical(probabilities=(0, 0.25, 0.5, 1), values=(10, 100, 400, 900))
    expected = 0.25 * 55 + 0.25 * 250 + 0.5 * 650
    assert expectation(length, lambda x: x) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("least", [20.5, 300.5, 2600.5])
def test_they_may_begin_anywhere(least: float) -> None:
    length = wq.Exponential(median=300)
    assert expectation(length, np.ones_like, least) == pytest.approx(float(length.sf(least)), rel=1e-9)
    # No memory: beyond a length, an exponential is the same one moved.
    beyond = float(length.sf(least)) * (least + 300 / math.log(2))
    assert expectation(length, lambda x: x, least) == pytest.approx(beyond, rel=1e-9)


def test_beyond_the_longest_length_there_are_none() -> None:
    starts, stops, upper = panels(wq.Uniform(200, 400), 400.5, WIDTH)
    assert starts.size == stops.size == upper.size == 0


def test_rare_lengths_may_have_wider_panels() -> None:
    fine = panels(wq.Exponential(median=300), 0.0, 1e-3)[0].size
    fewer = panels(wq.Exponential(median=300), 0.0, 1e-3, wider_if_rare=True)[0].size
    assert fewer < 0.6 * fine
