"""Terms: what each factor adds to ln E, against scipy.stats and plain logarithms."""

from __future__ import annotations

import math

import pytest
from scipy import stats

import wattquery as wq
from wattquery.plans.columns import Column
from wattquery.plans.terms import factor_term, joined_terms, value_term
from wattquery.specs import Fixed
from wattquery.specs.converters import LeverSet
from wattquery.specs.factors import Factor

SIGMA = math.log(1.6 / 1.05) / (2 * 1.645)
MU = math.log(1.05) + 1.645 * SIGMA
PUE = wq.LogNormal(p5=1.05, p95=1.6)
EVEN = wq.Uniform(1.1, 1.3)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("scale", [1.0, 1 / 3.6])
def test_a_lognormal_is_its_mu_and_variance(sign: float, scale: float) -> None:
    term = factor_term(Factor("pue", PUE, sign), scale)
    assert term.mean == pytest.approx(sign * (MU + math.log(scale)), rel=1e-14)
    assert term.variance == pytest.approx(SIGMA**2, rel=1e-14)
    assert term.extras == ()
    # What it stands for is the distribution of ln of the factor: its quantiles are those of the factor itself.
    assert stats.norm(MU, SIGMA).ppf(0.9) == pytest.approx(math.log(float(PUE.ppf(0.9))), rel=1e-12)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("value", [Fixed(1.25), wq.Empirical(samples=(1.25,))], ids=str)
def test_a_number_is_its_logarithm(value: wq.Distribution, sign: float) -> None:
    term = factor_term(Factor("pue", value, sign))
    assert (term.mean, term.variance, term.extras) == (sign * math.log(1.25), 0.0, ())


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_any_other_distribution_is_kept_as_a_column(sign: float) -> None:
    term = factor_term(Factor("pue", EVEN, sign), scale=2.0)
    assert (term.mean, term.variance) == (sign * math.log(2.0), 0.0)
    assert term.extras == ((Column("pue", EVEN), sign),)


def test_the_term_of_a_product_is_the_sum() -> None:
    factors = [Factor("a", PUE, 1.0), Factor("b", EVEN, 1.0), Factor("c", PUE, -1.0), Factor("d", Fixed(3.0), 1.0)]
    term = joined_terms(factor_term(factor) for factor in factors)
    assert term.mean == pytest.approx(math.log(3.0), rel=1e-14)
    assert term.variance == pytest.approx(2 * SIGMA**2, rel=1e-14)
    assert [column.purpose for column, _ in term.extras] == ["b"]
    assert list(term.factors) == factors
    nothing = joined_terms([])
    assert (nothing.mean, nothing.variance, nothing.extras) == (0.0, 0.0, ())


def test_levers_divide() -> None:
    term = value_term("levers", LeverSet((wq.Lever("one", PUE), wq.Lever("two", 2.0), wq.Lever("three", EVEN))))
    assert term.mean == pytest.approx(-MU - math.log(2.0), rel=1e-14)
    assert term.variance == pytest.approx(SIGMA**2, rel=1e-14)
    assert term.extras == ((Column("lever:three", EVEN), -1.0),)
    assert value_term("levers", LeverSet()).mean == 0.0


def test_a_power_that_follows_throughput() -> None:
    following = value_term("power_utilization", wq.ThroughputProportional(0.24, 0.56))
    assert (following.base, following.span, following.mean) == (0.24, 0.56, 0.0)
    for constant in (wq.ThroughputProportional(0.5, 0.0), Fixed(0.5)):
        term = value_term("power_utilization", constant)
        assert (term.mean, term.base, term.span) == (math.log(0.5), 1.0, 0.0)


def test_a_boundary_multiplies_by_its_share_and_its_steps() -> None:
    steps = [wq.Step("idle", 1.1), wq.Step("network", PUE)]
    term = value_term("boundary", wq.Boundary("accelerator", accelerator_share=wq.Uniform(0.5, 0.8), steps=steps))
    assert term.mean == pytest.approx(math.log(1.1) + MU, rel=1e-14)
    assert term.variance == pytest.approx(SIGMA**2, rel=1e-14)
    ((column, sign),) = term.extras
    assert (column.purpose, column.distribution, sign) == ("accelerator_share", wq.Uniform(0.5, 0.8), 1.0)
    assert value_term("boundary", wq.Boundary("facility")).mean == 0.0


def test_node_power_in_kilowatts_makes_watt_hours() -> None:
    assert value_term("node_power", Fixed(7.2)).mean == pytest.approx(math.log(2.0), rel=1e-14)
    assert value_term("node_power", None).mean == 0.0
