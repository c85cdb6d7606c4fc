"""Levers by name as they were measured: from the rows of the shipped table to factors by concurrency."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from wattquery.catalog.measured_levers import lever_rows
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.arguments import refuses_unknown
from wattquery.specs import Distribution, Fixed, Lever, LogNormal
from wattquery.specs.by_concurrency import ByConcurrency
from wattquery.specs.distributions.lognormal import Z95
from wattquery.specs.scalars import shown

__all__ = ["known_levers", "measured_lever"]

_KINDS = {
    "multi_token_prediction": "speculation",
    "fp8_from_bf16": "precision",
    "fp4_from_fp8": "precision",
    "larger_batch": "batching",
}
"""What each measured lever changes."""

_Row = dict[str, str]


@refuses_unknown
def measured_lever(name: str, *, hardware: str | None = None, model_class: str | None = None) -> Lever:
    """Return a measured lever, as it depends on the running sequences of an instance.

    Parameters
    ----------
    name
        A lever of `wattquery.catalog.levers`.
    hardware, model_class
        Where it was measured, if on several accelerators or on dense models and mixtures of experts.

    Returns
    -------
    Lever
        With the ratios of energies as lognormal factors by concurrency, those of throughputs as time factors where
        they were measured on the same hardware, and its source.

    Raises
    ------
    InputError
        If it was not measured, not with its energy, in several places, or saves nothing at any concurrency.

    Examples
    --------
    >>> mtp = measured_lever("multi_token_prediction")
    >>> [round(1.0 - 1.0 / float(mtp.at(running).factor.ppf(0.5)), 2) for running in (4, 32, 256)]
    [0.3, 0.24, 0.18]
    >>> mtp.kind, mtp.saves_time
    ('speculation', True)
    """
    if not isinstance(name, str) or name not in _KINDS:
        raise InputError(f"lever must be one of {listed(_KINDS)}, got {shown(name)}.{did_you_mean(str(name), _KINDS)}")
    chosen = {"hardware": hardware, "model_class": model_class}
    for axis, value in chosen.items():
        if value is not None and not isinstance(value, str):
            raise InputTypeError(f"{axis} must be a name, got {shown(value)}: write one that wq.catalog.levers() has.")
    places = [place for place in _places(name) if all(value in (None, place[axis]) for axis, value in chosen.items())]
    if len(places) != 1:
        told = listed([f"{one['hardware']} ({one['model_class']})" for one in _places(name)])
        got = ", ".join(f"{axis}={value!r}" for axis, value in chosen.items() if value is not None) or "none of both"
        raise InputError(
            f"lever {name!r} was measured with its energy on {told}: choose one of these by hardware= and "
            f"model_class=, got {got}."
        )
    return _lever(name, places[0])


@cache
def known_levers() -> Mapping[str, Lever]:
    """Return the levers that need no more than their name: those that were measured in one place alone."""
    return MappingProxyType({name: _lever(name, _places(name)[0]) for name in _KINDS if len(_places(name)) == 1})


def _places(name: str) -> list[dict[str, str]]:
    """Return where a lever was measured with its energy."""
    energies = [row for row in lever_rows() if (row["lever"], row["quantity"]) == (name, "energy")]
    found = sorted({(row["hardware"], row["model_class"]) for row in energies})
    return [{"hardware": hardware, "model_class": model_class} for hardware, model_class in found]


def _lever(name: str, place: Mapping[str, str]) -> Lever:
    rows = [row for row in lever_rows() if row["lever"] == name and place.items() <= row.items()]
    energy, rates = ([row for row in rows if row["quantity"] == one] for one in ("energy", "throughput"))
    return Lever(
        name,
        kind=_KINDS[name],
        by_concurrency=_curve(energy, -1.0),
        time_factor=_curve(rates, 1.0) if rates else None,
        source=_source(energy[0]),
    )


def _curve(rows: Sequence[_Row], sign: float) -> ByConcurrency:
    """Return factors that divide: of energies the ratio's inverse, of throughputs the ratio."""
    return ByConcurrency(
        tuple(float(row["concurrency"]) for row in rows),
        tuple(_factor(sign * math.log(float(row["ratio"])), float(row["log_sd"])) for row in rows),
    )


def _factor(mean: float, sd: float) -> Distribution:
    if sd == 0.0:
        return Fixed(math.exp(mean))
    low, high = (float(f"{math.exp(mean + sign * Z95 * sd):.4g}") for sign in (-1.0, 1.0))
    return LogNormal(p5=low, p95=high)


def _source(row: _Row) -> str:
    """Return where a lever was measured, in words."""
    between = "" if row["same_stack"] == "True" else ", between different serving systems"
    models = row["models"].replace("|", ", ")
    return (
        f"measured on {row['hardware']} with {models}, {row['pairs']} pairs of runs at {row['lowest_concurrency']} to "
        f"{row['highest_concurrency']} running sequences{between} ({row['source_id'].replace('|', ', ')})"
    )
