"""What is not known at operating points: nothing, until effects are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.deployments.cases import LoadSettings
from wattquery.throughput.load.deployments.points import RATES, Points

__all__ = ["Effect", "Uncertainty", "uncertainty_of"]

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Effect:
    """One normal of ln E."""

    name: str
    key: str
    sigma: float
    loadings: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """Units, sigma and rates of operating points."""

    units: Numbers
    sigma: Numbers
    rates: Mapping[str, Numbers]
    log_sds: Mapping[str, Numbers]

    @property
    def shift(self) -> Numbers:
        """From the mean to the median."""
        return np.asarray(-0.5 * self.sigma**2)

    def effects(self, pair: int, load: int, boundary: int) -> tuple[Effect, ...]:
        """Return the effects."""
        return ()


def uncertainty_of(points: Points, settings: LoadSettings) -> Uncertainty:
    """Return medians."""
    node = settings.node_factor * points.units + settings.node_watts * points.seconds
    rates = dict(zip(RATES, points.rates, strict=True))
    none = np.zeros(points.batch.shape)
    return Uncertainty(np.stack([points.units, node]), np.zeros((2, *none.shape)), rates, dict.fromkeys(RATES, none))
