"""Conditions of rows, and why some have none."""

from __future__ import annotations

import numpy as np
import pytest

from load_rows import rows
from wattquery.throughput.load.conditions import Conditions


def test_a_usual_row_has_no_reason_against_it():
    at = Conditions.of(rows(concurrency=8.0))
    assert list(at.reason) == [""]
    assert at.labels["stack"][0] == "vLLM"
    assert at.labels["hardware_family"][0] == "Hopper"
    assert (at.engine["vllm"][0], at.engine["sglang"][0]) == (1, 0)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "neither a batch nor a concurrency"),
        ({"concurrency": 0.0}, "load is not positive"),
        ({"batch": 1.0, "output_tokens": 0.0}, "length is not positive"),
        ({"batch": 1.0, "accelerators": None}, "number of accelerators"),
        ({"batch": 1.0, "precision": "FP9"}, "precision"),
        ({"batch": 1.0, "hardware": "abacus"}, "accelerator is not known"),
        ({"batch": 1.0, "architecture": "new"}, "architecture is not known"),
    ],
)
def test_reasons(columns, words):
    assert words in Conditions.of(rows(**columns)).reason[0]


def test_load_is_that_of_one_replica():
    at = Conditions.of(rows(accelerators=8.0, tp=2.0, concurrency=64.0, batch=[None, 32.0]))
    np.testing.assert_array_equal(at.concurrency, [16, 16])
    np.testing.assert_array_equal(at.batch, [np.nan, 8])


def test_a_known_batch_is_no_maximum_load():
    at = Conditions.of(rows(at_maximum_load=True, batch=[None, 32.0], concurrency=100.0))
    assert list(at.at_maximum_load) == [True, False]
    assert np.isnan(at.concurrency[0])


def test_a_task_counts_where_the_input_is_not_known():
    at = Conditions.of(rows(batch=1.0, task=["gpqa", "gpqa", "fixed", ""], input_tokens=[None, 50.0, None, None]))
    assert list(at.labels["task"]) == ["gpqa", "", "fixed", "not stated"]
    assert list(at.lengths_vary) == [1, 0, 0, 1]


def test_what_is_not_said_has_a_usual_value():
    at = Conditions.of(rows(batch=1.0, output_tokens=None, date=None, speculation=["", "on", "unknown"]))
    assert at.output_tokens[0] == 300
    assert at.date[0] == 2025.8
    assert list(at.speculation) == [0, 1, 0]
