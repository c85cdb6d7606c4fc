"""The lognormal of a sum of two energies that err together, against integrals over both errors."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from wattquery.throughput.load.deployments.fold import Errors, folded

LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
NODES = norm.ppf((np.arange(1500) + 0.5) / 1500)


def errors(sd_energy, sd_time, correlation):
    numbers = (0.1, -0.2, sd_energy**2, sd_time**2, correlation * sd_energy * sd_time)
    return Errors(*(np.array([one]) for one in numbers))


def of(found, busy, node):
    return folded(
        found, np.array([busy]), np.zeros(1), np.array([node]), node_sd=0.0, idle_sd=0.0, cached_sd=np.zeros(1)
    )


def quantiles(given, busy, node):
    """Quantiles and the mean of busy e^a + node e^s, on a grid of both."""
    sd, other = np.sqrt(given.energy_variance), np.sqrt(given.time_variance)
    correlation = given.covariance / (sd * other)
    first, second = NODES[:, None], NODES[None, :]
    a = given.energy + sd * first
    s = given.time + other * (correlation * first + np.sqrt(1 - correlation**2) * second)
    energies = (busy * np.exp(a) + node * np.exp(s)).ravel()
    return np.quantile(energies, LEVELS), energies.mean()


def lognormal(given, busy, node):
    sigma = float(of(given, busy, node).total[0])
    mean = float((busy * given.expected_energy + node * given.expected_time)[0])
    return mean * np.exp(sigma * norm.ppf(LEVELS) - 0.5 * sigma**2), mean


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6])
@pytest.mark.parametrize("sds", [(0.2, 0.25), (0.35, 0.35), (0.35, 0.45)], ids=str)
@pytest.mark.parametrize("correlation", [0.7, 0.84, 0.95])
def test_quantiles_are_within_half_a_percent(share, sds, correlation):
    given = errors(*sds, correlation)
    expected, mean = quantiles(given, 1.0 - share, share)
    found, same = lognormal(given, 1.0 - share, share)
    np.testing.assert_allclose(found, expected, rtol=0.005)
    np.testing.assert_allclose(same, mean, rtol=0.002)  # the grid ends at 3.4 standard deviations


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6])
def test_of_a_stack_that_was_never_measured_they_are_within_one_percent(share):
    """Whose time is in doubt by a factor of two, and less with its power."""
    given = errors(0.42, 0.58, 0.76)
    expected, _ = quantiles(given, 1.0 - share, share)
    np.testing.assert_allclose(lognormal(given, 1.0 - share, share)[0], expected, rtol=0.01)


def test_one_energy_alone_is_lognormal_as_it_is():
    given = errors(0.4, 0.3, 0.5)
    for busy, node, sd in ((2.0, 0.0, 0.4), (0.0, 2.0, 0.3)):
        np.testing.assert_allclose(of(given, busy, node).total, sd, rtol=1e-12)


def test_energies_that_err_alike_are_lognormal():
    given = Errors(*(np.array([one]) for one in (0.1, 0.1, 0.16, 0.16, 0.16)))
    np.testing.assert_allclose(of(given, 1.0, 0.7).total, 0.4, rtol=1e-12)


def test_independent_errors_make_less_than_common_ones():
    sds = [of(errors(0.3, 0.3, correlation), 0.5, 0.5).total[0] for correlation in (0.0, 0.5, 1.0)]
    assert sds[0] < sds[1] < sds[2]
    np.testing.assert_allclose(sds[0], 0.3 / np.sqrt(2), rtol=0.05)


def test_watts_of_the_node_and_cached_tokens_are_factors_of_their_own():
    given = errors(0.3, 0.35, 0.8)
    one = np.array([1.0])
    found = folded(given, one, 0.0 * one, one, node_sd=0.24, idle_sd=0.0, cached_sd=0.1 * one)
    share = float(found.of_energy[0])
    np.testing.assert_allclose(found.of_node, np.sqrt(np.log1p((0.24 * (1 - share)) ** 2)))
    np.testing.assert_allclose(found.of_cached, np.sqrt(np.log1p((0.1 * share) ** 2)))
    np.testing.assert_allclose(found.total**2, found.sigma**2 + found.of_node**2 + found.of_cached**2)
    np.testing.assert_allclose(found.of_energy + found.of_time, 1.0)


def test_watts_of_a_node_that_may_be_others_are_within_one_percent():
    """The watts are a lognormal of the sum's part, which is a little more skewed than a factor of the sum."""
    given = errors(0.33, 0.36, 0.85)
    generator = np.random.default_rng(4)
    z = generator.normal(size=(3, 1_000_000))
    a = given.energy + np.sqrt(given.energy_variance) * z[0]
    s = given.time + np.sqrt(given.time_variance) * (0.85 * z[0] + np.sqrt(1 - 0.85**2) * z[1])
    watts = np.exp(np.sqrt(np.log1p(0.24**2)) * z[2] - 0.5 * np.log1p(0.24**2))
    expected = np.quantile(0.7 * np.exp(a) + 0.3 * watts * np.exp(s), LEVELS)
    found = folded(
        given, np.array([0.7]), np.zeros(1), np.array([0.3]), node_sd=0.24, idle_sd=0.0, cached_sd=np.zeros(1)
    )
    sigma = float(found.total[0])
    mean = float((0.7 * given.expected_energy + 0.3 * given.expected_time)[0])
    np.testing.assert_allclose(mean * np.exp(sigma * norm.ppf(LEVELS) - 0.5 * sigma**2), expected, rtol=0.01)


def test_watts_of_idle_accelerators_count_by_their_share():
    """As a factor of the mean 1, with the spread that their share of the energy leaves."""
    given = errors(0.2, 0.25, 0.8)
    parts = (np.array([0.5]), np.array([0.4]), np.array([0.1]))
    without, found = (folded(given, *parts, node_sd=0.0, idle_sd=sd, cached_sd=np.zeros(1)) for sd in (0.0, 0.3))
    mean = 0.5 * given.expected_energy + 0.5 * given.expected_time
    share = 0.4 * given.expected_time / mean
    assert found.of_idle == pytest.approx(np.sqrt(np.log1p((0.3 * share) ** 2)))
    assert found.total == pytest.approx(np.sqrt(without.total**2 + found.of_idle**2))
    assert found.sigma == without.sigma
    assert without.of_idle == 0.0
