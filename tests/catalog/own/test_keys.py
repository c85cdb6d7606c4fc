"""Names among ourselves."""

from __future__ import annotations

from dataclasses import replace

from wattquery.catalog.facts import OWN_KEY, architectures
from wattquery.catalog.own.keys import own_key

FACTS = architectures()["deepseek-v3"]


def test_names_and_sources_play_no_part():
    same = replace(FACTS, architecture="x", model="y", aliases=("z",), developer="q", source_id="s", confidence="low")
    assert own_key(same) == own_key(FACTS)
    assert own_key(FACTS) not in architectures()
    assert own_key(FACTS).startswith(OWN_KEY)


def test_shape_and_kernels_do():
    changes = (
        {"layers": 60},
        {"total_params_b": 672.0},
        {"kv_sharded_by_tp": True},
        {"attention_kind": "full GQA"},
        {"native_precision": "fp8"},
        {"native_precision": "int4 experts, bf16 rest"},
        {"layers_count": "blocks"},
        {"experts": None},
    )
    keys = {own_key(replace(FACTS, **change)) for change in changes}
    assert len(keys | {own_key(FACTS)}) == len(changes) + 1
