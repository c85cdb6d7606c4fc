"""Names of labels in random streams: of what a label stands for, and never of how it is written."""

from __future__ import annotations

import wattquery as wq
from wattquery.plans.names import stream_names
from wattquery.sweeps.study import study

CASE = {"hardware": ["H100 SXM", "B200"], "load": [0.5, 1], "cached_tokens": 0.5, "accelerators": 8}


def names(**case):
    asked = study("llama 3.1 70b", **case)
    return {axis.name: stream_names(axis, asked.catalog) for axis in asked.grid.axes}


def test_models_are_named_as_the_catalog_spells_them() -> None:
    assert names(**CASE)["model"] == ("Llama 3 / 3.1 / 3.3 70B",)


def test_what_the_name_of_a_deployment_has_is_not_named_again() -> None:
    found = names(**CASE)
    assert found["hardware"] == ("", "")
    assert found["accelerators"] == found["serving"] == ("",)


def test_numbers_of_a_load_are_spelled_alike() -> None:
    assert names(**CASE)["load"] == ("load=0.5", "load=1")
    assert names(**{**CASE, "load": [1, 0.25]})["load"] == ("load=1", "load=0.25")
    assert names(**CASE)["cached_tokens"] == ("cached_tokens=0.5",)


def test_what_adds_nothing_has_no_name() -> None:
    plain = study("Llama 3.1 405B", boundary=["facility", "node", wq.Boundary("facility")][:2])
    found = {axis.name: stream_names(axis, plain.catalog) for axis in plain.grid.axes}
    assert found["boundary"] == ("", "node")
    assert found["load"] == found["concurrency"] == found["cached_tokens"] == ("",)
