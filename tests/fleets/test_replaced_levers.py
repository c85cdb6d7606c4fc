"""Levers of a scenario that a call replaces take along what the scenario says of them, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import wattquery as wq
from wattquery.fleets.replaced_levers import with_levers
from wattquery.scenarios import QueryClass, Scenario

OWN = wq.Lever("ours", 1.5, kind="other")
QUIET: dict[str, Any] = {"overhead": {}, "structural": False, "shared_draws": 2**8}


def scenario(**stated: Any) -> Scenario:
    chat = QueryClass(1, "Llama 3.1 70B", **{"levers": [OWN], **stated})
    return Scenario("one", classes={"chat": chat}, queries_per_day=1e6, node_time_levers=["ours"])


OTHERS = ["none", ["none", "serving"], {"a": "serving"}, wq.Lever("b", 2), [{"lever": "c", "distribution": 2}]]


@pytest.mark.parametrize("levers", OTHERS, ids=str)
def test_what_is_said_of_replaced_levers_goes_with_them(levers: object) -> None:
    assert wq.fleet(scenario(), levers=levers, **QUIET)["energy_per_day"].notnull().all()
    on_axis = replace(scenario(levers="none"), axes={"levers": [OWN, "none"]})
    assert wq.fleet(on_axis, levers=levers, **QUIET)["energy_per_day"].notnull().all()


def test_what_stays_in_use_stays() -> None:
    for levers in ("ours", ["none", "serving+ours"], [[OWN, "serving"]], {"a": {"lever": "ours", "distribution": 2}}):
        assert with_levers(scenario(), levers) == scenario()
    gone = with_levers(scenario(), "none").classes["chat"]
    assert not gone.lever_factors
    assert not gone.lever_kinds


def test_a_name_that_the_scenario_never_used_is_refused_still() -> None:
    wrong = replace(scenario(), node_time_levers=["ours", "hours"])
    with pytest.raises(wq.InputError, match="node_time_levers names 'hours', which no combination of levers uses"):
        wq.fleet(wrong, levers="none", **QUIET)
