"""Pools: what they take, what they refuse, and what replaces parts of them."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from wattquery.errors import InputError
from wattquery.scenarios import Pool, Scenario
from wattquery.scenarios.pool import changed_pools

H100 = {"hardware": "H100 SXM", "precision": "FP8", "load": 0.6, "share": 0.7, "reserve": 1}
CHAT = {"share": 1, "model": "Llama 3.1 70B"}


def scenario(pools: Any, classes: Any = None, **more: Any) -> Scenario:
    return Scenario("ours", classes or {"chat": CHAT}, 1e6, pools=pools, **more)


def test_what_is_written_is_read_back() -> None:
    pools = {
        "h100": {**H100, "share": {"chat": 0.7}, "pue_by_load": {"0.3": 1.4, "1.0": 1.2}},
        "b200": {"hardware": "B200", "interactivity": 40, "idle": "off", "pue": "LogNormal(p5=1.1, p95=1.3)"},
    }
    made = scenario(pools)
    assert Scenario.from_dict(made.to_dict(), "ours") == made
    assert pickle.loads(pickle.dumps(made)) == made
    assert made.is_under_load
    assert made.pools["h100"].pue_by_load == {0.3: 1.4, 1.0: 1.2}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"load": 60}, "load must be at most 1.* got 60"),
        ({"mean_load": 0.3}, "one target of load or service, got 'load', 'mean_load'"),
        ({"nodes": 4}, "load, share and nodes say one of them twice"),
        ({"nodes": 2.5}, "nodes must be a whole number of nodes from 1 to 1,000,000, got 2.5"),
        ({"reserve": -1}, "reserve must be a whole number of nodes from 0"),
        ({"idle": "of"}, "idle must be one of 'on', 'off', got 'of'.*Did you mean 'off'"),
        ({"share": "most"}, "share must be a number from 0 to 1, or 'rest', got 'most'"),
        ({"share": 70}, "share must be from 0 to 1, or 'rest', got 70"),
        ({"share": {"chat": -0.1}}, "share of class 'chat' must be from 0 to 1"),
        ({"share": {"chat": 0.1}, "classes": ["chat"]}, "share by class says which classes"),
        ({"classes": "chat"}, "classes must be a list of names of classes"),
        ({"hardware": ["H100 SXM", "B200"]}, "hardware must be one value for one pool"),
        ({"pue_by_load": {30: 1.4, 100: 1.2}}, "loads from 0 to 1.* got 30"),
        ({"pue_by_load": {0.3: 14, 1: 1.2}}, "pue.*14"),
        ({"pue_by_load": 1.2}, "pue_by_load must be a table of two loads or more"),
        ({"pue": 1.2, "pue_by_load": {0: 1.4, 1: 1.2}}, "pue and pue_by_load both"),
        ({"max_sequences": 0}, "max_sequences must be a whole number"),
        ({"loads": 0.5}, "pool 'h100' has no key 'loads'.*Did you mean 'load'"),
    ],
)
def test_what_makes_no_sense_is_said_of_its_pool(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        Pool.from_dict({**H100, **change}, "h100")
    assert "pool 'h100'" in str(raised.value)


@pytest.mark.parametrize(
    ("pools", "classes", "message"),
    [
        ({"h100": H100}, None, "class 'chat': the shares of its pools must sum to 1, got h100 = 0.7"),
        ({"a": H100, "b": H100}, None, "must sum to 1, got a = 0.7, b = 0.7, which is 1.4"),
        ({"a": {**H100, "share": "rest"}, "b": {**H100, "share": None}}, None, "one pool at most takes the rest"),
        ({"a": {"hardware": "B200"}}, None, "pool 'a' must say how busy its instances are"),
        ({"a": {**H100, "share": {"code": 1}}}, None, "pool 'a' serves 'code', which is no class"),
        ({"a": {**H100, "share": 1}}, {"chat": {**CHAT, "load": 0.5}}, "class 'chat' states load = 0.5.*for its pools"),
        ({"a": {"hardware": "B200", "load": 0.5, "nodes": 4}}, None, "no pool takes the rest"),
        ([1], None, "pools must be a dict of pools by name"),
    ],
)
def test_pools_serve_all_queries_once(pools: Any, classes: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        scenario(pools, classes)


def test_nodes_that_serve_what_they_can_need_pools_of_the_same_classes() -> None:
    able, rest = {"hardware": "B200", "load": 0.5, "nodes": 4}, {"hardware": "H100 SXM", "load": 0.5}
    classes = {"chat": {**CHAT, "share": 0.5}, "code": {**CHAT, "share": 0.5}}
    scenario({"able": able, "rest": rest}, classes)
    with pytest.raises(InputError, match=r"pool 'able' serves what its nodes can.*for pool 'rest'"):
        scenario({"able": able, "rest": {**rest, "classes": ["chat"]}}, classes)


def test_an_axis_says_what_a_pool_does_once() -> None:
    pools = {"h100": {**H100, "share": 1}}
    with pytest.raises(InputError, match="axes has 'load', and pool 'h100' states it as well"):
        Scenario.from_dict(scenario(pools).to_dict() | {"axes": {"load": [0.2, 0.4]}}, "ours")
    with pytest.raises(InputError, match="concurrency is no axis of a fleet with pools"):
        scenario(pools, axes={"concurrency": [4, 8]})
    fixed = {"h100": {"hardware": "B200", "nodes": 4, "share": 1}}
    with pytest.raises(InputError, match="has nodes and a share of the queries, from which its load follows"):
        scenario(fixed, axes={"load": [0.2, 0.4]})


def test_changes_replace_keys_and_another_target_the_one_before() -> None:
    pools = {"h100": Pool(**H100), "b200": Pool("B200", load=0.5)}
    changes = {"h100": {"interactivity": 30, "reserve": 2}, "b200": None, "new": {"hardware": "B200", "load": 0.4}}
    changed = changed_pools(pools, changes, {"max_sequences": 64})
    assert changed["h100"] == Pool(
        "H100 SXM", precision="FP8", interactivity=30, share=0.7, reserve=2, max_sequences=64
    )
    assert list(changed) == ["h100", "new"]
    with pytest.raises(InputError, match=r"leaves out 'h10', which is no pool.*Did you mean 'h100'"):
        changed_pools(pools, {"h10": None}, {})
    with pytest.raises(InputError, match=r"pool 'h100' must be a dict with the keys .* got 5"):
        changed_pools(pools, {"h100": 5}, {})
    with pytest.raises(InputError, match=r"has 'h10', which is no pool.*states no hardware.*Did you mean 'h100'"):
        changed_pools(pools, {"h10": {"load": 0.5}}, {})
