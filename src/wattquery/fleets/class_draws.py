"""Draws of the factors that a whole fleet shares: the mean energy of a query of each class, given each draw.

A factor of one name has one quantile level in all classes and models; the throughput fits of different deployments are
independent, and the same in all classes. What the load model leaves open has as much in common between two parts as its
keys and loadings say: of all parts of a point together it is as many independent normals as there are parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from wattquery.fleets.evaluation import Evaluation
from wattquery.fleets.kept import Kept
from wattquery.fleets.length_means import LengthPart
from wattquery.fleets.moments import moment
from wattquery.fleets.part import Part
from wattquery.fleets.settings import FleetSettings
from wattquery.specs.common_draws import log_parts, normal_coefficients
from wattquery.specs.factors import LOAD_MODEL, Factor
from wattquery.throughput.load_form import model_of
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
        self._normals: Kept[tuple[int, int], Array] = Kept(most)

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
        effects = self._effects(classes, places)
        return np.stack([sum(self._weighted(parts, places, effects, fits=fits), nothing) for parts in classes])

    def multiplier(self, factor: Factor, classes: Sequence[Sequence[Part]]) -> Array:
        """Return what the draws of a factor, one of ``more``, multiply the energy by at a point [1]."""
        return np.asarray(np.exp(self._log(factor, self._places(classes))))

    def _places(self, classes: Sequence[Sequence[Part]]) -> dict[str, int]:
        """Return the dimensions of a point, which are its own, so that it is the same alone and in any grid."""
        every = [part for parts in classes for part in parts]
        names = dict.fromkeys(factor.name for part in every for factor in part.factors if not _is_effect(factor))
        under_load = [part for part in every if part.fit is None]
        return dimensions([*names, *self._more, *map(_normal, range(len(under_load)))], self._fits)

    def _effects(self, classes: Sequence[Sequence[Part]], places: Mapping[str, int]) -> dict[int, Array]:
        """Return what the load model leaves open adds to ln E of each part under load, by identity of the part."""
        under_load = [part for parts in classes for part in parts if part.fit is None]
        if not under_load:
            return {}
        means, sums = zip(*(log_parts(filter(_is_effect, self._shared(part))) for part in under_load), strict=True)
        coefficients = normal_coefficients(list(sums))
        normals = [
            self._scores(number, places[_normal(number)]) if coefficients[:, number].any() else 0.0
            for number in range(len(under_load))
        ]
        logs = [
            mean + sum((one * normal for one, normal in zip(row, normals, strict=True)), np.zeros(self._draws.count))
            for mean, row in zip(means, coefficients.tolist(), strict=True)
        ]
        return {id(part): log for part, log in zip(under_load, logs, strict=True)}

    def _scores(self, number: int, place: int) -> Array:
        """Return the draws of one of the normals that effects are made of."""

        def scores() -> Array:
            return np.asarray(ndtri(self._draws.uniform(_normal(number), place)))

        return self._normals.get((number, place), scores)

    def _shared(self, part: Part) -> list[Factor]:
        return [factor for factor in part.factors if self._scopes.get(factor.name, "shared") == "shared"]

    def _weighted(
        self, parts: Sequence[Part], places: Mapping[str, int], effects: Mapping[int, Array], *, fits: bool
    ) -> Iterator[Array]:
        for part in parts:
            shared = self._shared(part)
            mean = part.weight * part.scale
            for factor in part.factors:
                if factor not in shared:
                    mean *= moment(factor.distribution, factor.sign)
            relative: Array | float = 1.0
            if fits and part.fit is not None:
                if has_freedom(part.fit):
                    relative = self._relative(part, places)
                else:
                    shared.append(default_factor(self._sigma, part.slot))
            drawn = (self._log(factor, places) for factor in shared if not _is_effect(factor))
            logs = sum(drawn, np.zeros(self._draws.count))
            yield mean * relative * np.exp(logs + effects[id(part)] if part.fit is None else logs)

    def _log(self, factor: Factor, places: Mapping[str, int]) -> Array:
        """Return what the draws of one factor add to ln E."""
        key = factor, places[factor.name]
        return self._logs.get(key, lambda: self._draws.log_product([factor], places))

    def _relative(self, part: Part, places: Mapping[str, int]) -> Array:
        """Return the mean over lengths under each drawn throughput fit, relative to that under the fit itself."""

        def relative() -> Array:
            model = model_of(part.lengths.throughput)
            coefficients = coefficient_draws_of(model, self._draws, part.slot, places)
            centre = np.array([model.fitted])
            # Both from the same nodes, so that their errors cancel.
            return part.lengths.energies(coefficients) / part.lengths.energies(centre)

        return self._bent.get((part.lengths, part.slot), relative)


def _is_effect(factor: Factor) -> bool:
    """Return whether a factor is something that the load model leaves open."""
    return factor.name.startswith(LOAD_MODEL)


def _normal(number: int) -> str:
    """Return the name of one of the normals that the effects of all parts are made of."""
    return f"{LOAD_MODEL}{number}"


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
    fits = max(part.slot for part in evaluation.parts) + 1  # none under load
    draws = SharedDraws(settings.seed, settings.shared_draws)
    return FleetDraws(draws, fits, evaluation.scopes, settings.sigma, more)
