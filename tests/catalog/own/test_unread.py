"""What is said of entries that were not read."""

from __future__ import annotations

import pytest

from model_configs import NOT_IN_THE_TABLES, OF_THE_TABLES
from wattquery.catalog.own.entries import LEFT_OUT, Entries
from wattquery.catalog.own.shape import architecture_of
from wattquery.catalog.own.unread import unread_notes


@pytest.mark.parametrize("name", [*OF_THE_TABLES, *NOT_IN_THE_TABLES])
def test_public_models_are_understood_whole(name):
    config = OF_THE_TABLES[name] if name in OF_THE_TABLES else NOT_IN_THE_TABLES[name][0]
    _, notes = architecture_of(config, "config")
    assert not [note for note in notes if LEFT_OUT in note]


def test_what_may_matter_is_said():
    config = {
        "compress_ratios": [4],
        "num_kv_shared_layers": 3,
        "attention_dropout": 0.1,
        "eos_token_id": 3,
        "moe_x": None,
    }
    assert list(unread_notes(Entries(config, "config"))) == [f"{LEFT_OUT}: 'compress_ratios', 'num_kv_shared_layers'"]


def test_what_was_read_is_not_said():
    entries = Entries({"moe_x": 3}, "config")
    entries.whole("moe_x")
    assert list(unread_notes(entries)) == []
