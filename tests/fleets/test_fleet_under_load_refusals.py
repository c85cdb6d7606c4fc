"""What fleets under load refuse: what would count twice, what is impossible, and classes that do not go together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

import wattquery as wq
from fleets.under_load import MODEL, fleet, one


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"occupancy": 0.8}, "occupancy must be left out under a load, got occupancy = 0.8"),
        ({"overhead": {"idle_reserve": 1.1}}, "must not name 'idle_reserve' under a load"),
        ({"overhead": {"idle nodes": 1.1}}, "must not name 'idle nodes' under a load"),
        ({"boundary": "facility+idle_reserve"}, "must not name 'idle_reserve' under a load"),
        ({"power_utilization": 0.5}, "power_utilization must be left out under a load"),
        ({"node_power": [8, 10]}, "node_power must be left out under a load"),
        ({"load": [0.5, 1.5]}, "load .*1.5"),
        ({"concurrency": 16}, "load and concurrency both say how busy"),
        ({"throughput_model": "log_linear"}, "throughput_model must be left out under a load"),
        ({"throughput_fit": False}, "throughput_fit must be left out under a load"),
        ({"catalog": "oviedo2026"}, "catalog must be left out under a load"),
        ({"hardware": "no such"}, "no such"),
        ({"accelerators": 1, "load": 1}, "has no answer for .*Llama"),
    ],
    ids=str,
)
def test_what_would_count_twice_or_is_impossible(arguments: Mapping[str, Any], message: str) -> None:
    with pytest.raises(wq.InputError, match=message):
        fleet({"chat": one()}, **arguments)


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ({"a": one(0.5), "b": {"share": 0.5, "model": MODEL}}, "All classes must state a load or concurrency, or none"),
        ({"a": one(hardware=None)}, "class 'a': hardware must be named under a load"),
        ({"a": one(load=None, kv_precision="FP8")}, "class 'a': 'kv_precision' belongs to an instance under load"),
        ({"a": one(kv_precision="FP3")}, "kv_precision must be one of 'BF16', 'FP8'"),
        ({"a": one(load=[0.1, 0.2])}, "load must be one value for one class of queries"),
        (
            {"a": one(speculation="unknown", levers=[wq.Lever("multi-token", 1.5)])},
            "class .a.: levers must have none that makes",
        ),
        ({"a": one(model="no such model")}, "no such model"),
    ],
    ids=["one without", "no hardware", "setting", "precision", "axis", "lever", "model"],
)
def test_classes_that_are_refused(classes: Mapping[str, Any], message: str) -> None:
    with pytest.raises(wq.InputError, match=message):
        fleet(classes)
