"""Rows of catalogs to points of one instance, against what their numbers give by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

import wattquery as wq
from wattquery.catalog import BenchmarkRow, Catalog

LLAMA, DEEPSEEK = "meta-llama/Llama-3.1-70B-Instruct", "deepseek-ai/DeepSeek-R1"


def row(model=LLAMA, hardware="H200", rate=4000.0, tp=None, node_power=None, **others):
    cells = {name.replace("_", " "): cell for name, cell in others.items()}
    return BenchmarkRow(
        model=model,
        hardware=hardware,
        serving="vLLM",
        precision="FP8",
        tokens_per_second=rate,
        input_tokens=1000.0,
        output_tokens=250.0,
        node_power=node_power,
        total_parameters=None,
        active_parameters=None,
        architecture="",
        tensor_parallel=tp,
        batch_size="",
        scaled_power="",
        source="",
        comments="",
        confidence="",
        notes="",
        line=2,
        others=tuple((header, str(cell)) for header, cell in cells.items()),
    )


def read(*rows):
    return wq.read_measured(Catalog("mine", rows))


def numbers(points, *names):
    return [float(getattr(points.observations, name)[0]) for name in names]


def test_the_rate_of_a_node_is_taken_back_to_what_ran():
    points = read(row(Accelerators=4, Concurrency=64))
    found = numbers(points, "accelerators", "output_tps_per_accelerator", "concurrency")
    assert found == [4.0, 4000.0 / 8, 64.0]
    assert any("one instance" in note for note in points.notes)
    assert any("taken back to the 4" in note for note in points.notes)


def test_replicas_share_rate_and_concurrency():
    points = read(row(tp=2, Accelerators=8, Concurrency=64, TPOT=0.015, GPU_Power=450))
    names = ("accelerators", "tp", "concurrency", "output_tps_per_accelerator", "tpot_s", "power_w_per_accelerator")
    assert numbers(points, *names) == [2.0, 2.0, 16.0, 500.0, 0.015, 450.0]
    assert any("4 instances of 2" in note for note in points.notes)


def test_stages_are_part_of_an_instance():
    points = read(row(tp=2, Accelerators=8, Concurrency=64, PP_Size=2))
    assert numbers(points, "accelerators", "pp", "concurrency") == [4.0, 2.0, 32.0]


@pytest.mark.parametrize("stated", [{"EP_Size": 8}, {"DP_Attention": "yes"}, {"DP_Size": 8}])
def test_copies_of_attention_alone_are_no_replicas(stated):
    points = read(row(DEEPSEEK, tp=1, Accelerators=8, Concurrency=64, **stated))
    assert numbers(points, "accelerators", "tp", "dp", "concurrency") == [8.0, 1.0, 8.0, 64.0]


def test_eight_concurrencies_are_a_curve_and_repeats_count():
    rows = [row(rate=500.0 * c**0.8, Accelerators=8, Concurrency=c) for c in (1, 2, 4, 8, 16, 32, 64, 128)]
    assert len(read(*rows, row(rate=501.0, Accelerators=8, Concurrency=1))) == 9


def test_a_mean_batch_counts_before_a_concurrency():
    points = read(row(Accelerators=8, Concurrency=256, Mean_Batch=200))
    assert numbers(points, "batch") == [200.0]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        (row(Accelerators=4), "Concurrency"),
        (row(tp=4, Concurrency=64), "Accelerators"),
        (row(hardware="TPU v9", Accelerators=4, Concurrency=64), "hardware 'TPU v9' is not known"),
        (row(model="Ours 9", Accelerators=4, Concurrency=64), "pass model="),
        (row(model="Lama 3.1 70b", Accelerators=4, Concurrency=64), "such as 'Llama 3.1 70B'"),
        (row(model="Ours 70B", Accelerators=4, Concurrency=64), "pass model="),  # a size in a name is no shape
        (row(tp=3, Accelerators=8, Concurrency=64), "no whole number of instances"),
        (row(tp=8, Accelerators=4, Concurrency=64), "split over 8"),
        (row(Accelerators=4, Concurrency=64, Prefill_Apart="yes"), "accelerators of its own"),
        (row(Accelerators=4, Concurrency=64, Phase="decode only"), "phase"),
        (row(Accelerators=1, Concurrency=4, hardware="L4"), "weights"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_its_line(changed, named):
    points = read(row(Accelerators=8, Concurrency=8), changed)
    assert len(points) == 1
    ((where, reason),) = points.refused
    assert where == "'mine', line 2"
    assert named in reason
    assert reason.endswith(".")


def test_unknown_lengths_and_precisions_are_refused():
    from dataclasses import replace

    good = row(Accelerators=8, Concurrency=8)
    points = read(good, replace(good, input_tokens=None), replace(good, precision="FP6"))
    assert ["lengths" in reason for _, reason in points.refused] == [True, False]
    assert "'FP6' is not known" in points.refused[1][1]


def test_power_of_a_node_and_medians_are_left_out_and_said():
    points = read(row(Accelerators=8, Concurrency=64, System_Power=6000, Median_TPOT=0.01))
    assert np.isnan(numbers(points, "power_w_per_accelerator", "tpot_s")).all()
    said = " ".join(points.notes)
    assert "of the whole node" in said
    assert "medians are no means" in said


def test_a_stated_part_of_a_node_is_not_scaled():
    """Where the power of the node is that of the four that ran, so is the rate."""
    points = read(row(Accelerators=4, Concurrency=64, node_power=5.1))
    assert numbers(points, "output_tps_per_accelerator") == [1000.0]


def test_a_name_may_count_the_accelerators():
    points = read(row(hardware="8xH100", Concurrency=64))
    assert numbers(points, "accelerators", "output_tps_per_accelerator") == [8.0, 500.0]


def test_own_models_and_accelerators_are_known():
    mine = wq.Model("Secret 2", total_parameters=70, active_parameters=70)
    chip = wq.Accelerator("Abacus 2", memory_gb=144, bandwidth_tbps=6, fp16_tflops=1200, fp8_tflops=2400, tdp_w=800)
    catalog = Catalog("mine", [row("Secret 2", "Abacus 2", Accelerators=4, Concurrency=64)])
    points = wq.read_measured(catalog, model=mine, hardware=chip)
    assert points.observations.architecture[0] == mine.facts.architecture
    assert points.observations.hardware[0] == "Abacus 2"
    assert numbers(points, "output_tps_per_accelerator") == [500.0]  # a rate of a node of eight, as everywhere
    assert set(points.known.accelerators) == {"Abacus 2"}
    assert points != wq.read_measured(
        catalog,
        model=mine,
        hardware=wq.Accelerator("Abacus 2", memory_gb=96, bandwidth_tbps=6, fp16_tflops=1200, tdp_w=800),
    )


def test_shipped_catalogs_count_already():
    with pytest.raises(wq.InputError, match="twice"):
        wq.read_measured(wq.catalog.load("oviedo2026"))


def test_sizes_that_a_row_states_are_a_shape():
    from dataclasses import replace

    stated = replace(row("Ours 70B", Accelerators=4, Concurrency=64), total_parameters=70.0, active_parameters=70.0)
    assert read(stated).observations.total_params_b[0] == 70.0
    assert json.dumps(read(stated).observations.architecture[0]) == '"Ours 70B"'
