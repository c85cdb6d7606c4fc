"""Levers under a load: those that the load model has already are refused, or said to overlap it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError, listed
from wattquery.quantities.quantity import MOST_OUTSIDE
from wattquery.specs import Lever
from wattquery.specs.by_concurrency import ByConcurrency
from wattquery.specs.converters import LeverSet
from wattquery.specs.grid import Grid
from wattquery.specs.lever_kinds import LEVER_KINDS

__all__ = [
    "check_no_load_needed",
    "check_no_speculation",
    "check_not_on_axes",
    "is_beyond",
    "levers_of",
    "overlap_notes",
    "told_notes",
]

BEYOND = " is known from "
"""In the note on loads beyond those that a lever is known at."""

_OVERLAPPING = {
    "precision": "the precision of the weights, which model and precision say here",
    "batching": "how busy an instance is, which load or concurrency says here",
    "caching": "what is cached of a prompt, which cached_tokens or the workload says here",
    "serving": "batching and the serving system, which the load and the serving system say here",
    "hardware": "newer accelerators, which the axis hardware says here",
    "model": "smaller models and lower precision, which the axes model and precision say here",
}
"""Kinds of levers that the load model has too, and what of them."""


def levers_of(grid: Grid) -> list[Lever]:
    """Return the levers of a grid, each once."""
    sets = [one for one in grid.levers.values if isinstance(one, LeverSet)]
    return list({lever.name: lever for one in sets for lever in one.levers}.values())


def check_no_speculation(levers: Iterable[Lever], speculation: str) -> None:
    """Refuse levers by which a step makes several tokens, where the load model counts them or may.

    Parameters
    ----------
    levers
        What divides the energy.
    speculation
        What was stated of speculative decoding.

    Raises
    ------
    InputError
        If it is not off, and a lever is of this kind.
    """
    found = next((lever for lever in levers if speculation != "off" and lever.acts_on == "speculation"), None)
    if found is not None:
        raise InputError(
            f"levers must have none that makes several tokens in a step beside speculation = {speculation!r}, which "
            f"has them already or may, and would count twice, got {found.name!r}: leave the lever out, pass "
            "speculation='off', or state the lever's kind if it is another."
        )


def check_not_on_axes(grid: Grid) -> None:
    """Refuse levers of what an axis of the grid varies: the product of both would count it twice.

    Raises
    ------
    InputError
        If there are several precisions beside a lever for the precision, or several loads beside one for batching; or
        if that depends on the load, as the energy of a query does already.
    """
    is_loaded = grid.load.is_dimension or grid.concurrency.is_dimension
    varied = {"precision": "precision"} if grid.precision.is_dimension else {}
    varied |= {"batching": "load" if grid.load.is_dimension else "concurrency"} if is_loaded else {}
    for lever in levers_of(grid):
        axis = varied.get(str(lever.acts_on))
        if axis is not None:
            raise InputError(
                f"levers must have none of what the axis {axis} varies, which would count twice, got {lever.name!r}: "
                f"leave the lever out, pass one value as {axis}, or state the lever's kind if it is another."
            )
        if lever.acts_on == "batching" and lever.by_concurrency is not None:
            raise InputError(
                f"levers must have none for batching that depends on the load under a load, which says it already, got "
                f"{lever.name!r}: leave it out, or state the lever's kind if it is another."
            )


def check_no_load_needed(levers: Iterable[Lever]) -> None:
    """Refuse levers that depend on the load where none is stated.

    Raises
    ------
    InputError
        If there is one.
    """
    found = next((lever for lever in levers if lever.depends_on_load), None)
    if found is not None:
        raise InputError(
            f"levers must have none that depends on the load where none is stated, got {found.name!r}: pass "
            "concurrency=16 or load=0.5, or the lever at one concurrency, such as lever.at(16)."
        )


def told_notes(levers: Iterable[Lever], running: NDArray[np.float64]) -> list[str]:
    """Return what to say of levers by themselves: their source, loads beyond those that they are known at, and time.

    Parameters
    ----------
    levers
        What divides the energy.
    running
        Running sequences of each combination [1]; NaN where nothing is known.
    """
    known = running[~np.isnan(running)]
    notes = []
    for lever in levers:
        if lever.source:
            notes.append(f"lever {lever.name!r}: {lever.source}")
        if lever.by_concurrency is not None:
            notes += _where_it_costs(lever.name, lever.by_concurrency)
            low, high = lever.by_concurrency.ends
            beyond = known[(known < low) | (known > high)]
            if beyond.size:
                notes.append(
                    f"lever {lever.name!r}{BEYOND}{low:g} to {high:g} running sequences, and {beyond.size} of "
                    f"{known.size} combinations have fewer or more, between {beyond.min():.3g} and {beyond.max():.3g}: "
                    "there its factor is that of the nearest end"
                )
        if lever.saves_time:
            notes.append(f"lever {lever.name!r} saves time as well: throughput, power and times are told without it")
    return notes


def _where_it_costs(name: str, curve: ByConcurrency) -> list[str]:
    """Return at which concurrency a lever most likely costs energy, where that is worth saying."""
    points = zip(curve.concurrency, curve.factors, strict=True)
    share, place = max((float(one.cdf(1.0)) if one.is_random else float(one.ppf(0.5) < 1.0), at) for at, one in points)
    if share < MOST_OUTSIDE:
        return []
    return [
        f"lever {name!r} may cost energy, with a probability of {100.0 * share:.2g} % at {place:g} running sequences"
    ]


def is_beyond(note: str) -> bool:
    """Return whether a note is about loads beyond those that a lever is known at."""
    return note.startswith("lever ") and BEYOND in note


def overlap_notes(levers: Iterable[Lever], *, varies: bool) -> list[str]:
    """Return what to say of levers that overlap the load model, or may, a line for each.

    Parameters
    ----------
    levers
        What divides the energy.
    varies
        Whether models or precisions do, so that a lever for another model counts what an axis does.
    """
    notes = []
    for lever in levers:
        kind = lever.acts_on
        if kind is None:
            notes.append(
                f"lever {lever.name!r}: whether it overlaps the load model cannot be told from its name; state its "
                f"kind, one of {listed(LEVER_KINDS)}"
            )
        elif kind in _OVERLAPPING and (kind != "model" or varies):
            notes.append(
                f"lever {lever.name!r} overlaps the load model in {_OVERLAPPING[kind]}: the product of both counts it "
                "twice"
            )
    return notes
