"""What a user asks for: the arguments of `wattquery.sweep`, with the preset's value for each that is left out."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from wattquery import catalog as catalogs
from wattquery.catalog import BoundaryFactor, Catalog, Preset
from wattquery.catalog.own import accelerator_facts, model_facts
from wattquery.catalog.shipped import DEFAULT
from wattquery.errors import InputError, InputTypeError, listed
from wattquery.inputs.arguments import refuse_unknown
from wattquery.quantities import AXES, CATALOG_AXES
from wattquery.specs import ALL, Boundary, Distribution, Lever, Step, as_distribution
from wattquery.specs.boundary_names import boundary as converter
from wattquery.specs.converters import tokens
from wattquery.specs.factors import FACTORS, WORKLOAD
from wattquery.specs.grid import Grid, build_grid
from wattquery.specs.joint_lengths.beside import check_alone
from wattquery.specs.load import UnderLoad
from wattquery.specs.scalars import is_number, shown
from wattquery.specs.throughput_form import AUTO, AskedForm, form_for
from wattquery.sweeps.load_hint import with_load_hint
from wattquery.sweeps.load_levers import check_no_load_needed, levers_of
from wattquery.sweeps.load_study import (
    LOAD_SETTINGS,
    check_cached,
    check_names_alone,
    check_nothing_twice,
    is_under_load,
    under_load,
)
from wattquery.sweeps.measured_levers import known_levers
from wattquery.workloads import names as workload_names
from wattquery.workloads.converters import workload as workload_converter

__all__ = ["DEFAULT_LENGTH", "Study", "boundary_converter", "preset_levers", "study", "under_load_catalog"]


DEFAULT_LENGTH = "traditional"
"""The workload of a preset that stands for output lengths where nothing is said of lengths."""

SETTINGS = ("catalog", "preset", "prefill_weight", "round_tokens", "throughput_model", *LOAD_SETTINGS)
"""Arguments that are no axes, but change what a cell means."""

OF_LOAD = ("power_utilization",)
"""Factors that no preset says under a load, where the load model does."""

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
    skips_undetermined
        Whether deployments whose rows do not tell their throughput at the lengths of the grid are left out: where all
        labels of an axis were asked for, of a catalog that knows more of them than it has rows for.
    throughput_model
        The form that throughputs are fitted in; ``"auto"`` for what the rows of each deployment allow.
    load
        What is asked for beside the axes where the load model says throughput and power; None without a load.
    """

    grid: Grid
    catalog: Catalog
    preset: Preset
    node_powers: Mapping[str, float] | None
    skips_undetermined: bool = False
    throughput_model: AskedForm = AUTO
    load: UnderLoad | None = None


def study(
    model: object,
    *,
    output_tokens: object = None,
    levers: object = "none",
    boundary: object = "facility",
    catalog: str | os.PathLike[str] | Catalog | None = None,
    preset: str | Preset = "v2-code",
    prefill_weight: float | None = None,
    round_tokens: bool | None = None,
    throughput_model: object = AUTO,
    asked_by: str = "sweep",
    its_own: Iterable[str] = (),
    **axes: object,
) -> Study:
    """Return what the arguments of `sweep` ask for, with the preset's value for each that is left out.

    Values may be anything: here they are checked, whatever function they were passed to.

    Parameters
    ----------
    model, output_tokens, levers, boundary, catalog, preset, prefill_weight, round_tokens, throughput_model, **axes
        As in `wattquery.sweep`.
    asked_by, its_own
        The function that was called, and the arguments that it has beside these: an unknown one is told its name.

    Raises
    ------
    InputError
        If an argument is unknown or not allowed.
    """
    refuse_unknown(
        asked_by,
        {name: value for name, value in axes.items() if name not in (*AXES, *LOAD_SETTINGS)},
        [*AXES, *SETTINGS, *its_own],
    )
    of_load = {name: axes.pop(name, None) for name in LOAD_SETTINGS}
    _check_precision(axes.get("precision"))
    chosen = catalogs.preset(preset)
    on_axes = {name: axes.get(name) for name in AXES} | {"output_tokens": output_tokens}
    loaded = is_under_load(on_axes | of_load)
    if not loaded:
        check_names_alone("model", model)
        check_names_alone("hardware", axes.get("hardware"))
    if loaded:
        table, of_load["measured"] = under_load_catalog(catalog, of_load["measured"])
    else:
        table = catalogs.load(chosen.catalog if catalog is None else catalog)
    form = form_for(throughput_model, table.throughput_model)
    check_alone(on_axes)
    if on_axes[WORKLOAD] is ALL:
        on_axes[WORKLOAD] = list(workload_names())
    elif on_axes[WORKLOAD] is None and output_tokens is None:
        on_axes["output_tokens"] = DEFAULT_LENGTH
    joint = on_axes[WORKLOAD] is not None
    for kind in FACTORS:
        left_out = on_axes[kind.axis] is None and not kind.by_deployment and not (joint and kind.is_length)
        if left_out and not (loaded and kind.name in OF_LOAD):
            on_axes[kind.axis] = getattr(chosen, kind.preset) if kind.preset else kind.default
    asked = under_load(of_load, workload_converter) if loaded else None
    grid = build_grid(
        {**on_axes, "model": model, "levers": levers, "boundary": boundary},
        catalog_labels={axis: table.labels(axis) for axis in CATALOG_AXES},
        spelling=with_load_hint(table.label, model, on_axes["hardware"]),
        workloads=_workloads(chosen),
        levers={**known_levers(), **preset_levers(chosen)},
        boundary=boundary_converter(chosen, has_share=not loaded),
        workload=workload_converter,
        prefill_weight=0.0 if loaded else chosen.prefill_weight if prefill_weight is None else prefill_weight,
        round_tokens=chosen.round_tokens if round_tokens is None else round_tokens,
        facts={"model": model_facts, "hardware": accelerator_facts} if loaded else None,
    )
    _check_pue(axes.get("pue"), grid)
    if not loaded:
        check_no_load_needed(levers_of(grid))
    if asked is not None:
        stated = {"prefill_weight": prefill_weight, "throughput_model": None if throughput_model == AUTO else form}
        check_cached(grid)
        check_nothing_twice(grid, {**axes, **stated}, asked)
    # A preset's node powers belong to its own catalog; another one says its own, row by row.
    powers = None
    if table.name == chosen.catalog and chosen.node_power is not None:
        powers = {"": chosen.node_power, **chosen.node_power_by_model}
    asks_for_all = model is ALL or any(axes.get(name) is ALL for name in CATALOG_AXES)
    return Study(
        grid,
        table,
        chosen,
        powers,
        skips_undetermined=asks_for_all and bool(table.known),
        throughput_model=form,
        load=asked,
    )


def under_load_catalog(catalog: str | os.PathLike[str] | Catalog | None, measured: object) -> tuple[Catalog, object]:
    """Return the catalog that names models and accelerators under a load, and what calibrates: one of a user's too.

    Parameters
    ----------
    catalog, measured
        What a user wrote for both.

    Raises
    ------
    InputError
        If it is another catalog that ships, whose rows say nothing here.
    """
    default = catalogs.load(DEFAULT)
    given = None if catalog is None else catalogs.load(catalog)
    if given is None or given.name == DEFAULT:
        return default, measured
    if given.name in catalogs.names():
        raise InputError(
            f"catalog must be left out under a load, where the load model knows the models and accelerators of catalog "
            f"{DEFAULT!r}, and your own as wq.Model(...) and wq.Accelerator(...), got catalog = {shown(catalog)}: "
            "leave it out, or pass one of your own, whose rows calibrate."
        )
    several = list(measured) if isinstance(measured, (list, tuple)) else [measured]
    return default, [one for one in (given, *several) if one is not None]


def _check_precision(precision: object) -> None:
    """Refuse a number: it may have been meant as the precision of the result."""
    if is_number(precision):
        raise InputTypeError(
            f"precision must be the numeric precision of the weights as the catalog names it, such as 'FP8', got "
            f"{shown(precision)}. For an error to reach, write relative_stderr={shown(precision)} in sweep or estimate."
        )


def _check_pue(pue: object, grid: Grid) -> None:
    """Refuse a PUE that no boundary of the grid counts."""
    if pue is not None and not grid.counts_pue:
        raise InputError(
            f"pue must be left out where no boundary counts it, got pue = {shown(pue)} with boundary = "
            f"{listed(grid.boundary.labels)}: PUE is part of the facility alone. Leave it out, or pass "
            "boundary='facility'."
        )


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
        workloads = {name: length(value) for name, value in preset.output_tokens.items()}
        levers = {
            name: _named_lever(name, factor, preset.lever_kinds.get(name)) for name, factor in preset.levers.items()
        }
        key = id(preset)
        known = weakref.ref(preset, lambda _: _KNOWN.pop(key, None)), (workloads, levers)
        _KNOWN[key] = known
    return known[1]


def _named_lever(name: str, factor: object, kind: str | None) -> Lever:
    """Return a lever of a preset, or one that a class of a fleet has in its place."""
    if isinstance(factor, Lever):
        return replace(factor, kind=factor.kind or kind)
    return Lever(name, as_distribution(factor, "levers"), kind=kind)


def boundary_converter(preset: Preset, *, has_share: bool = True) -> Callable[[object], Boundary]:
    """Return what makes a boundary from what a user wrote, with the steps that a preset knows.

    Parameters
    ----------
    preset
        Where known steps, and the accelerator share, come from.
    has_share
        Whether accelerators draw a share of what the node does, or have an energy of their own.
    """
    share, *steps = catalogs.boundary_factors(preset)
    known = {factor.name: partial(_step, factor) for factor in steps}
    if not has_share:
        return converter(known, None, "")
    return converter(known, as_distribution(share.factor, share.name), share.source)


def _step(known: BoundaryFactor) -> Step:
    """Return a known step, once it is named: what is wrong with those of a user's preset is said then."""
    return Step(known.name, as_distribution(known.factor, f"Step {known.name!r}: factor"), known.source)
