"""What lies beyond all measured rows, though each part of an instance was measured."""

from __future__ import annotations

import pytest

from load_deployments import FIXED, cases
from wattquery.catalog.facts import Accelerator, accelerators
from wattquery.throughput.load.deployments import load_table
from wattquery.throughput.load.deployments.beyond import beyond_measured, exceeds_node, next_wider
from wattquery.throughput.load.deployments.instances import InstanceRows
from wattquery.throughput.load.deployments.measured import interval_classes, support_of


def beyond(*labels, **axes):
    asked = cases(*labels, **axes)
    return list(beyond_measured(InstanceRows.of(asked), asked))


def test_nothing_of_usual_instances():
    assert beyond("llama-3.1-70b llama-3.1-8b gpt-oss-120b", "H100 SXM, B200", accelerators=(1, 2, 4, 8)) == [""] * 24


def test_sizes_that_nobody_measured():
    """Dense models to 8 accelerators, mixtures to 16; a rack counts as one node."""
    found = beyond("llama-3.1-8b gpt-oss-120b", "GB200 NVL72", accelerators=(8, 16, 32))
    dense, mixture = (f"of {one} no instance of more than" for one in ("dense models", "mixtures of experts"))
    assert [one.startswith(words) for one, words in zip(found, [dense] * 3 + [mixture] * 3, strict=True)] == [
        False, True, True, False, False, True,
    ]  # fmt: skip
    assert "more than 8 accelerators" in found[1]
    assert "more than 16 accelerators" in found[5]


def test_instances_larger_than_a_node():
    asked = cases("gpt-oss-120b", "H100 SXM, GB200 NVL72", accelerators=(8, 16))
    assert list(exceeds_node(InstanceRows.of(asked), asked)) == [False, True, False, False]
    assert beyond("gpt-oss-120b", "H100 SXM", accelerators=(16,)) == ["traffic between nodes is not modelled"]


@pytest.mark.parametrize(
    ("model", "count", "words"),
    [
        ("llama-3.1-70b", 3, "do not divide 64 attention heads evenly"),
        ("llama-3.1-8b", 1024, "do not divide 32 attention heads evenly"),
        ("phi-3-medium", 4, "do not divide 10 key-value heads evenly"),
    ],
)
def test_heads_that_tensors_do_not_divide(model, count, words):
    assert words in beyond(model, accelerators=(count,), precision=("BF16",))[0]


def test_precisions_without_units():
    """FP8 on A100 and FP4 on H100; but FP4 of gpt-oss was measured there, and INT4 needs no units."""
    assert beyond(hardware="A100 SXM 80GB") == ["no rate of products in FP8 is known of A100 SXM 80GB"]
    assert beyond(hardware="H100 SXM", precision=("FP4",)) == ["no rate of products in FP4 is known of H100 SXM"]
    assert beyond("gpt-oss-120b", "H100 SXM", precision=("FP4",), accelerators=(2,)) == [""]
    assert beyond(hardware="A100 SXM 80GB", precision=("INT4",)) == [""]
    assert beyond(hardware="H100 SXM", precision=("INT8",)) == ["no row in INT8 was measured"]


def test_rates_that_stand_in():
    own = Accelerator("Abacus", fp16_tflops=1.0, fp4_tflops=4.0)
    assert [next_wider(own, one) for one in ("BF16", "FP8", "INT8", "FP4", "INT4")] == ["", "16", "16", "", ""]
    assert [next_wider(accelerators()[one], "FP4") for one in ("A100 SXM 80GB", "H100 SXM")] == ["16", "8"]


def test_they_make_an_extrapolation_of_what_would_be_supported():
    asked = cases(accelerators=(1, 3, 64), lengths=(FIXED,))
    instances = InstanceRows.of(asked)
    found = support_of(instances, asked)
    assert found.support[1:].tolist() == ["extrapolated"] * 2
    assert "attention heads" in found.basis[1]
    assert "more than 8 accelerators" in found.basis[2]
    classes = interval_classes(instances, asked)[:, 0]
    assert classes[1:].tolist() == ["extrapolated: stack"] * 2


def test_intervals_are_wider_there():
    table = load_table(cases(accelerators=(4, 3)))
    assert table.sigma[0, 1] > table.sigma[0, 0]


def test_what_was_measured_is_not_beyond():
    """Four GH200 are four nodes, of which rows were measured: these outweigh."""
    axes = {"models": "llama-3.1-70b", "hardware": "GH200", "accelerators": (4,)}
    asked = cases(**axes, serving=("TensorRT-LLM 0.12", "vLLM"))
    instances = InstanceRows.of(asked)
    assert exceeds_node(instances, asked).all()
    assert list(beyond_measured(instances, asked)) == ["", "traffic between nodes is not modelled"]
    assert list(support_of(instances, asked).support) == ["measured", "extrapolated"]
