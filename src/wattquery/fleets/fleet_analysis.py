"""The energy of fleets on one day: each scenario under each of its presets, and under the structural choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import xarray as xr

from wattquery.catalog import Preset
from wattquery.engine.executor import Progress
from wattquery.fleets.arguments import Request, chosen_presets
from wattquery.fleets.combine import for_each_preset, for_each_scenario, for_each_share, with_remarks
from wattquery.fleets.evaluation import Look
from wattquery.fleets.fleet_dataset import fleet_dataset, fleet_look
from wattquery.fleets.possible_choices import possible_choices
from wattquery.fleets.settings import FleetSettings
from wattquery.fleets.structural_choices import Choice, TrimmedShares, evaluated_choices
from wattquery.scenarios.scenario import Scenario
from wattquery.sweeps.provenance import portable
from wattquery.sweeps.stages import stages

__all__ = ["FleetAnalysis"]


@dataclass(frozen=True)
class FleetAnalysis:
    """What `wattquery.fleet` computes, see `wattquery.fleets.analysis.Analysis`."""

    title: str = "Energy of a fleet per day"

    def request(self, request: Request, passed: Mapping[str, Any]) -> Request:
        """Return the request as it is."""
        return request

    def solve(self, request: Request, trimmed: TrimmedShares) -> xr.Dataset:
        """Return the fleets."""
        under_presets = partial(_under_presets, request.settings, trimmed)
        ds = for_each_scenario(request, self.title, partial(for_each_share, compute=under_presets))
        return self.finished(ds, request.settings)

    def possible(self, scenario: Scenario, settings: FleetSettings) -> tuple[list[Choice], list[str]]:
        """Return the structural choices, where they are computed."""
        presets, _ = chosen_presets(scenario)
        return possible_choices(scenario, presets) if settings.structural else ([], [])

    def look(self, scenario: Scenario, preset: Preset, choices: Sequence[str], settings: FleetSettings) -> Look:
        """Return what is known of a scenario under a preset."""
        return fleet_look(scenario, preset, choices, settings)

    def finished(self, ds: xr.Dataset, settings: FleetSettings) -> xr.Dataset:
        """Return a Dataset that says how it was made."""
        attributes: dict[str, object] = {
            "method": "exact" if settings.sampled is None else "monte_carlo",
            "draws": settings.draws,
        }
        if settings.carbon_intensity is not None:
            attributes["carbon_intensity_g_per_kwh"] = settings.carbon_intensity
        if settings.water_intensity is not None:
            attributes["water_intensity_l_per_kwh"] = settings.water_intensity
        return ds.assign_attrs({name: portable(value) for name, value in attributes.items()})

    def options(self, scenario: Scenario, settings: FleetSettings) -> Mapping[str, Any]:
        """Return what only one day is asked for."""
        return {
            "structural": settings.structural,
            "carbon_intensity": settings.carbon_intensity,
            "water_intensity": settings.water_intensity,
        }


def _under_presets(
    settings: FleetSettings, trimmed: TrimmedShares, scenario: Scenario, progress: Progress | None
) -> xr.Dataset:
    """Return one scenario under each of its presets, and under the structural choices."""
    choosing, computing = stages(progress, 2) if settings.structural else (None, progress)
    presets, _ = chosen_presets(scenario)
    among = None if settings.choices is None else settings.choices[scenario.name]
    choices = evaluated_choices(scenario, presets if settings.structural else (), trimmed, choosing, among)

    def under(preset: Preset, report: Progress | None) -> xr.Dataset:
        return fleet_dataset(scenario, preset, choices.of(preset), settings, report)

    return with_remarks(for_each_preset(scenario, computing, under), choices.left_out)
