"""Tables compressed to nodes: what is kept exactly, and how far the rest is off."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from wattquery.specs.joint_lengths.rows import merged, read_rows
from wattquery.specs.joint_lengths.stated_error import log_energies

LEVELS = np.arange(1, 20) / 20


def table(count: int, rho: float = 0.4, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Return lengths that are correlated, and whole."""
    first, second = np.random.default_rng(seed).standard_normal((2, count))
    return np.ceil(np.exp(5 + first)), np.ceil(np.exp(7 + rho * first + np.sqrt(1 - rho**2) * 1.2 * second))


@pytest.fixture(scope="module")
def pairs():
    return table(20_000)


@pytest.fixture(scope="module")
def workload(pairs):
    return wq.Workload.from_pairs(*pairs)


def test_means_are_kept(pairs, workload):
    output, inputs = pairs
    assert workload.size == 1024
    assert workload.mean() == pytest.approx(output.mean(), rel=1e-9)
    assert workload.mean("input_tokens") == pytest.approx(inputs.mean(), rel=1e-9)
    assert workload.mean(lambda o, i, c: o * (i + o / 2)) == pytest.approx(
        (output * (inputs + output / 2)).mean(), rel=0.01
    )


def naive_quantiles(values, weights=None):
    """Return the smallest values that are not exceeded with the probabilities of `LEVELS`."""
    weights = np.ones(len(values)) if weights is None else weights
    order = np.argsort(values)
    reached = np.cumsum(weights[order]) / weights.sum()
    return np.array([values[order][reached >= level - 1e-12][0] for level in LEVELS])


def test_the_stated_error_is_the_largest_one(pairs, workload):
    output, inputs = pairs
    rows = workload.rows
    of_nodes, of_all = (
        [a, b, *map(np.exp, log_energies(a, b))] for a, b in ((rows.output_tokens, rows.input_tokens), (output, inputs))
    )
    errors = [
        naive_quantiles(one, rows.weights) / naive_quantiles(other) - 1
        for one, other in zip(of_nodes, of_all, strict=True)
    ]
    assert np.abs(errors).max() == pytest.approx(workload.quantile_error, rel=1e-6)
    assert 0.001 < workload.quantile_error < 0.05
    assert np.sqrt(np.mean(np.square(errors))) < 0.01


def test_margins_are_far_closer_than_cells_alone(pairs, workload):
    for column, name in zip(pairs, ("output_tokens", "input_tokens"), strict=True):
        error = np.abs(workload.quantile(LEVELS, name) / naive_quantiles(column) - 1.0)
        assert error.mean() < 0.003


def test_correlation_stays(pairs, workload):
    rows = workload.rows
    logs = np.log(rows.output_tokens), np.log(rows.input_tokens)
    covariance = np.cov(*logs, aweights=rows.weights)
    whole = np.cov(*map(np.log, pairs))
    np.testing.assert_allclose(covariance, whole, rtol=0.02)


def test_the_order_of_rows_says_nothing(pairs, workload):
    output, inputs = pairs
    order = np.random.default_rng(0).permutation(len(output))
    assert wq.Workload.from_pairs(output[order], inputs[order]).digest == workload.digest


def test_weights_count_as_often_as_rows():
    output, inputs = table(3000)
    weights = np.random.default_rng(1).integers(1, 4, 3000)
    repeated = wq.Workload.from_pairs(np.repeat(output, weights), np.repeat(inputs, weights))
    assert wq.Workload.from_pairs(output, inputs, weights=weights) == repeated


def test_a_table_of_few_rows_is_kept_as_it_is():
    output, inputs = table(1000)
    workload = wq.Workload.from_pairs(output, inputs)
    assert workload.quantile_error == 0.0
    assert workload == wq.Workload(output, inputs)


def test_a_few_nodes_say_how_bad_they_are():
    output, inputs = table(3000)
    errors = [wq.Workload.from_pairs(output, inputs, nodes=count).quantile_error for count in (1, 16, 256)]
    assert errors[0] > errors[1] > errors[2] > 0.001
    assert wq.Workload.from_pairs(output, inputs, nodes=1).mean() == pytest.approx(output.mean())


def test_cached_tokens_go_with_their_requests():
    output, inputs = table(20_000)
    new_chat = np.random.default_rng(2).random(len(output)) < 0.3
    cached = np.where(new_chat, 0.0, np.floor(0.9 * inputs))
    workload = wq.Workload.from_pairs(output, inputs, cached)
    rows = workload.rows
    assert np.all(rows.cached_tokens <= rows.input_tokens)
    assert workload.mean("cached_tokens") == pytest.approx(cached.mean(), rel=1e-9)
    assert workload.mean("input_tokens") == pytest.approx(inputs.mean(), rel=1e-9)
    without = rows.weights[rows.cached_tokens < 0.05 * rows.input_tokens].sum()
    assert without == pytest.approx(new_chat.mean(), abs=0.01)
    assert workload.quantile_error < 0.12


def test_more_rows_than_are_cut_one_by_one():
    output, inputs = table(60_000)
    assert len(merged(read_rows(output, inputs)[0])) > 2**15
    workload = wq.Workload.from_pairs(output, inputs)
    assert workload.mean("input_tokens") == pytest.approx(inputs.mean(), rel=1e-9)
    assert workload.quantile_error < 0.05


def test_equal_outputs_are_no_trouble():
    inputs = np.arange(1.0, 4001.0)
    workload = wq.Workload.from_pairs(np.full(4000, 7.0), inputs)
    assert set(workload.output_tokens) == {7.0}
    assert workload.quantile_error < 0.01


def test_no_input_tokens_are_no_trouble():
    output, _ = table(3000)
    workload = wq.Workload.from_pairs(output, np.zeros(3000), nodes=64)
    assert set(workload.input_tokens) == {0.0}
