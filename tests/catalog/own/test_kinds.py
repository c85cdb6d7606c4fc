"""Where the decoder of text is described."""

from __future__ import annotations

import pytest

from model_configs import GEMMA_3_27B, LLAMA_8B
from wattquery.catalog.own.kinds import text_entries
from wattquery.errors import InputError


@pytest.mark.parametrize(
    "path", [("text_config",), ("llm_config",), ("language_config",), ("thinker_config", "text_config")]
)
def test_a_decoder_within(path):
    config = {key: value for key, value in LLAMA_8B.items() if key != "torch_dtype"}
    for key in reversed(path):
        config = {key: config}
    entries = text_entries({**config, "dtype": "float16", "hidden_size": None, "model_type": "some_vl"}, "config")
    assert (entries.get("hidden_size"), entries.model_type, entries.text("dtype")) == (4096, "llama", "float16")
    assert len(entries.notes) == 1


def test_what_stands_within_comes_first():
    config = {"text_config": {**LLAMA_8B, "tie_word_embeddings": True}, "tie_word_embeddings": False}
    assert text_entries(config, "config").flag("tie_word_embeddings") is True


def test_tables_of_a_configuration_are_read_as_its_own():
    config = {"d_model": 8, "attn_config": {"kv_n_heads": 2}, "ffn_config": {"moe_num_experts": 16, "moe_top_k": 4}}
    entries = text_entries(config, "config")
    assert (entries.whole("kv_n_heads"), entries.whole("moe_num_experts"), entries.whole("d_model")) == (2, 16, 8)


def test_a_picture_encoder_beside_is_no_matter():
    assert text_entries(GEMMA_3_27B, "config").whole("num_hidden_layers") == 62


@pytest.mark.parametrize("kind", ["modernbert", "vit", "wav2vec2", "t5", "sdar", "qwen3_tts"])
def test_others(kind):
    with pytest.raises(InputError, match=f"describes '{kind}'.*a decoder of text is needed"):
        text_entries({**LLAMA_8B, "model_type": kind}, "config")
