"""The energy of fleets over time: each scenario under each of its presets, on the same dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any

import xarray as xr

from wattquery.catalog import Preset
from wattquery.engine.executor import Progress
from wattquery.errors import InputError
from wattquery.fleets.arguments import Request
from wattquery.fleets.combine import for_each_preset, for_each_scenario, for_each_share
from wattquery.fleets.evaluation import Look
from wattquery.fleets.settings import FleetSettings
from wattquery.fleets.structural_choices import Choice, TrimmedShares
from wattquery.fleets.trajectory_dataset import trajectory_dataset, trajectory_look
from wattquery.scenarios.course import Course
from wattquery.scenarios.scenario import Scenario
from wattquery.specs.axis import Axis

__all__ = ["TrajectoryAnalysis"]


@dataclass(frozen=True)
class TrajectoryAnalysis:
    """What `wattquery.trajectory` computes, see `wattquery.fleets.analysis.Analysis`."""

    title: str = "Energy of a fleet per day over time"

    def request(self, request: Request, passed: Mapping[str, Any]) -> Request:
        """Return a request whose scenarios have the dates, growth, adoption and rebound that were passed, checked."""
        pooled = next((one for one in request.scenarios if one.pools), None)
        if pooled is not None:
            raise InputError(
                f"scenario {pooled.name!r} has pools, whose whole nodes are those of one day, and a trajectory takes "
                "none: call wq.fleet with the queries_per_day of each date, or leave the pools out."
            )
        timing = {field.name: passed[field.name] for field in fields(Course) if field.init}
        changed = [replace(one, trajectory=one.trajectory.changed(timing)) for one in request.scenarios]
        _check_courses(changed)
        return replace(request, scenarios=changed)

    def solve(self, request: Request, trimmed: TrimmedShares) -> xr.Dataset:
        """Return the courses."""
        under_presets = partial(_under_presets, request.settings)
        ds = for_each_scenario(request, self.title, partial(for_each_share, compute=under_presets))
        return self.finished(ds, request.settings)

    def possible(self, scenario: Scenario, settings: FleetSettings) -> tuple[list[Choice], list[str]]:
        """Return no choices: none are computed over time."""
        return [], []

    def look(self, scenario: Scenario, preset: Preset, choices: Sequence[str], settings: FleetSettings) -> Look:
        """Return what is known of a scenario under a preset."""
        return trajectory_look(scenario, preset, settings)

    def finished(self, ds: xr.Dataset, settings: FleetSettings) -> xr.Dataset:
        """Return a Dataset without the dimension of levers where none is adopted."""
        return ds if ds.sizes["lever"] else ds.drop_dims("lever")

    def options(self, scenario: Scenario, settings: FleetSettings) -> Mapping[str, Any]:
        """Return the course of a scenario."""
        said = scenario.trajectory.to_dict()
        said["dates"] = [str(date) for date in scenario.trajectory.when()]
        return {f"{name} of {scenario.name}": said.get(name) for name in ("dates", "growth", "rebound", "adoption")}


def _under_presets(settings: FleetSettings, scenario: Scenario, progress: Progress | None) -> xr.Dataset:
    """Return one scenario under each of its presets."""

    def under(preset: Preset, report: Progress | None) -> xr.Dataset:
        return trajectory_dataset(scenario, preset, settings, report)

    return for_each_preset(scenario, progress, under)


def _check_courses(scenarios: Sequence[Scenario]) -> None:
    """Refuse scenarios that have no dates, or others than the first, or other axes."""
    first, *rest = scenarios
    dates = first.trajectory.when()
    for other in rest:
        names = f"The scenarios {first.name!r} and {other.name!r}"
        if other.trajectory.when() != dates:
            raise InputError(
                f"{names} must have the same dates, got different ones. Pass start= and stop=, or dates=, for all of "
                "them."
            )
        for name in ("growth", "rebound"):
            if _dimension(first, name) != _dimension(other, name):
                raise InputError(
                    f"{names} must have the same axes of {name}, got different ones. Pass {name}= for all of them."
                )


def _dimension(scenario: Scenario, name: str) -> tuple[object, ...] | None:
    """Return the labels of growth or rebound, ``None`` where it is no dimension."""
    axis: Axis[Any] = getattr(scenario.trajectory, f"{name}_axis")
    return tuple(axis.labels) if axis.is_dimension else None
