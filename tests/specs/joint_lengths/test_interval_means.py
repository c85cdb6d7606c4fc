"""Means of margins between shares of the requests."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

import wattquery as wq
from wattquery.specs.joint_lengths.interval_means import Margin, interval_means

DISTRIBUTIONS = [
    wq.Exponential(median=300),
    wq.LogNormal(p5=50, p95=5000),
    wq.Uniform(10, 20),
    wq.Empirical(probabilities=[0, 0.003, 0.5, 0.77, 1], values=[1, 7, 7, 400, 9000]),
    wq.Truncated(wq.Exponential(median=300), high=1000),
]


@pytest.mark.parametrize("distribution", DISTRIBUTIONS, ids=str)
def test_their_mean_is_that_of_the_distribution(distribution):
    assert interval_means(distribution, 100).mean() == pytest.approx(distribution.mean(), rel=1e-6)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS[:3], ids=str)
def test_each_against_quadrature(distribution):
    means = interval_means(distribution, 20)
    for i in (0, 7, 18):
        wanted, _ = quad(distribution.ppf, i / 20, (i + 1) / 20)
        assert means[i] == pytest.approx(20 * wanted, rel=1e-6)
    assert np.all(np.diff(means) >= 0)


def test_a_sample_is_split_where_an_edge_cuts_it():
    means = interval_means(wq.Empirical(samples=[1, 2, 3]), 2)
    np.testing.assert_allclose(means, [(1 + 0.5 * 2) / 1.5, (0.5 * 2 + 3) / 1.5])


def test_means_go_by_the_order_of_other_values():
    margin = Margin.of(np.array([30.0, 10.0, 20.0]), np.ones(3))
    np.testing.assert_allclose(margin.in_order_of(np.array([5.0, 9.0, 1.0]), np.ones(3)), [20, 30, 10])
    np.testing.assert_allclose(margin.scaled(2.0).means(np.array([0.0, 1.0])), [40.0])
