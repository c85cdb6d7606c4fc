"""Moments of factors against closed forms, and against draws where two share their quantile level."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

import wattquery as wq
from wattquery.fleets.moments import joint_moment, moment

UNIFORM = wq.Uniform(1.0, 3.0)
LEVER = wq.LogNormal(1.5, 5.0)


@pytest.mark.parametrize("power", [-2.0, -1.0, 1.0, 2.0])
def test_moments_have_closed_forms(power: float) -> None:
    assert moment(wq.Fixed(1.7), power) == pytest.approx(1.7**power, rel=1e-15)
    lognormal = stats.lognorm(s=LEVER.sigma, scale=math.exp(LEVER.mu)).expect(lambda x: x**power)
    assert moment(LEVER, power) == pytest.approx(lognormal, rel=1e-6)
    uniform = math.log(3.0) / 2.0 if power == -1.0 else (3.0 ** (power + 1) - 1.0) / (2.0 * (power + 1))
    assert moment(UNIFORM, power) == pytest.approx(uniform, rel=1e-13)
    atoms = wq.Empirical(samples=[1.0, 2.0, 2.0, 5.0])
    assert moment(atoms, power) == pytest.approx((1 + 2 * 2.0**power + 5.0**power) / 4, rel=1e-14)


def test_the_mean_is_that_of_the_distribution() -> None:
    for one in (wq.Triangular(1.0, 1.2, 2.0), wq.Truncated(wq.Normal(1.3, 0.2), low=1.0), wq.Exponential(3.0)):
        assert moment(one, 1.0) == pytest.approx(one.mean(), rel=1e-12)


@pytest.mark.parametrize("first", [LEVER, UNIFORM, wq.Empirical(samples=[1.0, 1.5, 4.0])])
@pytest.mark.parametrize("second", [LEVER, wq.LogNormal(1.5, 3.0), wq.Triangular(1.0, 2.0, 3.0)])
@pytest.mark.parametrize("powers", [(1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)])
def test_a_product_at_one_level_is_an_integral_over_levels(
    first: wq.Distribution, second: wq.Distribution, powers: tuple[float, float]
) -> None:
    found = joint_moment(first, powers[0], second, powers[1])
    levels = (np.arange(2_000_000) + 0.5) / 2_000_000
    summed = np.mean(first.ppf(levels) ** powers[0] * second.ppf(levels) ** powers[1])
    assert found == pytest.approx(summed, rel=3e-4 if isinstance(first, wq.Empirical) else 2e-5)
    assert found == pytest.approx(joint_moment(second, powers[1], first, powers[0]), rel=1e-12)


def test_two_of_a_kind_are_a_square() -> None:
    assert joint_moment(UNIFORM, -1.0, UNIFORM, -1.0) == moment(UNIFORM, -2.0)
    assert joint_moment(LEVER, 1.0, LEVER, -1.0) == 1.0
