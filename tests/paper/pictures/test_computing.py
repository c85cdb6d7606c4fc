"""What is computed for the figures: each sweep once, and public estimates under the paper's own assumptions."""

from __future__ import annotations

import pytest

import wattquery as wq
from wattquery.paper.pictures import computing


@pytest.fixture
def asked(monkeypatch):
    """Compute nothing; returns what was asked for, in order."""
    asked = []

    class Swept:
        def __init__(self, ds, preset, _):
            self.ds, self.preset = ds, preset

    def recorded(what):
        return lambda preset, **_: asked.append((what, getattr(preset, "name", preset)))

    for name in ("swept", "input_length", "power_follows_throughput", "overstated"):
        monkeypatch.setattr(computing, name, recorded(name))
    monkeypatch.setattr(computing, "Quantities", Swept)
    return asked


@pytest.mark.parametrize(
    ("preset", "swept", "estimates"),
    [
        ("v2-code", ["v2-code", "v2-text", "v1"], "v2-code"),
        ("v1", ["v1", "v2-code", "v2-text"], "v1"),
        ("corrected", ["corrected", "v2-code", "v2-text", "v1"], "v2-code"),
    ],
)
def test_each_sweep_is_made_once(asked, preset, swept, estimates):
    found = computing.computed(wq.catalog.preset(preset), None, method="exact")
    assert [name for what, name in asked if what == "swept"] == swept
    assert ("input_length", preset) in asked
    assert ("power_follows_throughput", preset) in asked
    assert asked[-1] == ("overstated", estimates)
    assert [one.preset.name for one in found.presets.values()] == ["v2-code", "v2-text", "v1", "untrimmed"]
