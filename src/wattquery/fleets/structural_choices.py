"""Structural choices, to which no probability is attached: which they are, and the mean energies under each.

A choice is a preset of one version of the paper, trimmed blends or not, and power that follows throughput or not.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from wattquery import catalog as catalogs
from wattquery.catalog import Preset
from wattquery.engine.executor import Progress
from wattquery.errors import InputError
from wattquery.fleets.kept import Kept
from wattquery.fleets.length_means import LengthPart
from wattquery.fleets.part import Part
from wattquery.fleets.parts import ClassGrid, class_grids, members_of
from wattquery.fleets.telling import telling
from wattquery.histograms import Histogram
from wattquery.plans.cell import Cell
from wattquery.plans.variants import alone
from wattquery.scenarios.scenario import Scenario
from wattquery.specs import LogNormal, ThroughputProportional
from wattquery.specs.converters import power_utilization
from wattquery.specs.factors import LEVER
from wattquery.sweeps.run import Run
from wattquery.sweeps.stages import stages

__all__ = [
    "PRESETS",
    "PROPORTIONAL",
    "Choice",
    "Choices",
    "TrimmedShares",
    "alternatives",
    "choices",
    "evaluated_choices",
    "possible_choices",
    "structural_remarks",
]

Array = NDArray[np.float64]

PRESETS = ("v2-code", "v2-text")
"""Readings of one version of the paper, which its code and its text both support. An older version is no alternative to
it: its authors replaced it."""

PROPORTIONAL = ThroughputProportional(base=0.24, span=0.56)
"""Power that follows throughput, as in the supplement of Oviedo et al., Joule 2026."""

MOST_KEPT = 4096
"""Shares of cut distributions that are kept."""


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


@dataclass(frozen=True, eq=False)
class Choices:
    """The structural choices of a scenario, evaluated.

    Attributes
    ----------
    means
        Mean energy of a query under each choice [Wh], a row per point of the axes and a column per class.
    left_out
        What to say of choices that cannot be made.
    """

    means: Mapping[Choice, Array]
    left_out: Sequence[str]

    def of(self, preset: Preset) -> dict[str, Array]:
        """Return the means by label of the choices that a fleet under a preset leaves open."""
        names = alternatives(preset)
        return {choice.label: means for choice, means in self.means.items() if choice.preset.name in names}


def evaluated_choices(
    scenario: Scenario,
    presets: Sequence[Preset],
    trimmed: TrimmedShares,
    progress: Progress | None,
    among: Collection[str] | None = None,
) -> Choices:
    """Return the choices that a scenario leaves under its presets, those that cannot be made left out.

    Parameters
    ----------
    scenario, presets
        What is computed.
    trimmed
        What is known of cut distributions.
    progress
        Receives the share of this that is done.
    among
        Labels of the choices that can be made, see `possible_choices`; None where that is not known.

    Raises
    ------
    InputError
        If the scenario itself cannot be computed.
    """
    means, left_out = {}, []
    open_choices = [one for one in choices(scenario, presets) if among is None or one.label in among]
    for choice, report in zip(open_choices, stages(progress, len(open_choices)), strict=True):
        try:
            means[choice] = _means(scenario, choice, trimmed)
        except InputError as error:
            if among is not None:
                raise
            left_out.append(_left_out(choice, presets, error))
        if report is not None:
            report(1.0)
    return Choices(means, left_out)


def possible_choices(scenario: Scenario, presets: Sequence[Preset]) -> tuple[list[Choice], list[str]]:
    """Return the choices that can be made at all points, and what to say of others, by a look at a few points.

    Raises
    ------
    InputError
        If the scenario itself cannot be computed.
    """
    possible, left_out, trimmed = [], [], TrimmedShares()
    for choice in choices(scenario, presets):
        try:
            _check(scenario, choice, trimmed)
        except InputError as error:
            left_out.append(_left_out(choice, presets, error))
        else:
            possible.append(choice)
    return possible, left_out


def _check(scenario: Scenario, choice: Choice, trimmed: TrimmedShares) -> None:
    """Refuse a choice that cannot be made at some point."""
    grids = class_grids(_varied(scenario, choice), choice.preset, ask_memory=False)
    places = telling(grid.run.grid for grid in grids)
    for grid in grids:
        trim = _trim(grid, choice)
        for part in () if trim is None else chain.from_iterable(grid.points(places)):
            _variance(part)
            # Of two random lengths the exact method says while it solves whether they take it too many components.
            if trim is not None and _has_random_lengths(part):
                trimmed.share(grid.run, part, trim)


def _has_random_lengths(part: Part) -> bool:
    lengths = part.lengths.output_tokens.distribution, part.lengths.input_tokens.distribution
    return all(one is not None and one.is_random for one in lengths)


def _left_out(choice: Choice, presets: Sequence[Preset], error: InputError) -> str:
    """Return what to say of a choice that cannot be made; the scenario itself is no choice."""
    if choice.preset in presets and not choice.trimmed:
        raise error
    # Other presets may lack a workload or a model that the scenario's own one has.
    return f"structural choice {choice.label!r} left out: {error}"


def alternatives(preset: Preset, presets: Sequence[Preset] = ()) -> dict[str, Preset]:
    """Return the presets by name that a fleet under one could as well be computed with, itself first.

    Parameters
    ----------
    preset
        That of the fleet.
    presets
        The user's, which stand in the place of shipped ones whose name they have kept.
    """
    own = {each.name: each for each in presets}
    by_name = {preset.name: preset}
    if not _is_superseded(preset):
        by_name |= {name: own.get(name, catalogs.preset(name)) for name in PRESETS if name not in by_name}
    return by_name


def _is_superseded(preset: Preset) -> bool:
    """Return whether a preset is that of a version of the paper which a later one replaced."""
    versions = {catalogs.preset(name).published for name in catalogs.preset_names()}
    return preset.published in versions - {catalogs.preset(name).published for name in PRESETS}


def choices(scenario: Scenario, presets: Sequence[Preset]) -> list[Choice]:
    """Return the choices that a scenario leaves under all of its presets: what it states itself is not varied."""
    by_name: dict[str, Preset] = {preset.name: preset for preset in presets}
    for preset in presets:
        by_name |= alternatives(preset, presets)
    return [
        Choice(preset, trimmed, proportional, varies)
        for preset in by_name.values()
        for varies in (_varies_power(scenario, preset),)
        for trimmed in ((False, True) if preset.blend_trim and _has_blends(scenario, preset) else (False,))
        for proportional in ((False, True) if varies else (False,))
    ]


def structural_remarks(scenario: Scenario, preset: Preset) -> Iterator[str]:
    """Yield what the structural interval does not vary, and why."""
    stating = _stating_power(scenario)
    if scenario.is_under_load:
        yield "interval structural: power is not varied, for the load model says it"
    elif "power_utilization" in scenario.axes:
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
    return [name for name, query_class in scenario.classes.items() if query_class.power_utilization is not None]


def _varies_power(scenario: Scenario, preset: Preset) -> bool:
    stated = "power_utilization" in scenario.axes or len(_stating_power(scenario)) == len(scenario.classes)
    return not stated and not scenario.is_under_load and not _is_proportional(preset)


def _is_proportional(preset: Preset) -> bool:
    return isinstance(power_utilization(preset.power_utilization), ThroughputProportional)


def _means(scenario: Scenario, choice: Choice, trimmed: TrimmedShares) -> Array:
    """Return the mean energy of a query [Wh], a row per point of the axes and a column per class.

    Raises
    ------
    InputError
        If tails are to be cut of a distribution that the exact method cannot take.
    """
    grids = class_grids(_varied(scenario, choice), choice.preset)
    return np.array([list(_class_means(grid, choice, trimmed)) for grid in grids]).T


def _varied(scenario: Scenario, choice: Choice) -> Scenario:
    """Return a scenario in which power follows throughput, if that is the choice, where classes do not state theirs."""
    if not choice.proportional:
        return scenario
    stating = _stating_power(scenario)
    classes = {
        name: query_class if name in stating else replace(query_class, power_utilization=PROPORTIONAL)
        for name, query_class in scenario.classes.items()
    }
    return replace(scenario, classes=classes)


def _class_means(grid: ClassGrid, choice: Choice, trimmed: TrimmedShares) -> Iterator[float]:
    """Yield the mean energy of a query of a class [Wh] at each point of the axes."""
    trim = _trim(grid, choice)
    for parts in grid.points():
        # Levers divide what the trim has left, as in the paper.
        shares = (1.0 if trim is None else trimmed.share(grid.run, part, trim) for part in parts)
        yield sum(part.weight * part.mean * share for part, share in zip(parts, shares, strict=True))


def _trim(grid: ClassGrid, choice: Choice) -> tuple[float, float] | None:
    """Return the quantiles that a class is cut to under a choice, None where it is not."""
    return choice.preset.blend_trim if choice.trimmed and len(grid.members) > 1 else None


class TrimmedShares:
    """The mean of a distribution cut to a range of its quantiles, as a share of its mean; each is solved once.

    The latest of them are kept. A share does not depend on constants: presets and scenarios have most in common.
    """

    def __init__(self) -> None:
        self._known: Kept[object, float] = Kept(MOST_KEPT)

    def share(self, run: Run, part: Part, trim: tuple[float, float]) -> float:
        """Return the share for a part without its levers; threads may ask at the same time.

        Parameters
        ----------
        run
            Of the grid that the part is of.
        part
            Its factors and lengths.
        trim
            Ends of the range of quantiles that is kept.

        Raises
        ------
        InputError
            If a factor is not lognormal.
        """
        variance = _variance(part)

        def solved() -> float:
            plan = alone(
                _cell(part.lengths, math.sqrt(variance)),
                [part.lengths.throughput],
                prefill_weight=part.lengths.prefill_weight,
            )
            whole = run.statistics(plan, (0.5,), keep_histograms=True).histograms[0]
            return _mean(whole.trimmed(*trim)) / _mean(whole)

        return self._known.get((part.lengths, variance, trim), solved)


def _mean(histogram: Histogram) -> float:
    """Return the mean [Wh], summed in an order that is the same in all processes.

    The product of `Histogram.mean` adds in as many parts as its library has threads, which workers have fewer of.
    """
    return float(np.sum(histogram.masses * histogram.centres)) / histogram.total


def _variance(part: Part) -> float:
    """Return the variance of ln E that the factors of a part make, without its levers.

    Raises
    ------
    InputError
        If a factor is not lognormal.
    """
    variance = 0.0
    for factor in part.factors:
        if factor.name.startswith(LEVER):
            continue
        if not isinstance(factor.distribution, LogNormal):
            raise InputError(
                f"{factor.name} must be lognormal where tails are cut, which takes the exact method, got "
                f"{factor.distribution}. Give it as wq.LogNormal(p5=..., p95=...)."
            )
        variance += factor.distribution.sigma**2
    return variance


def _cell(lengths: LengthPart, sigma: float) -> Cell:
    """Return the cell of some lengths and a lognormal factor with a median of 1."""
    return Cell(
        log_factors=0.0,
        sigma=sigma,
        extras=(),
        base=lengths.base,
        span=lengths.span,
        throughput=lengths.throughput,
        output_tokens=lengths.output_tokens,
        input_tokens=lengths.input_tokens,
    )


def _has_blends(scenario: Scenario, preset: Preset) -> bool:
    try:
        return any(len(members_of(query_class, scenario, preset)) > 1 for query_class in scenario.classes.values())
    except InputError:
        return False
