"""Typed architectures and accelerators, against their tables."""

from __future__ import annotations

import dataclasses

import pytest

from wattquery import catalog
from wattquery.catalog.facts import OWN_KEY, Accelerator, Architecture, accelerators, architectures
from wattquery.catalog.records import records
from wattquery.errors import InputError, InputTypeError

OF_USERS = ("family", "context_tokens")
"""What only users state, or their configurations; see `wattquery.Accelerator` and `wattquery.Model`."""


@pytest.mark.parametrize(
    ("kind", "one", "table", "label"),
    [
        (Architecture, catalog.architecture, "architectures", "model"),
        (Accelerator, catalog.accelerator, "accelerators", "hardware"),
    ],
)
def test_every_field_is_a_column_and_says_what_it_says(kind, one, table, label):
    for record in records(table):
        found = one(record[label].lower())
        assert isinstance(found, kind)
        for field in dataclasses.fields(kind):
            if field.name in OF_USERS:
                assert not getattr(found, field.name)
                continue
            cell, value = record[field.name], getattr(found, field.name)
            if isinstance(value, bool):
                assert value is (cell in ("1", "True"))
            elif isinstance(value, (int, float)):
                assert value == float(cell)
            elif isinstance(value, tuple):
                assert "|".join(value) == cell
            else:
                assert (value or "") == cell


def test_facts_that_everybody_knows():
    deepseek = catalog.architecture("deepseek-ai/DeepSeek-R1")
    assert (deepseek.layers, deepseek.experts, deepseek.active_experts, deepseek.total_params_b) == (61, 256, 8, 671.0)
    assert deepseek.kv_sharded_by_tp is False
    h100 = catalog.accelerator("h100")
    assert (h100.hardware, h100.memory_gb, h100.tdp_w, h100.accelerators_per_node) == ("H100 SXM", 80.0, 700.0, 8)
    assert (h100.node_power_kw, h100.node_power_basis) == (10.2, "rating")
    with pytest.raises(dataclasses.FrozenInstanceError):
        h100.tdp_w = 1.0


def test_no_name_of_a_table_looks_like_that_of_a_user():
    assert not [name for name in (*architectures(), *accelerators()) if name.startswith(OWN_KEY)]


def test_unknown_ones():
    with pytest.raises(InputError, match="Did you mean 'H100 SXM'"):
        catalog.accelerator("H100 SXN")
    with pytest.raises(InputError, match="is in no row of catalog 'default'"):
        catalog.architecture("GPT-9")
    with pytest.raises(InputTypeError):
        catalog.architecture(None)
