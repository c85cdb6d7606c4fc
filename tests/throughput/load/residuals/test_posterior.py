"""The posterior against the conditioning of one large normal distribution, and what more rows do to it."""

from __future__ import annotations

import numpy as np
import pytest

from residual_tables import naive_covariance, of_quantities, places, simulated, theta
from wattquery.throughput.load.residuals import posterior
from wattquery.throughput.load.residuals.coregionalisation import covariances
from wattquery.throughput.load.residuals.places import Places
from wattquery.throughput.load.residuals.posterior import Effects, Posterior

LEVELS = covariances(theta())


@pytest.fixture
def all_rows_alike(monkeypatch):
    """No row is wild: a plain normal distribution."""
    monkeypatch.setattr(posterior, "settled_weights", lambda block, levels, rows: np.ones(rows))


def conditioned(table, residuals, asked):
    """Means (rows, 3) and covariances (rows, 3, 3) by brute force, from residuals without any that follow from others."""
    rows, quantities = np.nonzero(np.isfinite(residuals))
    pick = np.zeros((len(rows), 3 * len(table)))
    for i, (row, quantity) in enumerate(zip(rows, quantities, strict=True)):
        for output in range(3):
            pick[i, 3 * row + output] = of_quantities(np.eye(3)[output], table.decode_share[row])[quantity]
    own = np.kron(np.eye(len(table)), LEVELS[-1])
    known = pick @ (naive_covariance(theta(), table) + own) @ pick.T
    cross = naive_covariance(theta(), asked, table) @ pick.T
    whole = naive_covariance(theta(), asked) + np.kron(np.eye(len(asked)), LEVELS[-1])
    mean = cross @ np.linalg.solve(known, residuals[rows, quantities])
    rest = whole - cross @ np.linalg.solve(known, cross.T)
    blocks = np.array([rest[3 * i : 3 * i + 3, 3 * i : 3 * i + 3] for i in range(len(asked))])
    return mean.reshape(-1, 3), blocks


def some_residuals(table, seed=0):
    """Power and throughput, or both times, or energy alone: none of them follows from the others of its row."""
    residuals = simulated(theta(), table, seed)
    residuals[::3, [0, 1, 4]] = np.nan
    residuals[1::3, 2:] = np.nan
    residuals[2::3, :4] = np.nan
    return residuals


@pytest.mark.usefixtures("all_rows_alike")
def test_posterior_is_that_of_one_large_normal_distribution():
    table, asked = places(18), places(7, seed=5)
    residuals = some_residuals(table)
    found = Posterior(LEVELS, table, residuals).effects(asked)
    mean, covariance = conditioned(table, residuals, asked)
    np.testing.assert_allclose(found.mean, mean, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(found.covariance, covariance, rtol=1e-8, atol=1e-12)
    assert np.abs(mean).max() > 0.02


@pytest.mark.usefixtures("all_rows_alike")
def test_given_points_are_conditioned_on_with_all_others():
    table, asked = places(18), places(7, seed=5)
    residuals = some_residuals(table)
    first = Posterior(LEVELS, table.take(np.arange(12)), residuals[:12])
    first.effects(asked)
    found = first.given(table.take(np.arange(12, 18)), residuals[12:]).effects(asked)
    mean, covariance = conditioned(table, residuals, asked)
    np.testing.assert_allclose(found.mean, mean, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(found.covariance, covariance, rtol=1e-8, atol=1e-12)


def test_given_points_leave_the_first_posterior_as_it_was():
    table = places(18)
    residuals = some_residuals(table)
    first = Posterior(LEVELS, table, residuals)
    before = first.effects(table).mean
    first.given(table, residuals + 1.0).effects(table)
    np.testing.assert_array_equal(first.effects(table).mean, before)


def test_a_new_architecture_has_the_prior():
    table = places(18)
    asked = Places(**{**vars(places(3)), "architecture": np.array(["new"] * 3, dtype=object)})
    known = Posterior(LEVELS, table, some_residuals(table))
    found = known.effects(asked)
    np.testing.assert_array_equal(found.mean, 0.0)
    np.testing.assert_allclose(found.covariance, np.tile(LEVELS.sum(axis=0), (3, 1, 1)))
    truth = known.effects(asked, of_a_measurement=False)
    np.testing.assert_allclose(truth.covariance, np.tile(LEVELS[:-1].sum(axis=0), (3, 1, 1)))


def test_rows_without_a_measured_value_say_nothing():
    table, asked = places(18), places(4, seed=5)
    residuals = some_residuals(table)
    blank = np.full((4, 5), np.nan)
    known = Posterior(LEVELS, table, residuals).effects(asked)
    more = Posterior(LEVELS, table, residuals).given(asked, blank).effects(asked)
    np.testing.assert_allclose(more.mean, known.mean, rtol=1e-9, atol=1e-12)
    nothing = Posterior(LEVELS, asked, blank).effects(asked)
    np.testing.assert_array_equal(nothing.mean, 0.0)


@pytest.mark.parametrize("quantity", range(5))
def test_one_point_of_any_quantity_narrows_that_quantity_and_widens_none(quantity):
    asked = places(1)
    given = asked.take(np.array([0]))
    given.log_load[:] += 0.5
    residuals = np.full((1, 5), np.nan)
    residuals[0, quantity] = 0.3
    empty = Posterior(LEVELS, asked.take(np.zeros(0, dtype=int)), np.zeros((0, 5)))
    _, before = empty.effects(asked).of_quantities()
    mean, after = empty.given(given, residuals).effects(asked).of_quantities()
    assert 0.0 < mean[0, quantity] < 0.3
    assert after[0, quantity] < 0.8 * before[0, quantity]
    assert np.all(after <= before * (1 + 1e-12))


def test_means_and_variances_of_the_five_quantities():
    rng = np.random.default_rng(0)
    factor = rng.normal(size=(3, 3))
    effects = Effects(rng.normal(size=(1, 3)), (factor @ factor.T)[None], np.array([0.7]))
    mean, variance = effects.of_quantities()
    np.testing.assert_allclose(mean[0], of_quantities(effects.mean[0], 0.7))
    draws = np.array([of_quantities(one, 0.7) for one in (factor @ np.eye(3)).T])
    np.testing.assert_allclose(variance[0], (draws**2).sum(axis=0))


def test_widening_adds_a_covariance():
    effects = Effects(np.zeros((2, 3)), np.tile(np.eye(3), (2, 1, 1)), np.ones(2))
    np.testing.assert_allclose(effects.widened(np.tile(np.eye(3), (2, 1, 1))).of_quantities()[1][0], [2, 2, 2, 2, 4])
