"""A workload and a length beside it: refused, whichever door they came through."""

from __future__ import annotations

from collections.abc import Mapping

from wattquery.errors import InputError
from wattquery.specs.scalars import shown

__all__ = ["check_alone"]

BESIDE = ("output_tokens", "input_tokens")


def check_alone(given: Mapping[str, object]) -> None:
    """Refuse a workload beside one of the lengths that it holds.

    Parameters
    ----------
    given
        What a user gave for each by name; None for what was left out.

    Raises
    ------
    InputError
        If both were given.
    """
    workload = given.get("workload")
    beside = {name: given[name] for name in BESIDE if given.get(name) is not None}
    if workload is not None and beside:
        names, values = " and ".join(beside), " and ".join(map(shown, beside.values()))
        raise InputError(
            "workload takes the place of output_tokens and input_tokens and must be given without them, got workload = "
            f"{shown(workload)} beside {names} = {values}. Leave out {names}, or the workload."
        )
