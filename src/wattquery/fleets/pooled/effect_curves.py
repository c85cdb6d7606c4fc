"""What the load model leaves open of sums over hours: its named effects along the load, and merged over a day.

Hours of one instance have nearly all of their errors in common, by name and key, and the error of a sum of energies is
the mean of theirs, weighed by energy: that of ln E of the day is the sum over effects of the weighed coefficients. How
large the error of an hour is, is known at its own batch; how it is divided between effects is taken from batches
nearby, on straight lines in ln B.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from wattquery.fleets.pooled.states import Placed
from wattquery.specs.common_draws import centred_lognormal
from wattquery.specs.factors import LOAD_MODEL, Factor
from wattquery.throughput.load.deployments.effects import Effect, Weights, named_effects
from wattquery.throughput.load.deployments.uncertainty import Uncertainty

__all__ = ["Coefficients", "EffectCurves", "Lines", "factors_of", "merged", "spread_of"]

Array = NDArray[np.float64]
Direction: TypeAlias = tuple[str, str, int]
Coefficients: TypeAlias = dict[Direction, float]
"""Of standard normals in a logarithm, by name, key, and number of the loading (-1 for an effect that has none)."""

RUN = f"{LOAD_MODEL}run"
"""What differs from one load to the next though all else is the same: independent in every hour."""

NEGLIGIBLE = 1e-7
"""Of the largest coefficient: what is smaller adds less than 1e-14 of the variance."""

_BELOW_ONE = 10.0 ** np.arange(-3.0, -0.2, 0.5)
EVERY = 4
"""Batches at which effects are told: below one running sequence, and from there every fourth of a curve's, two for each
doubling."""


@dataclass(frozen=True, eq=False)
class Lines:
    """Coefficients of effects at some batches, between which they are on straight lines in ln B.

    Attributes
    ----------
    log_batch
        Rising.
    directions
        What each column is.
    values
        (batches, directions).
    """

    log_batch: Array
    directions: tuple[Direction, ...]
    values: Array

    @cached_property
    def is_last(self) -> NDArray[np.bool_]:
        """Which directions are the last of their effect."""
        last: dict[tuple[str, str], int] = {}
        for name, key, number in self.directions:
            last[name, key] = max(number, last.get((name, key), number))
        return np.array([last[name, key] == number for name, key, number in self.directions], dtype=np.bool_)

    @cached_property
    def is_run(self) -> NDArray[np.bool_]:
        """Which directions are independent in every hour."""
        return np.array([direction[0] == RUN for direction in self.directions], dtype=np.bool_)

    def at(self, batch: Array, sigma: Array) -> Array:
        """Return coefficients at batches, (n, directions), the squares of which sum to those of ``sigma``."""
        place = np.clip(np.log(batch), self.log_batch[0], self.log_batch[-1])
        after = np.clip(np.searchsorted(self.log_batch, place), 1, len(self.log_batch) - 1)
        start, stop = self.log_batch[after - 1], self.log_batch[after]
        share = ((place - start) / (stop - start))[:, None]
        found = (1.0 - share) * self.values[after - 1] + share * self.values[after]
        size = np.linalg.norm(found, axis=1)
        return np.asarray(found * (sigma / np.where(size > 0.0, size, 1.0))[:, None])


@dataclass(frozen=True, eq=False)
class EffectCurves:
    """The effects of the pairs of a grid along the load, each made when it is asked for.

    Attributes
    ----------
    placed
        The grid, and where states lie in it.
    """

    placed: Placed

    @cached_property
    def _found(self) -> Uncertainty:
        instances = self.placed.instances
        above = instances.batch[:, ::EVERY]
        if (instances.batch.shape[1] - 1) % EVERY:
            above = np.concatenate([above, instances.batch[:, -1:]], axis=1)
        below = np.broadcast_to(_BELOW_ONE, (len(above), len(_BELOW_ONE)))
        return instances.at(np.concatenate([below, above], axis=1))

    @cached_property
    def _kept(self) -> dict[tuple[int, int], Lines]:
        return {}

    def energy(self, pair: int, boundary: int) -> Lines:
        """Return the effects on the energy of a query, of the accelerators (0) or the node (1)."""
        return self._lines(pair, boundary)

    def time(self, pair: int) -> Lines:
        """Return those on the time for which a query holds an instance."""
        return self._lines(pair, -1)

    def _lines(self, pair: int, kind: int) -> Lines:
        """Return effects on energy at a boundary, or on time where ``kind`` is below 0."""
        if (pair, kind) not in self._kept:
            batches = self._found.knowledge.points.batch[pair]
            rows = [self._effects(pair, number, kind) for number in range(len(batches))]
            parts = [dict(_parts(effects)) for effects in rows]
            directions = tuple(dict.fromkeys(one for row in parts for one in row))
            values = np.array([[row.get(one, 0.0) for one in directions] for row in parts])
            self._kept[pair, kind] = Lines(np.log(batches), directions, values)
        return self._kept[pair, kind]

    def _effects(self, pair: int, number: int, kind: int) -> tuple[Effect, ...]:
        found = self._found
        if kind >= 0:
            return found.effects(pair, number, kind)
        sigma = float(found.log_sds["throughput"][pair, number])
        return named_effects(found.knowledge, pair, number, Weights(0.0, 1.0, sigma, 0.0, 0.0, 0.0))


def _parts(effects: Iterable[Effect]) -> Iterable[tuple[Direction, float]]:
    for effect in effects:
        # The key of what differs from run to run ends with the batch: here it is that of the configuration alone.
        key = effect.key.rpartition("|")[0] if effect.name == RUN else effect.key
        for number, loading in enumerate(effect.loadings or (1.0,)):
            yield (effect.name, key, number if effect.loadings else -1), effect.sigma * loading


def merged(lines: Lines, batch: Array, sigma: Array, shares: Array) -> Coefficients:
    """Return the coefficients of a sum over hours.

    Parameters
    ----------
    lines
        Effects along the load.
    batch, sigma
        Of each hour; the standard deviation of ln E there [1].
    shares
        Of the sum that each hour is [1].
    """
    rows = shares[:, None] * lines.at(batch, sigma)
    together = rows.sum(axis=0)
    apart = np.sqrt((rows**2).sum(axis=0))
    found = np.where(lines.is_run, apart, together)
    # The last of the loadings of an effect stays: of all cells there are as many.
    kept = np.flatnonzero(lines.is_last | (np.abs(found) > NEGLIGIBLE * np.abs(found).max(initial=0.0)))
    return {lines.directions[number]: float(found[number]) for number in kept}


def spread_of(coefficients: Mapping[Direction, float]) -> float:
    """Return the standard deviation of a sum of effects [1]."""
    return float(np.sqrt(sum(one**2 for one in coefficients.values())))


def _along(values: Mapping[int, float], size: float) -> list[float]:
    """Return loadings of directions that are numbered, zero for those that are not there."""
    found = [0.0] * (max(values) + 1)
    for number, value in values.items():
        found[number] = value / size
    return found


def factors_of(coefficients: Mapping[Direction, float]) -> tuple[Factor, ...]:
    """Return effects as factors with the median 1."""
    together: dict[tuple[str, str, bool], dict[int, float]] = {}
    for (name, key, number), value in coefficients.items():
        together.setdefault((name, key, number >= 0), {})[number] = value
    found = []
    for (name, key, has_loadings), values in together.items():
        size = math.sqrt(sum(one**2 for one in values.values()))
        if size:
            loadings = tuple(_along(values, size)) if has_loadings else ()
            found.append(Factor(name, centred_lognormal(size), 1.0, key, loadings))
    return tuple(found)
