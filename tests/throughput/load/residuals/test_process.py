"""The fitted process from end to end: what it covers of simulated rows, what one point gains, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from residual_tables import places, simulated, theta
from wattquery.errors import InputError
from wattquery.throughput.load.residuals.places import Places
from wattquery.throughput.load.residuals.process import ResidualProcess


def test_intervals_cover_what_they_promise():
    """Of simulated rows, half of them measured: 90 and 50 % of each quantity within four errors of clusters."""
    table = places(1600, architectures=100)
    residuals = simulated(theta(), table, 3)
    process = ResidualProcess(theta(), np.zeros_like(theta()))
    known = np.arange(1600) % 2 == 0
    effects = process.condition(table.take(known), residuals[known]).effects(table.take(~known))
    mean, variance = effects.of_quantities()
    z = np.abs(residuals[~known] - mean) / np.sqrt(variance)
    owners = table.architecture[~known]
    for score, level in ((1.6449, 0.9), (0.6745, 0.5)):
        inside = z < score
        shares = np.array([inside[owners == name].mean(axis=0) for name in sorted(set(owners))])
        error = shares.std(axis=0) / np.sqrt(len(shares))
        assert np.all(np.abs(inside.mean(axis=0) - level) < 4 * error)
        assert error.max() < 0.03
    prior = process.condition(table.take(known), residuals[known][:, :]).levels.sum(axis=0)
    assert np.median(effects.covariance[:, 0, 0]) < 0.7 * prior[0, 0]


def test_one_point_of_a_configuration_gains():
    table = places(800, architectures=80, kinds=1)
    residuals = simulated(theta(), table, 4)
    process = ResidualProcess(theta(), np.zeros_like(theta()))
    first = np.array([np.flatnonzero(table.architecture == name)[0] for name in sorted(set(table.architecture))])
    rest = np.setdiff1d(np.arange(800), first)
    mean, _ = process.condition(table.take(first), residuals[first]).effects(table.take(rest)).of_quantities()
    before, after = np.median(np.abs(residuals[rest]), axis=0), np.median(np.abs(residuals[rest] - mean), axis=0)
    assert np.all(after < 0.9 * before)


def test_left_out_rows_of_the_process_are_those_of_the_module():
    table = places(40)
    residuals = simulated(theta(), table)
    process = ResidualProcess.guessed()
    alone = process.left_out(table, residuals, table.architecture)
    np.testing.assert_allclose(alone.mean, 0.0)
    other = process.left_out(table, residuals, table.configuration)
    assert np.abs(other.mean).max() > 0.01


def test_a_fit_begins_where_it_is_told_and_names_its_levels():
    table = places(200, architectures=20)
    residuals = simulated(theta(), table)
    once = ResidualProcess.fit(table, residuals)
    again = ResidualProcess.fit(table, residuals, first=once, most_steps=3)
    np.testing.assert_allclose(again.levels, once.levels, atol=2e-3)
    deviations = once.standard_deviations
    np.testing.assert_allclose(deviations["row"][0] ** 2, once.levels[-1][0, 0])
    assert np.isfinite(once.errors).all()


def test_what_does_not_belong_together_is_refused():
    table = places(4)
    with pytest.raises(InputError, match=r"shape \(4, 3\) for 4 rows"):
        ResidualProcess.fit(table, np.zeros((4, 3)))
    with pytest.raises(InputError, match="no number"):
        ResidualProcess.fit(table, np.full((4, 5), np.nan))
    with pytest.raises(InputError, match="infinite"):
        ResidualProcess.guessed().condition(table, np.full((4, 5), np.inf))
    broken = Places(**{**vars(table), "date": np.full(4, np.nan)})
    with pytest.raises(InputError, match="date"):
        ResidualProcess.guessed().condition(broken, np.zeros((4, 5)))
