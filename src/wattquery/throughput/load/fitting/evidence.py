"""What a fit holds predictions against: measured quantities in logarithms, each with its error and weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.equations import Rates
from wattquery.throughput.load.observations import QUANTITIES, Observations

__all__ = ["ERRORS", "Evidence"]

Numbers = NDArray[np.float64]

ERRORS = {
    "tpot_s": 0.12,
    "ttft_s": 0.3,
    "output_tps_per_accelerator": 0.15,
    "maximum load": 0.25,
    "power_w_per_accelerator": 0.1,
    "joules_per_output_token": 0.12,
}
"""Scale of the residuals of logarithms that is taken for granted, by kind of evidence [1]."""

_MANY_ROWS, _BY_ARCHITECTURE = 20.0, 0.4
_MANY_ALIKE, _BY_CONFIGURATION = 10.0, 0.3
_MOST_WEIGHT = 1.3
"""Rows of one architecture share their residuals: n of them weigh as n to the power of 1 less the exponents."""

_COMMON_WEIGHT = 0.1
"""Of every row: what the equations leave over is shared far more widely than the exponents say."""

_APART_WEIGHT = 0.1
"""Of rows whose prefill has accelerators of its own: how they are divided is mostly not told."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """Measured quantities, one after the other.

    Attributes
    ----------
    rows
        Which row each is of.
    quantity
        Which quantity each is, by its place in `QUANTITIES`.
    measured
        Logarithm of what was measured.
    error, weight
        Scale of the residual, and weight of its square [1].
    """

    rows: NDArray[np.intp]
    quantity: NDArray[np.intp]
    measured: Numbers
    error: Numbers
    weight: Numbers

    @classmethod
    def of(cls, rows: Observations, at: Conditions) -> Self:
        """Return what is measured of rows, all of which a fit uses.

        Latencies count in closed loops; power, energy and rate where power was measured; the rate at maximum load.
        """
        power = ~np.isnan(rows.power_w_per_accelerator)
        rate = power | at.at_maximum_load
        counts = dict(zip(QUANTITIES, (~rate, ~rate, rate, power, power), strict=True))
        found, places, kinds, logs = [], [], [], []
        for place, name in enumerate(QUANTITIES):
            numbers = _measured(rows, name)
            here = np.flatnonzero(counts[name] & np.isfinite(numbers))
            found.append(here)
            places.append(np.full(len(here), place))
            logs.append(numbers[here])
            maximum = at.at_maximum_load[here] & (name == "output_tps_per_accelerator")
            kinds.append(np.where(maximum, "maximum load", name))
        kind, where = np.concatenate(kinds), np.concatenate(found)
        return cls(
            rows=where,
            quantity=np.concatenate(places),
            measured=np.concatenate(logs),
            error=np.array([ERRORS[one] for one in kind]),
            weight=_weights(kind, rows.take(where), at.labels["stack"][where])
            * np.where(rows.disaggregated[where], _APART_WEIGHT, 1.0),
        )

    def predicted(self, rates: Rates) -> Numbers:
        """Return the predicted logarithms, in the order of the evidence."""
        table = np.stack([rates.of(name) for name in QUANTITIES])
        chosen: Numbers = table[self.quantity, self.rows]
        return chosen


def _measured(rows: Observations, quantity: str) -> Numbers:
    """Return logarithms of a quantity, the energy of a token from power and rate where it is not stated."""
    numbers = rows.measured(quantity)
    if quantity == "joules_per_output_token":
        derived = rows.power_w_per_accelerator / rows.output_tps_per_accelerator
        numbers = np.where(np.isnan(numbers), derived, numbers)
    with np.errstate(invalid="ignore", divide="ignore"):
        logarithms: Numbers = np.log(numbers)
    return logarithms


def _weights(kind: NDArray[Any], rows: Observations, stack: NDArray[np.object_]) -> Numbers:
    of_architecture = _count(kind, rows.architecture)
    alike = _count(kind, rows.architecture, rows.hardware, stack)
    return (
        _COMMON_WEIGHT
        * np.minimum((of_architecture / _MANY_ROWS) ** -_BY_ARCHITECTURE, _MOST_WEIGHT)
        * np.minimum((alike / _MANY_ALIKE) ** -_BY_CONFIGURATION, _MOST_WEIGHT)
    )


def _count(*labels: NDArray[Any]) -> NDArray[np.intp]:
    """Return how many rows have the same labels as each row."""
    keys = np.array(["|".join(map(str, one)) for one in zip(*labels, strict=True)])
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    found: NDArray[np.intp] = counts[inverse]
    return found
