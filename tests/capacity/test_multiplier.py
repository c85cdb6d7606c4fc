"""What multiplies the energies of candidates: its mean, and its spread beside that of the load model."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from wattquery.capacity.multiplier import Multiplier
from wattquery.specs.factors import Factor

LEVELS = (0.05, 0.5, 0.95)


@pytest.mark.parametrize(
    "pue", [wq.LogNormal(p5=1.05, p95=1.6), wq.Uniform(1.05, 1.6), wq.Fixed(1.3)], ids=lambda one: type(one).__name__
)
def test_quantiles_are_those_of_draws(pue) -> None:
    lever = Factor("lever:serving", wq.LogNormal(p5=1.5, p95=3.5), -1.0)
    found = Multiplier((Factor("pue", pue, 1.0), lever))
    rng = np.random.default_rng(1)
    level, other = rng.random((2, 1_000_000))
    drawn = pue.ppf(level) / lever.distribution.ppf(other)
    assert found.mean == pytest.approx(drawn.mean(), rel=2e-3)
    sigmas = np.array([0.1, 0.4])
    quantiles = found.relative_quantiles(sigmas, LEVELS)
    for sigma, row in zip(sigmas, quantiles, strict=True):
        beside = np.exp(sigma * rng.standard_normal(drawn.size) - 0.5 * sigma**2)
        np.testing.assert_allclose(row, np.quantile(drawn * beside, LEVELS) / drawn.mean(), rtol=4e-3)
