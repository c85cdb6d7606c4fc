"""Whatever is passed where it has no place is refused in one line: every argument times values that none takes."""

from __future__ import annotations

import inspect
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd
import pytest

import wattquery as wq
from wattquery import scenarios
from wattquery.scenarios import Adoption, Growth, LoadProfile, QueryClass, Scenario

NEVER = {
    "array": np.ones((2, 2)),
    "object": object(),
    "bytes": b"x",
    "complex": 1 + 2j,
    "function": len,
    "set": {1, 2},
    "duration": np.timedelta64(1, "D"),
    "nan": float("nan"),
    "not available": pd.NA,
    "not a time": pd.NaT,
    "list of lists": [[1], [2]],
    "list of nothing": [None],
    "text": "no such thing\x00",
}
ODD = {**NEVER, "number in an array": np.array(3.0), "huge": 10**400, "empty": [], "nothing in a dict": {None: 1}}
DATED = {"start": "2026-01-01", "stop": "2027-01-01"}
FAST = {"shared_draws": 256, "throughput_fit": False}
CLASS = {"share": 1, "model": "Llama 3.1 405B"}
TEXTS = ("title", "source", "name")


def arguments(function: Any) -> list[str]:
    parameters = inspect.signature(function).parameters.values()
    return [one.name for one in parameters if one.kind is not one.VAR_KEYWORD]


def refused(make: Any, value: object) -> str:
    with pytest.raises(wq.InputError) as caught:
        make(value)
    said = str(caught.value)
    assert "\n" not in said or "array(" in said
    assert 20 < len(said) < 900
    return said


@pytest.mark.parametrize("name", arguments(wq.fleet))
@pytest.mark.parametrize("value", NEVER.values(), ids=NEVER)
def test_fleet(name: str, value: object) -> None:
    given: dict[str, Any] = {"structural": False, **FAST} | (
        {} if name in ("scenario", "classes") else {"scenario": "mixed"}
    )
    value = "text" if name == "progress" and callable(value) else value
    refused(lambda odd: wq.fleet(**{**given, name: odd}), value)


@pytest.mark.parametrize("name", arguments(wq.trajectory))
@pytest.mark.parametrize("value", NEVER.values(), ids=NEVER)
def test_trajectory(name: str, value: object) -> None:
    given: dict[str, Any] = {**FAST} | ({} if name in ("scenario", "classes") else {"scenario": "adoption"})
    value = "text" if name == "progress" and callable(value) else value
    refused(lambda odd: wq.trajectory(**{**given, name: odd}), value)


@pytest.mark.parametrize("name", [one.name for one in fields(QueryClass)])
@pytest.mark.parametrize("value", NEVER.values(), ids=NEVER)
def test_classes(name: str, value: object) -> None:
    def made(odd: object) -> None:
        wq.fleet(classes={"a": {**CLASS, name: odd}}, queries_per_day=1e6, structural=False, **FAST)

    refused(made, value)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        (one.name, label)
        for one in fields(Scenario)
        for label in NEVER
        if one.name != "trajectory" and not (label == "text" and one.name in TEXTS)
    ],
)
def test_scenarios(name: str, label: str) -> None:
    def made(odd: object) -> None:
        given: dict[str, Any] = {"name": "x", "classes": {"a": CLASS}, "queries_per_day": 1e6, name: odd}
        wq.fleet(Scenario(**given), structural=False, **FAST)

    refused(made, NEVER[label])


@pytest.mark.parametrize(
    "value", [one for label, one in ODD.items() if label != "text"], ids=[label for label in ODD if label != "text"]
)
def test_parts(value: object) -> None:
    """Made as objects and by their own functions."""
    refused(LoadProfile, value)
    refused(LoadProfile.parse, value)
    refused(lambda odd: Growth(None, ("2026-01-01",), odd), value)
    refused(lambda odd: Growth(None, odd, (1.0,)), value)
    refused(lambda odd: Growth(0.3).demand(odd, 1e9), value)
    refused(lambda odd: Adoption("table", odd, (0.1,)), value)
    refused(lambda odd: Adoption("table", ("2026-01-01",), odd), value)
    refused(lambda odd: Adoption(odd, ("2026-01-01",), (0.1,)), value)
    refused(lambda odd: Adoption.parse({"curve": odd}), value)
    refused(lambda odd: Adoption.parse(0.1).share(odd), value)
    refused(scenarios.text, value)
    refused(scenarios.load, value)
    refused(lambda odd: wq.fleet("mixed", shares={"long": [0.2, odd]}), value)
    refused(lambda odd: wq.fleet("mixed", overhead={"x": {"factor": 1.1, "source": odd}}), value)
    refused(lambda odd: wq.fleet("mixed", scopes={"pue": odd}, structural=False, shared_draws=256), value)


def test_what_is_refused_is_called_what_its_user_called_it() -> None:
    assert "level must lie between 0 and 1, got 2" in refused(lambda odd: wq.fleet("mixed", level=odd), [2])
    assert "threads must be a whole number from 1 to 4096, got 'two'" in refused(
        lambda odd: wq.fleet("mixed", threads=odd), "two"
    )
    message = refused(lambda odd: wq.fleet("mixed", structural=odd), "no")
    for part in ("structural", "'no'", "True", "False"):
        assert part in message
    assert "draws must be at most" in refused(lambda odd: wq.fleet("mixed", draws=odd), 10**400)
    assert "overhead has the key None" in refused(lambda odd: wq.fleet("mixed", overhead=odd), {None: 1.1})


HUGE: list[tuple[dict[str, Any], str]] = [
    ({"output_tokens": 1e308}, "output_tokens|must be at most"),
    ({"input_tokens": 1e308}, "input_tokens|must be at most"),
    ({"output_tokens": wq.Exponential(median=1e29)}, "output_tokens|must be at most"),
    ({"pue": wq.LogNormal(1.1, 1e29)}, "pue|must be at most"),
    ({"node_power": 1e300}, "node_power"),
]


@pytest.mark.parametrize(("part", "said"), HUGE)
def test_a_class_that_no_query_can_be_is_refused(part: dict[str, Any], said: str) -> None:
    given = {"classes": {"a": {**CLASS, **part}}, "queries_per_day": 1e6, "shared_draws": 256}
    with pytest.raises(wq.InputError, match=said):
        wq.fleet(**given, structural=False)
    with pytest.raises(wq.InputError, match=said):
        wq.trajectory(**given, start="2026-01-01", stop="2027-01-01")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"queries_per_day": 1e308}, "queries_per_day|at most 1e.09 GWh per day"),
        ({"overhead": {f"step {i}": 1e29 for i in range(12)}}, "factor|no finite number"),
        ({"overhead": {f"step {i}": wq.LogNormal(1e20, 1e29) for i in range(12)}}, "factor|no finite number"),
        ({"occupancy": 1e-6}, "at least 0.0001"),
    ],
)
def test_a_total_that_no_fleet_can_have_is_refused(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(wq.InputError, match=said):
        wq.fleet("mixed", **arguments, structural=False, shared_draws=256)


@pytest.mark.parametrize("height", [1e-30, 1.0, 1e30])
def test_a_load_profile_is_relative_to_any_number(height: float) -> None:
    assert LoadProfile([height] * 12 + [0.0] * 12).peak_to_mean == pytest.approx(2.0)


SPAN = {"start": "2026-01-01", "stop": "2028-01-01"}
NO_VALUES = [pd.NaT, pd.NA, np.datetime64("NaT", "s"), float("nan")]


@pytest.mark.parametrize("value", NO_VALUES, ids=str)
@pytest.mark.parametrize(
    "given",
    [
        lambda odd: {**SPAN, "start": odd},
        lambda odd: {**SPAN, "stop": odd},
        lambda odd: {"dates": [odd]},
        lambda odd: {"dates": ["2026-01-01", odd]},
        lambda odd: {**SPAN, "growth": odd},
        lambda odd: {**SPAN, "growth": [0.1, odd]},
        lambda odd: {**SPAN, "growth": {"2026-01-01": 1e9, odd: 2e9}},
        lambda odd: {**SPAN, "growth": {"2026-01-01": 1e9, "2028-01-01": odd}},
        lambda odd: {**SPAN, "rebound": odd},
        lambda odd: {**SPAN, "adoption": {"serving": odd}},
        lambda odd: {**SPAN, "adoption": {"serving": {odd: 0.1}}},
        lambda odd: {**SPAN, "adoption": {"serving": {"2026-01-01": odd}}},
        lambda odd: {**SPAN, "adoption": {"serving": {"curve": "logistic", "midpoint": odd, "years": 4}}},
        lambda odd: {**SPAN, "adoption": {"serving": {"curve": "logistic", "midpoint": "2027-01-01", "years": odd}}},
        lambda odd: {**SPAN, "step": odd},
    ],
)
def test_missing_values_are_no_dates_and_no_numbers(given: Any, value: object) -> None:
    with pytest.raises(wq.InputError):
        wq.trajectory("mixed", **given(value), shared_draws=256)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"growth": 10.0, "stop": "2200-01-01"}, "growth = 10 per year must keep demand"),
        (
            {"growth": {"2026-01-01": 1e300, "2030-01-01": 1e308}},
            "growth, 2026-01-01 must .*got 1e.300, .*too large",
        ),
        ({"rebound": 20}, "rebound must be from 0 to 10, got 20: .* write 20 % as 0.2"),
        ({"adoption": {"serving": {"curve": "logistic", "midpoint": "2027-01-01", "years": 1e-20}}}, "years must be"),
        ({"adoption": {"serving": {"curve": "logistic", "midpoint": "2027-01-01", "years": 1e20}}}, "years must be"),
    ],
)
def test_absurd_courses_are_refused(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(wq.InputError, match=said):
        wq.trajectory("mixed", **{**SPAN, **arguments}, shared_draws=256)
