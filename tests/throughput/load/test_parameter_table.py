"""The table of parameters."""

from __future__ import annotations

import math

import pytest

from wattquery.throughput.load.parameter_table import GROUPINGS, LENGTH, parameter_table, task_lengths


@pytest.mark.parametrize("name", parameter_table())
def test_each_parameter_says_what_it_is(name):
    one = parameter_table()[name]
    assert one.mean > 0
    assert one.sd >= 0
    assert one.sd > 0 or one.effects, "a parameter that is not fitted carries effects"
    assert one.unit in {"1", "s", "tokens"}
    assert len(one.meaning) > 10
    assert set(one.effects) <= set(GROUPINGS)
    assert one.old_stack_sd is None or one.old_stack_sd > one.effects["stack"]


def test_every_parameter_is_used():
    """In one of the lines that make the numbers of cells."""
    from pathlib import Path

    from wattquery.throughput.load import coefficients

    text = Path(coefficients.__file__).read_text(encoding="utf-8")
    made = {f"cache_bytes_{engine}" for engine in ("vllm", "tensorrt", "sglang")} | {LENGTH}
    assert not [name for name in parameter_table() if f'"{name}"' not in text and name not in made]


def test_effects_of_old_stacks_are_wide():
    one = parameter_table()["layer_s"]
    assert one.effect("stack", "vLLM 0.11") == (0.0, 0.7)
    assert one.effect("stack", "vLLM") == (0.0, 0.15)
    assert one.effect("hardware", "H200") == (0.0, 0.1)


def test_lengths_of_tasks():
    length = parameter_table()[LENGTH]
    assert length.effect("task", "gpqa") == (math.log(350 / 400), 0.25)
    assert length.effect("task", "poems") == (0.0, 0.5)
    assert length.effect("task", "random 5k/1k")[1] == 0.1
    assert task_lengths()["fixed"][0] == 100
