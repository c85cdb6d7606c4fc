"""What a blend is asked for, checked: the dimension, the labels that take part, their shares and the trim."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.names import clean_label
from wattquery.specs.containers import is_listlike, items, numbers, one_per_label
from wattquery.specs.scalars import finite, is_whole, shown

__all__ = ["chosen_labels", "chosen_weights", "mixed_dimension", "trim_ends"]


def mixed_dimension(ds: xr.Dataset, over: object) -> str:
    """Return the dimension of a result that is mixed, if it has one of that name."""
    axes = [str(dim) for dim in ds["energy_mean"].dims]
    if not axes:
        raise InputError(
            "The dataset must have an axis to mix over, such as several models, and it has one cell. Select labels in "
            "a list, which keeps the axis: ds.sel(model=[...])."
        )
    if not isinstance(over, str) or over not in axes:
        raise InputError(
            f"over must be a dimension of the dataset, {listed(axes)}, got {shown(over)}. Pass one of them."
            f"{did_you_mean(over, axes)}"
        )
    if over == "boundary":
        raise InputError(
            "over must be another dimension than 'boundary': a query goes to one of several models, say, but its "
            "boundary is what is counted. Compare along it, or select one: ds.sel(boundary='facility')."
        )
    return over


def chosen_labels(ds: xr.Dataset, over: str, chosen: object) -> list[object]:
    """Return the labels that take part: all for ``None``, or for a number those with the highest median."""
    known: list[object] = ds[over].values.tolist()
    if chosen is None:
        return known
    if is_whole(chosen):
        return _highest(ds, over, known, int(chosen))
    if not is_listlike(chosen) or not items(chosen, "labels"):
        raise InputTypeError(
            f"labels must be a list of labels of {over!r}, or how many of those with the highest median, got "
            f"{shown(chosen)}. Write for example labels={known[:2]!r}."
        )
    labels = [label if label in known else clean_label(label, "labels") for label in items(chosen, "labels")]
    for i, label in enumerate(labels):
        if not isinstance(label, (str, int, float)) or label not in known:
            raise InputError(
                f"labels names {shown(label)}, which is not in dimension {over!r}. Pass some of {listed(known)}."
                f"{did_you_mean(label, known)}"
            )
        if label in labels[:i]:
            raise InputError(
                f"labels must name each label once, got {label!r} twice in {shown(labels)}. Use weights= for shares."
            )
    return labels


def _highest(ds: xr.Dataset, over: str, labels: list[object], count: int) -> list[object]:
    """Return the labels with the highest median, which must be the same in every cell."""
    if 0.5 not in ds["quantile"].values:
        raise InputError(
            f"labels = {shown(count)} asks for the highest medians, which the dataset does not have. Sweep with 0.5 "
            "among the quantiles."
        )
    medians = ds["energy"].sel(quantile=0.5).transpose(over, ...).values.reshape(len(labels), -1)
    medians = medians[:, ~np.all(np.isnan(medians), axis=0)]
    usable = int(np.min(np.sum(~np.isnan(medians), axis=0), initial=len(labels)))
    if not 1 <= count <= usable:
        raise InputError(
            f"labels must be 1 to {usable}, got {shown(count)}: dimension {over!r} has {usable} labels with data in "
            "every cell. Pass fewer, or name them."
        )
    order = np.argsort(-np.where(np.isnan(medians), -np.inf, medians), axis=0)[:count]
    if len({frozenset(column.tolist()) for column in order.T}) != 1:
        raise InputError(
            f"labels = {count} is not the same in every cell: the {over} labels with the {count} highest medians "
            "differ. Name the labels with labels=[...], or select one cell first."
        )
    return [labels[i] for i in order[:, 0]]


def trim_ends(trim: object) -> tuple[float, float]:
    """Return the quantiles that each member is cut to, (0, 1) for ``None``."""
    if trim is None:
        return 0.0, 1.0
    ends = numbers(trim, "trim") if is_listlike(trim) else ()
    if len(ends) != 2 or not 0.0 <= ends[0] < ends[1] <= 1.0:
        raise InputError(
            f"trim must be a pair of quantiles (low, high) with 0 <= low < high <= 1, got {shown(trim)}. "
            "The paper's is (0.14, 0.86)."
        )
    return ends[0], ends[1]


def chosen_weights(weights: object, labels: list[object], over: str) -> list[float]:
    """Return the share of each label, equal ones for ``None``."""
    if weights is None:
        return [1.0 / len(labels)] * len(labels)
    if not isinstance(weights, Mapping) and not is_listlike(weights):
        raise InputTypeError(
            f"weights must be a dict by label, or a list with a share for each of {listed(labels)}, got "
            f"{shown(weights)}. Write weights={{{labels[0]!r}: ...}}."
        )
    shares = [finite(share, "weights") for share in one_per_label(weights, "weights", labels, "share", over)]
    if min(shares) < 0.0 or not np.isclose(sum(shares), 1.0, atol=1e-9):
        raise InputError(
            f"weights must be shares, none negative, with a sum of 1, got {shown(shares)} for {listed(labels)}, which "
            f"sum to {sum(shares):.10g}. Divide each by the sum."
        )
    return shares
