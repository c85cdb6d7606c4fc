"""Grids and axes that no machine can hold are refused before they are built."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from wattquery.errors import InputError
from wattquery.quantities import AXES as GRID_AXES
from wattquery.quantities import LOAD_AXES
from wattquery.specs.axis_sizes import MOST_LABELS

MODEL = "Llama 3.1 405B"
LONG = range(1, 100_001)


class Never:
    """A converter that must not be called."""

    def __call__(self, value):
        raise AssertionError("an axis was built")


AXES = [
    range(10**12),
    range(10**30),
    np.broadcast_to(np.float64(1.0), (10**12,)),
    [1.1] * (MOST_LABELS + 1),
    dict.fromkeys(range(MOST_LABELS + 1), 1.1),
]


@pytest.mark.parametrize("values", AXES, ids=["range", "long range", "array", "list", "dict"])
def test_an_axis_is_counted_before_it_is_built(values):
    with pytest.raises(InputError, match=r"pue has .* labels; an axis may have at most 1,000,000. Pass fewer"):
        wq.specs.parse_axis("pue", values, Never())


def test_a_grid_is_counted_before_it_is_built(monkeypatch):
    monkeypatch.setattr("wattquery.specs.grid.parse_axis", Never())
    with pytest.raises(InputError, match=r"about 10\*\*20 cells \(100,000 output_tokens x 100,000 input_tokens x"):
        wq.sweep(MODEL, output_tokens=LONG, input_tokens=LONG, pue=LONG, node_power=dict.fromkeys(LONG, 1))


@pytest.mark.parametrize("values", AXES[:3], ids=["range", "long range", "array"])
@pytest.mark.parametrize(
    "call",
    [
        lambda values: wq.estimate(MODEL, output_tokens=values),
        lambda values: wq.sweep(values),
        lambda values: wq.sensitivity.sobol(MODEL, pue=values),
        lambda values: wq.fleet("mixed", pue=values),
        lambda values: wq.trajectory("mixed", start="2026-01-01", stop="2030-01-01", rebound=values),
        lambda values: wq.trajectory("mixed", dates=values),
        lambda values: wq.scenarios.Scenario("s", {"a": {"share": 1, "model": MODEL}}, 1e6, axes={"a_share": values}),
        lambda values: wq.scenarios.Scenario("s", {"a": {"share": 1, "model": values}}, 1e6),
    ],
    ids=["estimate", "sweep", "sobol", "fleet", "trajectory", "dates", "shares", "members"],
)
def test_every_door_counts_first(call, values):
    with pytest.raises(InputError) as caught:
        call(values)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("levels", [range(10**12), np.linspace(0.1, 0.9, 10_001)])
def test_levels_are_counted(levels):
    with pytest.raises(InputError, match=r"levels; at most 10,000 are allowed"):
        wq.sweep(MODEL, quantiles=levels)


@pytest.mark.parametrize("key", [float("nan"), float("inf"), float("-inf"), 10**400])
def test_labels_that_are_no_finite_numbers_are_refused(key):
    with pytest.raises(InputError, match=r"pue: label must be a finite number, .*got .*(Replace it|too large)"):
        wq.sweep(MODEL, pue={key: 1.1, 2: 1.2}, method="exact")


def test_minus_zero_is_zero():
    assert str(wq.sweep(MODEL, pue={-0.0: 1.1}, method="exact")["pue"].values.tolist()) == "[0.0]"


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("model", ["Llama 3.1 405B", "Llama 3.1 405B "]),
        ("model", {"a": MODEL, "a\u00a0": MODEL}),
        ("pue", {"\u00e9": 1.1, "e\u0301": 1.2}),
        ("levers", ["model+serving", "model+serving "]),
        ("boundary", ["node", " node"]),
        ("pue", {"A": 1.1, "\u0410": 1.2}),
    ],
    ids=ascii,
)
def test_labels_that_are_one_or_look_like_one_are_refused(argument, value):
    with pytest.raises(InputError, match=r"more than once|look the same"):
        wq.sweep(**{"model": MODEL, argument: value}, method="exact")


@pytest.mark.parametrize("argument", GRID_AXES)
@pytest.mark.parametrize("label", ["", " ", "a\u200b", "\x00", "x\x1b[0m", "\u202ea"], ids=ascii)
def test_no_axis_takes_a_label_that_cannot_be_seen(argument, label):
    good = {"model": MODEL, "levers": "none", "boundary": "node", "power_utilization": 0.5}
    good["workload"] = wq.Workload([300], [500])
    good |= dict.fromkeys(("hardware", "serving", "precision"), "a name") | {"accelerators": 8, "load": 0.5}
    beside = {"hardware": "H100 SXM", "load": 0.5} if argument in LOAD_AXES else {}
    if argument == "concurrency":
        del beside["load"]
    with pytest.raises(InputError, match=r"is empty|cannot be seen"):
        wq.sweep(
            **{
                "model": MODEL,
                **beside,
                argument: {label: good.get(argument, 1.1 if argument != "cached_tokens" else 100)},
            },
            method="exact",
        )
