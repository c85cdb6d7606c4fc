"""Names of models, accelerators, stacks and precisions to labels of the catalog."""

from __future__ import annotations

import pytest

from wattquery.catalog.records import labels_with_aliases, records
from wattquery.measured.tables.names import (
    architecture_of,
    hardware_of,
    native_precision,
    precision_in,
    precision_of,
    serving_of,
    sizes_in,
)


@pytest.mark.parametrize(
    ("name", "architecture"),
    [
        ("llama-3.1-70b", "llama-3.1-70b"),
        ("LLAMA 3.1 70b", "llama-3.1-70b"),
        ("llama3.1:70b", "llama-3.1-70b"),
        ("meta-llama/Llama-3.3-70B-Instruct", "llama-3.1-70b"),
        ("Meta-Llama-3.1-405B-Instruct-FP8", "llama-3.1-405b"),
        ("models--meta-llama--Llama-3.2-3B", "llama-3.2-3b"),
        ("RedHatAI/Llama-3.1-8B-Instruct-quantized.w8a8", "llama-3.1-8b"),
        ("Qwen/Qwen3-30B-A3B-Thinking-2507-FP8", "qwen3-30b-a3b"),
        ("deepseek-ai/DeepSeek-V3-0324", "deepseek-v3"),
        ("nvidia/DeepSeek-R1-0528-NVFP4-v2", "deepseek-v3"),
        ("mistralai/Mistral-7B-Instruct-v0.3", "mistral-7b"),
        ("unsloth/gpt-oss-20b-BF16", "gpt-oss-20b"),
        ("deepseek-ai/DeepSeek-R1-Distill-Llama-70B", ""),
        ("DeepSeek-V2", ""),
        ("Qwen9-1T", ""),
        ("", ""),
    ],
)
def test_a_variant_is_its_shape_and_another_model_is_none(name: str, architecture: str) -> None:
    assert architecture_of(name) == architecture


def test_the_first_name_that_is_known_counts() -> None:
    assert architecture_of("", "ours", "Qwen/Qwen3-8B", "llama-3.1-8b") == "qwen3-8b"


def test_all_names_of_the_tables_are_known() -> None:
    for table in ("performance", "energy"):
        for row in records(table):
            assert architecture_of(row["model_as_published"], row["model"]) == row["architecture"], row["row_id"]


@pytest.mark.parametrize("axis", ["hardware", "serving", "precision"])
def test_all_labels_and_aliases_are_known(axis: str) -> None:
    found = {"hardware": hardware_of, "serving": serving_of, "precision": precision_of}[axis]
    for label, aliases in labels_with_aliases(axis).items():
        for name in (label, *aliases):
            assert found(name) == label
            assert found(name.upper()) == label


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("H100", "H100 SXM"),
        ("NVIDIA H100 80GB HBM3", "H100 SXM"),
        ("H100-SXM5-80GB-HBM3", "H100 SXM"),
        ("H100 PCIe", "H100 PCIe"),
        ("A100-40GB", "A100 SXM 40GB"),
        ("AMD Instinct MI300X OAM", "MI300X"),
        ("B200 180GB", "B200"),
        ("H100 64GB", ""),
        ("A100 PCIe 40GB", ""),
        ("RTX 4090", ""),
        ("TPU (fleet)", ""),
    ],
)
def test_hardware(name: str, label: str) -> None:
    assert hardware_of(name) == label


def test_precisions() -> None:
    assert precision_of("fp8_block") == "FP8"
    assert precision_of("int4_wo") == "INT4"
    assert precision_of("fp6") == ""
    assert precision_in("Qwen/Qwen3-235B-A22B-FP8") == "FP8"
    assert precision_in("amd/Llama-3.1-405B-MXFP4") == "FP4"
    assert precision_in("Qwen/Qwen3-14B") == ""
    assert native_precision("llama-3.1-8b") == "BF16"
    assert native_precision("ours") == ""


def test_sizes_in_names() -> None:
    assert sizes_in("Qwen9-480B-A35B") == (480.0, 35.0)
    assert sizes_in("ours", "Granite 8B") == (8.0, None)
    assert sizes_in("Ours", "1bit") == (None, None)
