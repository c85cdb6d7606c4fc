"""Levers and power rules."""

from __future__ import annotations

import json
import math

import pytest

from wattquery.errors import InputError, InputTypeError
from wattquery.specs import (
    Distribution,
    Empirical,
    Exponential,
    Fixed,
    Lever,
    LogNormal,
    Normal,
    ThroughputProportional,
    Triangular,
    Truncated,
    Uniform,
)

MODEL = LogNormal(p5=1.5, p95=10)


@pytest.mark.parametrize(
    "factor",
    [
        MODEL,
        1,
        2.5,
        Uniform(low=0.5, high=2),
        Triangular(low=1, mode=2, high=3),
        Normal(mu=3, sigma=0.1),
        Truncated(Normal(mu=1, sigma=1), low=1),
        Truncated(Normal(mu=3, sigma=0.1), high=3),
        Truncated(MODEL, high=12),
        Truncated(Exponential(median=2), low=1),
        Empirical([1, 2, 3]),
    ],
)
def test_positive_factors_make_levers_that_can_be_written_and_read(factor: Distribution | float) -> None:
    lever = Lever(" serving ", factor)
    assert lever.name == lever.label == "serving"
    assert isinstance(lever.distribution, Distribution)
    assert Lever.from_dict(json.loads(json.dumps(lever.to_dict()))) == lever
    assert lever.to_dict()["lever"] == "serving"


def test_dicts_and_numbers_stand_for_distributions() -> None:
    assert Lever("a", 2).distribution == Fixed(2)
    assert Lever("a", MODEL.to_dict()).distribution == MODEL
    assert Lever.from_dict({"lever": "a", "distribution": 2}) == Lever("a", 2)


def test_a_lever_says_what_it_changes() -> None:
    lever = Lever("ours", 2, kind=" Speculation ")
    assert (lever.kind, lever.acts_on) == ("speculation", "speculation")
    assert lever.to_dict()["kind"] == "speculation"
    assert Lever.from_dict(json.loads(json.dumps(lever.to_dict()))) == lever
    assert "kind" not in Lever("ours", 2).to_dict()
    assert (Lever("eagle", 2).kind, Lever("eagle", 2).acts_on) == (None, "speculation")
    assert Lever("eagle", 2, kind="other").acts_on == "other"
    for kind in ("speculatoin", "", 3, ["precision"]):
        with pytest.raises(InputError, match=r"Lever 'ours': kind must be one of 'speculation', .* got") as caught:
            Lever("ours", 2, kind=kind)
        assert "'other' if it is none of these" in str(caught.value)
    with pytest.raises(InputError, match="Did you mean 'precision'"):
        Lever("ours", 2, kind="precison")


@pytest.mark.parametrize(
    ("name", "factor", "error", "parts"),
    [
        ("", 2, InputError, ["name must", "got ''", "Choose another"]),
        ("  ", 2, InputError, ["empty"]),
        ("a+b", 2, InputError, ["'a+b'", "without '+'"]),
        ("none", 2, InputError, ["'none'", "Choose another"]),
        ("None", 2, InputError, ["'None'"]),
        (3, 2, InputTypeError, ["name must be text, got 3", "quotes"]),
        ("a", 0.5, InputError, ["'a'", "0.5", "within 1 to", "write 2"]),
        ("a", "2", InputTypeError, ["Lever 'a'", "'2'", "without quotes"]),
        ("a", Normal(mu=1, sigma=1), InputError, ["Normal(mu=1, sigma=1)", "above 0", "Truncated"]),
        ("a", Uniform(low=-1, high=2), InputError, ["above 0", "Truncated"]),
        ("a", Uniform(low=0, high=2), InputError, ["above 0", "Truncated"]),
        ("a", Exponential(median=2), InputError, ["above 0", "Truncated"]),
        ("a", Truncated(Exponential(median=2), high=3), InputError, ["above 0"]),
        ("a", Empirical([0, 2]), InputError, ["above 0"]),
        ("a", Uniform(low=-2, high=-1), InputError, ["Give factors above 1"]),
    ],
)
def test_refused_levers(name: object, factor: object, error: type, parts: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        Lever(name, factor)
    assert type(caught.value) is error
    for part in ["Lever", *parts]:
        assert part in str(caught.value)


@pytest.mark.parametrize(("base", "span"), [(0.24, 0.56), (1, 0), (0.3, 0.7), (1.1 - 0.2, 0.1)])
def test_power_rules_can_be_written_and_read(base: float, span: float) -> None:
    rule = ThroughputProportional(base=base, span=span)
    assert eval(rule.label) == rule
    assert str(rule) == rule.label
    written = json.loads(json.dumps(rule.to_dict()))
    assert written["power_utilization"] == "ThroughputProportional"
    assert ThroughputProportional.from_dict(written) == rule


@pytest.mark.parametrize(
    ("base", "span", "error", "part"),
    [
        (0, 0.5, InputError, "base=0"),
        (-0.1, 0.5, InputError, "base=-0.1"),
        (0.5, -0.1, InputError, "span=-0.1"),
        (0.5, 0.6, InputError, "base=0.5, span=0.6"),
        (24, 56, InputError, "base + span <= 1"),
        (math.nan, 0.5, InputError, "base must be a finite number, got nan"),
        ("0.2", 0.5, InputTypeError, "base must be a finite number, got '0.2'"),
        (0.2, True, InputTypeError, "span must be a finite number, got True"),
    ],
)
def test_refused_power_rules(base: object, span: object, error: type, part: str) -> None:
    with pytest.raises(InputError, match="ThroughputProportional") as caught:
        ThroughputProportional(base=base, span=span)
    assert type(caught.value) is error
    assert part in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "entries", "error", "parts"),
    [
        (Lever, {"lever": "a"}, InputError, ["without 'distribution'", "Add"]),
        (Lever, {"levr": "a", "distribution": 2}, InputError, ["'levr'", "Did you mean 'lever'?"]),
        (Lever, "serving", InputTypeError, ["'serving'", "must be a dict"]),
        (ThroughputProportional, {"base": 0.2, "span": 0.1}, InputError, ["without 'power_utilization'"]),
        (
            ThroughputProportional,
            {"power_utilization": "ThroughputProportionl", "base": 0.2, "span": 0.1},
            InputError,
            ["got 'ThroughputProportionl'", "Did you mean 'ThroughputProportional'?"],
        ),
        (
            ThroughputProportional,
            {"power_utilization": "ThroughputProportional", "base": 0.2, "spam": 0.1},
            InputError,
            ["'spam'", "Did you mean 'span'?"],
        ),
        (ThroughputProportional, 3, InputTypeError, ["got 3", "must be a dict"]),
    ],
)
def test_refused_dicts(kind: type, entries: object, error: type, parts: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        kind.from_dict(entries)
    assert type(caught.value) is error
    for part in parts:
        assert part in str(caught.value)
