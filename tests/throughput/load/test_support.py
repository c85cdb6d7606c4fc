"""How far measured rows stand behind a prediction."""

from __future__ import annotations

import pytest

from load_rows import rows
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.support import SUPPORTS, Seen, configuration, instance_keys, length_keys

KNOWN = rows(architecture=["llama-3.1-70b", "llama-3.1-8b"], hardware=["H100 SXM", "B200"], concurrency=8.0)
SEEN = Seen.of(KNOWN, Conditions.of(KNOWN))


def support(seen=SEEN, **columns):
    table = rows(**{"concurrency": 8.0, **columns})
    return seen.support(table, Conditions.of(table))[0]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, "measured"),
        ({"concurrency": 500.0}, "measured"),
        ({"concurrency": None, "batch": 3.0}, "measured"),
        ({"version": "0.15"}, "measured"),
        ({"input_tokens": 2000.0}, "supported"),
        ({"accelerators": 8.0}, "supported"),
        ({"precision": "BF16"}, "supported"),
        ({"speculation": "on"}, "supported"),
        ({"hardware": "B200"}, "supported"),  # of another architecture, but measured
        ({"architecture": "qwen3-32b"}, "extrapolated"),
        ({"hardware": "H200"}, "extrapolated"),
        ({"serving": "SGLang"}, "extrapolated"),
        ({"version": "0.5"}, "extrapolated"),
        ({"disaggregated": True}, "extrapolated"),
        ({"hardware": "abacus"}, "none"),
        ({"concurrency": None}, "none"),
    ],
)
def test_classes(columns, expected):
    assert support(**columns) == expected
    assert expected in SUPPORTS


def test_accelerators_of_their_own_are_extrapolated_even_where_they_were_measured():
    apart = rows(concurrency=8.0, disaggregated=True)
    seen = Seen.of(apart, Conditions.of(apart))
    assert support(seen, disaggregated=True) == "extrapolated"


def test_more_rows_add_to_what_was_seen():
    more = rows(architecture="qwen3-32b", hardware="H200", serving="SGLang", concurrency=1.0)
    both = SEEN.with_more(more, Conditions.of(more))
    assert support(both) == "measured"
    assert support(both, architecture="qwen3-32b", hardware="H200", serving="SGLang") == "measured"
    assert support(both, hardware="H200") == support(both, serving="SGLang") == "supported"
    assert support(both, architecture="qwen3-32b") == "supported"
    assert support(SEEN, hardware="H200") == "extrapolated"


def test_a_configuration_is_all_but_the_load_and_the_source():
    table = rows(
        concurrency=[1.0, 64.0, 1.0, 1.0],
        source_id=["a", "b", "a", "a"],
        output_tokens=[500.0, 500.0, 501.0, 500.0],
        tp=[None, None, None, 2.0],
        confidence=["high", "low", "high", "high"],
    )
    keys = configuration(table)
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_an_instance_is_its_division_whoever_stated_it():
    table = rows(accelerators=[8.0, None, 8.0], tp=[None, 8.0, 4.0], concurrency=1.0)
    keys = instance_keys(table, Conditions.of(table))
    assert keys[0] == keys[1] != keys[2]


def test_lengths_are_those_stated_or_the_task():
    table = rows(input_tokens=[1000.2, 1000.0, None, None], task=["chat", "", "chat", "code"])
    keys = length_keys(table)
    assert keys[0] == keys[1]
    assert list(keys[2:]) == ["chat", "code"]
