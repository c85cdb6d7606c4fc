"""Points of a query under loads: what it takes and how long users wait, by instance and load, for a search."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError, listed
from wattquery.specs.scalars import shown
from wattquery.sweeps.estimate import RUN_ARGUMENTS
from wattquery.sweeps.load_dataset import table_of
from wattquery.sweeps.run import Run, prepare
from wattquery.sweeps.settings import analysis_settings
from wattquery.sweeps.study import study

__all__ = [
    "LATENCIES",
    "SEARCHED",
    "TARGET_ARGUMENTS",
    "LoadPoints",
    "check_free",
    "instance_in_words",
    "points_at",
    "points_of",
    "prepared",
    "stated",
]

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
        Median energy of a query, or the mean where it is what counts [Wh].
    latencies
        Time per output token and to the first token, by name: the longest median of this and all lower loads (or other
        quantile, where one was asked for). More load makes no user faster; where a median falls with it, measured rows
        nearby bend it [s].
    running, most
        Running sequences, and the most of them [1].
    instances
        Value on each axis that is searched, by instance; None for one that was left out.
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


def check_free(asked_by: str, given: Mapping[str, Any]) -> None:
    """Refuse a load where one is looked for.

    Raises
    ------
    InputError
        If there is one among what was given.
    """
    for name in ("load", "concurrency"):
        if given.get(name) is not None:
            raise InputError(
                f"{name} is what {asked_by} looks for, got {name} = {shown(given[name])}: leave it out, or ask "
                "for this load with estimate."
            )


def prepared(
    model: object,
    given: Mapping[str, Any],
    loads: Array,
    *,
    asked_by: str = "operating_point",
    searched: Sequence[str] = SEARCHED,
    its_own: Sequence[str] = TARGET_ARGUMENTS,
) -> Run:
    """Return the run of all instances at some loads.

    Parameters
    ----------
    model, given, loads
        What is asked for.
    asked_by, searched, its_own
        The function that was called, the axes of which it takes several labels, and its arguments beside those of a
        study.

    Raises
    ------
    InputError
        If another axis has several labels.
    """
    of_study = {name: value for name, value in given.items() if name not in RUN_ARGUMENTS}
    own = (*RUN_ARGUMENTS, *its_own)
    cells = study(model, **of_study, load=loads.tolist(), asked_by=asked_by, its_own=own)
    several = [axis.name for axis in cells.grid.dimensions if axis.name not in (*searched, "load")]
    if several:
        raise InputError(
            f"{asked_by} takes one value for each axis but {listed(searched)}, whose best is taken, got several "
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
    energy = run.statistics(keep_histograms=False).arrays["energy"]
    return points_of(run, loads, energy, least=least)


def points_of(
    run: Run,
    loads: Array,
    energy: Array,
    *,
    searched: Sequence[str] = SEARCHED,
    least: Mapping[str, float] | None = None,
    sigmas: float = 0.0,
) -> LoadPoints:
    """Return the points of a run, whose energies are known.

    Parameters
    ----------
    run, loads
        All instances at loads in rising order [1].
    energy
        Of a query, by instance and load [Wh].
    searched
        The axes that tell instances apart.
    least
        Latencies that the first load has at least, as of lower loads [s].
    sigmas
        By how many standard deviations of their logarithm latencies lie above their medians [1].
    """
    grid, table = run.grid, table_of(run.lowered)
    shape = (-1, loads.size)
    values = itertools.product(*(getattr(grid, name).values for name in searched))
    latencies = {name: getattr(table, name) * np.exp(sigmas * table.log_sds[name]) for name in LATENCIES}
    return LoadPoints(
        loads=loads,
        energy=np.where(table.reason.reshape(shape) == "", energy.reshape(shape), np.nan),
        latencies={
            name: np.maximum.accumulate(np.maximum(one.reshape(shape), (least or {}).get(name, 0.0)), axis=1)
            for name, one in latencies.items()
        },
        running=table.batch.reshape(shape),
        most=table.most_sequences.reshape(shape),
        instances=[dict(zip(searched, one, strict=True)) for one in values],
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
