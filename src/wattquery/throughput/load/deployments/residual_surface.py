"""Residuals of many operating points: from a few places that each stands for, along the load, to all of them.

Most instances share nothing with measured rows beyond the architecture, or not even that, and differ for the residuals
in their load alone. Each set of labels that tells something is solved once, at loads of a fixed lattice, and the
operating points lie between. The lattice is the same whatever is asked for, so that nothing changes with the grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.residuals import Places, Posterior
from wattquery.throughput.load.residuals.by_level import level_effects

__all__ = ["LATTICE", "ResidualSurface"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Words = NDArray[np.object_]

LATTICE = 0.5
"""Spacing of ln B: a third of the distance over which residuals change."""

_WIDTH = 6
"""Points of the lattice that an operating point lies among; the error is some 1e-4 of a residual."""

_DIGITS = 10
"""To which residuals are rounded, since libraries of linear algebra round by how many are solved at once."""

_LABELS = ("hardware", "stack", "precision", "configuration", "lengths")


@dataclass(frozen=True, eq=False)
class ResidualSurface:
    """Residuals of the three outputs along ln B, for each of a few sets of labels.

    Attributes
    ----------
    first
        Which multiple of `LATTICE` the first load is.
    kind
        Which set of labels each pair of instance and lengths has.
    mean, covariance
        (kinds, loads, 3) and (kinds, loads, 3, 3).
    levels
        Of the levels' own effects, (levels + 1, kinds, loads, 3, 3); see `LevelEffects`.
    """

    first: int
    kind: Integers
    mean: Array
    covariance: Array
    levels: Array

    @classmethod
    def of(cls, posterior: Posterior, pairs: Places, batch: Array) -> Self:
        """Return the surface for pairs of instances and lengths.

        Parameters
        ----------
        posterior
            What measured rows tell.
        pairs
            Where they stand, at whatever load.
        batch
            B of their operating points, (pairs, loads); below 1 an instance is busy with one [1].
        """
        told = _told(posterior, pairs)
        chosen, kind = _distinct(told)
        lattice = _position(batch)
        low, high = int(np.floor(lattice.min(initial=0.0))), int(np.floor(lattice.max(initial=0.0)))
        first = low - _WIDTH // 2 + 1
        loads = LATTICE * np.arange(first, high + _WIDTH // 2 + 1)
        rows = told.take(np.repeat(chosen, len(loads)))
        rows.log_load[:] = np.tile(loads, len(chosen))
        found = level_effects(posterior, rows)
        shape = (len(chosen), len(loads))
        return cls(
            first,
            kind,
            np.round(found.mean, _DIGITS).reshape(*shape, 3),
            np.round(found.covariance, _DIGITS).reshape(*shape, 3, 3),
            np.round(found.levels, _DIGITS).reshape(len(found.levels), *shape, 3, 3),
        )

    def at(self, pairs: Integers, batch: Array) -> tuple[Array, Array]:
        """Return means and covariances of operating points of some pairs, (pairs, loads, 3) and (pairs, loads, 3, 3).

        ``batch`` is theirs, of what `of` was given [1].
        """
        start, weights = _weights(batch)
        kind, start = self.kind[pairs, None], start - self.first
        mean, covariance = np.zeros((*batch.shape, 3)), np.zeros((*batch.shape, 3, 3))
        for number, weight in enumerate(weights):
            mean += weight[..., None] * self.mean[kind, start + number]
            covariance += weight[..., None, None] * self.covariance[kind, start + number]
        return mean, covariance

    def levels_at(self, pair: int, batch: float) -> Array:
        """Return the covariances of the levels' own effects at one operating point, (levels + 1, 3, 3)."""
        start, weights = _weights(np.array([batch]))
        here = int(start[0]) - self.first
        found: Array = np.einsum("w,lwab->lab", weights[:, 0], self.levels[:, self.kind[pair], here : here + _WIDTH])
        return found


def _position(batch: Array) -> Array:
    """Return where loads lie on the lattice."""
    found: Array = np.log(np.maximum(batch, 1.0)) / LATTICE
    return found


def _weights(batch: Array) -> tuple[Integers, Array]:
    """Return the first of the points of the lattice around each load, and their weights by Lagrange, (points, ...)."""
    position = _position(batch)
    below = np.floor(position)
    start = below.astype(np.int64) - _WIDTH // 2 + 1
    nodes = np.arange(_WIDTH)
    away = (position - start)[None] - nodes.reshape(-1, *([1] * batch.ndim))
    made = np.ones((_WIDTH, *batch.shape))
    for one in range(_WIDTH):
        for other in nodes[nodes != one]:
            made[one] *= away[other] / (one - other)
    return start, made


def _told(posterior: Posterior, pairs: Places) -> Places:
    """Return places whose labels and numbers are blank where no measured row of the architecture shares them."""
    rows = posterior.places
    has_rows = np.isfinite(posterior.residuals).any(axis=1)
    known = np.isin(pairs.architecture.astype(str), rows.architecture[has_rows].astype(str))
    columns: dict[str, Words] = {"architecture": np.where(known, pairs.architecture, "").astype(object)}
    for name in _LABELS:
        there = set(zip(rows.architecture[has_rows], getattr(rows, name)[has_rows], strict=True))
        here = zip(pairs.architecture, getattr(pairs, name), strict=True)
        shared = np.array([one in there for one in here], dtype=bool)
        columns[name] = np.where(shared, getattr(pairs, name), "").astype(object)
    deployed = known & (columns["hardware"] != "") & (columns["stack"] != "") & (columns["precision"] != "")
    nothing = np.zeros(len(pairs))
    return Places(
        **columns,
        log_load=nothing.copy(),
        log_accelerators=nothing,
        log_input=np.where(known, pairs.log_input, 0.0),
        date=np.where(deployed, pairs.date, 0.0),
        decode_share=np.ones(len(pairs)),
    )


def _distinct(places: Places) -> tuple[Integers, Integers]:
    """Return the first of each kind of places, and which kind each is."""
    numbers: dict[tuple[object, ...], int] = {}
    kind = np.empty(len(places), dtype=np.int64)
    words = [getattr(places, name) for name in ("architecture", *_LABELS)]
    for row, key in enumerate(zip(*words, places.log_input.tolist(), places.date.tolist(), strict=True)):
        kind[row] = numbers.setdefault(key, len(numbers))
    _, first = np.unique(kind, return_index=True)
    return first.astype(np.int64), kind
