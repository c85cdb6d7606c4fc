"""`blend`: the distribution of a query that goes to one of several models, and levers applied after a trim."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import xarray as xr

from wattquery import catalog as catalogs
from wattquery.catalog import Preset
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.labelled import at_boundary, bin_coordinates, histogram_of, replicate_variables, variable
from wattquery.mixing import MixedCell, mixed_cell
from wattquery.quantities import AXES
from wattquery.specs import Axis, parse_axis
from wattquery.specs.factors import LeverSet, lever_set
from wattquery.studying import preset_levers

__all__ = ["blend"]

NOT_KEPT = ("bin", "node", "replicate")
"""Dimensions that a blend makes anew."""


def blend(
    ds: xr.Dataset,
    over: str = "model",
    *,
    models: Sequence[str] | int | None = None,
    trim: tuple[float, float] | None = None,
    weights: Sequence[float] | None = None,
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
        Share of queries by label, in the order of ``models``; equal if left out.
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
    if over not in ds.dims or over == "quantile":
        dims = [str(dim) for dim in ds.dims if dim in AXES]
        raise InputError(
            f"over = {over!r} is not a dimension of the dataset. Allowed are {listed(dims)}.{did_you_mean(over, dims)}"
        )
    if over == "boundary":
        raise InputError(
            "over = 'boundary' came: a query goes to one of several models, say, but its boundary is what is counted. "
            "Allowed are the other dimensions. Compare along it, or select one: ds.sel(boundary='facility')."
        )
    histogram_of(ds)
    low, high = _checked_trim(trim)
    labels = _members(ds, over, models)
    shares = _checked_weights(weights, labels)
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
        variables[name] = variable(name, [*outer, last] if last else outer, shaped)
    coordinates = {
        str(name): one.variable for name, one in members.coords.items() if not {over, *NOT_KEPT} & set(one.dims)
    }
    if combinations is not None:
        labels = np.array(combinations.labels)
        coordinates["levers"] = variable("levers", ("levers",) if on_axis else (), labels if on_axis else labels[0])
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


def _members(ds: xr.Dataset, over: str, models: Sequence[str] | int | None) -> list[object]:
    """Return the labels that take part."""
    labels: list[object] = ds[over].values.tolist()
    if models is None:
        return labels
    if isinstance(models, int) and not isinstance(models, bool):
        return _highest(ds, over, labels, models)
    if isinstance(models, (str, bool)) or not isinstance(models, Sequence) or not models:
        raise InputTypeError(
            f"models = {models!r} came. Allowed is a list of labels of {over!r}, or how many of those with the highest "
            "median."
        )
    for label in models:
        if label not in labels:
            raise InputError(
                f"models names {label!r}, which is not in dimension {over!r}. Allowed are {listed(labels)}."
                f"{did_you_mean(label, labels)}"
            )
    if len(set(models)) < len(models):
        raise InputError(f"models = {list(models)!r} names a label twice. Name each once, and use weights= for shares.")
    return list(models)


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
            f"models = {count} came, but dimension {over!r} has {usable} labels with data in every cell. "
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


def _checked_trim(trim: tuple[float, float] | None) -> tuple[float, float]:
    if trim is None:
        return 0.0, 1.0
    try:
        low, high = (float(end) for end in trim)
    except (TypeError, ValueError) as error:
        raise InputTypeError(f"trim = {trim!r} came. Allowed is a pair of quantiles, such as (0.14, 0.86).") from error
    if not 0.0 <= low < high <= 1.0:
        raise InputError(f"trim = {trim!r} came. Allowed are two quantiles with 0 <= low < high <= 1.")
    return low, high


def _checked_weights(weights: Sequence[float] | None, labels: list[object]) -> list[float]:
    if weights is None:
        return [1.0 / len(labels)] * len(labels)
    shares = np.asarray(weights, dtype=np.float64)
    if shares.shape != (len(labels),) or not np.all(shares >= 0.0) or not np.isclose(shares.sum(), 1.0, atol=1e-9):
        raise InputError(
            f"weights = {weights!r} came for {listed(labels)}. Allowed are as many shares as labels, none negative, "
            "with a sum of 1."
        )
    return [float(share) for share in shares]
