"""Why nothing can be computed, in the words that a user reads."""

from __future__ import annotations

import pytest

import wattquery as wq
from load_deployments import FIXED, cases
from wattquery.catalog.facts import Accelerator, Architecture
from wattquery.throughput.load.deployments import LengthCase, LoadCases, load_table, remedy

LONG = LengthCase.of(output_tokens=wq.Fixed(1000), input_tokens=wq.Fixed(1e6))
AXES = {"serving": ("vLLM",), "precision": ("FP8",), "accelerators": (4,), "loads": (0.5,), "lengths": (FIXED,)}


def reason_of(*arguments, **axes):
    return load_table(cases(*arguments, **axes)).reason[0]


def test_weights_that_do_not_fit():
    assert reason_of("llama-3.1-405b", precision=("BF16",)) == (
        "its weights take 812 GB, more than 90 % of the memory of 4 accelerators (320 GB)"
    )
    assert reason_of(accelerators=(1,), hardware="L4") == (
        "its weights take 72 GB, more than 90 % of the memory of 1 accelerator (24 GB)"
    )
    assert "of the memory of 64 accelerators" in reason_of("kimi-k2", "L4", precision=("BF16",), accelerators=(None,))


def test_sequences_that_do_not_fit():
    assert reason_of(accelerators=(2,), lengths=(LONG,)) == (
        "no sequence of these lengths fits beside its weights (72 GB) into 90 % of the memory of 2 accelerators "
        "(160 GB)"
    )
    assert "sequences of these lengths, and not 8, fit beside its weights" in reason_of(
        "llama-3.1-405b", "L4", accelerators=(None,), lengths=(LONG,)
    )


@pytest.mark.parametrize("accelerators", [4, None])
def test_what_is_not_known(accelerators):
    axes = {**AXES, "accelerators": (accelerators,)}
    model = cases().models
    unknown = LoadCases(models=model, hardware=(Accelerator("Abacus", memory_gb=80.0, tdp_w=700.0),), **axes)
    assert load_table(unknown).reason[0] == "no bandwidth_tbps and no fp16_tflops of Abacus is known"
    sizeless = LoadCases(models=(Architecture("own:none", "none"),), hardware=cases().hardware, **axes)
    assert load_table(sizeless).reason[0] == "neither the shape of none nor its number of parameters is known"
    assert "the precision 'FP7' is not known" in reason_of(precision=("FP7",), accelerators=(accelerators,))


@pytest.mark.parametrize(
    ("model", "axes", "fix"),
    [
        ("llama-3.1-405b", {"precision": ("BF16",)}, "pass more accelerators or a lower precision"),
        ("llama-3.1-70b", {"accelerators": (2,), "lengths": (LONG,)}, "a lower precision or shorter lengths"),
        ("llama-3.1-70b", {"precision": ("FP7",)}, "pass one that is known"),
    ],
)
def test_what_helps_belongs_to_the_reason(model, axes, fix):
    assert remedy(reason_of(model, **axes)).endswith(fix)
    assert remedy("1000 sequences are asked for, and 256 of these lengths run at once").startswith("pass a lower")
    assert "wq.Accelerator" in remedy("no bandwidth_tbps of Abacus is known")
    assert "wq.Model" in remedy("neither the shape of X nor its number of parameters is known")


def test_reasons_stand_beside_what_is_known():
    table = load_table(cases("llama-3.1-405b llama-3.1-8b", precision=("BF16",), loads=(0.1, 0.2)))
    assert [bool(one) for one in table.reason] == [True, True, False, False]
    assert table.accelerators.tolist() == [4] * 4


def test_where_no_size_is_large_enough_it_is_the_largest_that_was_tried():
    long = LengthCase.of(output_tokens=wq.Fixed(500), input_tokens=wq.Fixed(400_000))
    table = load_table(cases("llama-3.1-405b", "L4", precision=("BF16",), accelerators=(None,), lengths=(long,)))
    assert table.accelerators.tolist() == [64]
    assert "64 accelerators" in table.reason[0]
