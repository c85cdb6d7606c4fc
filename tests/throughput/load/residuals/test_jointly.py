"""What is known of rows together, against the slow process and against one more measured row."""

from __future__ import annotations

import numpy as np

from residual_tables import naive_covariance, places, theta
from wattquery.throughput.load.residuals.coregionalisation import covariances
from wattquery.throughput.load.residuals.jointly import gain_of_a_run, joint_covariance
from wattquery.throughput.load.residuals.process import ResidualProcess


def known_rows(count: int = 12):
    rows = places(count, seed=3, architectures=1)
    residuals = np.full((count, 5), np.nan)
    residuals[:, 0] = np.random.default_rng(1).normal(0.0, 0.05, count)
    return ResidualProcess(theta(), theta()).condition(rows, residuals)


def test_before_any_row_it_is_the_prior() -> None:
    nothing = ResidualProcess(theta(), theta()).condition(places(1, seed=9), np.full((1, 5), np.nan))
    rows = places(4, seed=5, architectures=1)
    np.testing.assert_allclose(joint_covariance(nothing, rows).reshape(12, 12), naive_covariance(theta(), rows))


def test_on_its_diagonal_is_what_is_known_of_each_row() -> None:
    posterior, rows = known_rows(), places(3, seed=7, architectures=1)
    found = joint_covariance(posterior, rows)
    of_each = posterior.effects(rows, of_a_measurement=False).covariance
    for number in range(3):
        np.testing.assert_allclose(found[number, :, number], of_each[number], atol=1e-12)
    np.testing.assert_allclose(found.reshape(9, 9), found.reshape(9, 9).T, atol=1e-12)


def test_a_run_says_what_one_more_measured_row_does() -> None:
    posterior, rows = known_rows(), places(3, seed=7, architectures=1)
    own = covariances(theta())[-1][[0, 2]][:, [0, 2]]
    gain = gain_of_a_run(joint_covariance(posterior, rows), 1, np.eye(3)[[0, 2]], own)
    before = posterior.effects(rows)
    run = np.full((1, 5), np.nan)
    run[0, [0, 3]] = before.mean[1, [0, 2]]  # what is expected, which no weight calls wild
    after = posterior.given(rows.take(np.array([1])), run).effects(rows)
    np.testing.assert_allclose(after.covariance, before.covariance - gain, atol=1e-12)
    assert (np.trace(gain, axis1=1, axis2=2) > 0.0).all()
