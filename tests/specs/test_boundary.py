"""Boundaries and their steps: labels, dicts, and what is refused."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import wattquery as wq
from wattquery.specs.axis import parse_axis
from wattquery.specs.boundary import Boundary, Step

IDLE = Step(" idle ", 1.1, source="a report")
ALL = [
    Boundary("facility"),
    Boundary("node", steps=[IDLE, Step("cooling", wq.LogNormal(1.05, 1.2))]),
    Boundary("accelerator", wq.LogNormal(0.55, 0.73), [IDLE], share_source="a data sheet"),
    Boundary("accelerator", 1),
]


@pytest.mark.parametrize("one", ALL, ids=str)
def test_what_is_written_is_read_back(one: Boundary) -> None:
    assert Boundary.from_dict(one.to_dict()) == one
    assert pickle.loads(pickle.dumps(one)) == one
    assert hash(one) == hash(Boundary.from_dict(one.to_dict()))


def test_labels_and_dicts_are_golden() -> None:
    assert [one.label for one in ALL] == ["facility", "node+idle+cooling", "accelerator+idle", "accelerator"]
    assert [one.counts_pue for one in ALL] == [True, False, False, False]
    assert ALL[1].to_dict()["steps"][0] == {
        "step": "idle",
        "factor": {"distribution": "Fixed", "value": 1.1},
        "source": "a report",
    }
    assert ALL[1].sources == {"idle": "a report", "cooling": "not stated"}
    assert ALL[2].definition == "node energy * accelerator_share LogNormal(p5=0.55, p95=0.73) * idle 1.1"


def test_a_dict_that_describes_one_boundary_is_no_axis() -> None:
    axis = parse_axis("boundary", ALL[1].to_dict(), Boundary.from_dict)
    assert (axis.is_dimension, axis.labels) == (False, ("node+idle+cooling",))


@pytest.mark.parametrize(
    ("name", "factor", "error", "message"),
    [
        ("idle", 0.99, ValueError, "factor must be within 1 to 100, got 0.99.*a lever"),
        ("idle", 0, ValueError, "must be above 0, got"),
        ("idle", wq.Normal(1.2, 0.5), ValueError, "can be as low as"),
        ("idle", wq.Uniform(-1, 2), ValueError, "can be as low as"),
        ("idle", "1.1", TypeError, "factor"),
        ("", 1.1, ValueError, "neither empty nor.*got ''"),
        ("a+b", 1.1, ValueError, "joins steps"),
        ("node", 1.1, ValueError, "say what is counted"),
        (3, 1.1, TypeError, "name must be text, got 3"),
    ],
)
def test_refused_steps(name: Any, factor: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        Step(name, factor)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("facilty",), ValueError, "Did you mean 'facility'"),
        (("facility+idle",), ValueError, "Pass steps as"),
        ((None,), TypeError, "must be text, .*got None"),
        (("accelerator", 1.01), ValueError, "within 0.001 to 1.*got"),
        (("accelerator", wq.LogNormal(0.8, 0.95)), ValueError, "within 0.001 to 1.*got"),
        (("accelerator", wq.Uniform(0.5, 1.1)), ValueError, "within 0.001 to 1.*got"),
        (("accelerator", 0), ValueError, "must be above 0, got"),
        (("accelerator", -0.5), ValueError, "must be above 0, got"),
        (("accelerator", "0.7"), TypeError, "accelerator_share"),
        (("node", 0.7), ValueError, "counted = 'node', which does not use it"),
        (
            ("facility", None, [IDLE, IDLE]),
            ValueError,
            "got 'facility[+]idle[+]idle', which names 'idle' more than once",
        ),
        (("facility", None, IDLE), TypeError, "a list of wq.Step"),
        (("facility", None, ["idle"]), TypeError, "steps must hold wq.Step.*got 'idle'"),
        (("facility", None, (), 3), TypeError, "share_source must be text, got 3"),
    ],
)
def test_refused_boundaries(arguments: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        Boundary(*arguments)
    with pytest.raises(TypeError, match="source must be text, got 3"):
        Step("idle", 1.1, 3)


def test_spaces_in_a_name_are_not_in_its_label() -> None:
    ds = wq.sweep("Llama 3.1 70B", boundary=[" node ", "facility + idle_reserve"], method="exact")
    assert ds["boundary"].values.tolist() == ["node", "facility+idle_reserve"]
    with pytest.raises(wq.InputError, match="'node' more than once"):
        wq.sweep("Llama 3.1 70B", boundary=["node", " node"], method="exact")


def test_a_plus_with_nothing_behind_it() -> None:
    with pytest.raises(wq.InputError, match=r"name a step behind each '\+'"):
        wq.sweep("Llama 3.1 70B", boundary="facility+", method="exact")
