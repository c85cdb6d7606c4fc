"""What becomes an axis, and how its values are labelled."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import wattquery.specs as ws
from wattquery.errors import InputError, InputTypeError
from wattquery.specs import ALL, Axis, Exponential, Fixed, Lever, LogNormal, as_distribution, parse_axis

PUE = LogNormal(p5=1.05, p95=1.6)
PUE_LABEL = "LogNormal(p5=1.05, p95=1.6)"


def spec(value: object) -> object:
    return as_distribution(value, "pue")


def same(value: object) -> object:
    return value


@pytest.mark.parametrize(
    ("written", "labels"),
    [
        ([500, 1000], (500, 1000)),
        ((500, 1000), (500, 1000)),
        (range(500, 1001, 500), (500, 1000)),
        (np.array([500, 1000]), (500, 1000)),
        ([np.int64(500), np.int32(1000)], (500, 1000)),
        ([500, 1000.0], (500.0, 1000.0)),
        (np.array([1.1, 1.2]), (1.1, 1.2)),
        ([1.1], (1.1,)),
        ([PUE, 1.1], (PUE_LABEL, "1.1")),
        ([PUE.to_dict(), 2], (PUE_LABEL, "2")),
        ({"wide": PUE, "narrow": 1.1}, ("wide", "narrow")),
        ({1: PUE, 2: 1.1}, (1, 2)),
        ({1: PUE, 2.5: 1.1}, (1.0, 2.5)),
        ({np.int64(1): PUE}, (1,)),
    ],
)
def test_lists_and_dicts_are_dimensions(written: object, labels: tuple) -> None:
    axis = parse_axis("pue", written, spec)
    assert axis.labels == labels
    assert [type(label) for label in axis.labels] == [type(label) for label in labels]
    assert axis.is_dimension
    assert axis.size == len(axis.values) == len(labels)
    assert axis.name == "pue"
    raw = list(written.values()) if isinstance(written, dict) else list(written)
    assert axis.values == tuple(spec(one) for one in raw)


@pytest.mark.parametrize(
    ("written", "label"),
    [
        (500, 500),
        (1.1, 1.1),
        (np.int64(500), 500),
        (np.float64(1.5), 1.5),
        (np.array(1.5), 1.5),
        (PUE, PUE_LABEL),
        (PUE.to_dict(), PUE_LABEL),
    ],
)
def test_anything_else_is_a_scalar(written: object, label: object) -> None:
    axis = parse_axis("pue", written, spec)
    assert axis.labels == (label,)
    assert type(axis.labels[0]) is type(label)
    assert not axis.is_dimension
    assert axis.size == 1


def test_names_are_their_own_labels() -> None:
    assert parse_axis("model", "DeepSeek-R1", same).labels == ("DeepSeek-R1",)
    axis = parse_axis("model", np.array(["a", "b"]), same)
    assert axis.labels == axis.values == ("a", "b")
    assert all(type(label) is str for label in axis.labels)


def test_written_text_beats_the_label_of_what_it_stands_for() -> None:
    lever = Lever("serving", 2)
    assert parse_axis("levers", ["none"], lambda _: lever).labels == ("none",)
    assert parse_axis("levers", [lever], same).labels == ("serving",)


@pytest.mark.parametrize("key", ["distribution", "power_utilization", "lever"])
def test_dict_that_describes_one_value_is_a_scalar(key: str) -> None:
    assert not parse_axis("x", {key: "X"}, lambda _: Fixed(1)).is_dimension


@pytest.mark.parametrize(
    ("written", "error", "parts"),
    [
        ([], InputError, ["pue must", "got []", "empty", "at least one"]),
        ((), InputError, ["empty"]),
        ({}, InputError, ["pue must", "got {}", "at least one"]),
        (np.array([]), InputError, ["empty"]),
        ([1, 2, 1], InputError, ["pue", "1 more than once", "all different", "dict"]),
        ([1, 1.0], InputError, ["1.0 more than once"]),
        ([PUE, PUE], InputError, [PUE_LABEL, "more than once"]),
        ({"a": 1, 2: 1}, InputError, ["'a', 2", "all text or all numbers"]),
        ({None: 1}, InputError, ["None", "all text or all numbers"]),
        ({True: 1}, InputError, ["True", "all text or all numbers"]),
        (np.ones((2, 3)), InputTypeError, ["(2, 3)", "1-D array", "ravel"]),
        ({1, 2}, InputTypeError, ["{1, 2}", "set", "list("]),
        ((x for x in (1, 2)), InputTypeError, ["generator", "list("]),
        ({"a": 1}.values(), InputTypeError, ["dict_values", "list("]),
        (b"abc", InputTypeError, ["bytes"]),
        ("1.1", InputTypeError, ["'1.1'", "without quotes"]),
        ([1.1, [1.2]], InputTypeError, ["[1.2]"]),
        ([True, False], InputTypeError, ["pue must be a finite number", "got True"]),
        (None, InputTypeError, ["pue must be a finite number", "got None"]),
    ],
)
def test_refusals_say_what_must_be_and_what_was_given(written: object, error: type, parts: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        parse_axis("pue", written, spec)
    assert type(caught.value) is error
    for part in parts:
        assert part in str(caught.value)


def test_axis_is_frozen() -> None:
    axis = parse_axis("output_tokens", Exponential(median=300), spec)
    with pytest.raises(AttributeError):
        axis.name = "input_tokens"
    assert axis == Axis("output_tokens", ("Exponential(median=300)",), (Exponential(300),), is_dimension=False)


def test_all_stays_one_object() -> None:
    assert repr(ALL) == "wq.ALL"
    assert pickle.loads(pickle.dumps(ALL)) is ALL
    assert copy.copy(ALL) is ALL
    assert copy.deepcopy([ALL])[0] is ALL
    assert ws.ALL is ALL


def test_what_a_file_describes_is_labelled_by_its_own_name():
    class Described:
        label, is_described = "Mine", True

    class Named(Described):
        is_described = False

    assert parse_axis("model", "mine/config.json", lambda _: Described()).labels == ("Mine",)
    assert parse_axis("model", ["an alias"], lambda _: Named()).labels == ("an alias",)


@pytest.mark.parametrize("described", [{"config": "x.json"}, {"name": "x", "total_parameters": 7}, {"memory_gb": 80}])
def test_a_dict_that_describes_a_model_or_an_accelerator_is_one_value(described):
    axis = parse_axis("model", described, str)
    assert not axis.is_dimension
    assert parse_axis("model", [described, "y"], str).size == 2
