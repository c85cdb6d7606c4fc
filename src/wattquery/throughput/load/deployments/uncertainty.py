"""What is not known of the energy of a query at operating points: one lognormal for each, made of named effects.

ln E = ln(units . drivers) + shift + sigma z, with units at their expected values and shift = -sigma^2/2: whatever is
summed of such energies has the right mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.deployments.cases import LoadSettings
from wattquery.throughput.load.deployments.effects import Effect, Weights, named_effects
from wattquery.throughput.load.deployments.fold import Errors, Folded, folded
from wattquery.throughput.load.deployments.knowledge import RATE_NAMES, Knowledge
from wattquery.throughput.load.deployments.own_watts import HeaviestWatts
from wattquery.throughput.load.deployments.points import Points
from wattquery.throughput.load.model import LoadModel
from wattquery.throughput.load.shipped_model import parameter_draws, shipped

__all__ = ["CACHED_WEIGHT_SD", "Uncertainty", "uncertainty_from", "uncertainty_of"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

CACHED_WEIGHT_SD = 0.05
"""Of the prefill of a cached token relative to a new one [1]: 0 to 0.15 are some P5 to P95."""

_DIGITS = 10
"""To which sigma is rounded, as residuals are: it must not change with what else is asked for."""

_AT_ONCE = 2048
"""Pairs that are in memory at once."""


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """Energy of queries, and rates, with what is not known of them. A first axis of two: the accelerators, the node.

    Attributes
    ----------
    units
        Expected values of what a unit of each of `DRIVERS` takes, (2, 5, pairs, loads) [J].
    sigma
        Standard deviation of ln E, (2, pairs, loads) [1].
    rates
        Medians of throughput [tokens/s per instance], power [W per accelerator], time_per_output_token and
        time_to_first_token [s], by name, (pairs, loads).
    log_sds
        Standard deviations of their logarithms [1].
    knowledge, settings
        What it is made of.
    """

    units: Array
    sigma: Array
    rates: Mapping[str, Array]
    log_sds: Mapping[str, Array]
    knowledge: Knowledge
    settings: LoadSettings

    @property
    def shift(self) -> Array:
        """-sigma^2/2, from the mean to the median, (2, pairs, loads) [1]."""
        return np.asarray(-0.5 * self.sigma**2)

    def effects(self, pair: int, load: int, boundary: int) -> tuple[Effect, ...]:
        """Return the named effects at one operating point: squares of their sigmas sum to that of ``sigma``."""
        pairs = np.array([pair])
        known = self.knowledge.of(pairs)
        fold = _folds(known.errors, self.knowledge.points, pairs, self.settings)[boundary]
        parts = (fold.of_energy, fold.of_time, fold.sigma, fold.of_node, fold.of_idle, fold.of_cached)
        return named_effects(self.knowledge, pair, load, Weights(*(float(one[0, load]) for one in parts)))


def uncertainty_of(
    points: Points,
    settings: LoadSettings,
    *,
    model: LoadModel | None = None,
    draws: Array | None = None,
    heaviest: HeaviestWatts | None = None,
) -> Uncertainty:
    """Return what is not known at operating points.

    Parameters
    ----------
    points
        The operating points, at the fitted parameters.
    settings
        Of the node.
    model, draws
        The load model, and what its parameters could as well be, (draws, parameters), in the order of their layout; the
        shipped ones where they are left out.
    heaviest
        What a user measured of accelerators under their heaviest load.
    """
    model = shipped() if model is None else model
    draws = _shipped_draws(model) if draws is None else draws
    return uncertainty_from(Knowledge.about(points, model, draws, heaviest), settings)


def uncertainty_from(knowledge: Knowledge, settings: LoadSettings) -> Uncertainty:
    """Return what is not known at the operating points that something is known about."""
    points = knowledge.points
    shape = points.batch.shape
    units, sigma = np.empty((2, 5, *shape)), np.empty((2, *shape))
    rates, log_sds = ({name: np.empty(shape) for name in RATE_NAMES} for _ in range(2))
    for start in range(0, shape[0], _AT_ONCE):
        pairs = np.arange(start, min(start + _AT_ONCE, shape[0]))
        known = knowledge.of(pairs)
        units[:, :, pairs] = _expected_units(known.errors, points, pairs, settings)
        for boundary, fold in enumerate(_folds(known.errors, points, pairs, settings)):
            sigma[boundary, pairs] = np.round(fold.total, _DIGITS)
        for name in rates:
            rates[name][pairs], log_sds[name][pairs] = known.rates[name], known.log_sds[name]
    return Uncertainty(units, sigma, rates, log_sds, knowledge, settings)


def _shipped_draws(model: LoadModel) -> Array:
    """Return the draws in the order of the layout of the shipped parameters."""
    names, draws = parameter_draws()
    place = {name: number for number, name in enumerate(names)}
    return draws[:, [place[name] for name in model.parameters.layout.names]]


def _expected_units(errors: Errors, points: Points, pairs: Integers, settings: LoadSettings) -> Array:
    """Return expected values of what units take, (2, 5, pairs, loads) [J]; idle time and a node's watts go by time."""
    median = points.units[:, pairs]
    made = np.empty((2, *median.shape))
    made[0] = median * errors.expected_energy
    made[0, 0] = median[0] * errors.expected_time
    made[1] = settings.node_factor * made[0]
    made[1] += points.nodes.watts[points.instance[pairs], None] * points.seconds[:, pairs] * errors.expected_time
    return made


def _folds(errors: Errors, points: Points, pairs: Integers, settings: LoadSettings) -> tuple[Folded, Folded]:
    """Return the lognormals of the mean query at the accelerators and at the node."""
    own = points.own_drivers[:, pairs, None]
    parts = points.units[:, pairs] * own
    idle, busy = parts[0], parts[1:].sum(axis=0)
    seconds = (points.seconds[:, pairs] * own).sum(axis=0)
    cached = CACHED_WEIGHT_SD * points.units[3, pairs] * points.own_cached[pairs, None] / busy
    instance = points.instance[pairs]
    watts, sd = points.nodes.watts[instance, None], points.nodes.relative_sd[instance, None]
    factor = settings.node_factor
    sds = {"node_sd": sd, "idle_sd": points.idle_relative_sd[instance, None], "cached_sd": cached}
    return (
        folded(errors, busy, idle, np.zeros_like(busy), **sds),
        folded(errors, factor * busy, factor * idle, watts * seconds, **sds),
    )
