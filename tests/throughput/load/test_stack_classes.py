"""Stacks by generation."""

from __future__ import annotations

import pytest

from wattquery.throughput.load.stack_classes import builds, is_old, stack_class, stack_classes


@pytest.mark.parametrize(
    ("serving", "version", "source", "expected", "old"),
    [
        ("vLLM", "0.5.4", "ml-energy-v2", "vLLM 0.6 and before", True),
        ("vLLM", "0.6.1", "", "vLLM 0.6 and before", True),
        ("vLLM", "0.60", "", "vLLM", False),
        ("vLLM", "0.11.1", "", "vLLM 0.11", True),
        ("vLLM", "0.12.0", "", "vLLM", False),
        ("vLLM", "", "", "vLLM", False),
        ("vLLM", "0.5", "llm-inference-bench", "vLLM (untuned)", True),
        ("TensorRT-LLM", "0.12.0", "", "TensorRT-LLM 0.10 and 0.12", True),
        ("TensorRT-LLM", "1.1", "", "TensorRT-LLM", False),
        ("Dynamo+vLLM", "0.9", "", "Dynamo+vLLM", True),
        ("mystery", "0.5", "", "mystery", False),
    ],
)
def test_classes(serving, version, source, expected, old):
    assert stack_class(serving, version, source) == expected
    assert is_old(expected) is old


def test_builds_are_of_their_system_alone():
    assert list(builds("vLLM", "0.11", ["vLLM", "SGLang", "vLLM"], ["0.11.2", "0.11.2", ""])) == [1, 0, 0]
    assert list(builds("vLLM", "0.11", ["vLLM", "vLLM"], ["0.11rc1", "0.110"])) == [1, 0]


def test_prefill_on_accelerators_of_its_own_is_a_stack_of_its_own():
    found = stack_classes(
        ["vLLM", "Dynamo+vLLM", "vLLM", "vLLM"], ["0.5"] * 4, [""] * 4, [2025.8] * 4, [True, True, False, True]
    )
    assert list(found) == [
        "vLLM (disaggregated)",
        "vLLM (disaggregated)",
        "vLLM 0.6 and before",
        "vLLM (disaggregated)",
    ]
    assert is_old("vLLM (disaggregated)")
    assert not is_old("vLLM")


@pytest.mark.parametrize(("date", "name"), [(2024.6, "vLLM 0.6 and before"), (2025.8, "vLLM"), (float("nan"), "vLLM")])
def test_a_date_tells_old_builds_where_no_version_is_stated(date: float, name: str) -> None:
    assert stack_classes(["vLLM"], [""], [""], [date], [False]).tolist() == [name]
