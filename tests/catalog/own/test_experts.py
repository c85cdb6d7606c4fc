"""Feed-forward blocks and experts, by hand."""

from __future__ import annotations

import pytest

from wattquery.catalog.own.entries import Entries
from wattquery.catalog.own.experts import feed_forward_of
from wattquery.catalog.own.layers import FULL, Layers
from wattquery.errors import InputError

HIDDEN, COUNT = 10, 4
MOE = {"num_experts": 8, "num_experts_per_tok": 2, "moe_intermediate_size": 5}


def feed_forward(**config):
    return feed_forward_of(Entries({"intermediate_size": 20, **config}, "config"), HIDDEN, Layers((FULL,) * COUNT, 0))


@pytest.mark.parametrize(
    ("config", "matrices"),
    [({}, 3), ({"model_type": "starcoder2"}, 2), ({"hidden_act": "relu2"}, 2), ({"model_type": "llama"}, 3)],
)
def test_dense_blocks(config, matrices):
    assert feed_forward(**config).shared_params == COUNT * matrices * HIDDEN * 20
    assert feed_forward(**config).routed_params == 0


@pytest.mark.parametrize(
    ("config", "layers"),
    [
        ({}, 4),
        ({"first_k_dense_replace": 1}, 3),
        ({"decoder_sparse_step": 2}, 2),
        ({"mlp_only_layers": [0, 3]}, 2),
        ({"moe_layer_freq": [0, 1, 1, 1]}, 3),
        ({"moe_layer_freq": 1, "first_k_dense_replace": 3}, 1),
        ({"interleave_moe_layer_step": 2}, 2),
        ({"moe_layers_enum": "1,2,3"}, 3),
        ({"mlp_layer_types": ["dense", "sparse", "sparse", "sparse"]}, 3),
        ({"expert_layer_period": 2, "expert_layer_offset": 1}, 2),
        ({"num_dense_layers": 4}, 0),
        ({"enable_moe_block": False}, 0),
        ({"num_experts": 0}, 0),
    ],
)
def test_layers_with_experts(config, layers):
    found = feed_forward(**{**MOE, **config})
    assert found.layers == layers
    assert found.routed_params == layers * 8 * 3 * HIDDEN * 5
    assert found.shared_params == (COUNT - layers) * 3 * HIDDEN * 20 + layers * HIDDEN * 8
    assert (found.experts, found.active) == ((8, 2) if layers else (0, 0))


@pytest.mark.parametrize(
    ("config", "shared", "width"),
    [
        ({"n_shared_experts": 2}, 2, 10),
        ({"shared_expert_intermediate_size": 7}, 1, 7),
        ({"n_shared_experts": 2, "moe_shared_expert_intermediate_size": 7}, 2, 14),
        ({"num_shared_experts": 1, "share_expert_dim": 9}, 1, 9),
        ({"n_shared_experts": 0, "shared_intermediate_size": 0}, 0, 0),
    ],
)
def test_shared_experts(config, shared, width):
    found, without = feed_forward(**MOE, **config), feed_forward(**MOE)
    gate = HIDDEN if "shared_expert_intermediate_size" in config else 0
    assert found.shared == shared
    assert found.shared_params - without.shared_params == COUNT * (3 * HIDDEN * width + gate)
    assert found.routed_params == without.routed_params


def test_experts_that_work_at_a_narrower_width():
    found = feed_forward(**MOE, moe_latent_size=4)
    assert found.routed_params == COUNT * 8 * 3 * 4 * 5
    assert found.shared_params == COUNT * (HIDDEN * 8 + 2 * HIDDEN * 4)


def test_a_dense_block_beside_the_experts():
    found = feed_forward(**MOE, enable_moe_block=True)
    assert found.shared_params == COUNT * (HIDDEN * 8 + 3 * HIDDEN * 20)


def test_a_width_that_is_not_stated_is_said():
    entries = Entries({}, "config")
    assert feed_forward_of(entries, HIDDEN, Layers((FULL,), 0)).shared_params == 3 * HIDDEN * 40
    assert "4 times as wide" in entries.notes[0]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"num_experts_per_tok": None}, "not stated"),
        ({"num_experts_per_tok": 9}, "9 of 8"),
        ({"first_k_dense_replace": 5}, "5 of 4"),
        ({"moe_layers_enum": "1,9"}, "numbers from 0 to 3"),
        ({"moe_layer_freq": [0, 1]}, "each of its 4 layers"),
        ({"block_configs": [{"ffn": {}}] * 4}, "intermediate_size or ffn_mult"),
    ],
)
def test_contradictions(config, words):
    with pytest.raises(InputError, match=words):
        feed_forward(**{**MOE, **config})
