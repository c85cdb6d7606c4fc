"""What measured rows say about others: the posterior of the three outputs, architecture by architecture."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from wattquery.throughput.load.residuals.blocks import block_of, cross_covariance, kernels_between
from wattquery.throughput.load.residuals.places import Measured, Places, quantity_weights, telling
from wattquery.throughput.load.residuals.wild import settled_weights

__all__ = ["Effects", "Posterior", "Solved"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Effects:
    """Residuals of the three outputs of some rows as far as they are known.

    Attributes
    ----------
    mean
        Of the logarithms of `OUTPUTS`, (rows, 3).
    covariance
        (rows, 3, 3).
    decode_share
        Of each row, which `of_quantities` needs.
    """

    mean: Array
    covariance: Array
    decode_share: Array

    def widened(self, extra: Array) -> Self:
        """Return the same with covariances added, such as those of the fitted parameters: (rows, 3, 3)."""
        return replace(self, covariance=self.covariance + extra)

    def of_quantities(self) -> tuple[Array, Array]:
        """Return means and variances of the residuals of the logarithms of `QUANTITIES`, both (rows, 5)."""
        weights = quantity_weights(self.decode_share)
        mean = np.einsum("rqa,ra->rq", weights, self.mean)
        variance = np.einsum("rqa,rab,rqb->rq", weights, self.covariance, weights)
        return mean, np.maximum(variance, 0.0)


@dataclass(frozen=True, eq=False)
class Solved:
    """One architecture's rows with what its predictions take from them."""

    places: Places
    measured: Measured
    lower: Array
    solved: Array


@dataclass(frozen=True, eq=False)
class Posterior:
    """The process, given measured rows.

    Attributes
    ----------
    levels
        Covariances of the outputs at each level, the row's own last: (levels + 1, 3, 3).
    places, residuals
        The measured rows, and measured minus predicted of the logarithms of `QUANTITIES`, (rows, 5).
    """

    levels: Array
    places: Places
    residuals: Array
    _solved: dict[str, Solved] = field(default_factory=dict, repr=False)

    def given(self, places: Places, residuals: Array) -> Self:
        """Return the posterior that knows more measured rows: how a measured point calibrates its configuration."""
        new = set(places.architecture)
        kept = {name: one for name, one in self._solved.items() if name not in new}
        joined = Places.joined([self.places, places])
        return replace(self, places=joined, residuals=np.concatenate([self.residuals, residuals]), _solved=kept)

    def effects(self, places: Places, *, of_a_measurement: bool = True) -> Effects:
        """Return what is known of the residuals of rows.

        Parameters
        ----------
        places
            The rows. Those of an architecture without measured rows get mean 0 and the covariance of the prior.
        of_a_measurement
            Whether the covariance holds what one more run would add of its own.
        """
        count = len(places)
        prior = self.levels.sum(axis=0) if of_a_measurement else self.levels[:-1].sum(axis=0)
        mean, covariance = np.zeros((count, 3)), np.tile(prior, (count, 1, 1))
        for name in set(places.architecture):
            mine = np.flatnonzero(places.architecture == name)
            known = self.known(name)
            if known is not None:
                mean[mine], less = _told(self.levels, known, places.take(mine))
                covariance[mine] -= less
        return Effects(mean, covariance, places.decode_share)

    def known(self, name: str) -> Solved | None:
        """Return the measured rows of an architecture, solved once."""
        if name not in self._solved:
            mine = (self.places.architecture == name) & np.isfinite(self.residuals).any(axis=1)
            if not mine.any():
                return None
            places = self.places.take(mine)
            self._solved[name] = _solved(self.levels, places, telling(places, self.residuals[mine]))
        return self._solved[name]


def _solved(levels: Array, places: Places, measured: Measured) -> Solved:
    """One architecture with the factor of its covariance."""
    block = block_of(places, measured)
    covariance = block.covariance(levels, settled_weights(block, levels))
    lower = np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
    half = solve_triangular(lower, measured.values, lower=True)
    return Solved(places, measured, lower, solve_triangular(lower, half, lower=True, trans=1))


def _told(levels: Array, known: Solved, places: Places) -> tuple[Array, Array]:
    """Mean of the outputs of rows, and what their covariance loses."""
    cross = cross_covariance(levels[:-1], kernels_between(places, known.places), known.measured)
    half = solve_triangular(known.lower, cross.reshape(-1, len(known.solved)).T, lower=True)
    half = half.reshape(len(known.solved), len(places), 3)
    return cross @ known.solved, np.einsum("nra,nrb->rab", half, half)
