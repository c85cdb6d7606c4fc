"""Truncation against scipy.stats, of discrete and mixed distributions, and what it refuses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from wattquery.errors import InputError, InputTypeError
from wattquery.specs import (
    Distribution,
    Empirical,
    Exponential,
    Fixed,
    LogNormal,
    Normal,
    Triangular,
    Truncated,
    Uniform,
)

P = np.array([0, 1e-13, 1e-6, 0.01, 0.25, 0.5, 0.75, 0.99, 1 - 1e-6, 1 - 1e-13])
BOUNDS = [(-1, 2), (None, 0.5), (0.3, None), (3, None), (8, None), (8, 9), (None, -8), (-30, -25), (0, 1e-3)]


@pytest.mark.parametrize(("low", "high"), BOUNDS)
@pytest.mark.parametrize(("mu", "sigma"), [(0, 1), (1.2, 0.1)])
def test_normal_agrees_with_scipy(low: float | None, high: float | None, mu: float, sigma: float) -> None:
    a, b = -math.inf if low is None else low, math.inf if high is None else high
    oracle = stats.truncnorm(a, b, loc=mu, scale=sigma)
    bounds = {
        "low": None if low is None else mu + sigma * low,
        "high": None if high is None else mu + sigma * high,
    }
    ours = Truncated(Normal(mu=mu, sigma=sigma), **bounds)
    inner = P[1:]
    # The bounds carry a rounding error of their own, which a tail magnifies by the score it is at.
    np.testing.assert_allclose(ours.ppf(inner), oracle.ppf(inner), rtol=1e-12, atol=1e-13)
    x = oracle.ppf(P[3:-2])
    np.testing.assert_allclose(ours.cdf(x), oracle.cdf(x), rtol=1e-9)
    assert ours.support() == pytest.approx(oracle.support(), abs=1e-15)


@pytest.mark.parametrize(("low", "high"), [(0, 700), (None, 1e-3), (0, 1e4)])
def test_exponential_agrees_with_scipy(low: float | None, high: float) -> None:
    scale = 300 / math.log(2)
    oracle = stats.truncexpon(b=high / scale, scale=scale)
    ours = Truncated(Exponential(median=300), low=low, high=high)
    lower, upper = P[P <= 0.5], P[P > 0.5]
    np.testing.assert_allclose(ours.ppf(lower), oracle.ppf(lower), rtol=1e-12)
    # scipy counts from zero and so has no digits left near the upper bound; this counts from the bound.
    from_bound = high - scale * np.log1p((1 - upper) * np.expm1(high / scale))
    np.testing.assert_allclose(ours.ppf(upper), from_bound, rtol=1e-12)
    np.testing.assert_allclose(ours.cdf(ours.ppf(P)), P, rtol=1e-12)


def test_exponential_has_no_memory_far_out() -> None:
    free = Exponential(median=1)
    tail = Truncated(free, low=500)
    np.testing.assert_allclose(tail.ppf(P[:-1]), 500 + free.ppf(P[:-1]), rtol=1e-13)
    assert tail.mean() == pytest.approx(500 + free.mean(), rel=1e-14)


@pytest.mark.parametrize("base", [Normal(mu=0, sigma=1), LogNormal(p5=1.5, p95=10), Exponential(median=3)])
def test_quantiles_never_leave_the_bounds(base: Distribution) -> None:
    for low, width in zip(np.linspace(0.1, 8, 80), np.linspace(0.3, 2, 80), strict=True):
        x = Truncated(base, low=low, high=low + width).ppf([0, 1])
        assert x == pytest.approx([low, low + width], rel=1e-13)
        assert low <= x[0] <= x[1] <= low + width


def test_sample_loses_what_lies_outside() -> None:
    ours = Truncated(Empirical([1, 2, 2, 5, 9]), low=2, high=5)
    same = Empirical([2, 2, 5])
    p = np.linspace(0, 1, 301)
    assert (ours.ppf(p) == same.ppf(p)).all()
    assert (ours.cdf(p * 10) == same.cdf(p * 10)).all()
    assert ours.mean() == same.mean()
    assert ours.support() == (2, 5)
    assert ours.knots() == ()
    assert [part.tolist() for part in ours.atoms()] == [[2, 5], [2 / 3, 1 / 3]]


def test_number_stays_what_it_is() -> None:
    ours = Truncated(Fixed(1.1), low=1, high=1.1)
    assert ours == Truncated(1.1, low=1, high=1.1)
    assert ours.ppf(0.3) == ours.mean() == 1.1
    assert ours.label == "Truncated(1.1, low=1, high=1.1)"
    assert ours.atoms()[0].tolist() == [1.1]


def test_table_with_an_atom_keeps_it_at_either_bound() -> None:
    table = Empirical(probabilities=[0, 0.25, 0.5, 1], values=[10, 20, 20, 60])
    upper = Truncated(table, low=20)  # a third of what is left is the atom
    assert upper.cdf([19.9, 20, 40, 60]) == pytest.approx([0, 1 / 3, 2 / 3, 1], rel=1e-15)
    assert upper.ppf([0, 0.3, 2 / 3, 1]) == pytest.approx([20, 20, 40, 60], rel=1e-14)
    assert upper.mean() == pytest.approx((20 + 2 * 40) / 3, rel=1e-14)
    assert upper.knots() == pytest.approx((1 / 3,))
    lower = Truncated(table, high=20)
    assert lower.cdf([15, 20]) == pytest.approx([0.25, 1], rel=1e-15)
    assert lower.mean() == pytest.approx((15 + 20) / 2, rel=1e-14)
    atom = Truncated(table, low=20, high=20)
    assert atom.ppf([0, 0.4, 1]).tolist() == [20, 20, 20]
    assert atom.mean() == 20


def test_table_and_triangular_keep_the_knots_that_are_left() -> None:
    ours = Truncated(Triangular(low=0, mode=1, high=2), high=1.5)
    (knot,) = ours.knots()
    assert knot == pytest.approx(0.5 / 0.875)
    assert float(ours.ppf(knot)) == pytest.approx(1)
    assert Truncated(Triangular(low=0, mode=1, high=2), low=1).knots() == ()


@pytest.mark.parametrize("base", [Normal(mu=0, sigma=1), Empirical([-1, 0, 1, 2]), Uniform(low=-3, high=3)])
def test_truncating_twice_is_truncating_once(base: Distribution) -> None:
    twice = Truncated(Truncated(base, low=-1.5, high=2), low=-2, high=1)
    once = Truncated(base, low=-1.5, high=1)
    assert (twice.ppf(P) == once.ppf(P)).all()
    assert (twice.cdf(twice.ppf(P)) == once.cdf(once.ppf(P))).all()
    assert twice.mean() == once.mean()
    assert twice.support() == once.support()


def test_bounds_beyond_the_support_change_nothing() -> None:
    free = Uniform(low=1, high=3)
    wide = Truncated(free, low=0, high=4)
    assert wide.support() == (1, 3)
    np.testing.assert_allclose(wide.ppf(P), free.ppf(P), rtol=1e-15)
    assert wide.mean() == pytest.approx(2, rel=1e-15)


@pytest.mark.parametrize(
    ("arguments", "error", "parts"),
    [
        ({}, InputError, ["without a bound", "low, high or both"]),
        ({"low": 2, "high": 1}, InputError, ["low=2, high=1", "low <= high", "Swap"]),
        ({"low": math.inf}, InputError, ["low must be a finite number, got inf", "finite"]),
        ({"high": math.nan}, InputError, ["high must be a finite number, got nan", "finite"]),
        ({"low": True}, InputTypeError, ["low must be", "got True", "finite number"]),
        ({"low": "1"}, InputTypeError, ["low must be", "got '1'", "without quotes"]),
        ({"low": 1, "high": 1}, InputError, ["which keeps 0:", "above 0", "Move the bounds"]),
        ({"low": 40}, InputError, ["Truncated(Normal(mu=0, sigma=1), low=40)", "which keeps 0:"]),
    ],
)
def test_refusals_say_what_must_be_and_what_was_given(arguments: dict, error: type, parts: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        Truncated(Normal(mu=0, sigma=1), **arguments)
    assert type(caught.value) is error
    for part in ["Truncated", *parts]:
        assert part in str(caught.value)


@pytest.mark.parametrize("base", [Fixed(1.1), Empirical([1, 3]), Uniform(low=0, high=1)])
def test_nothing_left_names_the_mass_and_the_support(base: Distribution) -> None:
    with pytest.raises(InputError, match=r"which keeps 0: .* lies between .* and "):
        Truncated(base, low=1.5, high=2)


def test_what_is_truncated_must_be_a_distribution() -> None:
    with pytest.raises(InputTypeError, match=r"Truncated: distribution must be .*got 'LogNormal'"):
        Truncated("LogNormal", low=1)


def test_upper_tails_keep_their_digits() -> None:
    """Memoryless: an exponential above a bound is one that starts there."""
    far, tails = Truncated(Exponential(median=300), low=1000), np.array([1e-200, 1e-30, 1e-6, 0.3, 0.9])
    expected = 1000 + Exponential(median=300).isf(tails)
    np.testing.assert_allclose(far.isf(tails), expected, rtol=1e-13)
    np.testing.assert_allclose(far.sf(expected), tails, rtol=1e-11)
    assert far.sf([0.0, 999.9, math.inf]).tolist() == [1.0, 1.0, 0.0]


@pytest.mark.parametrize(("low", "high"), [(10, 400), (2000, 2500), (None, 20)])
def test_both_tails_add_up(low: float | None, high: float) -> None:
    cut = Truncated(Exponential(median=300), low=low, high=high)
    x = np.linspace(low or 0, high, 9)
    np.testing.assert_allclose(cut.cdf(x) + cut.sf(x), 1.0, rtol=1e-12)
    np.testing.assert_allclose(cut.isf(1 - cut.cdf(x)), x, rtol=1e-9)
    samples = Truncated(Empirical(samples=[1, 2, 3, 4]), low=2)
    assert samples.sf([1.5, 2, 4]).tolist() == pytest.approx([1, 2 / 3, 0])
    assert samples.isf([0.1, 0.9]).tolist() == [4, 2]
