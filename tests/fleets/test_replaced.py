"""Arguments in the place of what a scenario says: what it said of levers and loads that are used no more is gone."""

from __future__ import annotations

import pytest

import wattquery as wq
from wattquery.scenarios import Scenario

CHAT = {"share": 1, "model": "Llama 3.1 70B", "levers": "ours+serving", "lever_factors": {"ours": 2.0}}
OURS = Scenario("ours", {"chat": CHAT}, 1e6, node_time_levers=("ours", "serving"), occupancy=0.5)
FAST = {"structural": False, "shared_draws": 256}


def test_levers_are_replaced_with_what_was_said_of_them() -> None:
    none, plain = wq.fleet(OURS, levers="none", **FAST), wq.fleet(OURS, levers="ours", **FAST)
    assert none["energy_per_day"] == pytest.approx(2.0 * float(plain["energy_per_day"]))
    assert none["nodes"] == pytest.approx(2.0 * float(plain["nodes"]))


def test_a_slip_of_the_pen_in_what_is_kept_is_told() -> None:
    slip = Scenario("slip", {"chat": {**CHAT, "lever_factors": {"ours": 2.0, "srving": 3.0}}}, 1e6)
    with pytest.raises(wq.InputError, match=r"lever_factors names 'srving'.*Did you mean 'serving'"):
        wq.fleet(slip, levers="none", **FAST)


def test_a_load_takes_the_place_of_a_concurrency_and_of_an_occupancy() -> None:
    by_load = wq.fleet(OURS, hardware="H100 SXM", load=0.5, **FAST)
    assert by_load["instances"] > 0.0
    loaded = {"chat": {"share": 1, "model": "Llama 3.1 70B", "hardware": "H100 SXM", "load": 0.5}}
    other = wq.fleet(Scenario("loaded", loaded, 1e6), concurrency=4, **FAST)
    assert "replaced: concurrency" in other.attrs["scenario_title"]
    with pytest.raises(wq.InputError, match="occupancy must be left out under a load"):
        wq.fleet(OURS, hardware="H100 SXM", load=0.5, occupancy=0.5, **FAST)
