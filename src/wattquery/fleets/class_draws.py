"""Draws of the factors that a whole fleet shares: the mean energy of a query of each class, given each draw.

A factor of one name has one quantile level in all classes and models; the throughput fits of different deployments are
independent, and the same in all classes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from wattquery.fleets.evaluation import Evaluation
from wattquery.fleets.kept import Kept
from wattquery.fleets.length_means import LengthPart
from wattquery.fleets.moments import moment
from wattquery.fleets.parts import Part
from wattquery.fleets.settings import FleetSettings
from wattquery.specs.factors import Factor
from wattquery.uncertainty.scopes import Scope
from wattquery.uncertainty.shared_draws import SharedDraws, dimensions
from wattquery.uncertainty.throughput_draws import coefficient_draws_of, default_factor, has_freedom

__all__ = ["FleetDraws", "fleet_draws"]

Array = NDArray[np.float64]

FEWEST_KEPT, MOST_KEPT = 64, 2**25
"""Arrays, and numbers in all of them, that are kept for the next points: neighbours of a grid have most in common."""


class FleetDraws:
    """The shared factors of a fleet, drawn once for all of its classes; threads may share it.

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
        most = max(FEWEST_KEPT, MOST_KEPT // draws.count)
        self._logs: Kept[tuple[Factor, int], Array] = Kept(most)
        self._bent: Kept[tuple[LengthPart, int], Array] = Kept(most)

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
        names = dict.fromkeys(factor.name for parts in classes for part in parts for factor in part.factors)
        return dimensions([*names, *self._more], self._fits)

    def _weighted(self, parts: Sequence[Part], places: Mapping[str, int], *, fits: bool) -> Iterator[Array]:
        for part in parts:
            shared = [factor for factor in part.factors if self._scopes.get(factor.name, "shared") == "shared"]
            mean = part.weight * part.scale
            for factor in part.factors:
                if factor not in shared:
                    mean *= moment(factor.distribution, factor.sign)
            relative: Array | float = 1.0
            if fits and has_freedom(part.lengths.throughput):
                relative = self._relative(part, places)
            elif fits:
                shared.append(default_factor(self._sigma, part.slot))
            logs = sum((self._log(factor, places) for factor in shared), np.zeros(self._draws.count))
            yield mean * relative * np.exp(logs)

    def _log(self, factor: Factor, places: Mapping[str, int]) -> Array:
        """Return what the draws of one factor add to ln E."""
        key = factor, places[factor.name]
        return self._logs.get(key, lambda: self._draws.log_product([factor], places))

    def _relative(self, part: Part, places: Mapping[str, int]) -> Array:
        """Return the mean over lengths under each drawn throughput fit, relative to that under the fit itself."""

        def relative() -> Array:
            model = part.lengths.throughput
            coefficients = coefficient_draws_of(model, self._draws, part.slot, places)
            centre = np.array([model.fitted])
            # Both from the same nodes, so that their errors cancel.
            return part.lengths.energies(coefficients) / part.lengths.energies(centre)

        return self._bent.get((part.lengths, part.slot), relative)


def fleet_draws(evaluation: Evaluation, settings: FleetSettings, more: Sequence[str] = ()) -> FleetDraws:
    """Return the draws of the shared factors of a scenario.

    Parameters
    ----------
    evaluation
        The scenario.
    settings
        Random seed, number of draws, and what stands in for a fit that its rows do not bound.
    more
        Names of factors that the scenario does not have itself.
    """
    fits = max(part.slot for part in evaluation.parts) + 1
    draws = SharedDraws(settings.seed, settings.shared_draws)
    return FleetDraws(draws, fits, evaluation.scopes, settings.sigma, more)
