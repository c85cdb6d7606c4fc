"""The load model of the instances of a pool at any batches, and Little's law turned round: from a rate to a batch.

All hours of all points are asked at once, each at its own batch: none is rounded to another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.deployments.cases import LoadCases
from wattquery.throughput.load.deployments.knowledge import Knowledge
from wattquery.throughput.load.deployments.points import Points, operating_points
from wattquery.throughput.load.deployments.table import LoadTable
from wattquery.throughput.load.deployments.uncertainty import Uncertainty, uncertainty_from, uncertainty_of

__all__ = ["Curve", "Instances", "batches_at", "instances_of"]

Array = NDArray[np.float64]
Rates = Callable[[Array], Array]

PER_DOUBLING = 8
"""Batches of a curve from one of its points to twice that: between two of them a rate is looked for."""

LATENCIES = ("time_per_output_token", "time_to_first_token")

CLOSE = 1e-12
"""In ln of the rate: no digit that is shown, and little more than round-off."""

MOST_STEPS = 60
"""Of the search, which takes some five."""


@dataclass(frozen=True, eq=False)
class Instances:
    """The pairs of an instance and lengths of a table at batches from one running sequence to the most that fit.

    Attributes
    ----------
    table, cases
        The table, and what it was asked for.
    batch
        Running sequences, rising, (pairs, batches) [1].
    knowledge
        What is known there, and so at all batches between these and below them.
    """

    table: LoadTable
    cases: LoadCases
    batch: Array
    knowledge: Knowledge

    def known(self, batch: Array) -> Knowledge:
        """Return what is known at batches of each pair's own, (pairs, n)."""
        return self.knowledge.at(_moved(self.table.points, batch))

    def at(self, batch: Array) -> Uncertainty:
        """Return units, rates and what is not known of them at batches of each pair's own, (pairs, n)."""
        return uncertainty_from(self.known(batch), self.cases.settings)

    def rates(self, batch: Array) -> Mapping[str, Array]:
        """Return the median rates and latencies alone, by name, (pairs, n)."""
        return self.known(batch).of(np.arange(len(batch))).rates

    def requests(self, tokens_per_second: Array) -> Array:
        """Return queries per second of output tokens per second of an instance, (pairs, n)."""
        return np.asarray(tokens_per_second / self.table.points.drivers[1][:, None])

    @cached_property
    def curve(self) -> Curve:
        """Rates by batch."""
        rates = self.rates(self.batch)
        latencies = {name: np.maximum.accumulate(rates[name], axis=1) for name in LATENCIES}
        return Curve(self.batch, self.requests(rates["throughput"]), latencies)


def instances_of(table: LoadTable, cases: LoadCases) -> Instances:
    """Return the pairs of a table, whose own loads do not count here.

    Parameters
    ----------
    table, cases
        The table, and what it was asked for.
    """
    most = np.maximum(table.points.most_sequences, 1.0)
    count = 2 + int(np.ceil(PER_DOUBLING * np.log2(max(float(most.max(initial=1.0)), 2.0))))
    batch = np.exp(np.linspace(0.0, 1.0, count) * np.log(most)[:, None])
    standing = cases.standing
    moved = _moved(table.points, batch)
    known = uncertainty_of(moved, cases.settings, model=standing.model, heaviest=standing.heaviest).knowledge
    return Instances(table, cases, batch, known)


def _moved(points: Points, batch: Array) -> Points:
    """Return operating points at other batches."""
    batch = np.ascontiguousarray(batch)
    units, seconds, rates = operating_points(
        points.numbers, points.idle_watts, points.instance, points.drivers, points.own_drivers, batch
    )
    return replace(points, batch=batch, units=units, seconds=seconds, rates=rates)


@dataclass(frozen=True, eq=False)
class Curve:
    """Rates of instances by batch, from one running sequence to the most that fit, (pairs, batches).

    Attributes
    ----------
    batch
        Running sequences, rising [1].
    rate
        Queries per second of one instance.
    latencies
        The longest median of this and all lower batches: more load makes no user faster [s].
    """

    batch: Array
    rate: Array
    latencies: dict[str, Array]

    def of(self, pair: NDArray[np.int64]) -> Curve:
        """Return those of some pairs."""
        return Curve(self.batch[pair], self.rate[pair], {name: one[pair] for name, one in self.latencies.items()})

    @property
    def most(self) -> Array:
        """The highest rate of each pair at any batch [1/s]."""
        return np.asarray(self.rate.max(axis=1))


def batches_at(rate: Array, curve: Curve, rates: Rates) -> Array:
    """Return the lowest batches at which instances complete so many queries per second, by Little's law.

    Below one running sequence an instance is busy a share of the time, and its rate is in proportion to that. Above,
    the batch lies between two of the curve, by the secant in logarithms within the bracket.

    Parameters
    ----------
    rate
        Of each pair, at most its highest, (pairs, n) [1/s].
    curve
        Of the pairs.
    rates
        Their rates at batches, (pairs, n).
    """
    first = curve.rate[:, :1]
    found = rate / first
    above = rate > first
    if not above.any():
        return np.asarray(found)
    highest = np.maximum.accumulate(curve.rate, axis=1)
    place = (highest[:, :, None] < rate[:, None, :] * (1.0 - CLOSE)).sum(axis=1)
    place = np.clip(place, 1, curve.batch.shape[1] - 1)
    low, high = (np.log(np.take_along_axis(curve.batch, place + i, axis=1)) for i in (-1, 0))
    with np.errstate(divide="ignore"):
        target = np.log(rate)
    under, over = (np.log(np.take_along_axis(curve.rate, place + i, axis=1)) - target for i in (-1, 0))
    now = np.where(above, high, 0.0)
    was_low: NDArray[np.bool_] | None = None
    for _ in range(MOST_STEPS):
        with np.errstate(divide="ignore", invalid="ignore"):
            now = low - under * (high - low) / (over - under)
        now = np.where(above & np.isfinite(now), np.clip(now, low, high), np.where(above, high, 0.0))
        off = np.log(rates(np.exp(now))) - target
        if np.all(np.abs(np.where(above, off, 0.0)) < CLOSE):
            break
        is_low = off < 0.0
        # An end that stays counts half (Illinois), or it would stay for good.
        again = np.zeros_like(is_low) if was_low is None else is_low == was_low
        low, under = np.where(is_low, now, low), np.where(is_low, off, np.where(again, 0.5 * under, under))
        high, over = np.where(is_low, high, now), np.where(is_low, np.where(again, 0.5 * over, over), off)
        was_low = is_low
    return np.asarray(np.where(above, np.exp(now), found))
