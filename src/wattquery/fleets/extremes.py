"""What notes say of the values of a fleet: the largest noise and the largest error of a quantile of all its points."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.fleets.settings import FleetSettings
from wattquery.fleets.totals import MOST_GWH

__all__ = ["ERRORS", "NOISE", "VALUES", "Extremes", "extremes", "settled"]

NOISE, ERRORS = "\0noise", "\0errors"
"""Where remarks on values stand among others, which are known before these are."""

QUANTILES = ("energy_interval", "energy_credible")
VALUES = ("energy_std_queries", "energy_per_day", *QUANTILES, *(f"{name}_stderr" for name in QUANTILES))
"""The variables that remarks are about."""

WORTH_SAYING = 0.005
"""Relative standard deviation over queries from which on a day's total is said to vary."""


@dataclass(frozen=True)
class Extremes:
    """The largest of all points.

    Attributes
    ----------
    noise
        Relative standard deviation of a day's total over queries [1].
    error
        Relative standard error of a quantile that is sampled [1]; ``-inf`` where none is.
    is_beyond
        Whether some quantiles are beyond what any fleet can have.
    of
        The variables whose errors were looked at.
    """

    noise: float = -math.inf
    error: float = -math.inf
    is_beyond: bool = False
    of: tuple[str, ...] = ()

    def with_other(self, other: Extremes) -> Extremes:
        """Return those of two parts together."""
        noise, error = np.maximum(self.noise, other.noise), np.maximum(self.error, other.error)
        return Extremes(float(noise), float(error), self.is_beyond or other.is_beyond, self.of or other.of)


def extremes(values: Mapping[str, NDArray[np.float64]]) -> Extremes:
    """Return the extremes of some points, from those of their variables that `VALUES` names."""
    names = tuple(name for name in QUANTILES if name in values)
    errors = np.concatenate([values[f"{name}_stderr"].ravel() for name in names])
    quantiles = np.concatenate([values[name].ravel() for name in names])
    beyond = np.abs(quantiles) > MOST_GWH
    sampled = (errors > 0.0) & ~beyond
    noise = -math.inf
    if "energy_std_queries" in values:
        noise = float(np.max(values["energy_std_queries"] / values["energy_per_day"]))
    error = float(np.max(errors[sampled] / quantiles[sampled])) if sampled.any() else -math.inf
    return Extremes(noise, error, bool(beyond.any()), names)


def settled(notes: Sequence[str], found: Extremes | None, settings: FleetSettings) -> Iterator[str]:
    """Yield notes with what is to be said of values in its place; without, where these are not known yet."""
    about = {NOISE: _noise, ERRORS: _errors}
    for note in notes:
        if note not in about:
            yield note
        elif found is not None:
            yield from about[note](found, settings)


def _noise(found: Extremes, settings: FleetSettings) -> Iterator[str]:
    """Yield by how much a day's total varies."""
    if found.noise > WORTH_SAYING:
        yield (
            f"few queries: from day to day the total varies by {found.noise:.1%} (one standard deviation) because "
            "queries differ, which is in none of the intervals; see energy_std_queries"
        )


def _errors(found: Extremes, settings: FleetSettings) -> Iterator[str]:
    """Yield how well quantiles over the shared factors are known, where they are sampled."""
    if found.is_beyond:
        yield (
            f"quantiles over the shared factors: some are beyond {MOST_GWH:g} GWh per day, which says that the rows of "
            "a throughput fit do not bound it from above"
        )
    if found.error == -math.inf:
        return
    reach = f"up to {found.error:.1%}" if np.isfinite(found.error) else "not known for some, beyond which few draws lie"
    yield (
        f"quantiles over the shared factors: without a closed form, sampled with {settings.shared_draws:,} draws; "
        f"standard error {reach}, see {' and '.join(f'{name}_stderr' for name in found.of)}"
    )
