"""What a scenario says of a class, as arguments of a plan of capacity."""

from __future__ import annotations

import pytest

import wattquery as wq
from wattquery.capacity.from_scenario import scenario_arguments
from wattquery.scenarios import Scenario

CHAT = {"model": "Llama 3.1 70B", "hardware": "H100 SXM", "load": 0.5, "workload": "azure_conversation", "pue": 1.2}
CODE = {**CHAT, "share": "rest", "model": ["Llama 3.1 70B", "Llama 3.1 8B"]}
PROFILE = {"00-08": 0.4, "08-24": 1.3}


def scenario(**changes) -> Scenario:
    parts = {"classes": {"chat": {**CHAT, "share": 0.75}, "code": CODE}, "queries_per_day": 4e7, **changes}
    return Scenario.from_dict(parts, "ours")


def test_a_class_is_planned_alone() -> None:
    found = scenario_arguments(scenario(load_profile=PROFILE), query_class="chat", replaced={"pue": None})
    assert found.model == "Llama 3.1 70B"
    assert found.arguments["queries_per_day"] == 3e7
    assert found.arguments["load_profile"].peak_to_mean == pytest.approx(1.3)
    assert found.arguments["workload"] == "azure_conversation"
    assert not {"load", "share", "output_tokens"} & found.arguments.keys()
    ds = wq.plan_capacity(found.model, **found.arguments, accelerators=4, interactivity=40)
    same = {"hardware": "H100 SXM", "workload": "azure_conversation", "pue": 1.2, "accelerators": 4}
    again = wq.plan_capacity("Llama 3.1 70B", **same, queries_per_day=3e7, load_profile=PROFILE, interactivity=40)
    assert ds.identical(again)


def test_what_is_passed_replaces_what_it_says() -> None:
    passed = {"output_tokens": 300, "requests_per_hour": 1e6, "hardware": ["B200"]}
    asked = scenario(load_profile=PROFILE, axes={"accelerators": [2, 4]})
    found = scenario_arguments(asked, query_class="code", model="Llama 3.1 8B", replaced=passed)
    assert found.model == "Llama 3.1 8B"
    assert passed.items() <= found.arguments.items()
    assert found.arguments["accelerators"] == [2, 4]
    assert not {"workload", "queries_per_day", "load_profile"} & found.arguments.keys()


def test_the_overhead_is_counted_at_idle_nodes_too() -> None:
    found = scenario_arguments(scenario(overhead={"network": 1.1}), query_class="chat", replaced={})
    case = {"accelerators": 4, "interactivity": 40, "reserve": 3}
    more = wq.plan_capacity(found.model, **found.arguments, **case)
    less = wq.plan_capacity(found.model, **{**found.arguments, "boundary": "facility"}, **case)
    assert more.attrs["boundary"] == "facility+network"
    assert more["energy_per_day"].item() == pytest.approx(1.1 * less["energy_per_day"].item(), rel=1e-12)


POOLED = {"chat": {"share": 1.0, "model": "Llama 3.1 70B"}}
H100 = {"hardware": "H100 SXM", "load": 0.5, "share": 0.5, "max_sequences": 128}
B200 = {"hardware": "B200", "load": 0.5, "share": "rest", "max_sequences": 128}


def test_hardware_of_pools_is_compared() -> None:
    found = scenario_arguments(scenario(classes=POOLED, pools={"old": H100, "new": B200}), replaced={})
    assert found.arguments["hardware"] == ["H100 SXM", "B200"]
    assert found.arguments["max_sequences"] == 128
    assert not {"load", "share"} & found.arguments.keys()


@pytest.mark.parametrize(
    ("changes", "arguments", "words"),
    [
        ({}, {}, "class must say which of the classes of 'ours'"),
        ({}, {"query_class": "chut"}, "class must be one of 'chat', 'code'"),
        ({}, {"query_class": "code"}, "is answered by 'Llama 3.1 70B', 'Llama 3.1 8B'"),
        ({"axes": {"boundary": ["node"]}}, {"query_class": "chat"}, "axes must have none but"),
        ({"overhead": {"x": 1.1}, "boundary": "facility+y"}, {"query_class": "chat"}, "overhead must be empty beside"),
        (
            {"classes": {"chat": {**CHAT, "share": 1.0, "levers": "serving", "lever_factors": {"serving": 2.0}}}},
            {},
            "must leave lever_factors",
        ),
        (
            {"classes": POOLED, "pools": {"old": H100, "new": {**B200, "max_sequences": 64}}},
            {},
            "pools must state one max_sequences",
        ),
        (
            {"classes": POOLED, "pools": {"old": {**H100, "share": 1.0, "pue_by_load": {0.1: 1.5, 1.0: 1.2}}}},
            {},
            "pools must state no pue_by_load",
        ),
    ],
)
def test_what_a_plan_does_not_take_is_said(changes, arguments, words) -> None:
    with pytest.raises(wq.InputError) as caught:
        scenario_arguments(scenario(**changes), **arguments, replaced={})
    assert words in str(caught.value)
