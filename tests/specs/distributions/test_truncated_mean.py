"""Means of truncated distributions against densities written out and integrated."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import pytest
from scipy import integrate

from wattquery.specs import Distribution, Exponential, LogNormal, Normal, Triangular, Truncated, Uniform


def _lognormal_density(x: float, one: LogNormal) -> float:
    return math.exp(-(((math.log(x) - one.mu) / one.sigma) ** 2) / 2) / x


LEVER = LogNormal(p5=1.5, p95=10)
DENSITIES: list[tuple[Distribution, Callable[[float], float], list[tuple[float, float]]]] = [
    (
        Normal(mu=1, sigma=2),
        lambda x: math.exp(-(((x - 1) / 2) ** 2) / 2),
        [(0, 3), (2, 2.001), (6, 9), (20, 30), (-9, -7)],
    ),
    (
        LEVER,
        lambda x: _lognormal_density(x, LEVER),
        [(1, 10), (3, 3.0001), (40, 60), (1000, 2000), (0.2, 0.4), (1e-9, 5)],
    ),
    (Exponential(median=math.log(2)), lambda x: math.exp(-x), [(0, 3), (1, 1.0001), (20, 22), (0, 0.02)]),
    (Uniform(low=2, high=6), lambda x: 1.0, [(3, 4), (2, 2.001)]),
    (
        Triangular(low=1, mode=2, high=5),
        lambda x: (x - 1) / 1 if x < 2 else (5 - x) / 3,
        [(1, 2), (1.5, 4), (4.99, 5), (1, 1.001), (3, 3.5)],
    ),
]


@pytest.mark.parametrize(
    ("base", "density", "low", "high"),
    [
        pytest.param(base, density, low, high, id=f"{base.label}-{low}-{high}")
        for base, density, bounds in DENSITIES
        for low, high in bounds
    ],
)
def test_mean_agrees_with_the_integrated_density(
    base: Distribution, density: Callable[[float], float], low: float, high: float
) -> None:
    breaks = sorted({low, high, *(x for x in (2.0, 5.0) if low < x < high)})
    peak = max(density(x) for x in breaks)

    def integral(power: int) -> float:
        pieces = itertools.pairwise(breaks)
        options = {"epsabs": 0, "epsrel": 1e-12, "limit": 200}
        return math.fsum(integrate.quad(lambda x: x**power * density(x) / peak, *one, **options)[0] for one in pieces)

    expected = integral(1) / integral(0)
    assert Truncated(base, low=low, high=high).mean() == pytest.approx(expected, rel=1e-10, abs=0)


@pytest.mark.parametrize("base", [Normal(mu=1, sigma=2), LEVER, Exponential(median=3)])
@pytest.mark.parametrize("at", [0.01, 0.5, 0.999, 1 - 1e-9])
def test_the_two_sides_of_a_cut_make_up_the_mean(base: Distribution, at: float) -> None:
    cut = float(base.ppf(at))
    left, right = Truncated(base, high=cut), Truncated(base, low=cut)
    share = float(base.cdf(cut))
    assert share * left.mean() + (1 - share) * right.mean() == pytest.approx(base.mean(), rel=1e-10)
    assert left.mean() < cut < right.mean()


@pytest.mark.parametrize(
    ("base", "low"),
    [
        (Normal(mu=0, sigma=1), 1),
        (Normal(mu=0, sigma=1), -1),
        (LEVER, 3),
        (Exponential(median=3), 0),
        (LEVER, 30),
    ],
)
def test_mean_of_a_sliver_is_its_middle(base: Distribution, low: float) -> None:
    high = low + 1e-9
    assert Truncated(base, low=low, high=high).mean() == pytest.approx((low + high) / 2, rel=1e-9, abs=1e-19)


def test_mean_at_the_far_end_of_a_triangle_keeps_its_digits() -> None:
    tip = Truncated(Triangular(low=-5, mode=-2, high=0), low=-1e-3)
    assert tip.mean() == pytest.approx(-2e-3 / 3, rel=1e-12, abs=0)


def test_mean_of_a_half_normal_is_known() -> None:
    assert Truncated(Normal(mu=0, sigma=1), low=0).mean() == pytest.approx(math.sqrt(2 / math.pi), rel=1e-14)
    assert Truncated(Normal(mu=0, sigma=1), low=-2, high=2).mean() == 0
