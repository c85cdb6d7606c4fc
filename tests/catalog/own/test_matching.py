"""Which architecture of the tables has the same shape."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wattquery.catalog.facts import architectures
from wattquery.catalog.own.matching import same_shapes


@pytest.mark.parametrize("name", architectures())
def test_every_architecture_has_its_own_shape(name):
    facts = architectures()[name]
    assert same_shapes(facts, name)[0] == facts
    assert same_shapes(facts, f"maker/{facts.model}-Instruct")


def test_of_twins_the_one_that_is_called_so():
    twin = architectures()["qwen3-vl-32b"]
    assert same_shapes(twin, "Qwen/Qwen3-VL-32B-Instruct") == [twin]
    assert [one.architecture for one in same_shapes(twin, "Qwen3-32B-FP8")] == ["qwen3-32b"]
    assert len(same_shapes(twin, "")) == 2  # nothing tells them apart
    k25 = architectures()["kimi-k2.5"]
    assert [one.architecture for one in same_shapes(k25, "")] == ["kimi-k2.5"]  # by its precision


@pytest.mark.parametrize(
    "change",
    [
        {"layers": 79},
        {"kv_heads": 4},
        {"window_tokens": 8},
        {"experts": 2},
        {"computed_active_b": 80.0},
        {"vocab_size": 32_000},
        {"computed_active_b": 69.503},
    ],
)
def test_another_shape_is_none(change):
    assert same_shapes(replace(architectures()["llama-3.1-70b"], **change), "llama-3.1-70b") == []


def test_a_padded_vocabulary_is_the_same():
    facts = architectures()["llama-3.1-70b"]
    padded = replace(facts, vocab_size=128_320, computed_active_b=70.554)
    assert [one.architecture for one in same_shapes(padded, "x")] == [facts.architecture]
