"""The energy of fleets on one day: each scenario under each of its presets, and under the structural choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import xarray as xr

from wattquery.catalog import Preset
from wattquery.engine.executor import Progress
from wattquery.errors import InputError
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
        """Return the request as it is.

        Raises
        ------
        InputError
            If pools are to be sampled, or hours are asked for where there are none.
        """
        pooled = next((one for one in request.scenarios if one.pools), None)
        if pooled is not None and request.settings.sampled is not None:
            raise InputError(
                f"method must be 'exact' for a fleet with pools, got 'monte_carlo' for scenario {pooled.name!r}: leave "
                "it out, for energies of its hours are sums."
            )
        if pooled is None and request.settings.by_hour:
            raise InputError("by_hour needs a fleet with pools, whose load follows demand by hour: leave it out.")
        return request

    def solve(self, request: Request, trimmed: TrimmedShares) -> xr.Dataset:
        """Return the fleets."""
        under_presets = partial(_under_presets, request.settings, trimmed)
        ds = for_each_scenario(request, self.title, partial(for_each_share, compute=under_presets))
        return self.finished(ds, request.settings)

    def possible(self, scenario: Scenario, settings: FleetSettings) -> tuple[list[Choice], list[str]]:
        """Return the structural choices, where they are computed."""
        presets, _ = chosen_presets(scenario)
        return possible_choices(scenario, presets) if _has_choices(scenario, settings) else ([], [])

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


def _has_choices(scenario: Scenario, settings: FleetSettings) -> bool:
    """Return whether structural choices are computed: what they vary, pools have nothing of."""
    return settings.structural and not scenario.pools


def _under_presets(
    settings: FleetSettings, trimmed: TrimmedShares, scenario: Scenario, progress: Progress | None
) -> xr.Dataset:
    """Return one scenario under each of its presets, and under the structural choices."""
    has_choices = _has_choices(scenario, settings)
    choosing, computing = stages(progress, 2) if has_choices else (None, progress)
    presets, _ = chosen_presets(scenario)
    among = None if settings.choices is None else settings.choices[scenario.name]
    choices = evaluated_choices(scenario, presets if has_choices else (), trimmed, choosing, among)

    def under(preset: Preset, report: Progress | None) -> xr.Dataset:
        return fleet_dataset(scenario, preset, choices.of(preset), settings, report)

    return with_remarks(for_each_preset(scenario, computing, under), choices.left_out)
