"""`anova`: which axis of a factorial grid explains how much of the variance of a statistic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.arguments import refuses_unknown, renamed_result
from wattquery.sensitivity.grid_variance.axes import axis_weights, check_weighted, checked_axes, checked_order
from wattquery.sensitivity.grid_variance.decomposition import effect_noise, effects, total_effect, weighted_mean
from wattquery.sensitivity.grid_variance.missing_cells import complete
from wattquery.sensitivity.grid_variance.within_cells import sampling_variance, within_variance
from wattquery.specs.scalars import is_number, shown
from wattquery.sweeps.load_dataset import LOAD_NOTES
from wattquery.sweeps.provenance import package_version
from wattquery.sweeps.results import checked_dataset

__all__ = ["anova"]

Array = NDArray[np.float64]
JOIN = " x "
HIGHER = "higher orders"
SCALES = ("log", "natural")
NOISE = 64.0 * np.finfo(np.float64).eps


@refuses_unknown
def anova(
    ds: xr.Dataset,
    variable: str = "energy",
    *,
    quantile: float = 0.5,
    axes: Sequence[str] | None = None,
    order: int | None = None,
    scale: Literal["log", "natural"] = "log",
    weights: Mapping[str, object] | None = None,
    missing: Literal["raise", "drop_labels"] = "raise",
    within: bool | None = None,
) -> xr.Dataset:
    r"""Return how much of the variance of a statistic over a grid each axis, and each interaction, explains.

    .. math::

        f = \sum_{u} f_u, \qquad \operatorname{Var} f = \sum_{u \ne \emptyset} \operatorname{Var} f_u, \qquad
        f_u = \sum_{v \subseteq u} (-1)^{|u| - |v|} \, \operatorname{mean}(f \mid \text{labels of } v)

    The grid is a full factorial and every cell is known, so this is a decomposition of numbers and no test: there
    are no degrees of freedom and no p-values. On the log scale a factor that multiplies the energy has no
    interaction; what remains as interaction is what does not simply multiply.

    Parameters
    ----------
    ds
        Result of `wattquery.sweep` or `wattquery.blend`, or any dataset over labelled axes.
    variable
        What is explained: ``"energy"`` at ``quantile``, ``"energy_mean"``, ``"energy_std"``, ``"throughput"``, ...
    quantile
        Which quantile, where ``variable`` has several.
    axes
        Dimensions to decompose over; all if left out. Those left out of a list are kept: there is one decomposition
        for each of their labels.
    order
        Most axes that an effect may join; all if left out. What lies above becomes the effect ``"higher orders"``.
    scale
        ``"log"`` explains ln of the variable, ``"natural"`` the variable itself.
    weights
        Weight of the labels by axis: a mapping from label to weight, or one number per label. Equal where left out;
        scaled to a sum of 1.
    missing
        What to do with cells that are NaN. ``"raise"`` refuses them. ``"drop_labels"`` drops whole labels until the
        grid is full: each time the one with the largest share of NaN cells (of two alike, that of the later axis);
        the attribute ``dropped`` tells which. A slice of the kept dimensions that is all NaN stays NaN.
    within
        Whether to add the variance inside the cells. On the natural scale it needs ``energy_mean`` and
        ``energy_std``, on the log scale histograms. By default it is added where it can be.

    Returns
    -------
    xarray.Dataset
        Dims ``effect`` (``"model"``, ``"model x serving"``, ...; sorted by order, then as the axes are) and
        ``axis``. ``variance`` and ``share`` (..., effect): shares sum to 1, and are NaN where nothing varies.
        ``total_share`` (..., axis): the share of all effects that an axis takes part in. ``total_variance``,
        ``mean`` of the statistic on its scale. Where the dataset has the sampling error of the statistic (quantiles
        and mean of the energy): ``cell_sampling_variance``, the mean over the cells of its square;
        ``sampling_variance`` (..., effect), the variance that this error alone gives an effect, and
        ``sampling_share``, the same as a share of ``total_variance``: an effect whose share is not well above it may
        be noise. The attribute ``sampling_errors`` says whether that is expected (cells drawn independently) or an
        upper bound (common random numbers, whose errors cancel in part). With ``within``,
        ``within_variance``, the mean variance of one query inside a cell, and ``within_share``, its share of the
        variance of one query in a random cell, by the law of total variance
        ``Var E = Var(mean of a cell) + mean(Var inside a cell)``. Coordinate ``order`` (effect).

    Raises
    ------
    InputError
        If an argument is not allowed, an axis has one label only, a cell is NaN, or the log of a value that is not
        positive would be needed.

    References
    ----------
    Hoeffding, A class of statistics with asymptotically normal distribution, Annals of Mathematical Statistics 19
    (1948), 293, https://doi.org/10.1214/aoms/1177730196

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.sweep(["DeepSeek-R1", "Llama 3.1 70B"], output_tokens=["traditional", "long"], pue=[1.1, 1.5],
    ...               method="exact")
    >>> shares = wq.sensitivity.anova(ds, order=2)["share"]
    >>> shares.to_series().round(4).tolist()
    [0.4497, 0.5297, 0.0085, 0.0122, 0.0, 0.0, 0.0]
    """
    ds = checked_dataset(ds, {}, "sweep or blend")
    _check_choices(scale, within)
    statistic = _statistic(ds, variable, quantile)
    names = checked_axes(statistic, axes)
    highest = checked_order(order, len(names))
    kept = [str(dim) for dim in statistic.dims if dim not in names]
    ds, dropped = complete(ds, statistic, names, kept, missing)
    statistic = _statistic(ds, variable, quantile).transpose(*names, *kept)
    check_weighted(weights, names)
    shares = [axis_weights(statistic, name, (weights or {}).get(name), dropped) for name in names]
    table = _on_scale(statistic, scale)
    values, joined = _decomposed(table, shares, names, kept, highest)
    independent = _independent(ds)
    values |= _noise(ds, statistic, scale, shares, kept, joined, values["total_variance"], independent=independent)
    values |= _within(ds, variable, scale, shares, names, kept, within)
    for name in values.keys() & _LONG_NAMES.keys():
        values[name].attrs["long_name"] = _LONG_NAMES[name]
    _set_units(values, statistic, scale)
    coordinates = {
        "effect": ("effect", values.pop("labels").values),
        "order": ("effect", values.pop("orders").values, {"long_name": "number of axes that the effect joins"}),
        "axis": ("axis", np.array(names)),
        **{str(name): array.variable for name, array in statistic.coords.items() if set(array.dims) <= set(kept)},
    }
    told = {
        "scale": scale,
        "axes": " | ".join(f"{name} ({statistic.sizes[name]})" for name in names),
        "weights": "given: " + ", ".join(weights) if weights else "equal",
        "missing": missing,
        **{name: ds.attrs[name] for name in (LOAD_NOTES,) if name in ds.attrs},
        "dropped": "; ".join(f"{name}: {' | '.join(map(str, gone))}" for name, gone in dropped.items()) or "none",
    }
    return xr.Dataset(values, coordinates, _attributes(statistic, _sampling_in_words(values, independent), told))


def _check_choices(scale: object, within: object) -> None:
    """Refuse a scale that is none, and what is no answer to whether variances inside the cells are wanted."""
    if not isinstance(scale, str) or scale not in SCALES:
        raise InputError(f"scale must be 'log' or 'natural', got {shown(scale)}.{did_you_mean(scale, SCALES)}")
    if within is not None and not isinstance(within, (bool, np.bool_)):
        raise InputTypeError(
            f"within must be True, False or None, got {shown(within)}. Leave it out to decide by data."
        )


def _attributes(statistic: xr.DataArray, sampling: str, told: Mapping[str, str]) -> dict[str, str]:
    """Return what made the result: what was explained, how known it is, and what the user chose."""
    at = f" at quantile {statistic['quantile'].item():g}" if "quantile" in statistic.coords else ""
    return {
        "title": "Shares of the variance over a grid",
        "statistic": f"{statistic.name}{at}",
        **told,
        "sampling_errors": sampling,
        "notes": f"sampling_share: {sampling}",
        "source": "Hoeffding 1948, https://doi.org/10.1214/aoms/1177730196",
        "wattquery_version": package_version(),
    }


_LONG_NAMES = {
    "share": "share of the variance over the grid",
    "variance": "variance of the effect over the grid",
    "total_share": "share of all effects that the axis takes part in",
    "total_variance": "variance of the statistic over the grid",
    "mean": "mean of the statistic over the grid",
    "sampling_variance": "variance of the effect that the sampling error alone gives",
    "sampling_share": "share of the variance over the grid that the sampling error alone gives the effect",
    "cell_sampling_variance": "mean over cells of the squared sampling error of the statistic",
    "within_variance": "mean over cells of the variance of one query",
    "within_share": "share of the variance of one query that lies inside the cells",
}


def _statistic(ds: xr.Dataset, variable: str, quantile: float) -> xr.DataArray:
    """Return the variable that is explained, at its quantile if it has several."""
    numeric = [str(name) for name, array in ds.data_vars.items() if array.dtype.kind in "fiu" and name != "histogram"]
    if not isinstance(variable, str) or variable not in numeric:
        raise InputError(
            f"variable must be a numeric one of the dataset, {listed(numeric)}, got {shown(variable)}."
            f"{renamed_result(variable, numeric) or did_you_mean(variable, numeric)}"
        )
    statistic = checked_dataset(ds, {variable: ()}, "sweep or blend")[variable]
    if "quantile" in statistic.dims:
        levels = statistic["quantile"].values.tolist()
        if not is_number(quantile) or quantile not in levels:
            raise InputError(
                f"quantile must be one of the dataset, {listed(levels)}, got {shown(quantile)}. For another one sweep "
                "with it among quantiles=."
            )
        statistic = statistic.sel(quantile=quantile)
    return statistic


def _on_scale(statistic: xr.DataArray, scale: str) -> Array:
    values = np.asarray(statistic.values, dtype=np.float64)
    if np.isinf(values).any():
        raise InputError(
            f"{statistic.name} is infinite in {int(np.isinf(values).sum())} of {values.size} cells, which has no "
            "variance. Finite numbers are needed. Sweep with more draws, where it is an error without information, or "
            "select other cells."
        )
    if scale == "natural":
        return values
    if np.any(values <= 0.0):
        raise InputError(
            f"{statistic.name} has values of 0 or less, whose logarithm does not exist. Use scale='natural'."
        )
    return np.log(values)


def _decomposed(
    table: Array, shares: Sequence[Array], names: Sequence[str], kept: Sequence[str], order: int
) -> tuple[dict[str, xr.DataArray], list[tuple[int, ...] | None]]:
    """Return variances and shares by effect and by axis, the labels of the effects, and the axes that each joins.

    Those are ``None`` for what lies above the order.
    """
    mean = weighted_mean(table, shares)
    centred = table - mean  # the mean of what may be far from zero would cost digits
    total = weighted_mean(centred**2, shares)
    by_order = sorted(effects(centred, shares, order), key=lambda effect: (len(effect[0]), effect[0]))
    labels = [JOIN.join(names[i] for i in axes) for axes, _ in by_order]
    orders = [len(axes) for axes, _ in by_order]
    variances = [variance for _, variance in by_order]
    joined: list[tuple[int, ...] | None] = [axes for axes, _ in by_order]
    if order < len(names):
        joined.append(None)
        labels, orders = [*labels, HIGHER], [*orders, order + 1]
        variances.append(np.maximum(total - np.sum(variances, axis=0), 0.0))
    totals = np.stack([total_effect(centred, shares, i) for i in range(len(names))], axis=-1)
    scale = np.maximum(np.abs(mean), np.abs(table).max(axis=tuple(range(len(names)))))
    flat = total <= (NOISE * scale) ** 2  # rounding alone
    divisor = np.where(flat, np.nan, total)[..., None]
    stacked = np.stack(variances, axis=-1)
    by_effect, by_axis = (*kept, "effect"), (*kept, "axis")
    values = {
        "share": xr.DataArray(stacked / divisor, dims=by_effect),
        "variance": xr.DataArray(stacked, dims=by_effect),
        "total_share": xr.DataArray(totals / divisor, dims=by_axis),
        "total_variance": xr.DataArray(total, dims=kept),
        "mean": xr.DataArray(mean, dims=kept),
        "labels": xr.DataArray(np.array(labels), dims="effect"),
        "orders": xr.DataArray(np.array(orders), dims="effect"),
    }
    return values, joined


_SAMPLING = {
    True: "expected: the cells are drawn independently",
    False: "upper bound: the cells have common random numbers, or it is not known whether they do",
}


def _sampling_in_words(values: Mapping[str, xr.DataArray], independent: bool) -> str:
    if "cell_sampling_variance" not in values:
        return "not known: the dataset has no standard error of the statistic"
    if not np.any(values["cell_sampling_variance"].values > 0.0):
        return "none: the statistic was not sampled"
    return _SAMPLING[independent]


def _independent(ds: xr.Dataset) -> bool:
    """Return whether the sampling errors of the cells are known to be independent."""
    stated = ds.attrs.get("common_random_numbers")
    return isinstance(stated, (int, np.integer)) and not stated


def _noise(
    ds: xr.Dataset,
    statistic: xr.DataArray,
    scale: str,
    shares: Sequence[Array],
    kept: Sequence[str],
    joined: Sequence[tuple[int, ...] | None],
    total: xr.DataArray,
    *,
    independent: bool,
) -> dict[str, xr.DataArray]:
    """Return what the sampling error alone would give a cell and each effect, where the dataset tells it."""
    if f"{statistic.name}_stderr" not in ds:
        return {}
    error = ds[f"{statistic.name}_stderr"]
    if "quantile" in error.dims:
        error = error.sel(quantile=statistic["quantile"])
    values = sampling_variance(statistic, error.transpose(*statistic.dims), scale)
    listed = [effect_noise(values, shares, axes, independent=independent) for axes in joined if axes is not None]
    cells = effect_noise(values, shares, (), independent=False)
    if len(listed) < len(joined):
        # All effects together, without the mean; errors that go together may all meet in those that are not listed.
        rest = cells
        if independent:
            together = cells - effect_noise(values, shares, (), independent=True)
            rest = np.where(np.isinf(cells), np.inf, np.maximum(together - sum(listed), 0.0))
        listed.append(rest)
    by_effect = xr.DataArray(np.stack(listed, axis=-1), dims=(*kept, "effect"))
    return {
        "cell_sampling_variance": xr.DataArray(cells, dims=kept),
        "sampling_variance": by_effect,
        "sampling_share": by_effect / total.where(total > 0.0),
    }


def _within(
    ds: xr.Dataset,
    variable: str,
    scale: str,
    shares: Sequence[Array],
    names: Sequence[str],
    kept: Sequence[str],
    wanted: bool | None,
) -> dict[str, xr.DataArray]:
    """Return the variance of one query inside the cells, and its share of that of one query in a random cell."""
    if wanted is False:
        return {}
    moments = within_variance(ds, variable, scale, [*names, *kept], required=bool(wanted))
    if moments is None:
        return {}
    means, variances = moments
    inside = weighted_mean(variances, shares)
    between = weighted_mean((means - weighted_mean(means, shares)) ** 2, shares)
    both = inside + between
    share = np.divide(inside, both, out=np.full_like(both, np.nan), where=both > 0.0)
    return {
        "within_variance": xr.DataArray(inside, dims=kept),
        "within_share": xr.DataArray(share, dims=kept),
    }


def _set_units(values: Mapping[str, xr.DataArray], statistic: xr.DataArray, scale: str) -> None:
    unit = str(statistic.attrs.get("units", "1"))
    squared = "1" if scale == "log" or unit == "1" else f"{unit}2"
    for name, array in values.items():
        if name.endswith("variance"):
            array.attrs["units"] = squared
        elif name.endswith("share"):
            array.attrs["units"] = "1"
    values["mean"].attrs["units"] = f"ln({unit})" if scale == "log" else unit
