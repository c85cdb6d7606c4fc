"""Which names of steps tell idle capacity, which tell something else, and which tell nothing."""

from __future__ import annotations

import pytest

from wattquery.specs.idle_names import tells_idle, tells_nothing

IDLE = [
    "idle", "idle_reserve", "Idling", "standby", "stand-by", "Stand By machines", "hot spares", "spare capacity",
    "reserve", "reserved instances", "capacity reservation", "headroom", "slack", "unused GPUs", "underutilisation",
    "low utilization", "overprovisioning", "over-provisioning", "provisioned for the peak", "redundancy", "failover",
    "N+1", "warm pool", "kept ready", "partial load", "off-peak", "unoccupied", "buffer nodes", "empty slots",
]  # fmt: skip
ELSE = [
    "network", "network and storage", "retries", "training", "moderation", "retrieval", "UPS losses", "cooling",
    "end-user device", "web front end", "logging",
]  # fmt: skip
NOTHING = ["factor_1", "ours", "margin", "overhead", "groups", "", "省エネ"]


@pytest.mark.parametrize("name", IDLE)
def test_names_of_idle_capacity(name: str) -> None:
    assert tells_idle(name)
    assert not tells_nothing(name)


@pytest.mark.parametrize("name", ELSE)
def test_names_of_something_else(name: str) -> None:
    assert not tells_idle(name)
    assert not tells_nothing(name)


@pytest.mark.parametrize("name", NOTHING)
def test_names_that_tell_nothing(name: str) -> None:
    assert tells_nothing(name)
