"""Watts that a user metered of accelerators, while they are idle and under their heaviest load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

__all__ = ["NO_WATTS", "HeaviestWatts", "Watts"]

Watts = Mapping[str, tuple[float, float]]
"""Power of one accelerator [W] and its relative standard deviation [1], by label of hardware."""

NO_WATTS: Watts = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class HeaviestWatts:
    """What a user measured of accelerators under their heaviest load.

    Attributes
    ----------
    watts
        Of one accelerator, by label.
    said_better
        Architectures and accelerators of which a user measured power as well: there it counts nothing.
    """

    watts: Watts = field(default_factory=lambda: NO_WATTS)
    said_better: frozenset[tuple[str, str]] = frozenset()

    def of(self, architecture: str, hardware: str) -> tuple[float, float]:
        """Return what counts for an instance, NaN for nothing: watts, and their relative standard deviation."""
        known = (np.nan, np.nan)
        return known if (architecture, hardware) in self.said_better else self.watts.get(hardware, known)
