"""Which of a user's measured points contradict the model, and which contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.deployments.standing import Standing
from wattquery.throughput.load.observations import QUANTITIES, Observations
from wattquery.throughput.load.shipped_model import shipped

__all__ = ["FAR_SDS", "contradictions"]

FAR_SDS = 4.0
"""Standard deviations of a prediction from which a point is said to contradict what it is predicted from."""

_MOST = 3

_MOST_ASKED = 60
"""Points that are held against all others, spread over those there are: each takes the work of a matrix of all rows."""

_WORDS = {
    "tpot_s": "time per output token",
    "ttft_s": "time to first token",
    "output_tps_per_accelerator": "throughput",
    "power_w_per_accelerator": "power",
    "joules_per_output_token": "energy per output token",
}


@lru_cache(maxsize=8)
def contradictions(standing: Standing) -> tuple[str, ...]:
    """Return what to say of points that lie far from what was predicted without them, a sentence each.

    Parameters
    ----------
    standing
        The model with a user's points among what it knows.
    """
    if standing.own is None or not len(standing.own):
        return ()
    rows = standing.own.rows
    of_model = _far(rows, *_of_the_model(rows, standing))
    named = {row for _, row, _, _ in of_model}
    among = [one for one in _far(rows, *_of_the_others(standing)) if one[1] not in named]
    return (*_said(rows, of_model, _OF_MODEL), *_said(rows, among, _AMONG))


_OF_MODEL = ("was predicted without it", "look whether its load, units and number of accelerators are right")
_AMONG = (
    "all others let expect",
    "points that contradict each other are not all of one thing",
)


def _of_the_model(rows: Observations, standing: Standing) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how far points lie from what was predicted before calibration, and the standard deviations."""
    predicted = shipped().predict(rows, known=standing.known)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = [np.log(rows.measured(one)) - predicted.log_median(one) for one in QUANTITIES]
    return np.stack(apart, axis=1), np.stack([predicted.log_sd(one) for one in QUANTITIES], axis=1)


def _of_the_others(standing: Standing) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how far points lie from what all other rows say of them, a user's too, and the standard deviations."""
    posterior, count = standing.model.posterior, len(standing.own or ())
    asked = np.isin(posterior.places.architecture, posterior.places.architecture[-count:])
    places, residuals = posterior.places.take(asked), posterior.residuals[asked]
    groups = np.zeros(len(places), dtype=object)
    asked_of = np.unique(np.linspace(1, count, min(count, _MOST_ASKED)).astype(int))
    groups[asked_of - 1 - count] = asked_of
    mean, variance = standing.model.process.left_out(places, residuals, groups).of_quantities()
    apart = np.where(groups[:, None] == 0, np.nan, residuals - mean)
    return apart[-count:], np.sqrt(variance[-count:])


def _far(
    rows: Observations, apart: NDArray[np.float64], sds: NDArray[np.float64]
) -> list[tuple[float, int, float, str]]:
    """Return which numbers lie far, with their rows and ratios, the farthest first."""
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.abs(apart) / sds
    places = np.argwhere(np.isfinite(size) & (size > FAR_SDS))
    found = [(float(size[i, j]), int(i), float(np.exp(apart[i, j])), QUANTITIES[j]) for i, j in places]
    return sorted(found, key=lambda one: (-one[0], rows.row_id[one[1]]))


def _said(rows: Observations, found: list[tuple[float, int, float, str]], words: tuple[str, str]) -> Iterator[str]:
    for sd, row, ratio, quantity in found[:_MOST]:
        yield (
            f"Measured point {rows.row_id[row]!r} has {ratio:.2g} times the {_WORDS[quantity]} that {words[0]}, "
            f"{sd:.1f} standard deviations away: {words[1]}."
        )
    if len(found) > _MOST:
        yield f"So do {len(found) - _MOST} numbers more."
