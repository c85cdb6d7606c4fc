"""The longest context that a model was made for, as configurations state it."""

from __future__ import annotations

import pytest

import wattquery as wq
from wattquery.catalog.own.context import context_of
from wattquery.catalog.own.entries import Entries
from wattquery.errors import InputError

CONFIG = {
    "model_type": "llama",
    "hidden_size": 4096,
    "num_hidden_layers": 30,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "intermediate_size": 14336,
    "vocab_size": 128256,
    "dtype": "bfloat16",
}


@pytest.mark.parametrize(
    ("config", "tokens"),
    [
        ({}, None),
        ({"max_position_embeddings": 131072}, 131072),
        ({"max_position_embeddings": 131072, "rope_scaling": {"rope_type": "llama3", "factor": 8.0}}, 131072),
        ({"max_position_embeddings": 4096, "rope_scaling": {"type": "linear", "factor": 4}}, 16384),
        (
            {
                "max_position_embeddings": 163840,
                "rope_scaling": {"type": "yarn", "factor": 40, "original_max_position_embeddings": 4096},
            },
            163840,
        ),
        ({"max_position_embeddings": 4096, "rope_scaling": {"type": "linear", "factor": "x"}}, 4096),
        ({"max_position_embeddings": 4096, "rope_scaling": "none"}, 4096),
        ({"rope_scaling": {"type": "linear", "factor": 4}}, None),
    ],
)
def test_what_is_stated(config, tokens):
    assert context_of(Entries(config, "config")) == tokens


def test_a_context_that_is_no_number_of_tokens_is_refused():
    with pytest.raises(InputError, match="max_position_embeddings must be a whole number"):
        context_of(Entries({"max_position_embeddings": 0}, "config"))


def test_the_context_is_no_part_of_the_shape():
    """Two lengths of one shape share what is known of it."""
    one, other = (wq.Model.from_config(CONFIG | {"max_position_embeddings": n}, name=f"a {n}") for n in (2048, 8192))
    assert (one.facts.context_tokens, other.facts.context_tokens) == (2048, 8192)
    assert one.facts.architecture == other.facts.architecture


def test_a_known_shape_keeps_the_context_of_its_configuration():
    config = CONFIG | {"num_hidden_layers": 32, "max_position_embeddings": 2048, "tie_word_embeddings": False}
    mine = wq.Model.from_config(config, name="mine")
    assert mine.facts.architecture == "llama-3.1-8b"
    assert mine.facts.context_tokens == 2048
