"""`blend`: the distribution of a query that goes to one of several models, and levers applied after a trim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Never

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery import catalog as catalogs
from wattquery.catalog import Preset
from wattquery.errors import InputError, listed
from wattquery.inputs.arguments import refuse_unknown
from wattquery.specs import Axis, parse_axis
from wattquery.specs.arguments import Array, LeverAxis
from wattquery.specs.converters import LeverSet, lever_set
from wattquery.sweeps.blend_arguments import chosen_labels, chosen_weights, mixed_dimension, trim_ends
from wattquery.sweeps.dataset import at_boundary, kept_variables, statistic_variables
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.magnitudes import check_energies
from wattquery.sweeps.mixed_cell import MixedCell, mixed_cell
from wattquery.sweeps.results import checked_dataset, checked_histograms
from wattquery.sweeps.study import preset_levers
from wattquery.sweeps.support_words import missing_because

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
    labels: Sequence[object] | Array | int | None = None,
    trim: Sequence[float] | Array | None = None,
    weights: Mapping[Any, float] | Sequence[float] | Array | None = None,
    levers: LeverAxis | None = None,
    preset: str | Preset = "v2-code",
    **unknown: Never,
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
    labels
        Labels of that dimension that take part, or how many of those with the highest median; all if left out.
    trim
        Quantiles that each distribution is cut to before mixing. The paper cuts to P5..P95 and what is left to
        P10..P90, which is ``(0.14, 0.86)``.
    weights
        Share of queries by label, with a sum of 1; equal if left out. A dict, pandas Series or DataArray is read by its
        labels, in any order; a list or array, which has none, in the order of ``labels``.
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
    >>> frontier = wq.blend(ds, labels=3, trim=(0.14, 0.86))
    >>> frontier["energy"].sel(quantile=[0.25, 0.5, 0.75]).round(2).values
    array([0.16, 0.31, 0.61])
    """
    refuse_unknown("blend", unknown, ("ds", "over", "labels", "trim", "weights", "levers", "preset"))
    ds = checked_dataset(ds, _NEEDED, "wattquery.sweep with keep_histogram=True", ("draws", "method"))
    over = mixed_dimension(ds, over)
    ds = checked_histograms(ds)
    ends = trim_ends(trim)
    members = chosen_labels(ds, over, labels)
    shares = chosen_weights(weights, members, over)
    combinations = None
    if levers is not None:
        combinations = parse_axis("levers", levers, lever_set(preset_levers(catalogs.preset(preset))))
        if "levers" in ds.dims:
            raise InputError(
                "levers cannot be applied to a dataset that has a dimension levers already. Select one of its labels "
                "first: ds.sel(levers='none')."
            )
    return _Blend(ds.sel({over: members}), over, shares, ends, combinations).dataset()


@dataclass(frozen=True, eq=False)
class _Blend:
    """A blend of a dataset of members: all that is checked, and the cells that come of it.

    Attributes
    ----------
    members
        The dataset with the labels that take part.
    over
        The dimension that is mixed.
    shares
        The share of each label.
    trim
        Quantiles that each member is cut to.
    combinations
        Levers that are applied after that; None for none.
    """

    members: xr.Dataset
    over: str
    shares: Sequence[float]
    trim: tuple[float, float]
    combinations: Axis[LeverSet] | None

    @cached_property
    def dims(self) -> list[str]:
        """Dimensions of the grid that are left."""
        return [str(dim) for dim in self.members["energy_mean"].dims if dim != self.over]

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of cells along them, and of combinations of levers."""
        return (*(self.members.sizes[dim] for dim in self.dims), len(self.lever_sets))

    @property
    def lever_sets(self) -> Sequence[LeverSet]:
        """The combinations of levers, the last axis of all cells."""
        return (LeverSet(),) if self.combinations is None else self.combinations.values

    def dataset(self) -> xr.Dataset:
        """Return the dataset of all blended cells."""
        blended = self._cells()
        cells = int(np.prod(self.shape))
        arrays = _by_statistic(blended, cells)
        self._check(arrays, sorted(blended))
        on_axis = self.combinations is not None and self.combinations.is_dimension
        dims, shape = ([*self.dims, "levers"], self.shape) if on_axis else (self.dims, self.shape[:-1])
        variables = statistic_variables(arrays, dims, shape)
        variables["supported"] = labelled("supported", dims, np.isin(np.arange(cells), list(blended)).reshape(shape))
        kept, own = kept_variables(
            {cell: mixture.histogram for cell, mixture in blended.items()},
            {cell: mixture.replicates for cell, mixture in blended.items() if mixture.replicates},
            cells,
            dims,
            shape,
        )
        attributes = {
            **self.members.attrs,
            "blend_over": self.over,
            "blend_members": " | ".join(str(label) for label in self.members[self.over].values.tolist()),
        }
        ds = xr.Dataset(variables | kept, self._coordinates() | own, attributes)
        return at_boundary(ds, self.members["energy"].attrs["boundary"])

    def _cells(self) -> dict[int, MixedCell]:
        """Return the mixture of each cell of which all members have data, by its number."""
        levels = np.asarray(self.members["quantile"].values)
        blended = {}
        for number, place in enumerate(np.ndindex(self.shape)):
            cell = self.members.isel(dict(zip(self.dims, place[:-1], strict=True)))
            if bool(cell["supported"].all()):
                parts = [cell.isel({self.over: i}) for i in range(len(self.shares))]
                blended[number] = mixed_cell(parts, self.shares, self.trim, self.lever_sets[place[-1]], levels)
        if not blended:
            place = np.argwhere(~self.members["supported"].values)[0]
            at = {str(dim): int(i) for dim, i in zip(self.members["supported"].dims, place, strict=True)}
            raise InputError(
                f"No cell has data for all of {listed(self.members[self.over].values.tolist())}, so there is nothing "
                f"to mix. Name labels that are supported with labels=[...]; ds['supported'] tells which "
                f"are{missing_because(self.members, at)}."
            )
        return blended

    def _check(self, arrays: Mapping[str, NDArray[np.float64]], cells: Sequence[int]) -> None:
        """Refuse energies that no query has."""

        def labels(row: int) -> str:
            place = np.unravel_index(cells[row], self.shape)
            return ", ".join(f"{dim}={self.members[dim].values[i]!r}" for dim, i in zip(self.dims, place, strict=False))

        check_energies(np.column_stack([arrays["energy"], arrays["energy_mean"]])[cells], labels)

    def _coordinates(self) -> dict[str, xr.Variable]:
        """Return the coordinates of the members that hold for their mixture, and that of the levers."""
        coordinates = {
            str(name): coordinate.variable
            for name, coordinate in self.members.coords.items()
            if not {self.over, *NOT_KEPT} & set(coordinate.dims)
        }
        if self.combinations is not None:
            labels = np.array(self.combinations.labels)
            on_axis = self.combinations.is_dimension
            coordinates["levers"] = labelled("levers", ["levers"] if on_axis else [], labels if on_axis else labels[0])
        return coordinates


def _by_statistic(blended: Mapping[int, MixedCell], cells: int) -> dict[str, NDArray[np.float64]]:
    """Return the statistics of all cells by name, one row for each; NaN where there is no data."""
    arrays: dict[str, NDArray[np.float64]] = {}
    for cell, mixture in blended.items():
        for name, values in mixture.statistics.items():
            if name not in arrays:
                arrays[name] = np.full((cells, *values.shape), np.nan)
            arrays[name][cell] = values
    return arrays
