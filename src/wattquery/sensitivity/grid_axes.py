"""The axes of a decomposition, checked, and the weight of each label: equal, or as given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed

__all__ = ["axis_weights", "check_weighted", "checked_axes", "checked_order"]

NOT_AXES = ("quantile", "bin", "replicate", "node")


def checked_axes(statistic: xr.DataArray, axes: Sequence[str] | None) -> list[str]:
    """Return the axes to decompose over, each with two labels or more."""
    allowed = [str(dim) for dim in statistic.dims if dim not in NOT_AXES]
    if isinstance(axes, str):
        raise InputTypeError(f"axes = {axes!r} is a text. Allowed is a list of axes: axes=[{axes!r}].")
    if axes is not None and not isinstance(axes, (list, tuple)):
        raise InputTypeError(f"axes = {axes!r} came. Allowed is a list of axes: {listed(allowed)}.")
    names = allowed if axes is None else list(axes)
    for name in names:
        if name not in allowed:
            raise InputError(
                f"axes names {name!r}, which is not an axis of the dataset. Allowed are {listed(allowed)}."
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
            f"{labels}, and an axis that does not vary explains nothing. Allowed are axes of two labels or more. "
            f"Leave it out with axes=[{fix}], or drop it with ds.isel({', '.join(f'{name}=0' for name in short)})."
        )
    return names


def checked_order(order: int | None, axes: int) -> int:
    """Return the most axes that an effect may join."""
    if order is None:
        return axes
    if isinstance(order, bool) or not isinstance(order, (int, np.integer)):
        raise InputTypeError(f"order = {order!r} is not a whole number. Write order=2 for interactions of two axes.")
    if not 1 <= order <= axes:
        raise InputError(f"order = {order} came for {axes} axes. Allowed is 1 (main effects alone) to {axes}.")
    return int(order)


def check_weighted(weights: Mapping[str, object] | None, names: Sequence[str]) -> None:
    """Refuse weights that are no mapping, or are for what is not an axis."""
    if weights is not None and not isinstance(weights, Mapping):
        raise InputTypeError(
            f"weights = {weights!r} came. Allowed is a dict by axis: weights={{{names[0]!r}: [...]}}, for example."
        )
    for name in weights or {}:
        if name not in names:
            raise InputError(
                f"weights names {name!r}, which is not among the axes. Allowed are {listed(names)}."
                f"{did_you_mean(name, names)}"
            )


def axis_weights(
    statistic: xr.DataArray, axis: str, given: object, dropped: Mapping[str, Sequence[object]]
) -> NDArray[np.float64]:
    """Return weights with a sum of 1, one per label of an axis that is left after dropping.

    Parameters
    ----------
    statistic
        What the axis belongs to, without the labels that were dropped.
    axis
        The axis.
    given
        ``None`` for equal weights, a mapping from label to weight, or one number per label.
    dropped
        Labels that were dropped, by axis; weights that were given for them are left out too.

    Raises
    ------
    InputError
        If a label has no weight, or a weight is negative, or all are zero.
    """
    labels = statistic[axis].values.tolist()
    if given is None:
        return np.full(len(labels), 1.0 / len(labels))
    gone = list(dropped.get(axis, ()))
    if isinstance(given, Mapping):
        _check_labels(axis, given, labels, gone)
        values = [given[label] for label in labels]
    elif isinstance(given, (Sequence, np.ndarray)) and not isinstance(given, str):
        values = list(given)
        if gone and len(values) != len(labels):
            raise InputError(
                f"weights[{axis!r}] has {len(values)} numbers, but {listed(gone)} were dropped. Give a mapping from "
                "label to weight instead."
            )
    else:
        raise InputTypeError(
            f"weights[{axis!r}] = {given!r} came. Allowed is a mapping from label to weight, or one number per label."
        )
    try:
        weights = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputTypeError(f"weights[{axis!r}] = {given!r} came. Allowed are numbers.") from error
    positive = weights.shape == (len(labels),) and bool(np.all(np.isfinite(weights) & (weights >= 0.0)))
    if not positive or np.count_nonzero(weights) < 2:
        raise InputError(
            f"weights[{axis!r}] = {given!r} came for {listed(labels)}. Allowed is one number per label, none negative "
            "and at least two above zero."
        )
    return np.asarray(weights / weights.sum())


def _check_labels(axis: str, given: Mapping[object, object], labels: list[object], gone: list[object]) -> None:
    for label in given:
        if label not in labels and label not in gone:
            raise InputError(
                f"weights[{axis!r}] names {label!r}, which is not a label of it. Allowed are {listed(labels)}."
                f"{did_you_mean(label, labels)}"
            )
    without = [label for label in labels if label not in given]
    if without:
        raise InputError(f"weights[{axis!r}] has no weight for {listed(without)}. Give every label one; 0 is allowed.")
