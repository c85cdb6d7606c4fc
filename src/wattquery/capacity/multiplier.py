"""What the energy of a query at an instance is multiplied by: PUE, steps of the boundary and levers, and its spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from wattquery.capacity.lever_effects import plain_factors
from wattquery.fleets.moments import moment
from wattquery.specs.common_draws import log_parts
from wattquery.specs.distributions import LogNormal
from wattquery.specs.factors import Factor
from wattquery.sweeps.load_levers import levers_of
from wattquery.sweeps.run import Run
from wattquery.uncertainty.shared_draws import SharedDraws, dimensions, drawn_names

__all__ = ["Multiplier", "multiplier_of", "site_of"]

Array = NDArray[np.float64]

DRAWS = 8192
SEED = 0
"""Of factors that are neither numbers nor lognormal: of the others no draw is made."""

HALVINGS = 40
NODES = 33
"""Standard deviations at which quantiles are known, and between which their logarithms are a line."""


@dataclass(frozen=True, eq=False)
class Multiplier:
    """A product of independent factors that all queries share.

    Attributes
    ----------
    factors
        Those that multiply or divide.
    """

    factors: tuple[Factor, ...]

    @property
    def mean(self) -> float:
        """Its mean [1]."""
        return float(np.prod([moment(one.distribution, one.sign) for one in self.factors]))

    def relative_quantiles(self, sigmas: Array, levels: Sequence[float]) -> Array:
        """Return quantiles of this times a lognormal with the mean 1, over the mean, (..., levels).

        Parameters
        ----------
        sigmas
            Standard deviations of the logarithm of the lognormal.
        levels
            Probability levels.
        """
        at = np.asarray(levels)
        random = [one for one in self.factors if one.distribution.is_random]
        if all(isinstance(one.distribution, LogNormal) for one in random):
            own = sum(part**2 for part in log_parts(random)[1].values())
            spread = np.sqrt(sigmas**2 + own)[..., None]
            return np.asarray(np.exp(spread * ndtri(at) - 0.5 * spread**2))
        return self._drawn(random, sigmas, at)

    def _drawn(self, random: list[Factor], sigmas: Array, levels: Array) -> Array:
        """Return the same where factors have to be drawn: of each draw, what is lognormal has its closed form."""
        draws = SharedDraws(SEED, DRAWS)
        logs = draws.log_product(random, dimensions(drawn_names(random), 0))
        logs -= np.log(np.prod([moment(one.distribution, one.sign) for one in random]))
        low, high = float(sigmas.min(initial=1.0)), float(sigmas.max(initial=0.0))
        at = np.unique(sigmas) if sigmas.size <= NODES else np.linspace(low, high, NODES)
        known = np.array([_mixture_quantiles(logs - 0.5 * one**2, one, levels) for one in at])
        found = [np.interp(sigmas, at, known[:, column]) for column in range(levels.size)]
        return np.asarray(np.exp(np.stack(found, axis=-1)))


def _mixture_quantiles(means: Array, sigma: float, levels: Array) -> Array:
    """Return quantiles of a mixture in equal parts of normals with one standard deviation."""
    ends = np.min(means) - 9.0 * sigma, np.max(means) + 9.0 * sigma
    low, high = (np.full(levels.size, end) for end in ends)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        below = ndtr((middle[:, None] - means) / sigma).mean(axis=1) < levels
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray(0.5 * (low + high))


def site_of(run: Run) -> Multiplier:
    """Return PUE, where it counts, and the steps of the boundary: the same for all candidates, at work or idle."""
    (row,) = run.plan.site
    (site,) = row
    return Multiplier(site.factors)


def multiplier_of(run: Run) -> Multiplier:
    """Return what the energies of queries are multiplied by at any load: the site, and levers that no load changes."""
    return Multiplier((*site_of(run).factors, *plain_factors(levers_of(run.grid))))
