"""Cells of a plan under load, solved together: against sums over their lengths, the generic path and themselves."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

import wattquery as wq
from load_queries import kilojoules
from wattquery.methods.exact import load_cells
from wattquery.methods.exact.solve import Cells, Exact
from wattquery.sweeps.run import prepare
from wattquery.sweeps.settings import settings
from wattquery.sweeps.study import study

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
COMMON = {
    "hardware": ["H100 SXM", "B200"],
    "load": [0.05, 0.4, 1.0],
    "boundary": ["accelerator", "node", "facility"],
    "pue": wq.LogNormal(1.1, 1.4),
}
MODELS = ["Llama 3.1 70B", "gpt-oss-120b", "DeepSeek-V3.2"]
"""Plain attention, windows, and sparse attention with an indexer."""

CASES = {
    "outputs": {"output_tokens": wq.Exponential(median=300), "input_tokens": [500, 3000], "cached_tokens": [0.0, 0.6]},
    "inputs": {"output_tokens": [20, 900], "input_tokens": wq.Exponential(median=1500), "cached_tokens": 0.5},
    "workload": {"workload": ["azure_conversation", "agent"]},
    "numbers": {"output_tokens": 300, "input_tokens": 500, "cached_tokens": 100},
}


@pytest.fixture(scope="module", params=list(CASES))
def plan(request):
    return prepare(study(MODELS, **COMMON, **CASES[request.param]), settings(method="exact")).plan


def solved(plan, size=None, **arguments):
    """Statistics of all cells, in tasks of a size."""
    cells = plan.cells.size
    size = cells if size is None else size
    method = Exact(LEVELS, **arguments)
    blocks = [method.work(plan, Cells(i, min(i + size, cells), 1.0)) for i in range(0, cells, size)]
    return {name: np.concatenate([block.arrays[name] for block in blocks]) for name in blocks[0].arrays}


def lengths_of(column):
    """All whole tokens of a length and their probabilities."""
    atoms = column.distribution.atoms()
    if atoms is not None:
        return atoms
    tokens = np.arange(1.0, 60_000.0)
    above = column.distribution.sf(np.append(tokens - 0.5, tokens[-1] + 0.5))
    above[0] = 1.0
    return tokens, -np.diff(above)


def nodes_of(cell):
    """Outputs, inputs, cached tokens (None: by the form) and weights of all queries of a cell."""
    if cell.joint is not None:
        outputs, inputs, weights = cell.joint.arrays
        return outputs, inputs, cell.joint.cached_tokens if cell.joint.cached else None, weights
    (outputs, of_output), (inputs, of_input) = (lengths_of(one) for one in (cell.output_tokens, cell.input_tokens))
    pairs = np.meshgrid(outputs, inputs, indexing="ij")
    return pairs[0].ravel(), pairs[1].ravel(), None, np.outer(of_output, of_input).ravel()


def test_cells_against_sums_over_their_lengths(plan):
    found = solved(plan)
    for row in range(0, plan.cells.size, 5):
        cell = plan.cell(int(plan.cells[row]))
        outputs, inputs, cached, weights = nodes_of(cell)
        centres = cell.log_factors + np.log(kilojoules(cell.throughput, outputs, inputs, cached))
        quantiles = np.log(found["energy"][row])
        reached = weights @ ndtr((quantiles - centres[:, None]) / cell.sigma)
        assert reached == pytest.approx(np.array(LEVELS), abs=3e-8)
        mean = weights @ np.exp(centres) * np.exp(0.5 * cell.sigma**2)
        assert found["energy_mean"][row] == pytest.approx(mean, rel=1e-7)
        variance = weights @ np.exp(2.0 * centres) * np.exp(2.0 * cell.sigma**2) - mean**2
        assert found["energy_std"][row] == pytest.approx(np.sqrt(variance), rel=1e-6)
        assert found["energy_stderr"][row].tolist() == [0.0] * len(LEVELS)


def test_the_law_of_total_variance(plan):
    # Over lengths: variances given them, and the variance of their means. Over what is lognormal: the same, turned.
    found = solved(plan)
    for row in range(0, plan.cells.size, 11):
        cell = plan.cell(int(plan.cells[row]))
        outputs, inputs, cached, weights = nodes_of(cell)
        energies = np.exp(cell.log_factors) * kilojoules(cell.throughput, outputs, inputs, cached)
        spread = np.expm1(cell.sigma**2)
        growth = np.exp(cell.sigma**2)
        means = energies * np.sqrt(growth)
        given_lengths = weights @ (means**2 * spread) + weights @ (means - weights @ means) ** 2
        middle = weights @ energies
        of_lengths = weights @ (energies - middle) ** 2
        given_factors = of_lengths * growth**2 + middle**2 * growth * spread
        assert given_lengths == pytest.approx(given_factors, rel=1e-10)
        assert found["energy_std"][row] ** 2 == pytest.approx(given_lengths, rel=1e-6)


def test_the_generic_path_gives_the_same(plan, monkeypatch):
    here = solved(plan)
    monkeypatch.setattr(load_cells, "NARROW_SIGMA", np.inf)  # as if each were too narrow
    generic = solved(plan)
    for name in ("energy", "energy_mean", "energy_std"):
        np.testing.assert_allclose(here[name], generic[name], rtol=1e-7)


def test_blocks_do_not_matter(plan):
    whole = solved(plan)
    for size in (1, 7, 50):
        parts = solved(plan, size)
        for name, values in whole.items():
            np.testing.assert_array_equal(values, parts[name])


def test_histograms_are_those_of_the_quantiles(plan):
    block = Exact(LEVELS, keep_histograms=True).work(plan, Cells(0, 12, 1.0))
    np.testing.assert_array_equal(block.arrays["energy"], solved(plan)["energy"][:12])
    for row, cell in enumerate(block.cells.tolist()):
        histogram = block.histograms[cell]
        assert histogram.masses.sum() == pytest.approx(1.0, abs=1e-12)
        edges = (histogram.first_bin + np.arange(histogram.masses.size + 1)) / 1024
        below = np.append(0.0, np.cumsum(histogram.masses))
        assert np.interp(np.log(block.arrays["energy"][row]), edges, below) == pytest.approx(np.array(LEVELS), abs=1e-6)


def test_levers_that_are_numbers_only_scale():
    arguments = {**COMMON, "boundary": "facility", "pue": [1.1, 1.3], "output_tokens": wq.Exponential(median=300)}
    run = prepare(study(MODELS[:1], input_tokens=500, **arguments), settings(method="exact"))
    energies = solved(run.plan)["energy"].reshape(2, 3, 2, len(LEVELS))
    np.testing.assert_allclose(energies[:, :, 1] / energies[:, :, 0], 1.3 / 1.1, rtol=1e-12)


def test_tasks_take_cells_as_they_come():
    run = prepare(
        study(MODELS, **COMMON, output_tokens=list(range(100, 900, 10)), input_tokens=500), settings(method="exact")
    )
    tasks = list(Exact(LEVELS).tasks(run.plan))
    assert [task.start for task in tasks[1:]] == [task.stop for task in tasks[:-1]]
    assert tasks[-1].stop == run.plan.cells.size
    assert len(tasks) == 16
    assert sum(task.share for task in tasks) == pytest.approx(1.0)
