"""What is known of a result before any of it is solved: labels, attributes, notes, and which choices can be made.

Each scenario is looked at under each of its presets, and under a load at each point of the shares.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import xarray as xr

from wattquery.catalog import Preset
from wattquery.engine.executor import Progress
from wattquery.fleets.analysis import Analysis
from wattquery.fleets.arguments import Request, chosen_presets
from wattquery.fleets.combine import (
    for_each_preset,
    for_each_scenario,
    for_each_share,
    joined_remarks,
    remark_list,
    with_remarks,
)
from wattquery.fleets.evaluation import Evaluation
from wattquery.fleets.extremes import Extremes, settled
from wattquery.fleets.structural_choices import Choice, alternatives
from wattquery.scenarios.scenario import Scenario

__all__ = ["Whole", "looked_at"]


@dataclass(frozen=True, eq=False)
class Whole:
    """What is known of a result.

    Attributes
    ----------
    analysis, request
        What is computed.
    looks
        What is known of each scenario, at each point of the shares under a load, under each preset: in that order.
    firsts
        The evaluations of the first point of each scenario, under each preset.
    choices
        By scenario, the structural choices that can be made, and what to say of others.
    """

    analysis: Analysis
    request: Request
    looks: list[xr.Dataset] = field(default_factory=list)
    firsts: dict[str, list[Evaluation]] = field(default_factory=dict)
    choices: dict[str, tuple[list[Choice], list[str]]] = field(default_factory=dict)

    @property
    def choice_labels(self) -> dict[str, frozenset[str]]:
        """The labels of the choices that can be made, by scenario."""
        return {name: frozenset(choice.label for choice in found) for name, (found, _) in self.choices.items()}

    def dataset(self, found: Sequence[Extremes] | None = None) -> xr.Dataset:
        """Return coordinates, attributes, and variables that are known.

        Parameters
        ----------
        found
            What notes say of the values, for each of the looks; None where no value is known.
        """
        known = iter([None] * len(self.looks) if found is None else found)
        looks = iter(self.looks)
        settings = self.request.settings

        def look(scenario: Scenario, preset: Preset) -> xr.Dataset:
            ds = next(looks)
            return ds.assign_attrs(notes=joined_remarks(settled(remark_list(ds), next(known), settings)))

        return self._joined(look)

    def _joined(self, look: Callable[[Scenario, Preset], xr.Dataset]) -> xr.Dataset:
        compute = partial(for_each_share, compute=partial(self._under_presets, look))
        return self.analysis.finished(
            for_each_scenario(self.request, self.analysis.title, compute), self.request.settings
        )

    def _under_presets(
        self, look: Callable[[Scenario, Preset], xr.Dataset], scenario: Scenario, progress: Progress | None
    ) -> xr.Dataset:
        if scenario.name not in self.choices:
            self.choices[scenario.name] = self.analysis.possible(scenario, self.request.settings)
        ds = for_each_preset(scenario, None, lambda preset, report: look(scenario, preset))
        return with_remarks(ds, self.choices[scenario.name][1])

    def _look(self, scenario: Scenario, preset: Preset) -> xr.Dataset:
        """Return what is known of a scenario under a preset, which is kept."""
        names = alternatives(preset)
        choices = [one.label for one in self.choices[scenario.name][0] if one.preset.name in names]
        look = self.analysis.look(scenario, preset, choices, self.request.settings)
        self.looks.append(look.dataset)
        firsts = self.firsts.setdefault(scenario.name, [])
        if len(firsts) < len(chosen_presets(scenario)[0]):
            firsts.append(look.evaluation)
        return look.dataset


def looked_at(analysis: Analysis, request: Request) -> Whole:
    """Return what is known of a result.

    Raises
    ------
    InputError
        If anything in the request cannot be computed.
    """
    whole = Whole(analysis, request)
    whole._joined(whole._look)
    return whole
