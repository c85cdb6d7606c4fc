"""The three intervals of a total, side by side: of the sampling, of what is not known, and of choices.

A billion queries average out what differs between queries; what they share does not average out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from wattquery.fleets.evaluation import Evaluation
from wattquery.fleets.shared import FleetDraws
from wattquery.sensitivity.shared_draws import SharedDraws

__all__ = [
    "INTERVALS",
    "Epistemic",
    "epistemic",
    "fleet_draws",
    "mixed_quantiles",
    "sampling_stderr",
    "symmetric",
]

Array = NDArray[np.float64]

AT_A_TIME = 2**21

INTERVALS = ("sampling", "shared_factors", "epistemic", "structural")
"""Of the estimate; of PUE, power, levers and steps, throughput fits as known; with these drawn as well; of choices."""


@dataclass(frozen=True, eq=False)
class Epistemic:
    """What the shared factors leave open of the mean energy of a query, by point of the axes and row of shares.

    Attributes
    ----------
    known_fits
        Ends of the interval with the throughput fits as known [Wh] (point, shares, 2).
    ends
        Ends of the interval [Wh] (point, shares, 2).
    credible
        Quantiles [Wh] (point, shares, level).
    """

    known_fits: Array
    ends: Array
    credible: Array


def epistemic(
    of: Evaluation, level: float, credible: tuple[float, ...], seed: int, outer: int, sigma: float
) -> Epistemic:
    """Return the intervals over shared factors, each of which is drawn once for all classes.

    Parameters
    ----------
    of
        The scenario.
    level
        Probability of the intervals.
    credible
        Probability levels of the quantiles.
    seed, outer
        Name and number of the draws.
    sigma
        Of ln TPS where a throughput fit has no degrees of freedom; 0 to take all fits as known.
    """
    draws = fleet_draws(of, seed, outer, sigma)
    tails = (0.5 * (1.0 - level), 0.5 * (1.0 + level))
    known_fits, ends, quantiles = [], [], []
    for classes in of.points:
        known = draws.class_means(classes, fits=False)
        drawn = draws.class_means(classes, fits=True) if sigma else known
        known_fits.append(mixed_quantiles(of.shares, known, tails))
        found = mixed_quantiles(of.shares, drawn, (*tails, *credible))
        ends.append(found[:, :2])
        quantiles.append(found[:, 2:])
    return Epistemic(np.array(known_fits), np.array(ends), np.array(quantiles))


def mixed_quantiles(shares: Array, means: Array, levels: Sequence[float]) -> Array:
    """Return quantiles of mixes of classes, a row per row of shares and a column per level.

    Parameters
    ----------
    shares
        Of the classes [1], a row per mix.
    means
        Of the classes [Wh], a row per class and a column per draw.
    levels
        Probability levels.
    """
    # A part of the rows at a time: mixes times draws would not fit where there are many of both.
    rows = max(1, AT_A_TIME // means.shape[1])
    parts = [shares[start : start + rows] for start in range(0, len(shares), rows)]
    return np.concatenate([np.quantile(one @ means, levels, axis=1, method="hazen").T for one in parts])


def fleet_draws(of: Evaluation, seed: int, outer: int, sigma: float, more: Sequence[str] = ()) -> FleetDraws:
    """Return the draws of the shared factors of a scenario; parameters as of `epistemic`.

    Parameters
    ----------
    more
        Names of factors that the scenario does not have itself.
    """
    fits = max(one.slot for one in of.parts) + 1
    return FleetDraws(SharedDraws(seed, outer), fits, of.scopes, sigma, more)


def sampling_stderr(of: Evaluation, draws: float) -> Array:
    """Return the standard error of the mean energy of a query [Wh] (point, shares) with so many draws per model."""
    variances = np.einsum("sc,pc->ps", of.shares**2, of.sampling_variances)
    return np.asarray(np.sqrt(variances / draws))


def symmetric(centre: Array, stderr: Array, level: float) -> Array:
    """Return the ends of the normal interval about an estimate, along a last dimension."""
    reach = float(ndtri(0.5 * (1.0 + level))) * stderr
    return np.stack([centre - reach, centre + reach], axis=-1)
