"""What shared factors leave open of a total, and the sampling error of its estimate, side by side.

A billion queries average out what differs between queries; what they share does not average out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from wattquery.engine.executor import Progress
from wattquery.fleets.class_draws import FleetDraws, fleet_draws
from wattquery.fleets.closed_forms import class_terms
from wattquery.fleets.evaluation import Evaluation
from wattquery.fleets.quantiles import Quantiles, mixed_quantiles
from wattquery.fleets.settings import FleetSettings
from wattquery.fleets.work import results

__all__ = ["INTERVALS", "Epistemic", "epistemic", "symmetric"]

Array = NDArray[np.float64]

INTERVALS = ("sampling", "shared_factors", "epistemic", "structural")
"""Of the estimate; of PUE, power, levers and steps, throughput fits as known; with these drawn as well; of choices."""


@dataclass(frozen=True, eq=False)
class Epistemic:
    """What the shared factors leave open of the mean energy of a query [Wh], by point of the axes and row of shares.

    Attributes
    ----------
    known_fits
        Ends of the largest interval, with the throughput fits as known.
    drawn_fits
        Quantiles at the ends of all intervals and the median, increasing, with the fits drawn as well.
    """

    known_fits: Quantiles
    drawn_fits: Quantiles


def epistemic(evaluation: Evaluation, settings: FleetSettings, progress: Progress | None = None) -> Epistemic:
    """Return quantiles over the shared factors, each of which is drawn once for all classes.

    Raises
    ------
    InputError
        If there is no closed form, and an interval is further out than the draws reach.
    """
    draws = fleet_draws(evaluation, settings)
    levels = settings.intervals.quantiles

    def work(point: int) -> tuple[Quantiles, Quantiles]:
        if all(part.fit is None for parts in evaluation.points[point] for part in parts):
            drawn = _at_point(evaluation, draws, point, levels, settings.sigma)  # there are no fits to be drawn
            return drawn.at_ends(), drawn
        known = _at_point(evaluation, draws, point, (levels[0], levels[-1]), 0.0)
        return known, _at_point(evaluation, draws, point, levels, settings.sigma)

    known, drawn = zip(*results(len(evaluation.points), work, settings.threads, progress), strict=True)
    return Epistemic(Quantiles.stacked(known), Quantiles.stacked(drawn))


def _at_point(
    evaluation: Evaluation, draws: FleetDraws, point: int, levels: tuple[float, ...], sigma: float
) -> Quantiles:
    """Return quantiles at one point of the axes; with a sigma of 0 all throughput fits are taken as known."""
    classes = evaluation.points[point]
    terms = [class_terms(parts, evaluation.scopes, sigma) for parts in classes]
    means = cache(partial(draws.class_means, classes, fits=bool(sigma)))
    return mixed_quantiles(evaluation.shares, levels, terms, means)


def symmetric(centre: Array, stderr: Array, level: float) -> Array:
    """Return the ends of the normal interval about an estimate, along a last dimension."""
    reach = float(ndtri(0.5 * (1.0 + level))) * stderr
    return np.stack([centre - reach, centre + reach], axis=-1)
