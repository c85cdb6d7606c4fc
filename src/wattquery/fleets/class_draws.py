"""Draws of the factors that a whole fleet shares: the mean energy of a query of each class, given each draw.

A factor of one name has one quantile level in all classes and models; the throughput fits of different deployments are
independent, and the same in all classes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.fleets.length_means import LengthPart
from wattquery.fleets.moments import moment
from wattquery.fleets.parts import Part
from wattquery.specs.factors import Factor
from wattquery.uncertainty.scopes import Scope
from wattquery.uncertainty.shared_draws import SharedDraws, dimensions
from wattquery.uncertainty.throughput_draws import coefficient_draws_of, default_factor, has_freedom

__all__ = ["FleetDraws"]

Array = NDArray[np.float64]

FEWEST_KEPT, MOST_KEPT = 64, 2**25
"""Arrays, and numbers in all of them, that are kept for the next points."""


class FleetDraws:
    """The shared factors of a fleet, drawn once for all of its classes.

    Parameters
    ----------
    draws
        The lattice.
    fits
        Number of deployments.
    scopes
        ``"query"`` for factors that are not shared.
    sigma
        Of ln TPS where a fit has no degrees of freedom.
    more
        Names of factors that no part has itself.
    """

    def __init__(
        self, draws: SharedDraws, fits: int, scopes: Mapping[str, Scope], sigma: float, more: Sequence[str] = ()
    ) -> None:
        self._draws = draws
        self._more = more
        self._fits = fits
        self._scopes = scopes
        self._sigma = sigma
        self._logs: dict[tuple[Factor, int], Array] = {}
        self._bent: dict[tuple[LengthPart, int], Array] = {}

    def class_means(self, classes: Sequence[Sequence[Part]], *, fits: bool) -> Array:
        """Return the mean energy of a query [Wh], a row per class and a column per draw.

        Parameters
        ----------
        classes
            The parts of each class at one point of the axes.
        fits
            Whether the throughput fits are drawn, or taken as known.
        """
        places = self._places(classes)
        nothing = np.zeros(self._draws.count)
        return np.stack([sum(self._weighted(parts, places, fits=fits), nothing) for parts in classes])

    def multiplier(self, factor: Factor, classes: Sequence[Sequence[Part]]) -> Array:
        """Return what the draws of a factor, one of ``more``, multiply the energy by at a point [1]."""
        return np.asarray(np.exp(self._log(factor, self._places(classes))))

    def _places(self, classes: Sequence[Sequence[Part]]) -> dict[str, int]:
        """Return the dimensions of a point, which are its own, so that it is the same alone and in any grid."""
        names = dict.fromkeys(factor.name for parts in classes for one in parts for factor in one.factors)
        return dimensions([*names, *self._more], self._fits)

    def _weighted(self, parts: Sequence[Part], places: Mapping[str, int], *, fits: bool) -> Iterator[Array]:
        for one in parts:
            shared = [factor for factor in one.factors if self._scopes.get(factor.name, "shared") == "shared"]
            mean = one.weight * one.scale
            for factor in one.factors:
                if factor not in shared:
                    mean *= moment(factor.distribution, factor.sign)
            relative: Array | float = 1.0
            if fits and has_freedom(one.lengths.throughput):
                relative = self._relative(one, places)
            elif fits:
                shared.append(default_factor(self._sigma, one.slot))
            logs = sum((self._log(factor, places) for factor in shared), np.zeros(self._draws.count))
            yield mean * relative * np.exp(logs)

    def _log(self, factor: Factor, places: Mapping[str, int]) -> Array:
        """Return what the draws of one factor add to ln E."""
        key = factor, places[factor.name]
        if key not in self._logs:
            _make_room(self._logs, self._draws.count)
            self._logs[key] = self._draws.log_product([factor], places)
        return self._logs[key]

    def _relative(self, part: Part, places: Mapping[str, int]) -> Array:
        """Return the mean over lengths under each drawn throughput fit, relative to that under the fit itself."""
        key = part.lengths, part.slot
        if key not in self._bent:
            model = part.lengths.throughput
            coefficients = coefficient_draws_of(model, self._draws, part.slot, places)
            centre = np.array([[model.intercept, model.ln_input, model.ln_output]])
            _make_room(self._bent, self._draws.count)
            # Both from the same nodes, so that their errors cancel.
            self._bent[key] = part.lengths.energies(coefficients) / part.lengths.energies(centre)
        return self._bent[key]


def _make_room(known: dict[Any, Array], outer: int) -> None:
    """Forget the oldest of the arrays that are kept, where they are many: neighbours of a grid have most in common."""
    if len(known) >= max(FEWEST_KEPT, MOST_KEPT // outer):
        del known[next(iter(known))]
