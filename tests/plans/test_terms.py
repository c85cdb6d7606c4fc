"""Terms: what each factor adds to ln E, against scipy.stats and plain logarithms."""

from __future__ import annotations

import math

import pytest
from scipy import stats

import wattquery as wq
from wattquery.plans.columns import Column
from wattquery.plans.terms import Term, boundary_term, factor_term, joined_terms, levers_term, power_term
from wattquery.specs import Fixed

SIGMA = math.log(1.6 / 1.05) / (2 * 1.645)
MU = math.log(1.05) + 1.645 * SIGMA
PUE = wq.LogNormal(p5=1.05, p95=1.6)
EVEN = wq.Uniform(1.1, 1.3)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("scale", [1.0, 1 / 3.6])
def test_a_lognormal_is_its_mu_and_variance(sign: float, scale: float) -> None:
    term = factor_term("pue", PUE, sign, scale)
    assert term.mean == pytest.approx(sign * (MU + math.log(scale)), rel=1e-14)
    assert term.variance == pytest.approx(SIGMA**2, rel=1e-14)
    assert term.extras == ()
    # What it stands for is the distribution of ln of the factor: its quantiles are those of the factor itself.
    assert stats.norm(MU, SIGMA).ppf(0.9) == pytest.approx(math.log(float(PUE.ppf(0.9))), rel=1e-12)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("value", [Fixed(1.25), wq.Empirical(samples=(1.25,))], ids=str)
def test_a_number_is_its_logarithm(value: wq.Distribution, sign: float) -> None:
    assert factor_term("pue", value, sign) == Term(mean=sign * math.log(1.25))


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_any_other_distribution_is_kept_as_a_column(sign: float) -> None:
    term = factor_term("pue", EVEN, sign, scale=2.0)
    assert term == Term(mean=sign * math.log(2.0), extras=((Column("pue", EVEN), sign),))


def test_the_term_of_a_product_is_the_sum() -> None:
    parts = [factor_term("a", PUE), factor_term("b", EVEN), factor_term("c", PUE, -1.0), factor_term("d", Fixed(3.0))]
    term = joined_terms(parts)
    assert term.mean == pytest.approx(math.log(3.0), rel=1e-14)
    assert term.variance == pytest.approx(2 * SIGMA**2, rel=1e-14)
    assert [column.purpose for column, _ in term.extras] == ["b"]
    assert joined_terms([]) == Term()


def test_levers_divide() -> None:
    term = levers_term([wq.Lever("one", PUE), wq.Lever("two", 2.0), wq.Lever("three", EVEN)])
    assert term.mean == pytest.approx(-MU - math.log(2.0), rel=1e-14)
    assert term.variance == pytest.approx(SIGMA**2, rel=1e-14)
    assert term.extras == ((Column("lever:three", EVEN), -1.0),)
    assert levers_term([]) == Term()


def test_a_power_that_follows_throughput() -> None:
    following = power_term(wq.ThroughputProportional(0.24, 0.56))
    assert (following.base, following.span, following.mean) == (0.24, 0.56, 0.0)
    assert power_term(wq.ThroughputProportional(0.5, 0.0)) == power_term(Fixed(0.5)) == Term(mean=math.log(0.5))


def test_a_boundary_multiplies_by_its_share_and_its_steps() -> None:
    steps = [wq.Step("idle", 1.1), wq.Step("network", PUE)]
    term = boundary_term(wq.Boundary("accelerator", accelerator_share=wq.Uniform(0.5, 0.8), steps=steps))
    assert term.mean == pytest.approx(math.log(1.1) + MU, rel=1e-14)
    assert term.variance == pytest.approx(SIGMA**2, rel=1e-14)
    ((column, sign),) = term.extras
    assert (column.purpose, column.distribution, sign) == ("accelerator_share", wq.Uniform(0.5, 0.8), 1.0)
    assert boundary_term(wq.Boundary("facility")) == Term()
