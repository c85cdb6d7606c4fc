"""Scenarios under load: what classes say of instances, written and read, and files of models and accelerators."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path

import pytest

import wattquery as wq
from model_configs import LLAMA_70B
from wattquery import scenarios
from wattquery.scenarios import QueryClass, Scenario

SHEET = {"name": "X1", "memory_gb": 192, "bandwidth_tbps": 6, "fp16_tflops": 1500, "tdp_w": 900}
SIZES = {"name": "Big", "total_parameters": 200, "active_parameters": 20}
CHAT = QueryClass(
    0.5,
    SIZES,
    hardware=SHEET,
    accelerators=4,
    load=0.3,
    output_tokens=300,
    cached_tokens=0.5,
    batch_workload={"azure_code": 1, "agent": 3},
    kv_precision="FP8",
    max_sequences=64,
    speculation="unknown",
)
CODE = QueryClass("rest", ["Llama 3.1 70B", wq.Model("DeepSeek-R1")], hardware="H200 SXM", concurrency=16)
MINE = Scenario("mine", {"chat": CHAT, "code": CODE}, 1e6)

FILE = """
queries_per_day = 1e6
[classes.chat]
share = 0.5
model = "mine/config.json"
hardware = "x1.toml"
workload = "azure_conversation"
[classes.code]
share = "rest"
model = { config = "mine/config.json", name = "Ours" }
hardware = { name = "X2", memory_gb = 192, bandwidth_tbps = 6, fp16_tflops = 1500, tdp_w = 900 }
workload = "azure_code"
[axes]
load = [0.1, "0.5"]
"""


def test_what_a_class_says_of_its_instances_is_written_and_read() -> None:
    plain = json.loads(json.dumps(MINE.to_dict()))
    back = Scenario.from_dict(plain, "mine")
    assert back.to_dict() == MINE.to_dict()
    assert back.classes["chat"] == CHAT
    assert plain["classes"]["chat"]["model"] == {one: SIZES[one] for one in SIZES}
    assert plain["classes"]["code"]["model"] == {"Llama 3.1 70B": 0.5, "DeepSeek-V3 / R1 / V3.1": 0.5}
    assert isinstance(back.classes["chat"].hardware, wq.Accelerator)
    assert pickle.loads(pickle.dumps(MINE)) == copy.deepcopy(MINE) == MINE
    ours, theirs = (wq.fleet(one, structural=False, shared_draws=256) for one in (MINE, back))
    assert ours.identical(theirs)


def test_a_file_names_models_and_accelerators_beside_it(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "config.json").write_text(json.dumps(LLAMA_70B))
    (tmp_path / "x1.toml").write_text("\n".join(f"{name} = {json.dumps(value)}" for name, value in SHEET.items()))
    (tmp_path / "mine.toml").write_text(FILE)
    ds = wq.fleet(tmp_path / "mine.toml", structural=False, shared_draws=256)
    assert ds["load"].values.tolist() == [0.1, 0.5]
    assert ds["extrapolated"].values.all()  # accelerators of one's own
    assert (ds["energy_per_day"].values > 0.0).all()


def test_axes_of_a_file_name_accelerators(tmp_path: Path) -> None:
    (tmp_path / "x1.toml").write_text("\n".join(f"{name} = {json.dumps(value)}" for name, value in SHEET.items()))
    (tmp_path / "mine.toml").write_text(
        "queries_per_day = 1e6\n[classes.chat]\nshare = 1\nmodel = 'Llama 3.1 70B'\nload = 0.5\n"
        "[axes]\nhardware = ['H100 SXM', 'x1.toml']"
    )
    ds = wq.fleet(tmp_path / "mine.toml", structural=False, shared_draws=256)
    assert ds["hardware"].values.tolist() == ["H100 SXM", "X1"]


def test_a_load_of_an_axis_is_that_of_all_classes() -> None:
    plain = {"chat": QueryClass(1, "Llama 3.1 70B", hardware="H100 SXM")}
    assert not Scenario("a", plain, 1e6).is_under_load
    assert Scenario("a", plain, 1e6, axes={"load": [0.5]}).is_under_load
    assert MINE.is_under_load
    with pytest.raises(wq.InputError, match="All classes must state a load or concurrency, or none of them"):
        Scenario("a", {**plain, "chat": QueryClass(0.5, "Llama 3.1 70B"), "code": CODE}, 1e6)
    with pytest.raises(wq.InputError, match="occupancy must be left out under a load"):
        Scenario("a", MINE.classes, 1e6, occupancy=0.7)


def test_a_point_of_the_axes_of_shares_takes_the_rest_as_the_table_does() -> None:
    three = {name: QueryClass(1 / 4, "Llama 3.1 70B") for name in "abc"} | {"rest": QueryClass("rest", "Llama 3.1 70B")}
    mine = Scenario("mine", three, 1e6, axes={"a_share": [0, 0.5], "b_share": [0.1], "pue": [1.1, 1.2]})
    point = mine.at_shares({"a": 0.5, "b": 0.1})
    assert point.shares == pytest.approx({"a": 0.5, "b": 0.1, "c": 0.25, "rest": 0.15})
    assert point.axes == {"pue": [1.1, 1.2]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"load": 1.5}, "load"),
        ({"concurrency": [1, 2]}, "concurrency must be one value for one class of queries"),
        ({"kv_precision": "FP3"}, "kv_precision must be one of"),
        ({"max_sequences": 0}, "max_sequences must be a whole number"),
        ({"speculation": "maybe"}, "speculation must be one of"),
        ({"batch_workload": {"azure_code": -1}}, "batch_workload must be a workload"),
        ({"batch_workload": [["azure_code"]]}, "batch_workload|workload must be"),
        ({"hardware": {"name": "X1", "memory": 3}}, "memory"),
        ({"model": {"total_parameters": 70}}, "name"),
        ({"model": [SIZES, SIZES]}, "different names of the catalog"),
    ],
    ids=str,
)
def test_what_a_class_must_not_say(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(wq.InputError, match=message):
        QueryClass(1, **{"model": "Llama 3.1 70B", **arguments})  # type: ignore[arg-type]  # wrong on purpose


def test_a_model_from_a_configuration_has_no_place_in_a_file() -> None:
    own = wq.Model.from_config({**LLAMA_70B, "num_hidden_layers": 70}, name="Mine")
    with pytest.raises(wq.InputError, match="was made from a configuration, which a file cannot hold"):
        Scenario("mine", {"chat": QueryClass(1, own, hardware="H100 SXM", load=0.5)}, 1e6).to_dict()
    weighted = QueryClass(1, {own: 0.3, wq.Model("X", total_parameters=7): 0.7}, hardware="H100 SXM", load=0.5)
    assert [name.label for name, _ in weighted.members] == ["Mine", "X"]
    with pytest.raises(wq.InputError, match=r"weights of wq\.Model objects"):
        weighted.to_dict()


def test_the_shipped_one_is_the_papers_mix_at_three_loads() -> None:
    one = scenarios.load("mixed-under-load")
    assert one.is_under_load
    assert one.shares == scenarios.load("mixed").shares
    assert one.axes == {"load": [0.1, 0.5, 1.0]}
