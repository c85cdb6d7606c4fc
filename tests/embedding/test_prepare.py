"""A cell that is fixed says of given lengths what an estimate says of them, and sums to what a sweep says."""

import numpy as np
import pandas as pd
import pytest

import wattquery as wq

LEVELS = (0.05, 0.5, 0.95)
MIX = wq.Workload([200, 900, 30, 400], [800, 3000, 12_000, 33_600], [0, 2500, 11_000, 100], [4, 3, 2, 1], name="mix")
OWN = pd.DataFrame(
    {"model": ["Llama 3.1 70B"], "hardware": ["H100"], "n_gpus": [4], "precision": ["bf16"], "serving": ["vLLM"]}
    | {"concurrency": [64], "input_tokens": [1000], "output_tokens": [300], "output_tokens_per_s": [900.0]}
)
LOADED = {"hardware": "H100 SXM", "load": 0.5}
LENGTHS = [(900.5, 432.6, 0), (900, 432, 850), (20_000, 10, 18_000), (10, 3000, 0)]
CELLS = {
    "facility": LOADED,
    "node": {**LOADED, "boundary": "node"},
    "accelerator": {**LOADED, "boundary": "accelerator"},
    "nearly idle": {"hardware": "B200", "concurrency": 0.3, "pue": 1.2},
    "measured": {**LOADED, "accelerators": 4, "precision": "BF16", "measured": OWN},
    "site": {**LOADED, "pue": wq.LogNormal(1.1, 1.4), "levers": wq.Lever("ours", wq.LogNormal(1.1, 2.0))},
}
PAPER = {
    "paper": {"model": "Llama 3.1 405B"},
    "follows": {
        "model": "Llama 3.1 405B",
        "power_utilization": wq.ThroughputProportional(base=0.24, span=0.56),
        "prefill_weight": 0.03,
        "node_power": wq.LogNormal(9.0, 11.0),
    },
    "reciprocal": {"model": "Llama 3.1 405B", "throughput_model": "reciprocal", "boundary": "node"},
}


def statistics(found):
    """Return quantiles and the mean of an estimate."""
    return [*found.quantiles.values(), found.mean]


def of_prepared(cell, lengths):
    return [*(cell.energy(*lengths, quantile=level) for level in LEVELS), cell.energy(*lengths)]


@pytest.fixture(scope="module")
def prepared():
    return {name: wq.prepare("Llama 3.1 70B", batch_workload=MIX, **given) for name, given in CELLS.items()}


@pytest.mark.parametrize("name", CELLS)
def test_given_lengths_cost_what_an_estimate_says_of_them(prepared, name):
    for inputs, outputs, cached in LENGTHS:
        lengths = {"input_tokens": inputs, "output_tokens": outputs, "cached_tokens": cached or None}
        asked = {**CELLS[name], **lengths, "batch_workload": MIX}
        expected = wq.estimate("Llama 3.1 70B", method="exact", quantiles=LEVELS, **asked)
        found = of_prepared(prepared[name], (inputs, outputs, cached))
        np.testing.assert_allclose(found, statistics(expected), rtol=1e-9)


@pytest.mark.parametrize("name", PAPER)
def test_so_they_do_in_the_form_of_the_paper(name):
    cell = wq.prepare(**PAPER[name])
    for inputs, outputs in ((500, 300), (128.5, 2000.25)):
        asked = {**PAPER[name], "input_tokens": inputs, "output_tokens": outputs}
        expected = wq.estimate(method="exact", quantiles=LEVELS, **asked)
        np.testing.assert_allclose(of_prepared(cell, (inputs, outputs)), statistics(expected), rtol=1e-9)


def test_lengths_of_the_arguments_fill_the_batch(prepared):
    """Whether they are those of the query or of the batch, near and far."""
    cell = wq.prepare("Llama 3.1 70B", workload=MIX, **LOADED)
    np.testing.assert_allclose(cell.coefficients, prepared["facility"].coefficients, rtol=1e-12)


def test_requests_of_a_workload_sum_to_what_a_sweep_says():
    """Also where some of them are longer than all that was measured."""
    cell = wq.prepare("Llama 3.1 70B", workload=MIX, **LOADED)
    output, inputs, cached = MIX.rows.lengths
    assert cell.extrapolated(inputs, output).any()
    mean = np.average(cell.energy(inputs, output, cached), weights=MIX.rows.weights)
    swept = wq.sweep("Llama 3.1 70B", workload=MIX, method="exact", **LOADED)
    assert mean == pytest.approx(float(swept["energy_mean"]), rel=1e-9)


def test_beyond_what_was_measured_the_interval_is_that_of_an_estimate_and_the_mean_still_sums(prepared):
    lengths = (30_000, 8000, 25_000)
    asked = {"input_tokens": 30_000, "output_tokens": 8000, "cached_tokens": 25_000, "batch_workload": MIX}
    expected = wq.estimate("Llama 3.1 70B", method="exact", quantiles=LEVELS, **LOADED, **asked)
    ratios = np.array(of_prepared(prepared["facility"], lengths)) / statistics(expected)
    np.testing.assert_allclose(ratios, ratios[0], rtol=1e-9)
    assert 0.9 < ratios[0] < 1.0
    assert prepared["facility"].extrapolated(30_000, 8000)
    assert prepared["facility"].sigma(*lengths) > prepared["facility"].sigma(25_000, 8000, 20_000) + 0.01


def test_what_is_fixed_says_what_it_stands_on(prepared):
    cell = prepared["node"]
    assert (cell.boundary, cell.support, cell.accelerators) == ("node", "supported", 4)
    assert cell.running_sequences > 1.0
    assert 300.0 < cell.power_w_per_accelerator < 800.0
    assert cell.provenance["wattquery_version"] == wq.__version__
    assert any("judgement" in note for note in cell.notes)
    assert "supported" in str(cell)
    assert prepared["measured"].support == "measured"
    assert prepared["measured"].sigma(1000, 300) < prepared["facility"].sigma(1000, 300)
    assert "Llama" in str(cell)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"load": [0.1, 0.5], "hardware": "H200"}, "prepare takes one value for each axis, got several for 'load'"),
        ({"levers": {"a": ["serving"], "b": []}}, "prepare takes one value for each axis, got several for 'levers'"),
        ({"pue": wq.Uniform(1.1, 1.5)}, "prepare cannot take pue = Uniform"),
        ({"method": "exact"}, "method"),
        ({"hardware": "L4", "load": 0.5, "accelerators": 1}, "Nothing can be predicted"),
        ({"precision": "INT4"}, "is in no row of catalog"),
    ],
)
def test_what_is_no_single_cell_is_refused(arguments, said):
    with pytest.raises((wq.InputError, wq.InputTypeError), match=said):
        wq.prepare("Llama 3.1 405B", **arguments)
