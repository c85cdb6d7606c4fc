"""Residuals between places of a lattice, against those that are solved where they are asked for."""

from __future__ import annotations

import numpy as np
import pytest

from load_tables import HARDWARE, MODELS, cases, place, usual_table
from wattquery.throughput.load.deployments.residual_surface import LATTICE, ResidualSurface
from wattquery.throughput.load.residuals import Posterior
from wattquery.throughput.load.residuals.by_level import level_effects
from wattquery.throughput.load.shipped_model import shipped

TABLE = usual_table()
KNOWLEDGE = TABLE.uncertainty.knowledge
POINTS = TABLE.points


@pytest.mark.parametrize("load", range(4))
def test_points_between_the_lattice_are_as_if_solved(load):
    batch = np.maximum(POINTS.batch, 1.0)
    mean, covariance = KNOWLEDGE.surface.at(np.arange(len(POINTS)), batch)
    for pair in range(0, len(POINTS), 3):
        found = level_effects(shipped().posterior, place(POINTS, pair, load, KNOWLEDGE.places))
        np.testing.assert_allclose(mean[pair, load], found.mean[0], atol=3e-4)
        np.testing.assert_allclose(covariance[pair, load], found.covariance[0], atol=1e-4)
        levels = KNOWLEDGE.surface.levels_at(pair, float(batch[pair, load]))
        np.testing.assert_allclose(levels, found.levels[:, 0], atol=1e-4)


def test_measured_rows_move_medians_and_narrow():
    mean, covariance = KNOWLEDGE.surface.at(np.arange(len(POINTS)), np.maximum(POINTS.batch, 1.0))
    known = np.isin(KNOWLEDGE.places.architecture.astype(str), MODELS[:3])
    assert np.abs(mean[known]).max() > 0.1
    assert not mean[~known].any()
    prior = shipped().posterior.levels.sum(axis=0)
    np.testing.assert_allclose(covariance[~known], np.broadcast_to(prior, covariance[~known].shape), atol=1e-9)
    assert (covariance[known][..., 0, 0] < prior[0, 0] + 1e-4).all()


def test_a_point_is_the_same_in_every_table():
    """To the last digit: what is drawn must not change with what else is asked for."""
    from wattquery.throughput.load.deployments import load_table

    alone = load_table(cases(models=MODELS[:1], hardware=HARDWARE[1:2], loads=(0.5,)))
    pairs = [
        pair
        for pair in range(len(POINTS))
        if (KNOWLEDGE.places.architecture[pair], KNOWLEDGE.places.hardware[pair]) == (MODELS[0], HARDWARE[1])
    ]
    np.testing.assert_array_equal(alone.uncertainty.sigma[:, :, 0], TABLE.uncertainty.sigma[:, pairs, 2])
    np.testing.assert_allclose(alone.uncertainty.units[..., 0], TABLE.uncertainty.units[:, :, pairs, 2], rtol=1e-14)


def test_few_kinds_stand_for_many_pairs():
    assert KNOWLEDGE.surface.mean.shape[0] < len(POINTS)
    assert LATTICE == 0.5


def test_a_posterior_without_rows_has_the_prior_everywhere():
    posterior = shipped().posterior
    nothing = np.zeros(0, dtype=int)
    blank = Posterior(posterior.levels, posterior.places.take(nothing), posterior.residuals[nothing])
    surface = ResidualSurface.of(blank, KNOWLEDGE.places, np.maximum(POINTS.batch, 1.0))
    assert surface.mean.shape[0] == 1
    assert not surface.mean.any()
