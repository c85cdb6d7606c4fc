"""What a run of the deployment would say where a load model stands behind the answer, at each load that it may have.

The run is one more measured row: of the same configuration as the cell, at its mean lengths and one load. What the
covariance of residuals loses by it does not depend on what it says, so that one that says what is expected stands for
all. What single runs scatter by stays: it is of the run, and of the answer once more. A run has fixed lengths: where
those of the cell vary, what is of lengths alone is not told, nor does the configuration count as measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wattquery.sensitivity.worth.measurements import LOAD, METERED, RUN, component_of
from wattquery.throughput.load.deployments.answers import running
from wattquery.throughput.load.deployments.effects import Effect
from wattquery.throughput.load.deployments.knowledge import Knowledge
from wattquery.throughput.load.deployments.residual_surface import ResidualSurface
from wattquery.throughput.load.deployments.table import LoadTable
from wattquery.throughput.load.model import LoadModel
from wattquery.throughput.load.observations import QUANTITIES
from wattquery.throughput.load.residuals import Places
from wattquery.throughput.load.residuals.jointly import gain_of_a_run, joint_covariance
from wattquery.throughput.load.shipped_model import shipped
from wattquery.throughput.load.support import FEW_POINTS, INTERVAL_CLASSES

__all__ = ["Runs", "scatter"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

_TIME, _POWER = 0, 2
_OUTPUTS = {RUN: [_TIME], METERED: [_TIME, _POWER]}
"""Which of the model's outputs a run tells: time per token, and power."""

_FIXED = "lengths of a run"

_FOLLOWING = {
    INTERVAL_CLASSES[0]: INTERVAL_CLASSES[0],
    FEW_POINTS[1]: FEW_POINTS[2],
    FEW_POINTS[2]: INTERVAL_CLASSES[0],
}
"""Classes of intervals with one more point."""


def scatter(kind: str, error: float | None) -> Array:
    """Return the covariance of what a run adds of its own: as the load model has it, or to a stated error."""
    outputs = _OUTPUTS[kind]
    if error is not None:
        return error**2 * np.eye(len(outputs))
    return np.asarray(shipped().posterior.levels[-1][np.ix_(outputs, outputs)], dtype=np.float64)


@dataclass(frozen=True, eq=False)
class _Narrowed(ResidualSurface):
    """Residuals of which less is open along the load, for one pair."""

    gain: Array

    @classmethod
    def less(cls, surface: ResidualSurface, gain: Array) -> _Narrowed:
        """Return a surface whose covariances are less by some, (loads, 3, 3)."""
        return cls(**{one.name: getattr(surface, one.name) for one in fields(ResidualSurface)}, gain=gain)

    def at(self, pairs: Integers, batch: Array) -> tuple[Array, Array]:
        """Return means and covariances, as of `ResidualSurface.at`."""
        mean, covariance = super().at(pairs, batch)
        return mean, covariance - self.gain


@dataclass(frozen=True, eq=False)
class Runs:
    """Runs of one pair of an instance and lengths, at any of its loads.

    Attributes
    ----------
    table
        What the load model says.
    model
        The load model, with what is measured already.
    pair
        Which pair.
    loads
        Which of its loads have data.
    is_fixed
        Whether all queries of the cell have one length.
    """

    table: LoadTable
    model: LoadModel
    pair: int
    loads: tuple[int, ...]
    is_fixed: bool

    @property
    def knowledge(self) -> Knowledge:
        """What is known before."""
        return self.table.uncertainty.knowledge

    @cached_property
    def _joint(self) -> Array:
        """The covariance of the outputs of the cells at all loads, then of runs at these, (rows, 3, rows, 3)."""
        batch = running(self.table.points.batch[self.pair])
        cells = self.knowledge.places.take(np.full(batch.size, self.pair))
        cells = replace(cells, log_load=np.log(batch))
        lengths = cells.lengths if self.is_fixed else np.full(batch.size, _FIXED, dtype=object)
        return joint_covariance(self.model.posterior, Places.joined([cells, replace(cells, lengths=lengths)]))

    def variances_after(self, kind: str, run: int, noise: Array, boundary: int) -> Array:
        """Return the variance of ln E that is left of the load model at each of the loads, once a run was measured.

        Parameters
        ----------
        kind
            `RUN` or `METERED`.
        run
            Which load it is at.
        noise
            Its `scatter`.
        boundary
            0 where accelerators alone are counted, 1 for the node.
        """
        loads = self.table.points.batch.shape[1]
        gain = gain_of_a_run(self._joint, loads + run, np.eye(3)[_OUTPUTS[kind]], noise)[:loads]
        known = self.knowledge
        after = replace(known, surface=_Narrowed.less(known.surface, gain), factors=self._factors())
        return self._variances(after, boundary)

    def variances(self, boundary: int) -> Array:
        """Return it as it is."""
        return self._variances(self.knowledge, boundary)

    def best(self, kind: str, noise: Array, boundary: int) -> tuple[int, Array]:
        """Return at which load a run says most of the answers at all loads, and what it leaves of their variances."""
        before = self.variances(boundary)
        every = [self.variances_after(kind, run, noise, boundary) for run in self.loads]
        most = int(np.argmin([np.mean(after / before) for after in every]))
        return self.loads[most], every[most]

    def _variances(self, known: Knowledge, boundary: int) -> Array:
        uncertainty = replace(self.table.uncertainty, knowledge=known)
        return np.array([_of_model(uncertainty.effects(self.pair, load, boundary)) for load in self.loads])

    def _factors(self) -> dict[str, Array]:
        """Return factors of intervals once one more point of the configuration is known: never larger for that."""
        now = str(self.table.points.interval_class[self.pair])
        following = _FOLLOWING.get(now, FEW_POINTS[1]) if self.is_fixed else now
        better = INTERVAL_CLASSES[: 1 + INTERVAL_CLASSES.index(following)]
        found = {}
        for name in QUANTITIES:
            found[name] = self.knowledge.factors[name].copy()
            found[name][self.pair] = max(self.model.calibration.outer(one, name) for one in better)
        return found


def _of_model(effects: Sequence[Effect]) -> float:
    """Return the variance of the effects that a run says something of."""
    return float(sum(one.sigma**2 for one in effects if component_of(one.name) == LOAD))
