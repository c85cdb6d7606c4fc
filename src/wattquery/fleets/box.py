"""A part of a request: the same call with fewer scenarios, and with fewer labels on each axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from wattquery.fleets.arguments import Request
from wattquery.scenarios.scenario import Scenario
from wattquery.specs.containers import items

__all__ = ["SCENARIO", "UNDIVIDED", "request_at"]

SCENARIO = "scenario"

UNDIVIDED = ("preset", "boundary", "hardware")
"""Axes that every part has whole. They are short, and all presets together say which structural choices there are, all
boundaries which components, and all hardware how throughput fits are numbered."""


def request_at(request: Request, places: Mapping[str, range]) -> Request:
    """Return a part of a request.

    Parameters
    ----------
    request
        The whole.
    places
        By dimension, the places of the labels that the part has; all of a dimension that is left out.
    """
    ranges = dict(places)
    chosen = ranges.pop(SCENARIO, range(len(request.scenarios)))
    return replace(request, scenarios=[_at(request.scenarios[place], ranges) for place in chosen])


def _at(scenario: Scenario, ranges: Mapping[str, range]) -> Scenario:
    cut = {name: _part(scenario.axes[name], places, name) for name, places in ranges.items()}
    return replace(scenario, axes={**scenario.axes, **cut})


def _part(written: Any, places: range, name: str) -> Any:
    """Return some of the labels of an axis, in the form in which all of them were written."""
    if isinstance(written, Mapping):
        return dict(islice(written.items(), places.start, places.stop))
    return items(written, name)[places.start : places.stop]
