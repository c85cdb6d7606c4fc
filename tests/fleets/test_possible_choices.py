"""A look at a few points leaves out the choices that the whole leaves out, and says the same of them."""

from __future__ import annotations

from typing import Any

import pytest

import wattquery as wq
from wattquery import catalog
from wattquery.fleets import possible_choices as module
from wattquery.fleets.structural_choices import TrimmedShares, evaluated_choices
from wattquery.methods.exact import length_pairs
from wattquery.scenarios.query_class import QueryClass

FEW = wq.Exponential(median=20)
NARROW, WIDE = wq.LogNormal(p5=1.09, p95=1.11), wq.LogNormal(p5=1.05, p95=1.6)
LONG = QueryClass(share=1, model="frontier", output_tokens=FEW)


@pytest.mark.parametrize(
    ("most", "pue", "is_left_out"),
    [(10**5, WIDE, True), (2**26, WIDE, False), (10**5, {"a": WIDE, "b": NARROW}, True)],
    ids=["too many components", "few components", "on an axis"],
)
def test_a_look_leaves_out_what_the_whole_does(
    most: int, pue: Any, is_left_out: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    axes = {"pue": pue, "input_tokens": FEW, "power_utilization": wq.LogNormal(p5=0.5, p95=0.6)}
    scenario = wq.scenarios.Scenario("chats", {"long": LONG}, 1e4, preset="v2-code", axes=axes)
    presets = [catalog.preset("v2-code")]
    monkeypatch.setattr(module, "TRIMMED", TrimmedShares())
    monkeypatch.setattr(length_pairs, "MOST_COMPONENTS", most)
    whole = evaluated_choices(scenario, presets, TrimmedShares(), None)
    possible, left_out = module.possible_choices(scenario, presets)
    assert possible == list(whole.means)
    assert left_out == list(whole.left_out)
    assert any("components" in one for one in left_out) == is_left_out
