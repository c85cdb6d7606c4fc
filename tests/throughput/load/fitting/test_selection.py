"""Which rows a fit uses."""

from __future__ import annotations

import pytest

from load_rows import rows
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.fitting.selection import left_out

SERVED = {"concurrency": 8.0, "tpot_s": 0.02, "ttft_s": 0.5, "output_tps_per_accelerator": 80.0}
POWERED = {"batch": 8.0, "power_w_per_accelerator": 500.0, "output_tps_per_accelerator": 80.0}
FULL = {"at_maximum_load": True, "output_tps_per_accelerator": 800.0}


def reason(**columns):
    table = rows(**columns)
    return left_out(table, Conditions.of(table))[0]


APART = {**SERVED, "disaggregated": True, "accelerators": None}


@pytest.mark.parametrize("columns", [SERVED, POWERED, FULL, APART])
def test_rows_of_each_kind_are_used(columns):
    assert reason(**columns) == ""


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({**SERVED, "ttft_s": None}, "neither power nor latencies"),
        ({**POWERED, "output_tps_per_accelerator": None}, "rate is not known"),
        ({**FULL, "input_tokens": None}, "input length"),
        ({**SERVED, "accelerators": None, "tp": 4.0}, "accelerators is not stated"),
        ({**SERVED, "concurrency": 300.0, "ttft_s": 16.0}, "queues"),
        ({**SERVED, "serving": "not stated"}, "stack is not clear"),
        ({**SERVED, "flags": "x|idle_accelerators_counted"}, "idle accelerators"),
        ({**SERVED, "flags": "cached_input_counted"}, "cached"),
        ({**SERVED, "flags": "not_a_serving_point"}, "no serving point"),
        ({**SERVED, "flags": "kv_cache_exceeds_memory"}, "do not fit"),
        ({**SERVED, "flags": "questionable"}, "questionable"),
        ({**POWERED, "flags": "boundary:node"}, "whole nodes"),
        ({**SERVED, "confidence": "low"}, "confidence"),
        ({**SERVED, "hardware": "abacus"}, "accelerator is not known"),
    ],
)
def test_rows_that_are_left_out(columns, words):
    assert words in reason(**columns)
