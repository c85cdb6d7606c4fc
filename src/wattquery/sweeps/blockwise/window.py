"""Bins of the energy lattice that all histograms of a store have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.methods.replicates import NODE_BINS, REPLICATES
from wattquery.sweeps.dataset import bin_coordinates
from wattquery.sweeps.labelled import labelled

__all__ = ["KEPT", "Window", "on_window"]

KEPT = {"histogram": "bin", "replicate_deviation": "node", "hidden_error": "node"}
"""Variables that have bins or nodes, and which."""

LABELS = ("bin", "bin_lower", "bin_upper", "node")
"""Their coordinates."""


@dataclass(frozen=True)
class Window:
    """A range of bins of the energy lattice.

    Attributes
    ----------
    first, end
        The first bin, and the one behind the last.
    """

    first: int
    end: int

    @property
    def bins(self) -> int:
        """How many bins it has."""
        return self.end - self.first

    @property
    def first_node(self) -> int:
        """The first of the nodes that enclose it."""
        return self.first // NODE_BINS

    @property
    def nodes(self) -> int:
        """How many nodes enclose it."""
        return -(-self.end // NODE_BINS) + 1 - self.first_node

    def with_other(self, other: Window | None) -> Window:
        """Return the window that holds both."""
        return self if other is None else Window(min(self.first, other.first), max(self.end, other.end))

    @property
    def coordinates(self) -> dict[str, xr.Variable]:
        """Its labels."""
        nodes = np.arange(self.first_node, self.first_node + self.nodes, dtype=np.int64)
        return bin_coordinates(self.first, self.bins) | {"node": labelled("node", ("node",), nodes)}

    def place_of(self, name: str) -> tuple[int, int]:
        """Return the first bin or node of a variable, and how many there are."""
        return (self.first, self.bins) if name == "histogram" else (self.first_node, self.nodes)

    def of(self, ds: xr.Dataset) -> xr.Dataset:
        """Return a result whose histograms have all bins of this window, and no other."""
        wide = {}
        dims = [str(dim) for dim in ds["histogram"].dims[:-1]]
        shape = ds["histogram"].shape[:-1]
        for name, dim in KEPT.items():
            first, size = self.place_of(name)
            if name in ds:
                variable = ds[name].variable
                begin = int(ds[dim].values[0]) if ds.sizes[dim] else first
                values = on_window(name, variable.values, begin, first, size)
                wide[name] = xr.Variable(variable.dims, values, variable.attrs)
            elif name != "histogram" and ds.attrs["method"] == "quasi_monte_carlo":
                own = (REPLICATES,) if name == "replicate_deviation" else ()
                own_dims = ["replicate"] if own else []
                blank = np.full((*shape, *own, size), np.nan, dtype=np.float32)
                wide[name] = labelled(name, (*dims, *own_dims, dim), blank)
        kept = ds.drop_vars([name for name in (*KEPT, *LABELS) if name in ds.variables]).assign(wide)
        kept = kept.assign_coords({name: one for name, one in self.coordinates.items() if one.dims[0] in kept.dims})
        return kept[[name for name in dict.fromkeys((*ds.variables, *kept.variables)) if name in kept.variables]]


def on_window(name: str, values: NDArray[Any], first: int, to_first: int, size: int) -> NDArray[Any]:
    """Return values along bins or nodes on a longer range of these, as they would be had they been made there.

    Parameters
    ----------
    name
        The variable.
    values
        Its values, bins or nodes last.
    first, to_first
        The first bin or node that they have, and that they are to have.
    size
        How many they are to have.

    Raises
    ------
    InputError
        If something lies beyond.
    """
    before, after = first - to_first, to_first + size - first - values.shape[-1]
    if values.shape[-1] == 0:
        empty = 0 if name == "histogram" else np.nan
        return np.full((*values.shape[:-1], size), empty, dtype=values.dtype)
    if min(before, after) < 0:
        raise InputError(
            "The histogram of a cell is wider than was foreseen when the store was laid out. Compute this grid without "
            "keep_histogram, or without a store."
        )
    ends = [(0, 0)] * (values.ndim - 1) + [(before, after)]
    if name == "hidden_error":
        return np.pad(values, ends, mode="edge")
    wide = np.pad(values, ends)
    if name != "histogram":
        wide[np.isnan(values[..., 0])] = np.nan
    return wide
