"""Levers under a load: those that the load model has already are refused, or said to overlap it."""

from __future__ import annotations

from collections.abc import Iterable

from wattquery.errors import InputError, listed
from wattquery.specs import Lever
from wattquery.specs.converters import LeverSet
from wattquery.specs.grid import Grid
from wattquery.specs.lever_kinds import LEVER_KINDS

__all__ = ["check_no_speculation", "levers_of", "overlap_notes"]

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
