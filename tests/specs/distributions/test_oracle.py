"""Quantiles, probabilities and means against scipy.stats, tails included."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from scipy import stats

from wattquery.specs import (
    Distribution,
    Empirical,
    Exponential,
    Fixed,
    LogNormal,
    Normal,
    Triangular,
    Uniform,
)
from wattquery.specs.distributions.lognormal import Z95

P = np.array([1e-300, 1e-30, 1e-13, 1e-6, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999, 1 - 1e-6, 1 - 1e-13])
PUE_SIGMA = math.log(1.6 / 1.05) / (2 * 1.645)
CASES = [
    pytest.param(
        LogNormal(p5=1.05, p95=1.6),
        stats.lognorm(s=PUE_SIGMA, scale=1.05 * math.exp(1.645 * PUE_SIGMA)),
        id="lognormal",
    ),
    pytest.param(Exponential(median=300), stats.expon(scale=300 / math.log(2)), id="exponential"),
    pytest.param(Uniform(low=-1, high=3), stats.uniform(loc=-1, scale=4), id="uniform"),
    pytest.param(Uniform(low=0, high=0.3), stats.uniform(loc=0, scale=0.3), id="uniform-0"),
    pytest.param(Triangular(low=1, mode=2, high=5), stats.triang(c=0.25, loc=1, scale=4), id="triangular"),
    pytest.param(Triangular(low=0, mode=0, high=2), stats.triang(c=0, loc=0, scale=2), id="triangular-left"),
    pytest.param(Triangular(low=0, mode=2, high=2), stats.triang(c=1, loc=0, scale=2), id="triangular-right"),
    pytest.param(Normal(mu=1.2, sigma=0.1), stats.norm(1.2, 0.1), id="normal"),
]

UNBOUNDED = [case for case in CASES if math.isinf(case.values[0].support()[1])]


@pytest.mark.parametrize(("ours", "oracle"), CASES)
def test_quantiles_agree(ours: Distribution, oracle: stats.rv_continuous) -> None:
    # scipy's triangular counts from the far end where its mode is at one; the exact formulas below test that.
    atol = 1e-15 if isinstance(ours, Triangular) else 0
    np.testing.assert_allclose(ours.ppf(P), oracle.ppf(P), rtol=1e-12, atol=atol)
    assert ours.ppf([0, 1]).tolist() == pytest.approx(list(oracle.support()), rel=1e-14)


@pytest.mark.parametrize(("ours", "oracle"), CASES)
def test_probabilities_agree(ours: Distribution, oracle: stats.rv_continuous) -> None:
    x = oracle.ppf(P)
    np.testing.assert_allclose(ours.cdf(x), oracle.cdf(x), rtol=1e-12)
    assert ours.cdf([-math.inf, -1e9, 1e9, math.inf]).tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(("ours", "oracle"), UNBOUNDED)
def test_upper_tails_agree(ours: Distribution, oracle: stats.rv_continuous) -> None:
    x = oracle.isf(P)
    assert np.isnan(ours.isf([-0.1, 1.1])).all()
    assert np.isnan(ours.sf(math.nan))
    np.testing.assert_allclose(ours.isf(P), x, rtol=1e-12)
    np.testing.assert_allclose(ours.sf(x), oracle.sf(x), rtol=1e-12)


def _exact_quantile(p: float, low: Decimal, mode: Decimal, high: Decimal) -> Decimal:
    """Textbook triangular quantile, in enough digits that its cancellations do no harm."""
    q, width = Decimal(p), high - low
    if q < (mode - low) / width:
        return low + (q * width * (mode - low)).sqrt()
    return high - ((1 - q) * width * (high - mode)).sqrt()


@pytest.mark.parametrize("corners", [(1, 2, 5), (0, 0, 2), (0, 2, 2), (-3, -3, 0), (-3, 0, 0), (-1, 0, 7)])
def test_triangular_has_all_digits_in_both_tails(corners: tuple[int, int, int]) -> None:
    ours = Triangular(*corners)
    low, mode, high = (Decimal(x) for x in corners)
    with localcontext(prec=700):
        lower = [float(_exact_quantile(p, low, mode, high)) for p in P]
        upper = [float(-_exact_quantile(p, -high, -mode, -low)) for p in P]
    np.testing.assert_allclose(ours.ppf(P), lower, rtol=1e-12)
    np.testing.assert_allclose(ours.isf(P), upper, rtol=1e-12)
    # A quantile says how far it is from an end only if that end is 0.
    if corners[0] == 0:
        np.testing.assert_allclose(ours.cdf(lower), P, rtol=1e-12)
    if corners[2] == 0:
        np.testing.assert_allclose(ours.sf(np.array(upper)), P, rtol=1e-12)


def test_uniform_has_all_digits_in_both_tails() -> None:
    np.testing.assert_allclose(Uniform(low=-2, high=0).isf(P), -2 * P, rtol=1e-15)
    np.testing.assert_allclose(Uniform(low=-2, high=0).sf(-2 * P), P, rtol=1e-15)
    np.testing.assert_allclose(Uniform(low=0, high=2).ppf(P), 2 * P, rtol=1e-15)
    np.testing.assert_allclose(Uniform(low=0, high=2).cdf(2 * P), P, rtol=1e-15)


@pytest.mark.parametrize(("ours", "oracle"), CASES)
def test_means_agree(ours: Distribution, oracle: stats.rv_continuous) -> None:
    assert ours.mean() == pytest.approx(oracle.mean(), rel=1e-13)
    with np.errstate(all="ignore"):  # as the public verb does
        assert ours._mean_between(-math.inf, math.inf) == pytest.approx(oracle.mean(), rel=1e-13)


@pytest.mark.parametrize(("ours", "oracle"), CASES)
def test_support_agrees_and_nothing_is_discrete(ours: Distribution, oracle: stats.rv_continuous) -> None:
    assert ours.support() == pytest.approx(oracle.support())
    assert ours.atoms() is None


def test_probabilities_are_exact_in_the_deep_lower_tail() -> None:
    assert float(Exponential(median=1).cdf(1e-20)) == pytest.approx(math.log(2) * 1e-20, rel=1e-15, abs=0)
    assert float(Normal(mu=0, sigma=1).cdf(-30)) == pytest.approx(4.906713927148187e-198, rel=1e-12, abs=0)


@pytest.mark.parametrize("one", [case.values[0] for case in CASES] + [Fixed(2), Empirical([1, 2, 2, 5])])
def test_what_is_no_probability_has_no_quantile(one: Distribution) -> None:
    assert np.isnan(one.ppf([-1e-9, 1 + 1e-9, math.nan, -math.inf, math.inf])).all()
    assert math.isnan(one.cdf(math.nan))
    assert one.ppf(np.full((2, 3), 0.5)).shape == (2, 3)
    assert one.cdf(np.full((2, 3), 0.5)).shape == (2, 3)
    assert one.ppf(0.5).dtype == np.float64


def test_lognormal_has_the_rounded_normal_quantile_of_the_paper() -> None:
    pue = LogNormal(p5=1.05, p95=1.6)
    assert Z95 == 1.645
    assert pue.sigma == pytest.approx(PUE_SIGMA, rel=1e-15)
    assert pue.mu == pytest.approx(math.log(1.05) + 1.645 * PUE_SIGMA, rel=1e-15)
    off = (1.645 - stats.norm.ppf(0.95)) * PUE_SIGMA
    assert float(pue.ppf(0.05)) / 1.05 - 1 == pytest.approx(off, rel=1e-4)
    assert 1 - float(pue.ppf(0.95)) / 1.6 == pytest.approx(off, rel=1e-4)


def test_lognormal_keeps_the_digits_of_a_narrow_range() -> None:
    assert LogNormal(p5=3, p95=3 + 2**-40).sigma == pytest.approx(2**-40 / 3 / 3.29, rel=1e-11, abs=0)


def test_lognormal_mean_beyond_the_floats_is_infinite() -> None:
    assert LogNormal(p5=1e-30, p95=1e30).mean() == math.inf


def test_triangular_has_a_knot_at_an_inner_mode_only() -> None:
    assert Triangular(low=1, mode=2, high=5).knots() == (0.25,)
    assert Triangular(low=1, mode=1, high=5).knots() == ()
    assert Triangular(low=1, mode=5, high=5).knots() == ()


def test_fixed_is_one_atom() -> None:
    pue = Fixed(1.1)
    assert pue.ppf([0, 0.3, 1]).tolist() == [1.1, 1.1, 1.1]
    assert pue.cdf([1.0999, 1.1, 2]).tolist() == [0, 1, 1]
    assert pue.mean() == 1.1
    assert pue.support() == (1.1, 1.1)
    values, weights = pue.atoms()
    assert (values.tolist(), weights.tolist()) == ([1.1], [1.0])
