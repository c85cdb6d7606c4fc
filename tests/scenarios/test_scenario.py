"""Scenarios: the shipped files, files of one's own, and what is refused."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

import wattquery as wq
from wattquery import catalog, scenarios
from wattquery.scenarios import QueryClass, Scenario

ONE = {"chat": {"share": 1, "model": "frontier"}}
FILE = """
title = "Mine"
queries_per_day = 1e6
occupancy = 0.7

[classes.chat]
share = 0.75
model = { "Llama 3.1 70B" = 0.4, "Llama 3.1 405B" = 0.6 }
input_tokens = "Exponential(median=200)"

[classes.agents]
share = "rest"
model = ["DeepSeek-R1", "Llama 3.1 405B"]
output_tokens = 4000
levers = "serving+caching"
lever_factors.caching = { distribution = "Uniform", low = 1.2, high = 2.0 }

[overhead]
network = 1.05
spare = { factor = "LogNormal(p5=1.05, p95=1.2)", source = "own records" }

[load_profile]
"00-08" = 0.5
"08-24" = 1.25
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "mine.toml"
    found.write_text(FILE)
    return found


OURS = {"two-pools"}
"""Shipped scenarios that are not made of the paper's mix."""


@pytest.mark.parametrize("name", scenarios.names())
def test_shipped_ones_load_and_say_where_they_are_from(name: str) -> None:
    scenario = scenarios.load(name)
    assert scenario.title
    assert ("2509.20241" in scenario.source) == (name not in OURS)
    assert scenario.source
    assert pickle.loads(pickle.dumps(scenario.shares)) == scenario.shares


@pytest.mark.parametrize("name", sorted({*scenarios.names()} - OURS))
def test_the_overhead_is_the_papers_and_says_that_nobody_explains_it(name: str) -> None:
    overhead = {one.name: one for one in scenarios.load(name).overhead}
    assert {step: one.factor.mean() for step, one in overhead.items()} == catalog.preset("v2-code").fleet_overhead
    assert {one.source for one in overhead.values()} == {"not explained by the source"}


def test_the_improved_fleet_has_the_narrower_levers_of_the_preset() -> None:
    preset = catalog.preset("v2-code")
    for name, one in scenarios.load("mixed-improved").classes.items():
        assert one.levers == "serving"
        assert one.lever_factors["serving"].to_dict() == preset.fleet_serving_lever[name]


def test_a_file_of_ones_own(path: Path) -> None:
    scenario = scenarios.load(path)
    assert (scenario.name, scenario.title, scenario.queries_per_day, scenario.occupancy) == ("mine", "Mine", 1e6, 0.7)
    assert scenario.shares == {"chat": 0.75, "agents": 0.25}
    chat, agents = scenario.classes.values()
    assert chat.members == (("Llama 3.1 70B", 0.4), ("Llama 3.1 405B", 0.6))
    assert chat.input_tokens == wq.Exponential(median=200)
    assert agents.members == (("DeepSeek-R1", 0.5), ("Llama 3.1 405B", 0.5))
    assert agents.lever_factors["caching"] == wq.Uniform(1.2, 2.0)
    network, spare = scenario.overhead
    assert (network.factor, network.source) == (wq.Fixed(1.05), "not explained by the source")
    assert (spare.factor, spare.source) == (wq.LogNormal(1.05, 1.2), "own records")
    assert scenario.load_profile is not None
    assert scenario.load_profile.peak_to_mean == 1.25


def test_a_catalog_lies_beside_its_scenario(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text('catalog = "rows.csv"\n' + FILE)
    monkeypatch.chdir(path.parent.parent)
    assert scenarios.load(str(path)).catalog == str(path.parent / "rows.csv")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("share = 0.75", "share = 1.5", r"class 'chat': share must be from 0 to 1, .*got 1.5"),
        ('share = "rest"', "share = 0.3", "must sum to 1, got 1.05"),
        ("1e6", "-1e6", "queries_per_day must be above 0, .*got -1000000"),
        ("queries_per_day = 1e6", "", "without 'queries_per_day'"),
        ("queries_per_day", "queries_per_dy", "Did you mean 'queries_per_day'"),
        ("occupancy = 0.7", "occupancy = 70", "Write 80 % as 0.8"),
        ("occupancy = 0.7", "occupancy = 0", "at least 0.0001 and up to 1, got 0"),
        ('model = ["DeepSeek-R1", "Llama 3.1 405B"]', "", "without 'model'"),
        ('["DeepSeek-R1", "Llama 3.1 405B"]', '["frontier", "Llama 3.1 405B"]', "'frontier' stands alone"),
        ('["DeepSeek-R1", "Llama 3.1 405B"]', '["DeepSeek-R1", "DeepSeek-R1"]', "different names"),
        (
            '"Llama 3.1 405B" = 0.6',
            '"Llama 3.1 405B" = 0.7',
            "weights of 0 or more that sum to 1, got 0.4, 0.7",
        ),
        (
            "output_tokens = 4000",
            "output_tokens = [4000, 5000]",
            "must be one value .*Make another class of it",
        ),
        ("output_tokens", "output_token", "Did you mean 'output_tokens'"),
        ("network = 1.05", "network = 0.95", "overhead: Step 'network'.*within 1 to 100, got 0.95"),
        ("network = 1.05", "network = {}", "without 'factor'"),
        ('"00-08" = 0.5', '"00-07" = 0.5', "a gap: nothing for the hour from 7:00"),
        ("[overhead]", "[axes]\nlevers = ['none', 'model']\n[overhead]", "'agents' states it as well"),
        ("[overhead]", "[axes]\nwater = [1]\n[overhead]", "axes names 'water'"),
        ("[overhead]", "[axes]\nchats_share = [1]\n[overhead]", "Did you mean 'chat_share'"),
        ("low = 1.2", "low = 0.0", "Lever 'caching'.*can reach zero"),
        ('title = "Mine"', "title = Mine", "not valid TOML"),
        ('title = "Mine"', "title = 3", "title must be text, got 3"),
    ],
)
def test_a_file_is_refused_in_one_sentence_that_names_it(path: Path, old: str, new: str, said: str) -> None:
    assert old in FILE
    path.write_text(FILE.replace(old, new, 1))
    with pytest.raises(wq.InputError, match=said) as caught:
        scenarios.load(path)
    assert str(caught.value).startswith(str(path))


def test_missing_files_and_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(wq.InputError, match="there is no such file"):
        scenarios.load(tmp_path / "none.toml")
    with pytest.raises(wq.InputError, match="Did you mean 'mixed"):
        scenarios.load("mixd")
    with pytest.raises(wq.InputError, match=r"the file cannot be read .*embedded null"):
        scenarios.load("a\0.toml")
    with pytest.raises(wq.InputError, match="neither a name, a path nor a Scenario"):
        scenarios.load(3)
    (tmp_path / "latin.toml").write_bytes("title = 'Größe'".encode("latin-1"))
    with pytest.raises(wq.InputError, match="not UTF-8"):
        scenarios.load(tmp_path / "latin.toml")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"name": ""}, "has no name"),
        ({"classes": {}}, "at least one"),
        ({"classes": {"pue": ONE["chat"]}}, "not the name of an axis"),
        ({"classes": {"a": 3}}, "must be a dict with the keys"),
        ({"overhead": 1.1}, "must be a dict of factors by name"),
        ({"overhead": [wq.Step("a", 1.1), wq.Step("a", 1.2)]}, "must name each factor once"),
        ({"axes": ["pue"]}, "must be a dict of lists"),
        ({"node_time_levers": "model"}, "must be a list of names"),
        ({"queries_per_day": float("nan")}, "must be a finite number, got nan"),
    ],
)
def test_objects_are_checked_as_files_are(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(wq.InputError, match=said):
        Scenario(**{"name": "x", "classes": ONE, "queries_per_day": 1e6, **arguments})


def test_a_class_takes_no_axis() -> None:
    with pytest.raises(wq.InputError, match="Make an axis of the scenario"):
        QueryClass(1.0, "frontier", pue=[1.1, 1.2])
    with pytest.raises(wq.InputError, match="must be one value"):
        QueryClass(1.0, "frontier", hardware=wq.ALL)
    with pytest.raises(wq.InputError, match="must be a name, several in a list"):
        QueryClass(1.0, wq.ALL)
