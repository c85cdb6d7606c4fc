"""Configurations with entries changed at random: an answer or a sentence, and nothing else."""

from __future__ import annotations

import copy
import math
import pickle
import random

import pytest

import wattquery as wq
from model_configs import NOT_IN_THE_TABLES, OF_THE_TABLES
from wattquery.errors import InputError
from wattquery.throughput.load.shapes import shape_of

CONFIGS = {**OF_THE_TABLES, **{name: config for name, (config, *_) in NOT_IN_THE_TABLES.items()}}
ODD = (
    None, True, False, 0, 1, 2, 3, 7, 64, -1, 10**6, 10**12, 10**400, 0.5, 1e308, math.nan, math.inf, "", "32", "auto",
    "M*-E", [], [1], [None] * 61, ["full_attention"] * 32, {}, {"a": {}}, [[[]]], b"x", object(), 1j, range(3), set(),
)  # fmt: skip


def model_or_sentence(config):
    """Return the model of a configuration, or what is said of it."""
    try:
        return wq.Model.from_config(config, "Odd")
    except InputError as error:
        return str(error)


def check(answer):
    if isinstance(answer, str):
        assert 30 < len(answer) < 1500
        assert answer.endswith((".", ")."))
        assert "\n" not in answer
        return
    shape = shape_of(answer.facts)
    assert 0.0 < shape.shared_params <= shape.active_params < math.inf
    assert 0.0 <= shape.full_cache_elements <= shape.cache_elements < math.inf
    assert 0.0 < shape.used_share <= 1.0


@pytest.mark.parametrize("name", CONFIGS)
def test_changed_entries(name):
    draw = random.Random(name)
    for _ in range(150):
        config = copy.deepcopy(CONFIGS[name])
        for _ in range(draw.choice((1, 1, 2, 4))):
            text = config.get("text_config")
            part = text if isinstance(text, dict) and text and draw.random() < 0.8 else config
            part[draw.choice(list(part))] = draw.choice(ODD)
        check(model_or_sentence(config))


@pytest.mark.parametrize("name", CONFIGS)
def test_entries_that_are_missing(name):
    for key in CONFIGS[name]:
        check(model_or_sentence({one: value for one, value in CONFIGS[name].items() if one != key}))


@pytest.mark.parametrize(
    "key", ["kv_lora_rank", "qk_rope_head_dim", "n_routed_experts", "num_experts_per_tok", "vocab_size"]
)
def test_what_is_missing_is_not_guessed(key):
    config = {one: value for one, value in OF_THE_TABLES["deepseek-v3"].items() if one != key}
    said = model_or_sentence(config)
    assert isinstance(said, str)
    assert "needed" in said


def test_models_and_accelerators_travel():
    own = wq.Accelerator("A", memory_gb=80, bandwidth_tbps=3, fp16_tflops=900, tdp_w=700)
    for one in (wq.Model.from_config(CONFIGS["GLM-4.5"], "X"), wq.Model("Qwen3-32B"), own, wq.Accelerator("H100")):
        again = pickle.loads(pickle.dumps(one))
        assert again == one == copy.deepcopy(one)
        assert (again.facts, again.notes, again.label) == (one.facts, one.notes, one.label)
