"""Candidates: instances of a model that are compared, by hardware, serving system, precision and size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.sweeps.instance_sizes import SIZES, sizes_by_hardware
from wattquery.sweeps.load_dataset import table_of
from wattquery.sweeps.load_points import TARGET_ARGUMENTS, prepared
from wattquery.sweeps.run import Run

__all__ = ["OWN_ARGUMENTS", "SEARCHED", "Array", "compared", "loads_for", "run_at"]

Array = NDArray[np.float64]

SEARCHED = ("hardware", "serving", "precision", "accelerators")
"""Axes of which several labels may be given, in the order of a grid."""

OWN_ARGUMENTS = (
    *TARGET_ARGUMENTS,
    "queries_per_day",
    "requests_per_hour",
    "load_profile",
    "chance",
    "minimize",
    "reserve",
    "level",
)
"""Arguments that no study has."""

MOST_POINTS = 160_000
"""Candidates at loads that are computed at once: some 200 MB, and two seconds."""

MOST_CANDIDATES = 2500

FEWEST_STEPS, MOST_STEPS = 8, 64
"""Loads in a doubling: the more, the nearer is what is interpolated between them."""

LOWEST = (0.25, 0.5)
"""Running sequences of the largest instance below one: a line through them ends at the power of idle instances."""


def run_at(model: object, given: Mapping[str, Any], loads: Array) -> Run:
    """Return the run of all candidates at some loads."""
    return prepared(model, given, loads, asked_by="plan_capacity", searched=SEARCHED, its_own=OWN_ARGUMENTS)


def compared(model: object, given: dict[str, Any]) -> tuple[NDArray[np.int64], float]:
    """Return which candidates of the grid are compared, by number, and the most sequences that one of them runs.

    Sizes of instances that are compared where none is given are added to what was given: those of a node of each
    accelerator, or the larger ones where the model fits on none of them.

    Raises
    ------
    InputError
        If there are too many for one table.
    """
    sizes = None
    if given.get("accelerators") is None:
        sizes = sizes_by_hardware(run_at(model, {**given, "accelerators": list(SIZES)}, np.ones(1)))
        given["accelerators"] = sorted(set().union(*sizes))
    run = run_at(model, given, np.ones(1))
    table = table_of(run.lowered)
    if len(table) > MOST_CANDIDATES:
        raise InputError(
            f"plan_capacity compares up to {MOST_CANDIDATES:,} candidates at once, got {len(table):,} "
            "combinations of hardware, serving, precision and accelerators: ask for them in parts."
        )
    kept = np.ones(len(table), dtype=np.bool_)
    if sizes is not None:
        by_hardware = np.array([np.isin(given["accelerators"], own) for own in sizes])
        others = len(table) // by_hardware.size
        kept = np.repeat(by_hardware[:, None, :], others, axis=1).ravel()
    most = table.most_sequences[kept & (table.reason == "")]
    return np.flatnonzero(kept), float(most.max(initial=2.0))


def loads_for(candidates: int, most: float) -> Array:
    """Return the loads at which candidates are computed: from less than one running sequence to all that fit.

    Parameters
    ----------
    candidates
        How many combinations the table has.
    most
        Most sequences of the largest of them [1].
    """
    doublings = float(np.log2(most))
    steps = np.clip(MOST_POINTS / (candidates * doublings), FEWEST_STEPS, MOST_STEPS)
    return np.concatenate([np.array(LOWEST) / most, np.geomspace(1.0 / most, 1.0, 1 + int(np.ceil(steps * doublings)))])
