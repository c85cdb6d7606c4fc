"""What fleets and their courses have in common: how a request becomes a Dataset, and what is known of it beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import xarray as xr

from wattquery.catalog import Preset
from wattquery.fleets.arguments import Request
from wattquery.fleets.evaluation import Look
from wattquery.fleets.settings import FleetSettings
from wattquery.fleets.structural_choices import Choice, TrimmedShares
from wattquery.scenarios.scenario import Scenario

__all__ = ["Analysis"]


class Analysis(Protocol):
    """A function of fleets. It survives pickling."""

    @property
    def title(self) -> str:
        """What results are called."""

    def request(self, request: Request, passed: Mapping[str, Any]) -> Request:
        """Return a request with what this function has beside those that both have, by its arguments."""

    def solve(self, request: Request, trimmed: TrimmedShares) -> xr.Dataset:
        """Return the result; what is known of cut distributions is used, and grows."""

    def possible(self, scenario: Scenario, settings: FleetSettings) -> tuple[list[Choice], list[str]]:
        """Return the structural choices that can be made, and what to say of others."""

    def look(self, scenario: Scenario, preset: Preset, choices: Sequence[str], settings: FleetSettings) -> Look:
        """Return what is known of a scenario under a preset before it is solved."""

    def finished(self, ds: xr.Dataset, settings: FleetSettings) -> xr.Dataset:
        """Return a Dataset of all scenarios with what this function says of all of them."""

    def options(self, scenario: Scenario, settings: FleetSettings) -> Mapping[str, Any]:
        """Return what was asked for beside what both have, as JSON."""
