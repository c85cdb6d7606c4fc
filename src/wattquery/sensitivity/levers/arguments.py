"""What a user says about levers, checked: combinations, and how they go together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery import catalog as catalogs
from wattquery.catalog import Preset
from wattquery.errors import InputError
from wattquery.paper.claims import published
from wattquery.sensitivity.levers.dependence import Correlation, correlation_matrix
from wattquery.specs import Axis, Lever, parse_axis
from wattquery.specs.converters import LeverSet, lever_set
from wattquery.sweeps.study import preset_levers

__all__ = ["DEPENDENCE", "chosen_levers", "dependences", "one_combination", "published_range"]

DEPENDENCE = ("independent", "correlated")
"""Labels of the dimension that a stated correlation adds."""

ALL_OF_THE_PAPER = "model+serving+hardware"
SOURCE = "Oviedo et al. 2026, https://arxiv.org/abs/2509.20241 (it does not say which statistics these are)"


def chosen_levers(levers: object, preset: str | Preset) -> tuple[Axis[LeverSet], Preset]:
    """Return combinations of levers as an axis, each with one lever at least."""
    chosen = catalogs.preset(preset)
    axis = parse_axis("levers", levers, lever_set(preset_levers(chosen)))
    for label, one in zip(axis.labels, axis.values, strict=True):
        if not one.levers:
            raise InputError(
                f"levers = {label!r} holds no lever, so there is nothing to reduce. Name one or more, such as "
                f"{ALL_OF_THE_PAPER!r}, or give wq.Lever(name, distribution)."
            )
    return axis, chosen


def one_combination(levers: object, preset: str | Preset) -> tuple[str, tuple[Lever, ...], Preset]:
    """Return what one combination is called and its levers, with the preset that names refer to.

    Nothing here is an axis, so that names and levers in a list belong together, and so do the entries of a dict, whose
    keys are what the levers are called.

    Raises
    ------
    InputError, InputTypeError
        If there is no lever, one comes twice, or an entry of a dict of several is not one lever.
    """
    if isinstance(levers, np.ndarray):
        levers = levers.tolist()
    if isinstance(levers, (list, tuple)):
        axis, chosen = chosen_levers([levers], preset)
    else:
        axis, chosen = chosen_levers(levers, preset)
    if axis.size == 1:
        return str(axis.labels[0]), axis.values[0].levers, chosen
    renamed = []
    for label, value in zip(axis.labels, axis.values, strict=True):
        if len(value.levers) > 1:
            raise InputError(
                f"levers[{label!r}] holds {len(value.levers)} levers. A dict of several entries must have one lever in "
                "each, which is then called by its key. Put them in a list, or merge them into one wq.Lever."
            )
        renamed.append(replace(value.levers[0], name=str(label)))
    together = LeverSet(tuple(renamed))
    return together.label, together.levers, chosen


def dependences(
    levers: tuple[Lever, ...], correlation: Correlation | None, known: Iterable[str] = ()
) -> list[NDArray[np.float64] | None]:
    """Return the correlation matrices to compute with: none, and the stated one if there is one.

    Pairs may name a lever of ``known``, those of all combinations; they say nothing about one that has it not.
    """
    if correlation is None:
        return [None]
    return [None, correlation_matrix(levers, correlation, known)]


def published_range(preset: Preset) -> Mapping[str, Any]:
    """Return attributes that tell what the paper says about all three levers together."""
    headline = published()["headline"].get(preset.published)
    if headline is None:
        return {}
    low, high = headline["combined_reduction"]
    return {
        "published_levers": ALL_OF_THE_PAPER,
        "published_low": float(low),
        "published_high": float(high),
        "published_source": SOURCE,
    }
