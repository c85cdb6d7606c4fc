"""The cells of a grid as numbers and tables: at every boundary, and cell by cell in a stated order."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from wattquery.claims.energies import in_digits
from wattquery.claims.wording import USUAL, span_words
from wattquery.reports.content import Table

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr
    from numpy.typing import NDArray

__all__ = ["BOUNDARY", "FEW", "Cells", "digits"]

BOUNDARY = "boundary"
FEW = 6
"""Cells that are all shown at every boundary; of more, those that take least and most."""

_NOT_AXES = ("quantile", BOUNDARY)
_BESIDE = {
    "throughput": ("throughput [tokens/s]", 1.0),
    "time_to_first_token": ("first token [ms]", 1e3),
    "time_per_output_token": ("output token [ms]", 1e3),
    "interactivity": ("tokens/s per user", 1.0),
}
"""What stands beside the energies of a cell where a result has it: its heading, and what it is multiplied by."""

Place = Mapping[str, int]


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a result of `wattquery.sweep` or `wattquery.blend`.

    Attributes
    ----------
    ds
        The result, with ``boundary`` as an axis where it has several.
    """

    ds: xr.Dataset

    @cached_property
    def boundary(self) -> str:
        """The boundary of the answer: the facility, or the last that there is."""
        labels = self.boundaries
        return USUAL if USUAL in labels else labels[-1]

    @cached_property
    def boundaries(self) -> list[str]:
        """All boundaries, in order."""
        if BOUNDARY in self.ds.dims:
            return [str(one) for one in self.ds[BOUNDARY].values.tolist()]
        return [str(self.ds["energy"].attrs.get(BOUNDARY, USUAL))]

    @cached_property
    def head(self) -> xr.Dataset:
        """The result at the boundary of the answer."""
        return self.at(self.boundary)

    def at(self, boundary: str) -> xr.Dataset:
        """Return the result at one boundary."""
        return self.ds.sel({BOUNDARY: boundary}) if BOUNDARY in self.ds.dims else self.ds

    @cached_property
    def dims(self) -> list[str]:
        """Axes of the grid, without the boundary."""
        return [str(dim) for dim in self.ds["energy_mean"].dims if dim not in _NOT_AXES]

    @cached_property
    def levels(self) -> list[float]:
        """Levels of the quantiles."""
        return [float(one) for one in self.ds["quantile"].values.tolist()]

    @cached_property
    def middle(self) -> int:
        """The place of the level next to the median."""
        return min(range(len(self.levels)), key=lambda i: abs(self.levels[i] - 0.5))

    @cached_property
    def sorted(self) -> list[Place]:
        """Places of the cells with a number, the smallest median first; those that take the same in their order."""
        known = [(self.quantiles(place)[self.middle], place) for place in self._places()]
        return [place for median, place in sorted(known, key=lambda one: one[0]) if math.isfinite(median)]

    @cached_property
    def missing(self) -> list[Place]:
        """Places of the cells without one."""
        return [place for place in self._places() if not math.isfinite(self.quantiles(place)[self.middle])]

    def _places(self) -> Iterator[Place]:
        import numpy as np

        for place in np.ndindex(*(self.ds.sizes[dim] for dim in self.dims)):
            yield dict(zip(self.dims, place, strict=True))

    def quantiles(self, place: Place, boundary: str | None = None) -> list[float]:
        """Return the quantiles of a cell [Wh]."""
        values: list[float] = self._energies[boundary or self.boundary][tuple(place.values())].tolist()
        return values

    @cached_property
    def _energies(self) -> dict[str, NDArray[np.float64]]:
        """The quantiles by boundary as arrays: reading cell by cell from a Dataset takes a thousand times as long."""
        order = (*self.dims, "quantile")
        return {one: self.at(one)["energy"].transpose(*order).values for one in self.boundaries}

    def median(self, place: Place) -> float:
        """Return the median of a cell at the boundary of the answer [Wh]."""
        return self.quantiles(place)[self.middle]

    def span(self, place: Place) -> str:
        """Return what most queries of a cell take, in words."""
        values = self.quantiles(place)
        return span_words(values[0], values[-1], self.levels[0], self.levels[-1])

    def labels(self, place: Place) -> list[str]:
        """Return the labels of a cell."""
        found = [self.ds[dim].values.tolist()[i] for dim, i in place.items()]
        return [f"{one:g}" if isinstance(one, float) else str(one) for one in found]

    def named(self, place: Place) -> str:
        """Return a cell in a sentence: numbers with the axis that they are of."""
        pairs = zip(place, self.labels(place), strict=True)
        return ", ".join(_named(dim.replace("_", " "), label) for dim, label in pairs)

    def numbers(self) -> Table:
        """Return the quantiles at every boundary: of all cells where they are few, else of the first and the last."""
        few = len(self.sorted) <= FEW
        shown = self.sorted if few else [self.sorted[0], self.sorted[-1]]
        rows = tuple(
            (*self.labels(place), boundary, *map(digits, self._row(place, boundary)))
            for place in shown
            for boundary in self.boundaries
        )
        which = "" if few else ", of the cells that take least and most"
        words = frozenset(range(1 + len(self.dims)))
        header = (*(dim.replace("_", " ") for dim in self.dims), BOUNDARY, *self._statistics())
        return Table(f"Energy of one query [Wh]{which}", header, rows, words, self._one_boundary())

    def _one_boundary(self) -> str:
        if len(self.boundaries) > 1:
            return ""
        return (
            f"Computed at the boundary {self.boundaries[0]} alone; for others compute it with boundary="
            '["accelerator", "node", "facility"].'
        )

    def _statistics(self) -> list[str]:
        return [*(f"P{100.0 * level:g}" for level in self.levels), "mean"]

    def _row(self, place: Place, boundary: str | None = None) -> list[float]:
        found = self.head if boundary is None else self.at(boundary)
        return [*self.quantiles(place, boundary), float(found["energy_mean"].isel(place).item())]

    def table(self, most: int, how: str) -> Table:
        """Return the first cells, by their median, with what stands beside their energies.

        Parameters
        ----------
        most
            Cells that are shown.
        how
            How to get all of them.
        """
        beside = {name: about for name, about in _BESIDE.items() if name in self.ds}
        ordered = [*self.sorted, *self.missing]
        rows = tuple(
            (
                *(self.labels(place) or [self.boundary]),
                *map(digits, self._row(place)),
                *(digits(times * self._value(name, place)) for name, (_, times) in beside.items()),
                self._note(place),
            )
            for place in ordered[:most]
        )
        heads = [heading for heading, _ in beside.values()]
        labels = [dim.replace("_", " ") for dim in self.dims] or [BOUNDARY]
        header = (*labels, *self._statistics(), *heads, "note")
        words = frozenset({*range(len(labels)), len(header) - 1})
        left = len(ordered) - len(rows)
        more = f"{left:,} more cells are not shown. {how}" if left else ""
        order = "the smallest median first" + (", those without data last" if self.missing else "")
        caption = f"Energy of one query [Wh] at the boundary {self.boundary}, {order}"
        return Table(caption, header, rows, words, more)

    def _value(self, name: str, place: Place) -> float:
        variable = self.head[name]
        return float(variable.isel({dim: i for dim, i in place.items() if dim in variable.dims}).item())

    def reason(self, place: Place) -> str:
        """Return why a cell has no number."""
        if "unsupported_reason" not in self.head:
            return "no data"
        variable = self.head["unsupported_reason"]
        said = str(variable.isel({dim: i for dim, i in place.items() if dim in variable.dims}).item())
        return said or "no data"

    def _note(self, place: Place) -> str:
        if not math.isfinite(self.median(place)):
            return self.reason(place)
        words = []
        for name in ("support", "extrapolated"):
            if name in self.head:
                variable = self.head[name]
                said = variable.isel({dim: i for dim, i in place.items() if dim in variable.dims}).item()
                words.append("extrapolated" if said is True else str(said) if isinstance(said, str) else "")
        return ", ".join(dict.fromkeys(filter(None, words)))


def digits(value: float) -> str:
    """Return a number to four digits without an exponent, a dash where there is none."""
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return "not known"
    return in_digits(value, 4) if value == 0.0 or 1e-6 <= abs(value) < 1e12 else f"{value:.4g}"


def _named(dim: str, label: str) -> str:
    if label == "none":
        return f"no {dim}"
    return label if any(one.isalpha() for one in label) else f"{dim} {label}"
