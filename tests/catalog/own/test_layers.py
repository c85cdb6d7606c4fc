"""Which layers have attention, windows and recurrences."""

from __future__ import annotations

import pytest

from wattquery.catalog.own.entries import LEFT_OUT, Entries
from wattquery.catalog.own.layers import FEED_FORWARD, FULL, LINEAR, MIXTURE, NONE, WINDOW, layers_of
from wattquery.errors import InputError


def layers(**config):
    return layers_of(Entries({"num_hidden_layers": 4, **config}, "config"))


@pytest.mark.parametrize(
    ("config", "mixers", "window"),
    [
        ({}, [FULL] * 4, 0),
        ({"sliding_window": None}, [FULL] * 4, 0),
        ({"sliding_window": 100}, [WINDOW] * 4, 100),
        ({"sliding_window": 100, "max_position_embeddings": 100}, [FULL] * 4, 0),
        ({"sliding_window": 100, "use_sliding_window": False}, [FULL] * 4, 0),
        ({"sliding_window": 100, "model_type": "qwen3"}, [FULL] * 4, 0),
        (
            {"sliding_window": 100, "model_type": "qwen3", "use_sliding_window": True, "max_window_layers": 3},
            [FULL] * 3 + [WINDOW],
            100,
        ),
        ({"sliding_window": 100, "sliding_window_pattern": 2}, [WINDOW, FULL] * 2, 100),
        ({"sliding_window": 100, "sliding_window_pattern": "LLG"}, [WINDOW, WINDOW, FULL, WINDOW], 100),
        ({"sliding_window": 100, "model_type": "gemma2"}, [WINDOW, FULL] * 2, 100),
        ({"attention_chunk_size": 64, "model_type": "llama4_text"}, [WINDOW] * 3 + [FULL], 64),
        ({"layer_types": ["full_attention", "sliding_attention"] * 2, "sliding_window": 8}, [FULL, WINDOW] * 2, 8),
        ({"layer_types": ["full_attention", "sliding_attention"] * 2}, [FULL] * 4, 0),
        ({"layer_types": ["linear_attention"] * 3 + ["full_attention"]}, [LINEAR] * 3 + [FULL], 0),
        ({"full_attention_interval": 2}, [LINEAR, FULL] * 2, 0),
        ({"attn_layer_period": 4, "attn_layer_offset": 2}, [LINEAR, LINEAR, FULL, LINEAR], 0),
        ({"attn_type_list": [1, 0, 0, 1]}, [FULL, LINEAR, LINEAR, FULL], 0),
        ({"hybrid_layer_pattern": [0, 1, 1, 0], "sliding_window": 8}, [FULL, WINDOW, WINDOW, FULL], 8),
        ({"block_types": ["recurrent", "attention"]}, [LINEAR, FULL] * 2, 0),
        ({"linear_attn_config": {"full_attn_layers": [4], "kda_layers": [1, 2, 3]}}, [LINEAR] * 3 + [FULL], 0),
        ({"block_configs": [{"attention": {"no_op": True}}, {}, {}, {}]}, [NONE, FULL, FULL, FULL], 0),
        ({"hybrid_override_pattern": "M*-E"}, [LINEAR, FULL, FEED_FORWARD, MIXTURE], 0),
    ],
)
def test_layers(config, mixers, window):
    found = layers(**config)
    assert (list(found.mixers), found.window_tokens) == (mixers, window)
    assert found.are_blocks == ("hybrid_override_pattern" in config)


def test_a_window_without_a_size_is_said():
    entries = Entries({"num_hidden_layers": 1, "layer_types": ["sliding_attention"]}, "config")
    layers_of(entries)
    assert entries.notes == [
        f"{LEFT_OUT}: layers with a window whose size is not stated are taken for layers without one"
    ]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"hybrid_override_pattern": "M*-"}, "has 3 blocks while num_hidden_layers is 4"),
        ({"linear_attn_config": {"full_attn_layers": [5]}}, "numbers from 1 to 4"),
        ({"layer_types": "full_attention"}, "entry for each of its 4 layers"),
        ({"layer_types": [1, 2, 3, 4]}, "names 1"),
        ({"full_attention_interval": 0}, "got 0"),
    ],
)
def test_contradictions(config, words):
    with pytest.raises(InputError, match=words):
        layers(**config)
