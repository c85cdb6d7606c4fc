"""Results over a grid some of whose axes may be random: which cells have data, their dims, coordinates, attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.plans.pick_freeze_tables import Choice, members
from wattquery.quantities import AXES
from wattquery.sensitivity.random_axes import checked_cells
from wattquery.specs import Axis
from wattquery.sweeps.coordinates import counted, throughput_attribute
from wattquery.sweeps.dataset import at_boundary, grid_coordinates
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.load_dataset import load_attribute, support_variables, table_of
from wattquery.sweeps.run import Run
from wattquery.throughput.load import SUPPORTS

__all__ = ["RemainingGrid"]


@dataclass(frozen=True, eq=False)
class RemainingGrid:
    """The grid that a result has: that of a run, less the axes that are random factors themselves.

    Attributes
    ----------
    run
        The run.
    choices
        The axes that are random, with the labels that take part and their weights.
    """

    run: Run
    choices: tuple[Choice, ...] = ()

    @property
    def random_axes(self) -> tuple[str, ...]:
        """The axes that are random, which the result does not have."""
        return tuple(AXES[choice.axis] for choice in self.choices)

    @property
    def axes(self) -> tuple[Axis[object], ...]:
        """The dimensions of the result."""
        return tuple(axis for axis in self.run.grid.dimensions if axis.name not in self.random_axes)

    @property
    def dims(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(axis.name for axis in self.axes)

    @property
    def shape(self) -> tuple[int, ...]:
        """Their lengths."""
        return tuple(axis.size for axis in self.axes)

    @cached_property
    def members(self) -> NDArray[np.int64]:
        """The cells of the plan that make up each cell of the result, one column per combination of random labels."""
        return members(self.run.grid.shape, self.choices).numbers

    @cached_property
    def supported(self) -> NDArray[np.bool_]:
        """Which cells of the result have data; those of which only some random labels have are refused."""
        reasons = () if self.run.lowered.under_load is None else table_of(self.run.lowered).reason.tolist()
        return checked_cells(self.run.grid, self.run.plan, self.choices, self.members, reasons)

    @property
    def weights(self) -> list[float]:
        """The probability of each combination of random labels."""
        weights = np.ones(1)
        for choice in self.choices:
            weights = np.outer(weights, choice.weights).ravel()
        return [float(weight) for weight in weights]

    def spread(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return values of the cells that have data as an array over all, NaN elsewhere, further dimensions last."""
        full = np.full((self.supported.size, *values.shape[1:]), np.nan)
        full[self.supported] = values
        return full.reshape((*self.shape, *values.shape[1:]))

    def labelled(self, name: str, values: NDArray[Any], *further: str) -> xr.Variable:
        """Return a variable of this package by cell, with what dimensions it has beyond them."""
        return labelled(name, (*self.dims, *further), values.reshape((*self.shape, *values.shape[1:])))

    def dataset(
        self, variables: Mapping[str, xr.Variable], coordinates: Mapping[str, xr.Variable], **made_by: object
    ) -> xr.Dataset:
        """Return the result.

        Parameters
        ----------
        variables, coordinates
            What it has beside the coordinates of the grid.
        **made_by
            Its ``title``, and attributes beside those of the run and the weights of random axes.
        """
        gone = set(self.random_axes)
        of_grid = {
            name: value
            for name, value in grid_coordinates(self.run.grid, self.run.lowered).items()
            if name not in gone and gone.isdisjoint(map(str, value.dims))
        }
        of_run = self.run.grid, self.run.lowered
        said = {**throughput_attribute(*of_run), **load_attribute(*of_run, self.run.study.preset)}
        attributes = self.run.provenance(**made_by, **self._weights_in_words(), **said)
        rests_on = {} if self.run.lowered.under_load is None else self._support()
        told = xr.Dataset({**variables, **rests_on}, {**of_grid, **coordinates}, attributes)
        return at_boundary(told, counted(self.run.grid, gone))

    def _support(self) -> dict[str, xr.Variable]:
        """Return what predictions rest on: of axes that are random, of the label of which least is known."""
        said = support_variables(self.run.grid, self.run.lowered)
        for choice in self.choices:
            name = AXES[choice.axis]
            if name in said["support"].dims:
                taking_part = {key: one.isel({name: list(choice.labels)}) for key, one in said.items()}
                said = _of_least_known(
                    taking_part, name, [self.run.grid.axes[choice.axis].labels[i] for i in choice.labels]
                )
        return said

    def _weights_in_words(self) -> dict[str, str]:
        """Return an attribute for each random axis: its labels with their weights."""
        words = {}
        for choice in self.choices:
            axis = self.run.grid.axes[choice.axis]
            pairs = zip(choice.labels, choice.weights, strict=True)
            words[f"weights_{axis.name}"] = "; ".join(f"{axis.labels[i]} = {weight:g}" for i, weight in pairs)
        return words


def _of_least_known(said: Mapping[str, xr.Variable], axis: str, labels: Sequence[object]) -> dict[str, xr.Variable]:
    """Return what is said of the label of an axis of which least is known, and in words which one that is."""
    ranks = np.vectorize(SUPPORTS.index, otypes=[np.int64])(said["support"].values)
    place = said["support"].get_axis_num(axis)
    order = np.lexsort((-said["support_rows"].values, ranks), axis=place)
    least = np.take(order, [-1], axis=place)
    found = {
        name: xr.Variable(
            [dim for dim in one.dims if dim != axis],
            np.take_along_axis(one.values, least, axis=place).squeeze(place),
            one.attrs,
        )
        for name, one in said.items()
    }
    if any(bool(np.any(one.values != one.values.take([0], axis=place))) for one in said.values()):
        names = np.array([f"least known is {axis} {label}: " for label in labels], dtype=object)[least.squeeze(place)]
        basis = found["support_basis"]
        words = np.asarray(names + basis.values.astype(object)).astype(str)  # of one cell, a sum is no array
        found["support_basis"] = xr.Variable(basis.dims, words, basis.attrs)
    return found
