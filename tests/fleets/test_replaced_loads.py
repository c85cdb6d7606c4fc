"""A load in the place of what a scenario says of how busy its nodes are."""

from __future__ import annotations

import pytest

import wattquery as wq
from wattquery.scenarios import Scenario

CHAT = {"share": 1, "model": "Llama 3.1 70B"}
OURS = Scenario("ours", {"chat": CHAT}, 1e6, occupancy=0.5)
FAST = {"structural": False, "shared_draws": 256}


def test_a_load_takes_the_place_of_a_concurrency_and_of_an_occupancy() -> None:
    by_load = wq.fleet(OURS, hardware="H100 SXM", load=0.5, **FAST)
    assert by_load["instances"] > 0.0
    loaded = {"chat": {"share": 1, "model": "Llama 3.1 70B", "hardware": "H100 SXM", "load": 0.5}}
    other = wq.fleet(Scenario("loaded", loaded, 1e6), concurrency=4, **FAST)
    assert "replaced: concurrency" in other.attrs["scenario_title"]
    with pytest.raises(wq.InputError, match="occupancy must be left out under a load"):
        wq.fleet(OURS, hardware="H100 SXM", load=0.5, occupancy=0.5, **FAST)
