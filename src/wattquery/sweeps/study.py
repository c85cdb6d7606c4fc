"""What a user asks for: the arguments of `wattquery.sweep`, with the preset's value for each that is left out."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from wattquery import catalog as catalogs
from wattquery.catalog import BoundaryFactor, Catalog, Preset
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.quantities import AXES
from wattquery.specs import Boundary, Distribution, Lever, Step, as_distribution
from wattquery.specs.boundary import boundary as converter
from wattquery.specs.converters import tokens
from wattquery.specs.factors import FACTORS
from wattquery.specs.grid import Grid, build_grid
from wattquery.specs.scalars import shown

__all__ = ["Study", "boundary_converter", "preset_levers", "study"]


_Named = tuple[Mapping[str, Distribution], Mapping[str, Lever]]

_KNOWN: dict[int, tuple[weakref.ref[Preset], _Named]] = {}
"""What presets give a name, by the identity of the preset: its mappings cannot be hashed."""


@dataclass(frozen=True)
class Study:
    """What a user asked for, checked: the grid, and where its throughputs and node powers come from.

    Attributes
    ----------
    grid
        The grid.
    catalog, preset
        Where throughputs, and what was left out, come from.
    node_powers
        Node power rating by model, ``""`` for all others [kW]; ``None`` to use what the catalog's rows say.
    """

    grid: Grid
    catalog: Catalog
    preset: Preset
    node_powers: Mapping[str, float] | None


def study(
    model: object,
    *,
    output_tokens: object = "traditional",
    levers: object = "none",
    boundary: object = "facility",
    catalog: str | os.PathLike[str] | Catalog | None = None,
    preset: str | Preset = "v2-code",
    prefill_weight: float | None = None,
    round_tokens: bool | None = None,
    **axes: object,
) -> Study:
    """Return what the arguments of `sweep` ask for, with the preset's value for each that is left out."""
    for name in axes:
        if name not in AXES:
            raise InputTypeError(
                f"{name!r} is not an argument. Allowed beside those that say how to compute are {listed(AXES, 40)}, "
                f"catalog, preset, prefill_weight and round_tokens.{did_you_mean(name, AXES)}"
            )
    chosen = catalogs.preset(preset)
    table = catalogs.load(chosen.catalog if catalog is None else catalog)
    given = {name: axes.get(name) for name in AXES}
    pue = given["pue"]
    for kind in FACTORS:
        if given[kind.axis] is None and not kind.by_deployment:
            given[kind.axis] = getattr(chosen, kind.preset) if kind.preset else kind.default
    grid = build_grid(
        {**given, "model": model, "output_tokens": output_tokens, "levers": levers, "boundary": boundary},
        catalog_labels={axis: table.labels(axis) for axis in AXES[:4]},
        workloads=_workloads(chosen),
        levers=preset_levers(chosen),
        boundary=boundary_converter(chosen),
        prefill_weight=chosen.prefill_weight if prefill_weight is None else prefill_weight,
        round_tokens=chosen.round_tokens if round_tokens is None else round_tokens,
    )
    if pue is not None and not grid.counts_pue:
        raise InputError(
            f"pue = {shown(pue)} came, and boundary = {listed(grid.boundary.labels)} does not count it: PUE is part of "
            "the facility alone. Leave pue out, or pass boundary='facility'."
        )
    # A preset's node powers belong to its own catalog; another one says its own, row by row.
    own = table.name == chosen.catalog
    powers = {"": chosen.node_power, **chosen.node_power_by_model} if own else None
    return Study(grid, table, chosen, powers)


def _workloads(preset: Preset) -> Mapping[str, Distribution]:
    """Return the output lengths that a preset gives a name."""
    return _named(preset)[0]


def preset_levers(preset: Preset) -> dict[str, Lever]:
    """Return the levers that a preset gives a name."""
    return dict(_named(preset)[1])


def _named(preset: Preset) -> _Named:
    """Return what a preset gives a name, checked once: every sweep asks for it, mostly of the same few presets."""
    known = _KNOWN.get(id(preset))
    if known is None or known[0]() is not preset:
        length = tokens("output_tokens")
        workloads = {name: length(one) for name, one in preset.output_tokens.items()}
        levers = {name: Lever(name, as_distribution(one, "levers")) for name, one in preset.levers.items()}
        key = id(preset)
        known = weakref.ref(preset, lambda _: _KNOWN.pop(key, None)), (workloads, levers)
        _KNOWN[key] = known
    return known[1]


def boundary_converter(preset: Preset) -> Callable[[object], Boundary]:
    """Return what makes a boundary from what a user wrote, with the steps that a preset knows."""
    share, *steps = catalogs.boundary_factors(preset)
    known = {one.name: partial(_step, one) for one in steps}
    return converter(known, as_distribution(share.factor, share.name), share.source)


def _step(one: BoundaryFactor) -> Step:
    """Return a known step, once it is named: what is wrong with those of a user's preset is said then."""
    return Step(one.name, as_distribution(one.factor, f"Step {one.name!r}: factor"), one.source)
