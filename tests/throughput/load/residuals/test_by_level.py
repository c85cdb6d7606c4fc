"""Residuals level by level, against the posterior of their sum and the conditioning of one large normal."""

from __future__ import annotations

import numpy as np
import pytest

from residual_tables import naive_kernel, places, simulated, theta
from wattquery.throughput.load.residuals import LEVELS, Posterior, posterior
from wattquery.throughput.load.residuals.by_level import level_effects
from wattquery.throughput.load.residuals.coregionalisation import covariances

COVARIANCES = covariances(theta())


def known(table, seed=0):
    residuals = simulated(theta(), table, seed)
    residuals[:, [2, 4]] = np.nan  # which follow from the others
    residuals[::4, 1] = np.nan
    return Posterior(COVARIANCES, table, residuals)


def test_the_sum_of_levels_is_the_posterior():
    found, asked = known(places(60)), places(700, seed=5)
    sums = level_effects(found, asked)
    whole = found.effects(asked)
    np.testing.assert_allclose(sums.mean, whole.mean, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(sums.covariance, whole.covariance, rtol=1e-9, atol=1e-12)
    assert np.abs(sums.mean).max() > 0.02


def test_each_level_is_that_of_one_large_normal_distribution(monkeypatch):
    monkeypatch.setattr(posterior, "settled_weights", lambda block, levels: np.ones(99))
    table, asked = places(16), places(5, seed=5)
    one = known(table)
    rows, quantities = np.nonzero(np.isfinite(one.residuals))
    output = np.array([0, 1, -1, 2, -1])[quantities]
    every = [{name: getattr(table, name)[row] for name in vars(table)} for row in range(len(table))]
    wanted = [{name: getattr(asked, name)[row] for name in vars(asked)} for row in range(len(asked))]
    own = COVARIANCES[-1][np.ix_(output, output)] * (rows[:, None] == rows)
    whole = own + sum(
        covariance[np.ix_(output, output)]
        * np.array([[naive_kernel(level, every[i], every[j]) for j in rows] for i in rows])
        for level, covariance in zip(LEVELS, COVARIANCES, strict=False)
    )
    found = level_effects(one, asked).levels
    for place, (level, covariance) in enumerate(zip(LEVELS, COVARIANCES, strict=False)):
        for number, there in enumerate(wanted):
            cross = covariance[:, output] * np.array([naive_kernel(level, there, every[i]) for i in rows])
            expected = covariance - cross @ np.linalg.solve(whole, cross.T)
            np.testing.assert_allclose(found[place, number], expected, rtol=1e-8, atol=1e-12)
    np.testing.assert_array_equal(found[-1], np.tile(COVARIANCES[-1], (5, 1, 1)))


def test_levels_know_less_than_their_sum_tells():
    found = level_effects(known(places(60)), places(60))
    sums, whole = (np.trace(one, axis1=1, axis2=2) for one in (found.levels.sum(axis=0), found.covariance))
    assert (sums > whole).all()


def test_places_do_not_depend_on_which_others_are_asked():
    one, asked = known(places(60)), places(40, seed=5)
    together = level_effects(one, asked)
    for number in (0, 17, 39):
        alone = level_effects(one, asked.take(np.array([number])))
        np.testing.assert_allclose(alone.covariance[0], together.covariance[number], rtol=1e-10, atol=1e-14)
        np.testing.assert_allclose(alone.levels[:, 0], together.levels[:, number], rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("count", [0, 3])
def test_an_architecture_without_rows_has_the_prior(count):
    asked = places(count, seed=5)
    asked.architecture[:] = "new"
    found = level_effects(known(places(20)), asked)
    assert not found.mean.any()
    np.testing.assert_allclose(found.covariance, np.tile(COVARIANCES.sum(axis=0), (count, 1, 1)))
    assert found.levels.shape == (len(LEVELS) + 1, count, 3, 3)
