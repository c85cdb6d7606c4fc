"""A part of a fleet as numbers: the queries of one class that one model answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from wattquery.errors import InputError
from wattquery.fleets.length_means import LengthMeans, LengthPart
from wattquery.fleets.moments import moment
from wattquery.specs import Boundary, Distribution, Lever
from wattquery.specs.converters import LeverSet
from wattquery.specs.factors import Factor
from wattquery.throughput.load_form import LoadForm
from wattquery.throughput.model import ThroughputModel

__all__ = ["NO_SLOT", "Part", "check_energy"]

NO_SLOT = -1
"""Of a part under load, which has no throughput fit."""

MOST_WH = 1e12
"""Of a mean query: what a city uses in a month."""


@dataclass(frozen=True, eq=False)
class Part:
    """The queries of one class that one model answers, at one point of the axes.

    Attributes
    ----------
    query_class, model
        Their names.
    weight
        Share of the class's queries [1].
    lengths
        What depends on the lengths.
    constant
        ln of all fixed factors, with the unit of power [ln(Wh/s)].
    factors
        Random factors that multiply or divide.
    levers, boundary
        What the energy is divided by, and what is counted.
    pue_mean
        Mean of the PUE, 1 where it is not counted [1].
    slot
        Number of the deployment, whose throughput fit is one unknown for all classes; `NO_SLOT` under load.
    means
        Over the lengths.
    seconds
        For how long a query holds a node, or under load an instance, idle time included [s].
    instance
        Accelerators of the instance under load [1].
    accelerator_share
        Share of the node's mean energy that its accelerators draw, where the load model says it [1].
    running
        Running sequences of the instance under load, which levers may depend on [1].
    extrapolated
        Why the load model extrapolates, in its words; empty where it does not, or where there is no load.
    """

    query_class: str
    model: str
    weight: float
    lengths: LengthPart
    constant: float
    factors: tuple[Factor, ...]
    levers: LeverSet
    boundary: Boundary
    pue_mean: float
    slot: int
    means: LengthMeans
    seconds: float
    instance: float = math.nan
    running: float = 1.0
    accelerator_share: float | None = None
    extrapolated: str = ""

    @property
    def fit(self) -> ThroughputModel | None:
        """The throughput fit; None under load."""
        throughput = self.lengths.throughput
        return None if isinstance(throughput, LoadForm) else throughput

    @cached_property
    def scale(self) -> float:
        """Fixed factors and the lengths [Wh]."""
        return math.exp(self.constant) * self.means.energy

    @cached_property
    def mean(self) -> float:
        """Mean energy of a query over everything random [Wh]."""
        return self.scale * math.prod(moment(factor.distribution, factor.sign) for factor in self.factors)

    @cached_property
    def square(self) -> float:
        """Mean of the square of the energy [Wh2]."""
        factors = math.prod(moment(factor.distribution, 2.0 * factor.sign) for factor in self.factors)
        return math.exp(2.0 * self.constant) * self.means.square * factors

    def node_seconds(self, levers: Sequence[str]) -> float:
        """Return for how long a query holds a node or an instance [s].

        Shortened by the time factors of levers, and by what those of ``levers`` without one divide the energy by.
        """
        shorter = (self._time_factor(lever, also=lever.name in levers) for lever in self.levers.levers)
        return self.seconds * math.prod(moment(one, -1.0) for one in shorter if one is not None)

    def _time_factor(self, lever: Lever, *, also: bool) -> Distribution | None:
        found = lever.time_at(self.running)
        if found is not None or not also:
            return found
        return lever.factor if lever.by_concurrency is None else lever.by_concurrency.at(self.running)


def check_energy(part: Part) -> None:
    """Refuse a mean energy that is no number or that no query can take, before totals are made of it."""
    try:
        mean, square = part.mean, part.square
    except OverflowError:
        mean = square = math.inf
    if not (mean <= MOST_WH and math.isfinite(square)):
        shown = f"{mean:.3g} Wh" if math.isfinite(mean) else "no finite number"
        raise InputError(
            f"class {part.query_class!r}: the mean energy of a query to {part.model} must be at most {MOST_WH:g} Wh, "
            f"got {shown}. Check its lengths, factors and overhead for a unit or a slip of the pen."
        )
