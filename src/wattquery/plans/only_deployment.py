"""Deployments of which one is left: the others count as without data, and numbers stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

from wattquery.plans.plan import Deployed, LoadEnergies

__all__ = ["OnlyDeployment"]


@dataclass(frozen=True, eq=False)
class OnlyDeployment(Sequence[Deployed | None]):
    """Deployments of which all but one, which has data, count as without.

    Attributes
    ----------
    deployments
        All of them.
    number
        Which one is left.
    """

    deployments: Sequence[Deployed | None]
    number: int

    def __len__(self) -> int:
        return len(self.deployments)

    @overload
    def __getitem__(self, number: int) -> Deployed | None: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Deployed | None]: ...
    def __getitem__(self, number: int | slice) -> Deployed | Sequence[Deployed | None] | None:
        """Return one of them, or several."""
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        place = range(len(self))[number]  # raises as a list does, which ends an iteration
        return self.deployments[place] if place == self.number else None

    @cached_property
    def supported(self) -> NDArray[np.bool_]:
        """Which have data."""
        return np.asarray(np.arange(len(self)) == self.number)

    @property
    def energies(self) -> Callable[..., LoadEnergies] | None:
        """What returns how much queries take, where deployments are under load."""
        found: Callable[..., LoadEnergies] | None = getattr(self.deployments, "energies", None)
        return found
