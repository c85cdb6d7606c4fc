"""`power_profile`: power of an instance over its load, for simulators of fleets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from wattquery.embedding.prepared_query import PreparedQuery
from wattquery.embedding.profile import PowerProfile
from wattquery.embedding.profile_bands import bands_over_load
from wattquery.errors import InputError, listed
from wattquery.methods.exact.reach import obstacle
from wattquery.specs.containers import items
from wattquery.specs.scalars import is_number, shown
from wattquery.sweeps.arguments import StudyArguments
from wattquery.sweeps.coordinates import coordinates, in_words
from wattquery.sweeps.load_dataset import load_notes, table_of
from wattquery.sweeps.run import Run, prepare
from wattquery.sweeps.settings import settings
from wattquery.sweeps.study import study
from wattquery.throughput.load.deployments import remedy

__all__ = ["LOADS", "power_profile"]

LOADS = (0.0, 0.005, 0.01, 0.02, 0.05, *(number / 10 for number in range(1, 11)))
"""Loads of a profile where none are given: closer where power changes fast [1]."""

Array = NDArray[np.float64]


def power_profile(
    model: object, *, loads: Sequence[float] = LOADS, level: float = 0.9, **arguments: Unpack[StudyArguments]
) -> PowerProfile:
    """Return the power of an instance over its load, with bands.

    Parameters
    ----------
    model
        A model of the catalog, a `wattquery.Model`, or what `wattquery.prepare` returned under a load: then of that.
    loads
        Running sequences over the most that run at once, from 0 to 1 [1].
    level
        Probability of the bands [1].
    **arguments
        As in `wattquery.estimate`, with one value for each axis and without a load; the hardware is needed. Lengths say
        what fills the batch. All three boundaries are given.

    Returns
    -------
    PowerProfile
        Power, throughput and running sequences at each load.

    Raises
    ------
    InputError
        If loads are not between 0 and 1, an argument makes an axis or does not belong to a power, or nothing is known
        of the combination.

    Examples
    --------
    >>> import wattquery as wq
    >>> profile = wq.power_profile("Llama 3.1 70B", hardware="H100 SXM", loads=(0, 0.5, 1))
    >>> [round(watts) for watts in profile.power_w_per_accelerator["accelerator"].median]
    [120, 574, 586]
    """
    prepared = model if isinstance(model, PreparedQuery) else None
    if prepared is not None:
        model, arguments = _of_prepared(prepared, arguments)
    wanted = _loads(loads)
    run = _run(model, dict(arguments), [one for one in wanted if one > 0.0] or [1.0])
    profile = _profile(run, wanted, level)
    if prepared is not None:
        _check_same_points(prepared, profile)
    return profile


def _of_prepared(prepared: PreparedQuery, arguments: Mapping[str, Any]) -> tuple[object, Any]:
    """Return what a prepared cell was asked for, without its load."""
    if arguments:
        raise InputError(
            f"{listed(arguments)} must be left out beside a prepared cell, which says all of it: pass the model "
            "and its arguments in its place."
        )
    if not prepared.is_under_load:
        raise InputError(
            "A power profile needs a cell under a load, and this one was prepared without: pass load= to prepare, or "
            "the model and its hardware to power_profile."
        )
    model, asked = prepared.asked
    return model, {name: value for name, value in asked.items() if name not in ("load", "concurrency")}


def _check_same_points(prepared: PreparedQuery, profile: PowerProfile) -> None:
    """Refuse measurements that are other ones than when a cell was prepared."""
    before, now = (one.provenance.get("measured_fingerprint") for one in (prepared, profile))
    if before != now:
        raise InputError(
            "The measurements that calibrate this cell have changed since it was prepared, and its power would be that "
            "of others: prepare it anew."
        )


def _loads(loads: object) -> Array:
    """Return loads, checked, in rising order."""
    values = [loads] if is_number(loads) else items(loads, "loads")
    wrong = next((one for one in values if not (is_number(one) and 0.0 <= one <= 1.0)), None)
    if wrong is not None or not values:
        raise InputError(
            f"loads must be numbers from 0, where nothing runs, to 1, got {shown(values if wrong is None else wrong)}: "
            "write (0, 0.1, 0.5, 1)."
        )
    return np.unique(np.array(values, dtype=np.float64))


def _run(model: object, arguments: dict[str, Any], loads: list[float]) -> Run:
    """Return the run of all loads above 0, at the facility."""
    for name in ("load", "concurrency"):
        if arguments.get(name) is not None:
            raise InputError(f"{name} must be left out of a power profile, got {shown(arguments[name])}: pass loads=.")
    asked = study(model, **{**arguments, "load": loads}, asked_by="power_profile", its_own=("loads", "level"))
    several = [axis.name for axis in asked.grid.dimensions if axis.name != "load"]
    if several:
        raise InputError(
            f"power_profile takes one value for each axis, got several for {listed(several)}: call it once for each."
        )
    steps = [step.name for step in asked.grid.boundary.values[0].steps]
    levers = [lever.name for lever in asked.grid.levers.values[0].levers]
    if steps or levers:
        raise InputError(
            f"{listed([*levers, *steps])} must be left out of a power profile: levers and steps change what a query "
            "takes, and not what an instance draws."
        )
    whole = study(model, **{**arguments, "load": loads, "boundary": "facility"}, asked_by="power_profile")
    run = prepare(whole, settings(method="exact"))
    if (reason := obstacle(run.plan)) is not None:
        raise InputError(
            f"power_profile cannot take {reason}: give this factor as a LogNormal, or as the number that stands for it."
        )
    return run


def _profile(run: Run, loads: Array, level: float) -> PowerProfile:
    """Return the profile of a run at all loads above 0, with no load before them where it is asked for."""
    table, grid, under_load = table_of(run.lowered), run.grid, run.lowered.under_load
    reason = next((one for one in table.reason if one), "")
    if reason or under_load is None:
        raise InputError(
            f"Nothing can be predicted of {grid.model.labels[0]} on {grid.hardware.labels[0]}, for {reason}: "
            f"{remedy(reason)}."
        )
    lengths = under_load[0].lengths[0]
    labels = {
        name: in_words(one.values, one.attributes)
        for name, one in coordinates(grid, run.lowered).items()
        if name not in ("load", "boundary", "levers")
    }
    bands = bands_over_load(run, loads, level)
    return PowerProfile(
        load=tuple(loads.tolist()),
        running_sequences=tuple((loads * table.most_sequences[0]).tolist()),
        output_tokens_per_s=bands.pop("throughput"),
        power_w_per_accelerator=bands,
        accelerators=int(table.accelerators[0]),
        accelerators_per_node=grid.hardware.values[0].facts.accelerators_per_node,
        most_sequences=float(table.most_sequences[0]),
        mean_input_tokens=float(lengths.batch_input),
        mean_output_tokens=float(lengths.batch_output),
        level=level,
        support=str(table.support[0]),
        support_rows=int(table.support_rows[0]),
        support_basis=str(table.support_basis[0]),
        assumptions=labels,
        notes=tuple(load_notes(grid, run.lowered, run.study.preset)),
        provenance=run.provenance(title="Power of an LLM serving instance over its load"),
    )
