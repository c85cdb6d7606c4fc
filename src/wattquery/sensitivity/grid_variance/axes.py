"""The axes of a decomposition, checked, and the weight of each label: equal, or as given."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.specs.containers import as_mapping, is_listlike, items, one_per_label
from wattquery.specs.scalars import finite, is_whole, shown

__all__ = ["axis_weights", "check_weighted", "checked_axes", "checked_order"]

NOT_AXES = ("quantile", "bin", "replicate", "node")


def checked_axes(statistic: xr.DataArray, axes: object) -> list[str]:
    """Return the axes to decompose over, each with two labels or more."""
    allowed = [str(dim) for dim in statistic.dims if dim not in NOT_AXES]
    if isinstance(axes, str):
        raise InputTypeError(f"axes must be a list of axes, got the text {axes!r}. Write axes=[{axes!r}].")
    if isinstance(axes, np.ndarray) and axes.ndim == 1:
        axes = axes.tolist()
    if axes is not None and not isinstance(axes, (list, tuple)):
        raise InputTypeError(f"axes must be a list of axes, got {shown(axes)}. The dataset has {listed(allowed)}.")
    names = allowed if axes is None else list(axes)
    for name in names:
        if not isinstance(name, str) or name not in allowed:
            raise InputError(
                f"axes must name axes of the dataset, got {shown(name)}. It has {listed(allowed)}."
                f"{did_you_mean(name, allowed)}"
            )
    if len(set(names)) < len(names):
        raise InputError(f"axes = {names!r} names an axis twice. Name each once.")
    if not names:
        raise InputError(
            "The dataset has no axis to decompose over. Sweep with a list or dict for two arguments or more, such as "
            "model=[...] and pue=[...]."
        )
    short = [name for name in names if statistic.sizes[name] < 2]
    if short:
        labels = ", ".join(f"{name} has {statistic.sizes[name]} label" for name in short)
        fix = ", ".join(repr(name) for name in names if name not in short)
        raise InputError(
            f"axes must have two labels or more: {labels}, and an axis that does not vary explains nothing. "
            f"Leave it out with axes=[{fix}], or drop it with ds.isel({', '.join(f'{name}=0' for name in short)})."
        )
    return names


def checked_order(order: int | None, axes: int) -> int:
    """Return the most axes that an effect may join."""
    if order is None:
        return axes
    if not is_whole(order):
        raise InputTypeError(
            f"order must be a whole number, got {shown(order)}. Write order=2 for interactions of two axes."
        )
    if not 1 <= order <= axes:
        raise InputError(
            f"order must be from 1 (main effects alone) to {axes}, the number of axes, got {shown(order)}. Leave it "
            "out for all effects."
        )
    return int(order)


def check_weighted(weights: Mapping[str, object] | None, names: Sequence[str]) -> None:
    """Refuse weights that are no mapping, or are for what is not an axis."""
    if weights is not None and not isinstance(weights, Mapping):
        raise InputTypeError(
            f"weights must be a dict by axis, got {shown(weights)}. Write for example weights={{{names[0]!r}: [...]}}."
        )
    for name in weights or {}:
        if not isinstance(name, str) or name not in names:
            raise InputError(
                f"weights must name axes of the decomposition, {listed(names)}, got {shown(name)}."
                f"{did_you_mean(name, names)}"
            )


def axis_weights(
    statistic: xr.DataArray, axis: str, chosen: object, dropped: Mapping[str, Sequence[object]]
) -> NDArray[np.float64]:
    """Return weights with a sum of 1, one per label of an axis that is left after dropping.

    Parameters
    ----------
    statistic
        What the axis belongs to, without the labels that were dropped.
    axis
        The axis.
    chosen
        ``None`` for equal weights, a mapping, Series or DataArray from label to weight, or one number per label.
    dropped
        Labels that were dropped, by axis; weights that were given for them are left out too.

    Raises
    ------
    InputError
        If a label has no weight, or a weight is negative, or all are zero.
    """
    labels = statistic[axis].values.tolist()
    if chosen is None:
        return np.full(len(labels), 1.0 / len(labels))
    name, gone = f"weights[{axis!r}]", list(dropped.get(axis, ()))
    by_label = as_mapping(chosen, name)
    if isinstance(by_label, Mapping):
        chosen = {label: weight for label, weight in by_label.items() if label not in gone}
    elif gone and is_listlike(chosen) and len(items(chosen, name)) != len(labels):
        raise InputError(
            f"{name} must have one number for each of {len(labels)} labels, got {len(items(chosen, name))}: "
            f"{listed(gone)} were dropped. Give a mapping from label to weight instead."
        )
    weights = np.array([finite(weight, name) for weight in one_per_label(chosen, name, labels, "weight", axis)])
    if np.any(weights < 0.0) or np.count_nonzero(weights) < 2 or not math.isfinite(weights.sum()):
        raise InputError(
            f"{name} must be one number per label, none negative and at least two above 0, got "
            f"{shown(weights.tolist())} for {listed(labels)}. Correct them."
        )
    return np.asarray(weights / weights.sum())
