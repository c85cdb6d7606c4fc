"""Nodes of lengths, against closed-form moments and against adaptive quadrature."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad

import wattquery as wq
from wattquery.throughput.load.length_nodes import length_nodes

SMOOTH = {
    "exponential": wq.Exponential(median=300),
    "lognormal": wq.LogNormal(p5=20, p95=4000),
    "uniform": wq.Uniform(low=100, high=900),
    "triangular": wq.Triangular(low=10, mode=200, high=2000),
    "truncated": wq.Truncated(wq.Exponential(median=300), low=1, high=2000),
    "table": wq.Empirical(probabilities=[0, 0.2, 0.9, 1], values=[1, 50, 300, 2000]),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_weights_and_means(name):
    lengths, weights = length_nodes(SMOOTH[name])
    assert weights.sum() == pytest.approx(1.0, abs=1e-13)
    assert weights @ lengths == pytest.approx(SMOOTH[name].mean(), rel=1e-11)


def test_mean_squares():
    exponential, lognormal = SMOOTH["exponential"], SMOOTH["lognormal"]
    lengths, weights = length_nodes(exponential)
    assert weights @ lengths**2 == pytest.approx(2 * exponential.mean() ** 2, rel=1e-12)
    lengths, weights = length_nodes(lognormal)
    assert weights @ lengths**2 == pytest.approx(math.exp(2 * lognormal.mu + 2 * lognormal.sigma**2), rel=1e-11)


@pytest.mark.parametrize("bend", [5.0, 150.0, 1800.0, np.inf])
@pytest.mark.parametrize("name", SMOOTH)
def test_functions_that_bend(name, bend):
    distribution = SMOOTH[name]
    lengths, weights = length_nodes(distribution, [bend])
    found = weights @ np.minimum(lengths, bend)
    top = min(bend, float(distribution.isf(1e-18)))
    corners = [float(distribution.ppf(one)) for one in (0.0, *distribution.knots(), 0.5, 0.999)]
    ends = sorted({0.0, top, *(one for one in corners if one < top)})
    expected = sum(
        quad(lambda x: float(distribution.sf(x)), low, high, epsabs=1e-13, epsrel=1e-13, limit=200)[0]
        for low, high in itertools.pairwise(ends)
    )
    assert found == pytest.approx(expected, rel=1e-10)


def test_atoms_are_taken_as_they_are():
    lengths, weights = length_nodes(wq.Empirical([100, 100, 400]), [150.0])
    assert lengths.tolist() == [100, 400]
    assert weights == pytest.approx([2 / 3, 1 / 3])
    assert [one.tolist() for one in length_nodes(wq.Fixed(500))] == [[500], [1]]
