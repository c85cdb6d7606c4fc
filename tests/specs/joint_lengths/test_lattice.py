"""Independent lengths from their margins: nodes on a lattice."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from wattquery.specs.joint_lengths.stated_error import log_energies

LEVELS = np.arange(1, 20) / 20


@pytest.fixture(scope="module")
def workload():
    return wq.Workload.from_margins(wq.Exponential(median=300), wq.LogNormal(p5=50, p95=5000))


def test_margins_have_a_thousand_steps(workload):
    assert len(set(workload.output_tokens)) == len(set(workload.input_tokens)) >= 1001
    np.testing.assert_allclose(workload.quantile(LEVELS), wq.Exponential(median=300).ppf(LEVELS), rtol=2e-3)
    np.testing.assert_allclose(
        workload.quantile(LEVELS, "input_tokens"), wq.LogNormal(p5=50, p95=5000).ppf(LEVELS), rtol=2e-3
    )


def test_lengths_are_independent(workload):
    rows = workload.rows
    logs = np.stack([np.log(rows.output_tokens), np.log(rows.input_tokens)])
    assert abs(np.corrcoef(logs)[0, 1]) < 0.02
    product = workload.mean(lambda output, inputs, cached: output * inputs)
    assert product == pytest.approx(workload.mean() * workload.mean("input_tokens"), rel=0.02)


def test_the_stated_error_bounds_that_against_draws(workload):
    """Of a million independent draws, whose own error is about half a per cent in the tails."""
    rng = np.random.default_rng(5)
    output = wq.Exponential(median=300).ppf(rng.random(1_000_000))
    inputs = wq.LogNormal(p5=50, p95=5000).ppf(rng.random(1_000_000))
    rows = workload.rows
    whole, energies = log_energies(output, inputs), log_energies(rows.output_tokens, rows.input_tokens)
    for all_draws, of_nodes in list(zip(whole, energies, strict=True))[::7]:
        drawn = np.exp(np.quantile(all_draws, LEVELS))
        nodes = np.exp(workload.quantile(LEVELS, lambda o, i, c, found=of_nodes: found))
        assert np.abs(nodes / drawn - 1.0).max() < workload.quantile_error + 0.012
    assert rows.weights.sum() == pytest.approx(1.0)
    assert workload.quantile_error < 0.08
