"""The three intervals of a total, side by side: of the sampling, of what is not known, and of choices.

A billion queries average out what differs between queries; what they share does not average out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from wattquery.fleets.class_draws import FleetDraws
from wattquery.fleets.closed_forms import Term, class_quantiles, class_terms
from wattquery.fleets.evaluation import Evaluation
from wattquery.uncertainty.shared_draws import REPLICATES, SharedDraws

__all__ = [
    "INTERVALS",
    "Epistemic",
    "Quantiles",
    "epistemic",
    "fleet_draws",
    "mixed_quantiles",
    "sampling_stderr",
    "symmetric",
]

Array = NDArray[np.float64]

AT_A_TIME = 2**21

FEWEST_BEYOND = 10.0
"""Expected draws beyond a quantile from which on its error can be told."""

WIDER = float(stdtrit(REPLICATES - 1, 0.975) / ndtri(0.975))
"""So that 1.96 standard errors are a 95 % interval: they are estimated from few replicates (Student's t)."""

INTERVALS = ("sampling", "shared_factors", "epistemic", "structural")
"""Of the estimate; of PUE, power, levers and steps, throughput fits as known; with these drawn as well; of choices."""


@dataclass(frozen=True, eq=False)
class Quantiles:
    """Quantiles over the shared factors, and how well they are known.

    Attributes
    ----------
    values
        By row of shares and level [Wh].
    stderr
        Standard error of each [Wh]: 0 in closed form, infinite where the draws carry no information.
    """

    values: Array
    stderr: Array


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
    known_fits_stderr, ends_stderr, credible_stderr
        Their standard errors [Wh].
    """

    known_fits: Array
    ends: Array
    credible: Array
    known_fits_stderr: Array
    ends_stderr: Array
    credible_stderr: Array


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
    levels = (0.5 * (1.0 - level), 0.5 * (1.0 + level), *credible)
    known: list[Quantiles] = []
    drawn: list[Quantiles] = []
    for classes in of.points:
        for fits, found in ((0.0, known), (sigma, drawn)):
            terms = [class_terms(parts, of.scopes, fits) for parts in classes]
            means = cache(partial(draws.class_means, classes, fits=bool(fits)))
            found.append(
                known[-1] if found is drawn and not sigma else mixed_quantiles(of.shares, levels, terms, means)
            )
    values, stderr = (np.array([getattr(one, name) for one in drawn]) for name in ("values", "stderr"))
    return Epistemic(
        known_fits=np.array([one.values[:, :2] for one in known]),
        ends=values[..., :2],
        credible=values[..., 2:],
        known_fits_stderr=np.array([one.stderr[:, :2] for one in known]),
        ends_stderr=stderr[..., :2],
        credible_stderr=stderr[..., 2:],
    )


def mixed_quantiles(
    shares: Array, levels: Sequence[float], terms: Sequence[Sequence[Term] | None], means: Callable[[], Array]
) -> Quantiles:
    """Return quantiles of mixes of classes: in closed form where there is one for the classes that a mix has.

    Parameters
    ----------
    shares
        Of the classes [1], a row per mix.
    levels
        Probability levels.
    terms
        Each class as terms, ``None`` where it has no closed form.
    means
        Returns the draws of the classes [Wh], a row per class and a column per draw; called where they are needed.
    """
    values, stderr = np.empty((2, len(shares), len(levels)))
    patterns, inverse = np.unique(shares > 0.0, axis=0, return_inverse=True)
    for number, there in enumerate(patterns):
        rows = np.flatnonzero(inverse.ravel() == number)
        exact = class_quantiles([one for one, here in zip(terms, there, strict=True) if here], levels)
        if exact is not None:
            values[rows], stderr[rows] = shares[np.ix_(rows, there)] @ exact, 0.0
        else:
            values[rows], stderr[rows] = _sampled(shares[rows], means(), np.asarray(levels))
    return Quantiles(values, stderr)


def _sampled(shares: Array, means: Array, levels: Array) -> tuple[Array, Array]:
    """Return quantiles of draws of mixes and their standard errors, a row per mix and a column per level.

    The replicates of the lattice are independent. By how much they disagree on the share of draws below a quantile is
    the error of its level, and the further of the quantiles that far above and below tells its own. With fewer than
    `FEWEST_BEYOND` draws beyond, these are single draws of a tail, and nothing is known.
    """
    draws = means.shape[1]
    # A part of the rows at a time: mixes times draws would not fit where there are many of both.
    rows = max(1, AT_A_TIME // draws)
    values, errors = np.empty((2, len(shares), levels.size))
    for start in range(0, len(shares), rows):
        here = slice(start, start + rows)
        for i, one in enumerate(shares[here] @ means, start):
            row = values[i] = _hazen(one, levels)
            counts = np.count_nonzero((one <= row[:, None]).reshape(levels.size, REPLICATES, -1), axis=-1)
            spread = np.std(counts, axis=1, ddof=1) * np.sqrt(REPLICATES) / draws
            # An even lattice has the same share everywhere: what half a draw stands for is the least error.
            off = WIDER * np.maximum(spread, 0.5 / draws)
            low, high = np.split(_hazen(one, np.concatenate([levels - off, levels + off])), 2)
            errors[i] = np.maximum(row - low, high - row)
    beyond = np.minimum(levels, 1.0 - levels) * draws
    errors[:, beyond < FEWEST_BEYOND] = np.inf
    return values, np.where(np.isnan(errors), np.inf, errors)


def _hazen(values: Array, levels: Array) -> Array:
    """Return quantiles of draws, on straight lines between them (Hazen 1914); infinite beyond the outermost."""
    # Sorted where quantiles lie alone: of thousands of draws that takes a tenth of the time.
    places = np.clip(levels * values.size - 0.5, 0.0, values.size - 1.0)
    below = np.floor(places).astype(np.intp)
    above = np.minimum(below + 1, values.size - 1)
    ordered = np.partition(values, np.unique([below, above]))
    low, high = ordered[below], ordered[above]
    with np.errstate(invalid="ignore"):
        found = np.where(low == high, low, low + (places - below) * (high - low))
    beyond = 0.5 / values.size
    return np.where(levels < beyond, -np.inf, np.where(levels > 1.0 - beyond, np.inf, found))


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
