"""Targets of latency that an instance is to meet: what was asked for, checked, as limits and in words."""

from __future__ import annotations

from collections.abc import Mapping

from wattquery.errors import InputError, InputTypeError, listed
from wattquery.specs.ranges import ranged_number
from wattquery.specs.scalars import shown

__all__ = ["TARGETS", "asked_as", "checked_targets", "in_words", "limits_of", "reached"]

TARGETS = {
    "interactivity": ("tokens/s per user", "tokens_per_s"),
    "time_per_output_token": ("s", "s"),
    "time_to_first_token": ("s", "s"),
}
"""What may be asked of an operating point, with its unit as text and in keys: the first at least, others at most."""


def checked_targets(asked_by: str, without: str, **given: object) -> dict[str, float]:
    """Return what was asked for.

    Parameters
    ----------
    asked_by
        The function that was called.
    without
        What to ask for where no target is meant, as the end of a sentence.
    **given
        Targets by name; None for what was left out.

    Raises
    ------
    InputError, InputTypeError
        If there is none, one is asked for twice, or one lies outside its range.
    """
    targets = {name: ranged_number(name, value) for name, value in given.items() if value is not None}
    if not targets:
        raise InputTypeError(
            f"{asked_by} needs a target, got none of {listed(TARGETS)}: pass interactivity=50 for 50 tokens/s per "
            f"user, or {without}."
        )
    if "interactivity" in targets and "time_per_output_token" in targets:
        raise InputError(
            "interactivity and time_per_output_token are one target, each the inverse of the other, got interactivity "
            f"= {shown(given['interactivity'])} and time_per_output_token = {shown(given['time_per_output_token'])}: "
            "leave one of them out."
        )
    return targets


def limits_of(targets: Mapping[str, float]) -> dict[str, float]:
    """Return the most that each latency may be [s]."""
    return {
        "time_per_output_token" if name == "interactivity" else name: 1.0 / value if name == "interactivity" else value
        for name, value in targets.items()
    }


def asked_as(name: str, targets: Mapping[str, float]) -> str:
    """Return the target that a limit on a latency comes from; other words as they are."""
    return "interactivity" if name == "time_per_output_token" and "interactivity" in targets else name


def reached(name: str, latency: float, targets: Mapping[str, float]) -> float:
    """Return a latency as what was asked for: its inverse where that is an interactivity."""
    return latency if asked_as(name, targets) == name else 1.0 / latency


def in_words(name: str, value: float) -> str:
    """Return a target as text, such as ``interactivity of 50 tokens/s per user or more``."""
    return f"{name} of {value:.4g} {TARGETS[name][0]} or {'more' if name == 'interactivity' else 'less'}"
