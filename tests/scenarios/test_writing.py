"""Scenarios as plain values and in other processes: what is read back is what was written."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import wattquery as wq
from wattquery import catalog, scenarios
from wattquery.scenarios import Adoption, Course, Growth, LoadProfile, QueryClass, Scenario

RICH = Scenario(
    "rich",
    {
        "chat": QueryClass(
            "rest",
            {"Llama 3.1 70B": 0.3, "Llama 3.1 405B": 0.7},
            output_tokens=wq.LogNormal(100, 900),
            input_tokens=wq.Empirical([100, 200, 700]),
            power_utilization=wq.ThroughputProportional(0.24, 0.56),
            levers=[wq.Lever("caching", wq.Uniform(1.2, 2)), "serving"],
        ),
        "agents": QueryClass(0.2, "frontier", output_tokens="long", node_power=9, levers=wq.Lever("serving", 2)),
        "batch": {"share": 0.1, "model": ["Llama 3.1 405B"], "precision": "FP8", "serving": None},
    },
    3e6,
    title="Rich",
    source="own",
    preset=["v1", catalog.preset("v2-code")],
    overhead=[wq.Step("net", wq.Truncated(wq.Normal(1.2, 0.1), low=1), "meter"), wq.Step("spare", 1.1)],
    axes={"pue": np.array([1.1, 1.2]), "agents_share": (0.1, 0.2)},
    load_profile={"00-08": 0.5, "08-24": 1.25},
    occupancy=0.5,
    boundary="facility+idle_reserve",
    node_time_levers=["serving", "caching"],
    trajectory=Course(
        dates=["2026-01-01", "2028-03-31"],
        growth={"slow": 0.1, "table": {"2026-01-01": 1e6, "2029-01-01": 4e6}},
        rebound=[0.0, 0.3],
        adoption={
            "model": Adoption.logistic("2029-01-01", years=4, ceiling=0.9, floor=0.1),
            "hardware": Adoption.linear("2026-01-01", "2030-01-01", 0.1, 0.5),
            "routing": {"2026-01-01": 0.2, "2030-01-01": 0.1},
        },
    ),
)


@pytest.mark.parametrize("name", scenarios.names())
def test_shipped_ones_are_read_back_from_json_and_from_another_process(name: str) -> None:
    one = scenarios.load(name)
    assert Scenario.from_dict(json.loads(json.dumps(one.to_dict())), name) == one
    assert pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == one
    assert hash(copy.deepcopy(one)) == hash(one)


def test_whatever_was_made_in_python_is_the_same_fleet_when_it_is_read_back() -> None:
    plain = json.loads(json.dumps(RICH.to_dict()))
    back = Scenario.from_dict(plain, "rich")
    assert back.to_dict() == RICH.to_dict()
    assert back.classes == RICH.classes
    assert back.overhead == RICH.overhead
    assert back.trajectory.adopted() == RICH.trajectory.adopted()
    assert back.trajectory.growth_axis == RICH.trajectory.growth_axis
    assert plain["classes"]["chat"]["output_tokens"] == "LogNormal(p5=100, p95=900)"
    assert "title" not in plain["trajectory"]
    ours, theirs = (wq.fleet(one, structural=False, shared_draws=256) for one in (RICH, back))
    assert ours.identical(theirs)


@pytest.mark.parametrize(
    "made",
    [
        RICH,
        *RICH.classes.values(),
        RICH.trajectory,
        Growth(None, ("2026-01-01", "2027-01-01"), (1.0, 2.0)),
        Adoption.parse(0.3),
        LoadProfile((1.0,) * 24),
    ],
)
def test_every_part_travels(made: Any) -> None:
    assert pickle.loads(pickle.dumps(made)) == copy.deepcopy(made) == made
    assert hash(pickle.loads(pickle.dumps(made))) == hash(made)


@pytest.mark.parametrize(
    "made",
    [
        Adoption.logistic("2029-01-01", years=4, ceiling=0.9, floor=0.1),
        Adoption.linear("2026-01-01", "2030-01-01", 0.1, 0.5),
        Adoption.parse(0.3),
    ],
)
def test_curves_are_read_back(made: Adoption) -> None:
    assert Adoption.parse(made.to_dict()) == made


def test_objects_that_no_file_can_hold_are_refused(tmp_path: Path) -> None:
    one = scenarios.load("mixed")
    with pytest.raises(wq.InputError, match="The preset 'v2-code' is an object of your own"):
        replace(one, preset=replace(catalog.preset("v2-code"), prefill_weight=0.1)).to_dict()
    with pytest.raises(wq.InputError, match="The catalog 'mine' is an object of your own"):
        replace(one, catalog=replace(catalog.load("oviedo2026"), name="mine")).to_dict()
    assert replace(one, catalog=catalog.load("oviedo2026")).to_dict()["catalog"] == "oviedo2026"
    assert replace(one, catalog=tmp_path / "a.csv").to_dict()["catalog"] == str(tmp_path / "a.csv")
