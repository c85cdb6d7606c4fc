"""Configurations of public models against what the tables have of them, computed elsewhere."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from model_configs import GEMMA_3_27B, LLAMA_8B, MIXTRAL, NOT_IN_THE_TABLES, OF_THE_TABLES, QWEN3_NEXT
from wattquery.catalog.facts import OWN_KEY, architectures
from wattquery.catalog.own.shape import architecture_of
from wattquery.errors import InputError
from wattquery.throughput.load.shapes import shape_of

RAW = Path(__file__).parents[3] / "data" / "raw" / "architectures.csv"
EQUAL = (
    "layers", "layers_count", "attention_layers", "full_attention_layers", "sliding_attention_layers", "linear_layers",
    "window_tokens", "sparse_topk_tokens", "hidden_size", "q_heads", "kv_heads", "head_dim", "kv_elements_per_token",
    "kv_elements_per_token_full_layers", "indexer_elements_per_token", "recurrent_state_elements_per_sequence",
    "kv_sharded_by_tp", "experts", "active_experts", "shared_experts", "moe_layers", "expert_inter_size",
)  # fmt: skip


@pytest.fixture(scope="module")
def raw():
    with RAW.open(encoding="utf-8", newline="") as file:
        return {row["canonical_id"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("name", OF_THE_TABLES)
def test_the_shape_of_a_public_model(name, raw):
    found, _ = architecture_of(OF_THE_TABLES[name], "config")
    known = architectures()[name]
    assert {one: getattr(found, one) for one in EQUAL} == {one: getattr(known, one) or 0 for one in EQUAL}
    computed = {one: float(raw[name][f"{one}_b"]) for one in ("computed_total", "computed_active")}
    assert found.total_params_b == pytest.approx(computed["computed_total"], rel=2e-4)
    assert found.active_params_b == found.computed_active_b == pytest.approx(computed["computed_active"], rel=4e-4)
    assert found.routed_expert_params_b == pytest.approx(known.routed_expert_params_b, abs=1e-3)
    assert found.input_embedding_params_b == pytest.approx(known.input_embedding_params_b, rel=1e-3, abs=6e-4)


@pytest.mark.parametrize("name", OF_THE_TABLES)
def test_the_equations_see_the_same_shape(name):
    """But for rounding, and for the bytes of what is not an expert, which names alone tell of models of the tables."""
    own, known = (shape_of(one) for one in (architecture_of(OF_THE_TABLES[name], "config")[0], architectures()[name]))
    for one in own.__dataclass_fields__:
        if one != "sixteen_bits":
            assert getattr(own, one) == pytest.approx(getattr(known, one), rel=2e-3), one


@pytest.mark.parametrize("name", OF_THE_TABLES)
def test_the_precision_of_a_public_model(name):
    found, _ = architecture_of(OF_THE_TABLES[name], "config")
    published = {"llama-2-70b": "fp16"}.get(name, architectures()[name].native_precision)
    assert found.native_precision == published


@pytest.mark.parametrize("name", NOT_IN_THE_TABLES)
def test_sizes_that_makers_state(name):
    config, total, active = NOT_IN_THE_TABLES[name]
    found, notes = architecture_of(config, "config")
    assert found.total_params_b == pytest.approx(total, rel=0.01)
    assert found.active_params_b == pytest.approx(active, rel=0.08)  # with or without the input embedding
    assert notes == ()


def test_a_made_up_one_by_hand():
    """Two layers of width 8: attention 4 heads of 2, one head of keys and values; blocks of 16; 10 words, tied."""
    config = {
        "model_type": "llama", "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 1, "intermediate_size": 16, "vocab_size": 10, "tie_word_embeddings": True,
        "dtype": "bfloat16",
    }  # fmt: skip
    found, notes = architecture_of(config, "config")
    attention = 8 * 8 + 2 * 8 * 2 + 8 * 8
    assert found.total_params_b == pytest.approx((10 * 8 + 2 * (attention + 3 * 8 * 16 + 2 * 8)) / 1e9)
    assert found.kv_elements_per_token == 2 * 2 * 1 * 2
    assert found.attention_kind == "full MQA"
    assert notes == ()


def test_experts_by_hand():
    config = {**MIXTRAL, "num_hidden_layers": 2, "first_k_dense_replace": 1}
    found, _ = architecture_of(config, "config")
    assert (found.moe_layers, found.experts, found.active_experts) == (1, 8, 2)
    assert found.routed_expert_params_b == pytest.approx(8 * 3 * 4096 * 14336 / 1e9)
    assert found.total_params_b - found.active_params_b == pytest.approx(found.routed_expert_params_b * 6 / 8)


def test_the_key_is_that_of_the_shape():
    one, _ = architecture_of(LLAMA_8B, "config")
    assert one.architecture.startswith(OWN_KEY)
    again, _ = architecture_of({**LLAMA_8B, "rope_theta": 1.0, "architectures": ["Other"]}, "other.json")
    other, _ = architecture_of({**LLAMA_8B, "num_hidden_layers": 31}, "config")
    assert again == one
    assert other.architecture != one.architecture


def test_only_the_decoder_of_text_counts():
    _, notes = architecture_of(GEMMA_3_27B, "config")
    assert any("decoder of text" in note for note in notes)
    assert any("262,208" in note for note in notes)


def test_too_large_a_model_has_a_wrong_size():
    config = {**LLAMA_8B, "num_hidden_layers": 10_000, "hidden_size": 2_000_000, "head_dim": 128}
    with pytest.raises(InputError, match=r"describes a model of .* billion parameters, and at most 100,000 billion"):
        architecture_of(config, "config")


def test_some_layer_must_have_attention():
    config = {**QWEN3_NEXT, "layer_types": ["linear_attention"] * 48}
    with pytest.raises(InputError, match="no layer has attention"):
        architecture_of(config, "config")


def test_layers_that_architecture_search_left_without_attention():
    block = {"attention": {"n_heads_in_group": 8}, "ffn": {"ffn_mult": 2.0}}
    without = {"attention": {"no_op": True}, "ffn": {"intermediate_size": 1024}}
    config = {**LLAMA_8B, "num_hidden_layers": 4, "block_configs": [block, without, block, {"ffn": {"no_op": True}}]}
    found, _ = architecture_of(config, "config")
    assert (found.layers, found.attention_layers) == (4, 3)
    assert found.kv_elements_per_token == 2 * 4 * 2 * 128 + 8 * 2 * 128
    feed_forward = 2 * 3 * 4096 * 5632 + 3 * 4096 * 1024  # 2 x 2 x 4096 / 3 up to a multiple of 256
    without_blocks = 2 * 128256 * 4096 + 3 * (2 * 4096**2 + 2 * 4096 * 1024) + 4 * 2 * 4096
    assert found.total_params_b == pytest.approx((without_blocks + feed_forward) / 1e9, rel=1e-9)
