"""Points of a query under loads: what it takes and how long users wait, by instance and load, for a search."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError, listed
from wattquery.sweeps.estimate import RUN_ARGUMENTS
from wattquery.sweeps.load_dataset import table_of
from wattquery.sweeps.run import Run, prepare
from wattquery.sweeps.settings import analysis_settings
from wattquery.sweeps.study import study

__all__ = ["SEARCHED", "TARGET_ARGUMENTS", "LoadPoints", "instance_in_words", "points_at", "prepared", "stated"]

SEARCHED = ("serving", "precision", "accelerators")
"""Axes of which several labels may be given: the best of them is taken."""

LATENCIES = ("time_per_output_token", "time_to_first_token")
TARGET_ARGUMENTS = ("interactivity", *LATENCIES)
"""What may be asked of a point."""

ENOUGH_DRAWS = 20_000
"""Of each point, where no exact method can take the cell: points share their random numbers."""

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LoadPoints:
    """Points of some instances by load: all arrays (instances, loads), NaN where there is no such point.

    Attributes
    ----------
    loads
        Running sequences as a share of the most [1].
    energy
        Median energy of a query [Wh].
    latencies
        Time per output token and to the first token, by name: the longest median of this and all lower loads. More load
        makes no user faster; where a median falls with it, measured rows nearby bend it [s].
    running, most
        Running sequences, and the most of them [1].
    instances
        Value on each axis of `SEARCHED`, by instance; None for one that was left out.
    reasons
        By instance, why there is none of it; empty where there is.
    run
        What they were computed in.
    """

    loads: Array
    energy: Array
    latencies: Mapping[str, Array]
    running: Array
    most: Array
    instances: Sequence[Mapping[str, Any]]
    reasons: Sequence[str]
    run: Run

    def meets(self, limits: Mapping[str, float]) -> NDArray[np.bool_]:
        """Return which points meet all limits [s]."""
        met = np.isfinite(self.energy)
        for name, most in limits.items():
            met = met & (self.latencies[name] <= most)
        return met

    def best(self, limits: Mapping[str, float]) -> Array:
        """Return the energies of all points that meet all limits, infinite for others."""
        return np.where(self.meets(limits), self.energy, np.inf)


def prepared(model: object, given: Mapping[str, Any], loads: Array) -> Run:
    """Return the run of all instances at some loads."""
    of_study = {name: value for name, value in given.items() if name not in RUN_ARGUMENTS}
    own = (*RUN_ARGUMENTS, *TARGET_ARGUMENTS)
    cells = study(model, **of_study, load=loads.tolist(), asked_by="operating_point", its_own=own)
    several = [axis.name for axis in cells.grid.dimensions if axis.name not in (*SEARCHED, "load")]
    if several:
        raise InputError(
            f"operating_point takes one value for each axis but {listed(SEARCHED)}, whose best is taken, got several "
            f"for {listed(several)}: call it once for each of them, and compare what it returns."
        )
    kept = {name: given[name] for name in ("seed", "threads") if name in given}
    return prepare(cells, analysis_settings(quantiles=(0.5,), draws=ENOUGH_DRAWS, **kept))


def points_at(
    model: object, given: Mapping[str, Any], loads: Array, *, least: Mapping[str, float] | None = None
) -> LoadPoints:
    """Return the points of all instances at some loads.

    Parameters
    ----------
    model, given
        What is asked for.
    loads
        In rising order [1].
    least
        Latencies that the first load has at least, as of lower loads [s].
    """
    run = prepared(model, given, loads)
    grid, table = run.grid, table_of(run.lowered)
    shape = (-1, loads.size)
    energy = run.statistics(keep_histograms=False).arrays["energy"].reshape(shape)
    values = itertools.product(*(getattr(grid, name).values for name in SEARCHED))
    return LoadPoints(
        loads=loads,
        energy=np.where(table.reason.reshape(shape) == "", energy, np.nan),
        latencies={
            name: np.maximum.accumulate(
                np.maximum(getattr(table, name).reshape(shape), (least or {}).get(name, 0.0)), axis=1
            )
            for name in LATENCIES
        },
        running=table.batch.reshape(shape),
        most=table.most_sequences.reshape(shape),
        instances=[dict(zip(SEARCHED, one, strict=True)) for one in values],
        reasons=table.reason.reshape(shape)[:, 0].tolist(),
        run=run,
    )


def stated(instance: Mapping[str, Any]) -> dict[str, Any]:
    """Return what tells an instance, without what was left out."""
    return {name: value for name, value in instance.items() if value is not None}


def instance_in_words(instance: Mapping[str, Any]) -> str:
    """Return what tells an instance, as text."""
    size = instance["accelerators"]
    parts = [f"{name} {instance[name]!r}" for name in SEARCHED[:2] if instance[name] is not None]
    return ", ".join([f"{size} accelerator{'' if size == 1 else 's'}", *parts])
