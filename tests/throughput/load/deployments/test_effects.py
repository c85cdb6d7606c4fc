"""Named effects: their sum, their keys, and what two points have in common by them, against the full model."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from load_tables import CACHED, HARDWARE, LONG, MODELS, SHORT, cases, energy_covariance, usual_table
from wattquery.throughput.load.deployments import load_table
from wattquery.throughput.load.deployments.knowledge import ENERGY

TABLE = usual_table()
KNOWLEDGE, POINTS = TABLE.uncertainty.knowledge, TABLE.points
OF_A_LOAD = (1, 2, 3)
"""Loads from one running sequence on, where no energy goes by time alone."""


def effects(pair, load, boundary=0):
    return TABLE.uncertainty.effects(pair, load, boundary)


def by_key(pair, load):
    return {(one.name, one.key): one for one in effects(pair, load)}


def implied(first, second):
    """Variance of ln of the ratio of two energies, from their effects."""
    one, other = by_key(*first), by_key(*second)
    total = sum(each.sigma**2 for each in (*one.values(), *other.values()))
    for key in one.keys() & other.keys():
        loadings = one[key].loadings, other[key].loadings
        common = float(np.dot(*loadings)) if loadings[0] else 1.0
        total -= 2.0 * common * one[key].sigma * other[key].sigma
    return total


def expected(first, second):
    """The same from the posterior of both together and the draws of the parameters."""
    scale = [KNOWLEDGE.factors[ENERGY][pair] for pair, _ in (first, second)]
    own = [energy_covariance(KNOWLEDGE, one, one) for one in (first, second)]
    common = energy_covariance(KNOWLEDGE, first, second)
    return scale[0] ** 2 * own[0] + scale[1] ** 2 * own[1] - 2.0 * scale[0] * scale[1] * common


def labels(pair):
    places = KNOWLEDGE.places
    return places.architecture[pair], places.hardware[pair], int(POINTS.length[pair])


def pairs_that_differ(axis):
    """Pairs of points that differ in one label alone: 0 architecture, 1 accelerator, 2 lengths."""
    for one, other in itertools.combinations(range(len(POINTS)), 2):
        if [a != b for a, b in zip(labels(one), labels(other), strict=True)] == [k == axis for k in range(3)]:
            yield from (((one, load), (other, load)) for load in OF_A_LOAD)


def ratios(pairs):
    return np.array([np.sqrt(implied(*pair) / expected(*pair)) for pair in pairs])


@pytest.mark.parametrize("boundary", [0, 1])
@pytest.mark.parametrize("load", range(4))
def test_squares_of_effects_sum_to_that_of_sigma(load, boundary):
    for pair in range(len(POINTS)):
        found = effects(pair, load, boundary)
        total = sum(one.sigma**2 for one in found)
        assert total == pytest.approx(TABLE.uncertainty.sigma[boundary, pair, load] ** 2, rel=1e-8)
        assert len({(one.name, one.key) for one in found}) == len(found)
        for one in found:
            assert not one.loadings or np.sum(np.square(one.loadings)) == pytest.approx(1.0)
        assert any(one.name == "load_model:node" for one in found) == bool(boundary)


def test_sigma_is_that_of_the_full_model():
    for pair, load in itertools.product(range(len(POINTS)), OF_A_LOAD):
        found = KNOWLEDGE.factors[ENERGY][pair] * np.sqrt(energy_covariance(KNOWLEDGE, (pair, load), (pair, load)))
        assert TABLE.uncertainty.sigma[0, pair, load] == pytest.approx(found, rel=2e-3)


def test_loads_of_one_configuration_share_most():
    """Their ratio is known three times better than if they were independent, and as well as the full model says."""
    every = [((pair, 1), (pair, load)) for pair in range(len(POINTS)) for load in (2, 3)]
    found = ratios(every)
    np.testing.assert_allclose(found, 1.0, atol=0.1)
    np.testing.assert_allclose(np.median(found), 1.0, atol=0.02)
    apart = [np.hypot(*(TABLE.uncertainty.sigma[0, pair, load] for pair, load in one)) for one in every]
    assert np.median([np.sqrt(implied(*one)) for one in every] / np.array(apart)) < 0.55


def test_architectures_share_parameters_and_accelerators_that_no_fit_saw():
    np.testing.assert_allclose(ratios(pairs_that_differ(0)), 1.0, atol=0.02)
    unseen = [pair for pair in range(len(POINTS)) if labels(pair)[1:] == (HARDWARE[3], 0)]
    common = set.intersection(*(set(by_key(pair, 2)) for pair in unseen))
    assert ("load_model:hardware", HARDWARE[3]) in common
    assert ("load_model:parameters", "") in common


def test_accelerators_share_what_belongs_to_the_architecture():
    found = ratios(pairs_that_differ(1))
    np.testing.assert_allclose(found, 1.0, atol=0.12)
    np.testing.assert_allclose(np.median(found), 1.0, atol=0.05)


def test_lengths_share_what_belongs_to_the_configuration():
    found = ratios(pairs_that_differ(2))
    np.testing.assert_allclose(found, 1.0, atol=0.25)
    np.testing.assert_allclose(np.median(found), 1.0, atol=0.12)


def test_keys_are_labels_and_no_positions():
    alone = load_table(cases(models=MODELS[1:2], hardware=HARDWARE[2:3], loads=(0.5,), lengths=(LONG,)))
    pair = next(one for one in range(len(POINTS)) if labels(one) == (MODELS[1], HARDWARE[2], 1))
    for own, together in zip(alone.effects(0, 1), effects(pair, 2, 1), strict=True):
        assert (own.name, own.key) == (together.name, together.key)
        assert own.sigma == pytest.approx(together.sigma, rel=1e-6)
        np.testing.assert_allclose(own.loadings, together.loadings, atol=1e-9)


def test_cached_tokens_are_a_judgement_of_their_own():
    table = load_table(cases(models=MODELS[:1], hardware=HARDWARE[:1], lengths=(SHORT, CACHED)))
    found = [{one.name: one.sigma for one in table.effects(number, 0)} for number in (4, 5)]
    assert "load_model:cached_weight" not in found[0]
    # Of 20,000 tokens, 18,000 at 0.05 instead of 0 or 0.15 are a third of the prefill of new ones, give or take 0.45.
    assert 0.05 < found[1]["load_model:cached_weight"] < 0.45


def test_nothing_is_known_where_nothing_can_run():
    table = load_table(cases(models=("deepseek-v3",), hardware=("A30",)))
    assert table.effects(0, 0) == ()
    assert np.isnan(table.sigma).all()
