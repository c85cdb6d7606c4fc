"""The search on problems whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from wattquery.throughput.load.fitting.gauss_newton import DEGREES_OF_FREEDOM, Problem, most_likely

GENERATOR = np.random.default_rng(11)
DESIGN = GENERATOR.normal(size=(200, 3))
TRUTH = np.array([0.5, -1.0, 2.0])


def problem(measured, sd=10.0):
    count = len(measured)
    return Problem(
        predict=lambda x: DESIGN @ x,
        derive=lambda x, predicted: DESIGN,
        measured=measured,
        error=np.full(count, 0.1),
        weight=np.ones(count),
        mean=np.zeros(3),
        sd=np.full(3, sd),
    )


def test_a_linear_problem_without_noise():
    found = most_likely(problem(DESIGN @ TRUTH), np.zeros(3), 50)
    np.testing.assert_allclose(found.vector, TRUTH, rtol=1e-3)
    assert found.cost == pytest.approx((TRUTH**2).sum() / 100, rel=1e-3)


def test_the_cost_is_as_low_as_another_search_finds():
    measured = DESIGN @ TRUTH + 0.1 * GENERATOR.standard_t(4, size=200)
    one = problem(measured, sd=1.0)
    found = most_likely(one, np.zeros(3), 100)
    other = optimize.minimize(lambda x: one.cost(one.predict(x), x), np.zeros(3), method="BFGS")
    assert found.cost == pytest.approx(other.fun, rel=1e-3)


def test_a_wild_row_does_not_move_the_answer():
    measured = DESIGN @ TRUTH
    measured[0] += 100.0
    found = most_likely(problem(measured), np.zeros(3), 100)
    np.testing.assert_allclose(found.vector, TRUTH, atol=0.01)


def test_without_rows_the_prior_is_left():
    one = Problem(
        predict=lambda x: np.empty(0),
        derive=lambda x, predicted: np.empty((0, 2)),
        measured=np.empty(0),
        error=np.empty(0),
        weight=np.empty(0),
        mean=np.array([1.0, 2.0]),
        sd=np.array([0.5, 3.0]),
    )
    found = most_likely(one, np.zeros(2), 100)
    np.testing.assert_allclose(found.vector, [1.0, 2.0], atol=1e-2)
    np.testing.assert_allclose(found.covariance, np.diag([0.25, 9.0]))


def test_the_covariance_is_that_of_the_rows():
    found = most_likely(problem(DESIGN @ TRUTH), np.zeros(3), 100)
    expected = np.linalg.inv(DESIGN.T @ DESIGN / 0.01 + np.eye(3) / 100)
    np.testing.assert_allclose(found.covariance, expected, rtol=0.01)


def test_what_is_not_defined_costs_infinitely_much():
    one = problem(DESIGN @ TRUTH)
    assert one.cost(np.full(200, np.nan), np.zeros(3)) == np.inf
    z = 3.0
    shifted = one.measured + 0.1 * z
    assert one.cost(shifted, np.zeros(3)) == pytest.approx(
        200 * DEGREES_OF_FREEDOM * np.log1p(z**2 / DEGREES_OF_FREEDOM)
    )
