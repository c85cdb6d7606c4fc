"""What every distribution says of itself: how it scales with a unit, and which kernel draws from it."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from wattquery.kernels.random import variates
from wattquery.plans.columns import Column, ColumnTable
from wattquery.specs import Distribution

KINDS = {
    "Empirical": wq.Empirical(probabilities=[0, 0.25, 1], values=[1, 2, 6]),
    "Exponential": wq.Exponential(median=300),
    "Fixed": wq.Fixed(1.1),
    "LogNormal": wq.LogNormal(p5=1.05, p95=1.6),
    "Normal": wq.Normal(mu=12, sigma=1),
    "Triangular": wq.Triangular(low=1, mode=2, high=5),
    "Truncated": wq.Truncated(wq.Truncated(wq.LogNormal(p5=1.05, p95=1.6), low=1), low=1.1, high=2),
    "Uniform": wq.Uniform(low=1, high=3),
}
P = np.array([0.01, 0.25, 0.5, 0.75, 0.99])


def test_every_kind_is_here() -> None:
    assert set(KINDS) == {
        name for name, kind in Distribution.by_name.items() if kind.__module__.startswith("wattquery.")
    }


@pytest.mark.parametrize("distribution", [*KINDS.values(), wq.Empirical(samples=[3, 1, 2])], ids=str)
@pytest.mark.parametrize("factor", [1e-3, 1.0, 60.0])
def test_quantiles_scale(distribution: Distribution, factor: float) -> None:
    scaled = distribution.scaled(factor)
    assert type(scaled) is type(distribution)
    np.testing.assert_allclose(scaled.ppf(P), factor * distribution.ppf(P), rtol=1e-13)


@pytest.mark.parametrize("distribution", KINDS.values(), ids=KINDS)
def test_a_kernel_draws_each(distribution: Distribution) -> None:
    table = ColumnTable()
    table.add(Column("pue", distribution))
    kind, *_ = table.codes[0]
    p0, p1, p2, offset, factor = table.numbers[0]
    levels, values = np.array(table.levels), np.array(table.values)
    drawn = [variates.quantile(kind, p0, p1, p2, levels, values, offset + factor * p) for p in P]
    np.testing.assert_allclose(drawn, distribution.ppf(P), rtol=1e-9)
