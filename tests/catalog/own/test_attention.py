"""Parameters and cache of attention, by hand."""

from __future__ import annotations

import pytest

from wattquery.catalog.own.attention import attention_of
from wattquery.catalog.own.entries import Entries
from wattquery.catalog.own.layers import FULL, Layers
from wattquery.errors import InputError

HIDDEN = 64


def attention(**config):
    entries = Entries({"num_attention_heads": 8, **config}, "config")
    return attention_of(entries, HIDDEN, Layers((FULL,), 0))


@pytest.mark.parametrize(
    ("config", "kv_heads", "head_dim", "params", "cache"),
    [
        ({}, 8, 8, 4 * 64 * 64, 128),
        ({"num_key_value_heads": 2}, 2, 8, 2 * 64 * 64 + 2 * 64 * 16, 32),
        ({"num_key_value_heads": 2, "head_dim": 16}, 2, 16, 2 * 64 * 128 + 2 * 64 * 32, 64),
        ({"multi_query": True}, 1, 8, 2 * 64 * 64 + 2 * 64 * 8, 16),
        (
            {"multi_query": True, "new_decoder_architecture": True, "num_kv_heads": 4},
            4,
            8,
            2 * 64 * 64 + 2 * 64 * 32,
            64,
        ),
        ({"num_key_value_heads": 2, "v_head_dim": 4}, 2, 8, 64 * (64 + 32 + 16 + 8), 24),
        ({"num_key_value_heads": 2, "attn_output_gate": True}, 2, 8, 3 * 64 * 64 + 2 * 64 * 16, 32),
    ],
)
def test_heads_of_keys_and_values(config, kv_heads, head_dim, params, cache):
    found = attention(**config)
    assert (found.key_value_heads, found.head_dim) == (kv_heads, head_dim)
    assert (found.params_full, found.cache_full) == (params, cache)
    assert not found.is_latent


def test_layers_of_two_widths():
    found = attention(
        num_key_value_heads=2, swa_num_key_value_heads=4, num_global_key_value_heads=1, global_head_dim=32
    )
    assert found.cache_window == 4 * 16
    assert found.cache_full == 1 * 64
    assert attention(num_key_value_heads=2, attention_k_eq_v=True).params_full == 2 * 64 * 64 + 64 * 16


LATENT = {"kv_lora_rank": 16, "qk_rope_head_dim": 4, "qk_nope_head_dim": 8, "v_head_dim": 6}


def test_a_latent_cache():
    found = attention(**LATENT)
    keys_and_values = 64 * 20 + 16 * 8 * (8 + 6) + 8 * 6 * 64
    assert (found.is_latent, found.key_value_heads, found.head_dim, found.cache_full) == (True, 1, 20, 20)
    assert found.params_full == 64 * 8 * 12 + keys_and_values
    assert attention(**LATENT, q_lora_rank=10).params_full == 64 * 10 + 10 * 8 * 12 + keys_and_values


def test_an_indexer():
    found = attention(**LATENT, index_topk=32, index_head_dim=4, index_n_heads=3, q_lora_rank=10)
    assert (found.topk, found.indexer) == (32, 4)
    without = attention(**LATENT, q_lora_rank=10)
    assert found.params_full - without.params_full == 10 * 3 * 4 + 64 * (4 + 3)
    with pytest.raises(InputError, match="index_head_dim is needed"):
        attention(**LATENT, index_topk=32)
