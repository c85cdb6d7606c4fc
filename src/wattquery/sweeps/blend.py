"""`blend`: the distribution of a query that goes to one of several models, and levers applied after a trim."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery import catalog as catalogs
from wattquery.catalog import Preset
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.names import clean_label
from wattquery.specs import Axis, parse_axis
from wattquery.specs.containers import is_listlike, items, numbers, one_per_label
from wattquery.specs.converters import LeverSet, lever_set
from wattquery.specs.scalars import finite, is_whole, shown
from wattquery.sweeps.dataset import at_boundary, bin_coordinates, replicate_variables
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.magnitudes import check_energies
from wattquery.sweeps.mixed_cell import MixedCell, mixed_cell
from wattquery.sweeps.results import checked_dataset, checked_histograms
from wattquery.sweeps.study import preset_levers

__all__ = ["blend"]

NOT_KEPT = ("bin", "node", "replicate")
"""Dimensions that a blend makes anew."""

_NEEDED = {
    "energy": ("quantile",),
    "energy_mean": (),
    "energy_stderr": ("quantile",),
    "supported": (),
    "histogram": ("bin",),
}
"""Variables of a sweep that a mixture is made from, with a dimension of each."""


def blend(
    ds: xr.Dataset,
    over: str = "model",
    *,
    models: Sequence[object] | int | None = None,
    trim: tuple[float, float] | None = None,
    weights: Mapping[Any, float] | Sequence[float] | None = None,
    levers: object = None,
    preset: str | Preset = "v2-code",
) -> xr.Dataset:
    r"""Return the mixture of a dataset's distributions over one of its dimensions.

    .. math::

        F(x) = \sum_i w_i \; \mathrm{clip}\left(\frac{F_i(x) - a}{b - a}, 0, 1\right)

    with :math:`(a, b)` the ``trim``, or :math:`(0, 1)` without. Levers, if any, divide what the trim has left: on
    the lattice of ln E that is a convolution, done without sampling. Known levers divide all energies as one number.

    Parameters
    ----------
    ds
        Result of `wattquery.sweep` with ``keep_histogram=True``.
    over
        Dimension that is mixed, mostly ``"model"``.
    models
        Labels of that dimension that take part, or how many of those with the highest median; all if left out.
    trim
        Quantiles that each distribution is cut to before mixing. The paper cuts to P5..P95 and what is left to
        P10..P90, which is ``(0.14, 0.86)``.
    weights
        Share of queries by label, with a sum of 1; equal if left out. A dict, pandas Series or DataArray is read by its
        labels, in any order; a list or array, which has none, in the order of ``models``.
    levers
        Combinations of levers as in `wattquery.sweep`, applied after the trim. A list or dict becomes an axis.
    preset
        Where levers that are given by name come from.

    Returns
    -------
    xarray.Dataset
        As from `wattquery.sweep`, without the dimension ``over``, with probabilities as ``histogram``. Its
        ``energy_stderr`` counts the sampling of each distribution and of its trimming points; with common random
        numbers it adds the errors up, as they go the same way. Quasi-random replicates are blended one by one, and
        their spread is the error. It is infinite where nothing is known of it: too few draws beyond a quantile, or a
        blend of what was a blend of plain draws already.

    Raises
    ------
    InputError
        If there is no histogram, a label, weight or trim is not allowed, or a cell that takes part has no data.

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.sweep(wq.ALL, method="exact", keep_histogram=True)
    >>> frontier = wq.blend(ds, models=3, trim=(0.14, 0.86))
    >>> frontier["energy"].sel(quantile=[0.25, 0.5, 0.75]).round(2).values
    array([0.16, 0.31, 0.61])
    """
    ds = checked_dataset(ds, _NEEDED, "wattquery.sweep with keep_histogram=True", ("draws", "method"))
    axes = [str(dim) for dim in ds["energy_mean"].dims]
    if not axes:
        raise InputError(
            "The dataset has one cell and no axis, so there is nothing to mix. Allowed is a sweep over several models, "
            "say. Select labels in a list, which keeps the axis: ds.sel(model=[...])."
        )
    if not isinstance(over, str) or over not in axes:
        raise InputError(
            f"over = {shown(over)} is not a dimension of the dataset. Allowed are {listed(axes)}. Pass one of them."
            f"{did_you_mean(over, axes)}"
        )
    if over == "boundary":
        raise InputError(
            "over = 'boundary' came: a query goes to one of several models, say, but its boundary is what is counted. "
            "Allowed are the other dimensions. Compare along it, or select one: ds.sel(boundary='facility')."
        )
    ds = checked_histograms(ds)
    low, high = _checked_trim(trim)
    labels = _members(ds, over, models)
    shares = _checked_weights(weights, labels, over)
    known = preset_levers(catalogs.preset(preset))
    combinations = None if levers is None else parse_axis("levers", levers, lever_set(known))
    if combinations is not None and "levers" in ds.dims:
        raise InputError(
            "levers were given, but the dataset has a dimension levers already. "
            "Select one first: ds.sel(levers='none')."
        )
    members = ds.sel({over: labels})
    levels = np.asarray(ds["quantile"].values)

    def blended(cell: xr.Dataset, combination: LeverSet) -> MixedCell:
        return mixed_cell([cell.sel({over: label}) for label in labels], shares, (low, high), combination, levels)

    return _assembled(ds, members, over, blended, combinations)


def _assembled(
    ds: xr.Dataset,
    members: xr.Dataset,
    over: str,
    blended: Callable[[xr.Dataset, LeverSet], MixedCell],
    combinations: Axis[LeverSet] | None,
) -> xr.Dataset:
    """Return the dataset of all blended cells."""
    dims = [str(dim) for dim in members["energy_mean"].dims if dim != over]
    sets = (LeverSet(),) if combinations is None else combinations.values
    shape = (*(members.sizes[dim] for dim in dims), len(sets))
    levels = np.asarray(ds["quantile"].values)
    results: dict[tuple[int, ...], MixedCell] = {}
    for place in np.ndindex(shape):
        cell = members.isel(dict(zip(dims, place[:-1], strict=True)))
        if bool(cell["supported"].all()):
            results[place] = blended(cell, sets[place[-1]])
    if not results:
        raise InputError(
            f"No cell has data for all of {listed(members[over].values.tolist())}, so there is nothing to mix. "
            "Name labels that are supported with models=[...]; ds['supported'] tells which are."
        )
    energy, stderr = np.full((*shape, levels.size), np.nan), np.full((*shape, levels.size), np.nan)
    mean, std, mean_stderr = (np.full(shape, np.nan) for _ in range(3))
    supported = np.zeros(shape, dtype=np.bool_)
    first = min(one.histogram.first_bin for one in results.values())
    bins = max(one.histogram.first_bin + one.histogram.masses.size for one in results.values()) - first
    masses = np.zeros((*shape, bins))
    for place, one in results.items():
        energy[place], stderr[place] = one.energies, one.stderrs
        mean[place], std[place], mean_stderr[place], supported[place] = one.mean, one.std, one.mean_stderr, True
        masses[place] = one.histogram.aligned(first, bins)
    check_energies(
        np.concatenate([energy, mean[..., None]], axis=-1)[supported],
        lambda row: _labels_of(members, dims, supported, row),
    )
    values = {
        "energy": (energy, "quantile"),
        "energy_mean": (mean, None),
        "energy_std": (std, None),
        "energy_stderr": (stderr, "quantile"),
        "energy_mean_stderr": (mean_stderr, None),
        "supported": (supported, None),
        "histogram": (masses, "bin"),
    }
    on_axis = combinations is not None and combinations.is_dimension
    outer = [*dims, "levers"] if on_axis else dims
    variables = {}
    for name, (array, last) in values.items():
        shaped = array if on_axis else array.squeeze(axis=len(dims))
        variables[name] = labelled(name, [*outer, last] if last else outer, shaped)
    coordinates = {
        str(name): one.variable for name, one in members.coords.items() if not {over, *NOT_KEPT} & set(one.dims)
    }
    if combinations is not None:
        labels = np.array(combinations.labels)
        coordinates["levers"] = labelled("levers", ("levers",) if on_axis else (), labels if on_axis else labels[0])
    coordinates |= bin_coordinates(first, bins)
    replicates = {int(np.ravel_multi_index(at, shape)): one.replicates for at, one in results.items() if one.replicates}
    kept, nodes = replicate_variables(replicates, mean.size, outer, shape if on_axis else shape[:-1])
    variables |= kept
    coordinates |= nodes
    attributes = {
        **ds.attrs,
        "blend_over": over,
        "blend_members": " | ".join(str(label) for label in members[over].values.tolist()),
    }
    return at_boundary(xr.Dataset(variables, coordinates, attributes), ds["energy"].attrs["boundary"])


def _labels_of(members: xr.Dataset, dims: Sequence[str], supported: NDArray[np.bool_], row: int) -> str:
    """Return the labels of one of the cells that have data."""
    place = np.argwhere(supported)[row]
    return ", ".join(f"{dim}={members[dim].values[i]!r}" for dim, i in zip(dims, place, strict=False))


def _members(ds: xr.Dataset, over: str, models: object) -> list[object]:
    """Return the labels that take part."""
    labels: list[object] = ds[over].values.tolist()
    if models is None:
        return labels
    if is_whole(models):
        return _highest(ds, over, labels, int(models))
    if not is_listlike(models) or not items(models, "models"):
        raise InputTypeError(
            f"models = {shown(models)} is not a list of labels. Allowed is a list of labels of {over!r}, or how many "
            "of "
            f"those with the highest median. Write for example models={labels[:2]!r}."
        )
    chosen = [label if label in labels else clean_label(label, "models") for label in items(models, "models")]
    for i, label in enumerate(chosen):
        if not isinstance(label, (str, int, float)) or label not in labels:
            raise InputError(
                f"models names {shown(label)}, which is not in dimension {over!r}. Allowed are {listed(labels)}."
                f"{did_you_mean(label, labels)}"
            )
        if label in chosen[:i]:
            raise InputError(
                f"models = {shown(chosen)} names {label!r} twice. Allowed is each label once. Use weights= for shares."
            )
    return chosen


def _highest(ds: xr.Dataset, over: str, labels: list[object], count: int) -> list[object]:
    """Return the labels with the highest median, which must be the same in every cell."""
    medians = ds["energy"].sel(quantile=0.5) if 0.5 in ds["quantile"].values else None
    if medians is None:
        raise InputError("models is a number, but the dataset has no median. Sweep with 0.5 among the quantiles.")
    table = medians.transpose(over, ...).values.reshape(len(labels), -1)
    table = table[:, ~np.all(np.isnan(table), axis=0)]
    usable = int(np.min(np.sum(~np.isnan(table), axis=0), initial=len(labels)))
    if not 1 <= count <= usable:
        raise InputError(
            f"models = {shown(count)} came, but dimension {over!r} has {usable} labels with data in every cell. "
            f"Allowed is 1 to {usable}."
        )
    order = np.argsort(-np.where(np.isnan(table), -np.inf, table), axis=0)[:count]
    members = {frozenset(column.tolist()) for column in order.T}
    if len(members) != 1:
        raise InputError(
            f"models = {count} came, but the {count} highest medians are not the same {over} labels in every cell. "
            "Name the labels with models=[...], or select one cell first."
        )
    return [labels[i] for i in order[:, 0]]


def _checked_trim(trim: object) -> tuple[float, float]:
    if trim is None:
        return 0.0, 1.0
    ends = numbers(trim, "trim") if is_listlike(trim) else ()
    if len(ends) != 2 or not 0.0 <= ends[0] < ends[1] <= 1.0:
        raise InputError(
            f"trim = {shown(trim)} is not a pair of quantiles. Allowed is (low, high) with 0 <= low < high <= 1, such "
            "as "
            "(0.14, 0.86)."
        )
    return ends[0], ends[1]


def _checked_weights(weights: object, labels: list[object], over: str) -> list[float]:
    if weights is None:
        return [1.0 / len(labels)] * len(labels)
    if not isinstance(weights, Mapping) and not is_listlike(weights):
        raise InputTypeError(
            f"weights = {shown(weights)} is not a share for each of {listed(labels)}. Allowed is a dict by label, or a "
            f"list in this order. Write weights={{{labels[0]!r}: ...}}."
        )
    shares = [finite(share, "weights") for share in one_per_label(weights, "weights", labels, "share", over)]
    if min(shares) < 0.0 or not np.isclose(sum(shares), 1.0, atol=1e-9):
        raise InputError(
            f"weights = {shown(shares)} for {listed(labels)} sum to {sum(shares):.10g}. Allowed are shares, none "
            "negative, "
            "with a sum of 1. Divide each by the sum."
        )
    return shares
