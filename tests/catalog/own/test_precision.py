"""The precision of published weights, in the words of the tables."""

from __future__ import annotations

import pytest

from wattquery.catalog.facts import architectures
from wattquery.catalog.own.entries import Entries
from wattquery.catalog.own.precision import precision_of


def tensors(**weights):
    return {"quant_method": "compressed-tensors", "config_groups": {"group_0": {"weights": weights}}}


ATTENTION = ["lm_head", "re:.*self_attn.*"]


@pytest.mark.parametrize(
    ("settings", "precision"),
    [
        ({"quant_method": "fp8", "weight_block_size": [128, 128]}, "fp8 (block 128)"),
        ({"quant_method": "fp8"}, "fp8"),
        ({"quant_method": "fbgemm_fp8", "modules_to_not_convert": ATTENTION}, "fp8"),
        ({"quant_method": "mxfp4", "modules_to_not_convert": ATTENTION}, "mxfp4 experts, bf16 rest"),
        ({"quant_method": "modelopt", "quant_algo": "NVFP4", "exclude_modules": ["lm_head"]}, "nvfp4"),
        ({"quant_method": "modelopt", "quant_algo": "NVFP4", "ignore": ATTENTION}, "nvfp4 experts, bf16 rest"),
        ({"quant_method": "modelopt", "quantization": {"quant_algo": "FP8"}}, "fp8"),
        ({"quant_method": "awq", "bits": 4, "group_size": 128}, "int4 (group 128)"),
        ({"quant_method": "gptq", "bits": 8, "group_size": -1}, "int8"),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, "int4"),
        ({"quant_method": "bitsandbytes", "load_in_8bit": True}, "int8"),
        ({"quant_method": "quark", "global_quant_config": {"weight": {"dtype": "fp4"}}}, "mxfp4"),
        (tensors(num_bits=4, type="int", group_size=32), "int4 (group 32)"),
        ({**tensors(num_bits=4, type="int", group_size=32), "ignore": ATTENTION}, "int4 experts (group 32), bf16 rest"),
        (tensors(num_bits=8, type="float"), "fp8"),
        (tensors(num_bits=8, type="float", block_structure=[128, 128]), "fp8 (block 128)"),
        (tensors(num_bits=8, type="int"), "int8"),
        (tensors(num_bits=4, type="float", group_size=16), "nvfp4"),
        (tensors(num_bits=4, type="float", group_size=32), "mxfp4"),
    ],
)
def test_quantised_weights(settings, precision):
    entries = Entries({"quantization_config": settings, "dtype": "bfloat16"}, "config")
    assert precision_of(entries, has_experts=True) == precision
    assert entries.notes == []


def test_dense_models_are_quantised_whole():
    settings = {**tensors(num_bits=4, type="int", group_size=32), "ignore": ATTENTION}
    assert precision_of(Entries({"quantization_config": settings}, "config"), has_experts=False) == "int4 (group 32)"


@pytest.mark.parametrize(
    ("entries", "precision", "notes"),
    [
        ({"dtype": "bfloat16"}, "bf16", 0),
        ({"torch_dtype": "torch.float16"}, "fp16", 0),
        ({"torch_dtype": "float8_e4m3fn"}, "fp8", 0),
        ({"torch_dtype": "float32"}, "bf16", 1),
        ({}, "bf16", 1),
        ({"dtype": "auto"}, "bf16", 1),
        ({"dtype": "bfloat16", "quantization_config": {"quant_method": "magic"}}, "bf16", 1),
        ({"dtype": "bfloat16", "quantization_config": {"quant_method": 3}}, "bf16", 1),
        (
            {"dtype": "bfloat16", "quantization_config": {"quant_method": "compressed-tensors", "config_groups": 3}},
            "bf16",
            1,
        ),
        ({"dtype": "bfloat16", "quantization_config": {}}, "bf16", 0),
    ],
)
def test_other_weights(entries, precision, notes):
    made = Entries(entries, "config")
    assert precision_of(made, has_experts=False) == precision
    assert len(made.notes) == notes


def test_the_words_are_those_of_the_tables():
    words = {one.native_precision.split(",")[0] for one in architectures().values()}
    assert {"bf16", "fp8 (block 128)", "mxfp4 experts", "int4 experts (group 32)"} <= words
