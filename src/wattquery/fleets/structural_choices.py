"""Choices that no probability is attached to: presets of one version, trimmed or not, power that follows throughput."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wattquery import catalog as catalogs
from wattquery.catalog import Preset
from wattquery.errors import InputError
from wattquery.fleets.length_means import LengthPart
from wattquery.fleets.parts import Part, class_grids, members_of
from wattquery.histograms import Histogram
from wattquery.methods.exact.solve import solve
from wattquery.methods.statistics import Answers
from wattquery.plans.cell import Cell
from wattquery.plans.variants import alone
from wattquery.scenarios.scenario import Scenario
from wattquery.specs import LogNormal, ThroughputProportional
from wattquery.specs.converters import power_utilization
from wattquery.specs.factors import LEVER

__all__ = [
    "PRESETS",
    "PROPORTIONAL",
    "Choice",
    "TrimmedShares",
    "alternatives",
    "choices",
    "means_by_choice",
    "structural_remarks",
]

Array = NDArray[np.float64]

PRESETS = ("v2-code", "v2-text")
"""Readings of one version of the paper, which its code and its text both support. An older version is no alternative to
it: its authors replaced it."""

PROPORTIONAL = ThroughputProportional(base=0.24, span=0.56)
"""Power that follows throughput, as in the supplement of Oviedo et al., Joule 2026."""


@dataclass(frozen=True)
class Choice:
    """One way to make the estimate.

    Attributes
    ----------
    preset
        Where all that is left out comes from.
    trimmed
        Whether the tails of each model of a blend are cut, as for the paper's headline (its fleet is not).
    proportional
        Whether power follows throughput, for the classes that do not state their power.
    varies_power
        Whether this is a choice at all: it is none where the scenario, all of its classes or the preset say it.
    """

    preset: Preset
    trimmed: bool
    proportional: bool
    varies_power: bool

    @property
    def label(self) -> str:
        """The three choices in words."""
        power = "proportional power" if self.proportional else "independent power"
        parts = [self.preset.name, "trimmed" if self.trimmed else "untrimmed"]
        return ", ".join([*parts, power] if self.varies_power else parts)


def alternatives(preset: Preset, presets: Sequence[Preset] = ()) -> dict[str, Preset]:
    """Return the presets by name that a fleet under one could as well be computed with, itself first.

    Parameters
    ----------
    preset
        The one.
    presets
        The user's, which stand in the place of shipped ones whose name they have kept.
    """
    own = {one.name: one for one in presets}
    found = {preset.name: preset}
    if not _is_superseded(preset):
        found |= {name: own.get(name, catalogs.preset(name)) for name in PRESETS if name not in found}
    return found


def _is_superseded(preset: Preset) -> bool:
    """Return whether a preset is that of a version of the paper which a later one replaced."""
    versions = {catalogs.preset(name).published for name in catalogs.preset_names()}
    return preset.published in versions - {catalogs.preset(name).published for name in PRESETS}


def choices(scenario: Scenario, presets: Sequence[Preset]) -> list[Choice]:
    """Return the choices that a scenario leaves under all of its presets: what it states itself is not varied."""
    found: dict[str, Preset] = {one.name: one for one in presets}
    for one in presets:
        found |= alternatives(one, presets)
    return [
        Choice(preset, trimmed, proportional, varies)
        for preset in found.values()
        for varies in (_varies_power(scenario, preset),)
        for trimmed in ((False, True) if preset.blend_trim and _has_blends(scenario, preset) else (False,))
        for proportional in ((False, True) if varies else (False,))
    ]


def structural_remarks(scenario: Scenario, preset: Preset) -> Iterator[str]:
    """Yield what the structural interval does not vary, and why."""
    stating = _stating_power(scenario)
    if "power_utilization" in scenario.axes:
        yield "interval structural: power is not varied, for the scenario states its power_utilization"
    elif len(stating) == len(scenario.classes):
        yield f"interval structural: power is not varied, for class {', '.join(stating)} states its power_utilization"
    elif _is_proportional(preset):
        yield f"interval structural: power is not varied, for it follows throughput in preset {preset.name} itself"
    elif stating:
        yield (
            f"interval structural: power is varied for the other classes; class {', '.join(stating)} states its own "
            "power_utilization and keeps it under every choice"
        )
    if _is_superseded(preset):
        yield (
            f"interval structural: preset {preset.name} is of a superseded version of the paper; the presets of the "
            "later one are corrections and not among its choices"
        )


def _stating_power(scenario: Scenario) -> list[str]:
    """Return the classes that state their power utilization."""
    return [name for name, one in scenario.classes.items() if one.power_utilization is not None]


def _varies_power(scenario: Scenario, preset: Preset) -> bool:
    stated = "power_utilization" in scenario.axes or len(_stating_power(scenario)) == len(scenario.classes)
    return not stated and not _is_proportional(preset)


def _is_proportional(preset: Preset) -> bool:
    return isinstance(power_utilization(preset.power_utilization), ThroughputProportional)


def means_by_choice(scenario: Scenario, choice: Choice, trimmed: TrimmedShares) -> Array:
    """Return the mean energy of a query [Wh], a row per point of the axes and a column per class.

    Raises
    ------
    InputError
        If tails are to be cut of a distribution that the exact method cannot take.
    """
    asked = scenario
    if choice.proportional:
        stating = _stating_power(scenario)
        classes = {
            name: one if name in stating else replace(one, power_utilization=PROPORTIONAL)
            for name, one in scenario.classes.items()
        }
        asked = replace(scenario, classes=classes)
    columns = []
    for grid in class_grids(asked, choice.preset):
        trim = choice.preset.blend_trim if choice.trimmed and len(grid.members) > 1 else None
        # Levers divide what the trim has left, as in the paper.
        kept = (
            sum(one.weight * one.mean * (1.0 if trim is None else trimmed.share(one, trim)) for one in parts)
            for parts in grid.points()
        )
        columns.append(list(kept))
    return np.array(columns).T


class TrimmedShares:
    """The mean of a distribution cut to a range of its quantiles, as a share of its mean; each is solved once.

    It does not depend on constants, so that presets and scenarios have most of them in common.
    """

    def __init__(self) -> None:
        self._known: dict[object, float] = {}

    def share(self, part: Part, trim: tuple[float, float]) -> float:
        """Return the share for a part without its levers.

        Raises
        ------
        InputError
            If a factor is not lognormal.
        """
        variance = 0.0
        for one in part.factors:
            if one.name.startswith(LEVER):
                continue
            if not isinstance(one.distribution, LogNormal):
                raise InputError(
                    f"{one.name} = {one.distribution} is not lognormal, which the exact method needs to cut tails."
                )
            variance += one.distribution.sigma**2
        key = part.lengths, variance, trim
        if key not in self._known:
            whole = _solved(part.lengths, math.sqrt(variance))
            self._known[key] = whole.trimmed(*trim).mean() / whole.mean()
        return self._known[key]


def _solved(lengths: LengthPart, sigma: float) -> Histogram:
    """Return the distribution of an energy: lengths, and a lognormal factor with a median of 1."""
    cell = Cell(
        log_factors=0.0,
        sigma=sigma,
        extras=(),
        base=lengths.base,
        span=lengths.span,
        throughput=lengths.throughput,
        output_tokens=lengths.output_tokens,
        input_tokens=lengths.input_tokens,
    )
    answers = Answers(1, (0.5,), True)
    solve(alone(cell, [lengths.throughput], prefill_weight=lengths.prefill_weight), answers, 1)
    return answers.histograms[0]


def _has_blends(scenario: Scenario, preset: Preset) -> bool:
    try:
        return any(len(members_of(one, scenario, preset)) > 1 for one in scenario.classes.values())
    except InputError:
        return False
