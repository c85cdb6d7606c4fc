"""Fleets of a result as points: their labels, energies and intervals, in the unit of their size."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from wattquery.claims.energies import in_digits
from wattquery.quantities.sizes import by_size

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Fleets", "Place"]

Place = Mapping[str, int]

_ENDS = ("lower", "upper")


class Fleets:
    """The points of a result of `wattquery.fleet`, the one that takes least first."""

    def __init__(self, ds: xr.Dataset) -> None:
        self.ds = ds
        self.dims = [str(dim) for dim in ds["energy_per_day"].dims]
        values = ds["energy_per_day"].values
        largest = max((abs(one) for one in values.ravel().tolist() if math.isfinite(one)), default=0.0)
        self.unit, self.times = by_size(str(ds["energy_per_day"].attrs.get("units", "GWh/day")), largest)
        self.sorted = sorted(self._places(), key=self.energy)

    def _places(self) -> Iterator[Place]:
        import numpy as np

        for place in np.ndindex(*(self.ds.sizes[dim] for dim in self.dims)):
            yield dict(zip(self.dims, place, strict=True))

    def value(self, name: str, place: Place, **labels: str) -> float:
        """Return a number of a fleet."""
        one = self.ds[name].sel(labels)
        return float(one.isel({dim: i for dim, i in place.items() if dim in one.dims}).item())

    def energy(self, place: Place) -> float:
        """Return the expected energy of a fleet a day [the unit]."""
        return self.times * self.value("energy_per_day", place)

    def interval(self, name: str, place: Place) -> tuple[float, float]:
        """Return both ends of an interval [the unit]."""
        low, high = (self.times * self.value("energy_interval", place, interval=name, bound=end) for end in _ENDS)
        return low, high

    def labels(self, place: Place) -> list[str]:
        """Return the labels of a fleet, its scenario where it is the only one."""
        if not place:
            return [str(self.ds["scenario"].item()) if "scenario" in self.ds.coords else "the fleet"]
        found = [self.ds[dim].values.tolist()[i] for dim, i in place.items()]
        return [f"{one:g}" if isinstance(one, float) else str(one) for one in found]

    def in_words(self, value: float) -> str:
        """Return an energy a day in words."""
        return f"{in_digits(value)} {self.unit.replace('/day', ' a day')}"

    def said(self, place: Place) -> tuple[str, str, str]:
        """Return a fleet, its energy, and what that may be, in words."""
        low, high = self.interval("epistemic", place)
        span = f"{in_digits(low)} to {in_digits(high)}" if math.isfinite(high) else f"{in_digits(low)} or more"
        return ", ".join(self.labels(place)), self.in_words(self.energy(place)), span
