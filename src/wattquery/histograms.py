"""Statistics of a distribution that is known by its masses on the energy lattice: all that is ever said of a cell.

Arrays only: no labels, no files, no random numbers. Counts of draws and exact probabilities are treated alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wattquery.kernels.histogram import BINS_PER_UNIT, bin_edge
from wattquery.kernels.order_statistics import REACHES, level_bounds, rank_bounds, relative_error
from wattquery.kernels.statistics import LATTICE_ERROR, ROUGH, uneven

__all__ = ["BIN_WIDTH", "UNIT", "HasCdf", "Histogram", "common_window", "mixed"]

BIN_WIDTH = 1.0 / BINS_PER_UNIT
"""Width of a bin in ln E: every value is known to within half of it, 0.049 %."""

_TAIL = 1e-15


class HasCdf(Protocol):
    """A distribution, as far as this file needs one."""

    def cdf(self, x: ArrayLike) -> NDArray[np.float64]:
        """Return P(X <= x)."""

    def ppf(self, p: ArrayLike) -> NDArray[np.float64]:
        """Return the quantile function."""


@dataclass(frozen=True, eq=False)
class Histogram:
    """Masses of consecutive lattice bins.

    Attributes
    ----------
    first_bin
        Lattice index of the first bin; bin k holds ln E in [k/1024, (k + 1)/1024).
    masses
        Counts of draws, or probabilities, one per bin.
    """

    first_bin: int
    masses: NDArray[Any]

    @property
    def total(self) -> float:
        """The number of draws, or 1 for probabilities."""
        return float(self.masses.sum())

    @cached_property
    def centres(self) -> NDArray[np.float64]:
        """Geometric bin centres [Wh]."""
        return np.asarray(bin_edge(self.first_bin + 0.5 + np.arange(self.masses.size)))

    @property
    def edges(self) -> NDArray[np.float64]:
        """Bin edges [Wh], one more than there are bins."""
        return np.asarray(bin_edge(self.first_bin + np.arange(self.masses.size + 1)))

    @cached_property
    def cumulative(self) -> NDArray[np.float64]:
        """Share of the mass below each bin edge, from 0 to 1 (one longer than ``masses``)."""
        sums = np.concatenate([[0.0], np.cumsum(self.masses, dtype=np.float64)])
        return np.asarray(sums / sums[-1])

    def quantiles(self, levels: ArrayLike) -> NDArray[np.float64]:
        """Return the energies [Wh] below which the shares ``levels`` of the mass lie.

        Inside a bin the mass is taken as even in ln E; where a bin stands out from its neighbours by more than
        noise (a point mass, such as one whole token) the bin's centre is returned.
        """
        bins, within, rough = self._locate(levels)
        position = bins + np.where(rough, 0.5, within)
        return np.asarray(bin_edge(self.first_bin + position))

    def quantile_stderr(self, levels: ArrayLike, draws: float) -> NDArray[np.float64]:
        """Return the standard errors [Wh] of `quantiles` as estimates from ``draws`` independent draws.

        They come from the order statistics that enclose the true quantile with 95 % and 99 %, whatever the
        distribution: the distance of the farther end over 1.96 and 2.58, the larger of the two. They are infinite where
        too few draws lie beyond a quantile to bound it. At a point mass the width of the lattice, over sqrt(12), takes
        their place where it is larger.
        """
        q = np.atleast_1d(np.asarray(levels, dtype=np.float64))
        bounds = np.full((REACHES.size, 2, q.size), np.nan)
        for which in range(REACHES.size):
            for j, level in enumerate(q.tolist()):
                low, high = rank_bounds(float(draws), level, which)
                if low >= 1.0 and high <= draws:
                    bounds[which, :, j] = (low - 0.5) / draws, (high - 0.5) / draws
        return self._error_from_bounds(q, bounds, draws * q * (1.0 - q)).reshape(np.shape(levels))

    def error_from_levels(self, levels: ArrayLike, errors: ArrayLike, coarsest: ArrayLike = 0.0) -> NDArray[np.float64]:
        """Return the standard errors [Wh] of quantiles whose probability levels have the standard errors ``errors``.

        Each counts as that of n = q (1 - q) / e^2 independent draws, see `quantile_stderr`. Where it is below
        ``coarsest``, a step over which the distribution is ragged, the slope over that step counts if it is the gentler
        one.
        """
        if np.any(np.asarray(coarsest) > errors):
            apart = np.maximum(errors, coarsest)
            share = np.divide(errors, apart, out=np.ones(np.shape(apart)), where=apart > 0.0)
            even = self.error_from_levels(levels, apart) * share
            return np.asarray(np.maximum(even, self.error_from_levels(levels, errors)))
        q, error = np.broadcast_arrays(np.asarray(levels, dtype=np.float64), np.asarray(errors, dtype=np.float64))
        ends = [
            [level_bounds(*pair, which) for pair in zip(q.ravel().tolist(), error.ravel().tolist(), strict=True)]
            for which in range(REACHES.size)
        ]
        bounds = np.moveaxis(np.array(ends, dtype=np.float64).reshape(REACHES.size, q.size, 2), 2, 1)
        shares = q * (1.0 - q)
        variances = np.divide(shares**2, error**2, out=np.full(q.shape, np.inf), where=error > 0.0)
        return self._error_from_bounds(q.ravel(), bounds, variances.ravel()).reshape(q.shape)

    def planned_error(self, levels: ArrayLike, errors: ArrayLike) -> NDArray[np.float64]:
        """Return the standard errors [Wh] that a sample of this distribution would have, its density being known.

        Half the distance between the quantiles at q - e and q + e; at a point mass at least that of the lattice.
        """
        q, shift = np.broadcast_arrays(np.asarray(levels, dtype=np.float64), np.asarray(errors, dtype=np.float64))
        low, high = (self._interpolated(np.clip(q + sign * shift, 0.0, 1.0)) for sign in (-1.0, 1.0))
        relative = np.maximum(high - low, 0.0) / 2.0 * BIN_WIDTH
        relative = np.where(self._locate(q)[2], np.maximum(relative, LATTICE_ERROR), relative)
        return np.asarray(self.quantiles(q) * relative)

    def _error_from_bounds(
        self, levels: NDArray[np.float64], bounds: NDArray[np.float64], variances: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the standard errors of quantiles between levels ``bounds`` (interval, end, level), NaN for none."""
        known = ~np.isnan(bounds).any(axis=(0, 1))
        relative = np.full(levels.size, np.inf)
        rough = self._locate(levels)[2]
        if known.any():
            centre = self._interpolated(levels[known])
            low, high = (self._interpolated(bounds[:, end][:, known]) for end in (0, 1))
            steps = (centre - low) * BIN_WIDTH, (high - centre) * BIN_WIDTH
            relative[known] = relative_error(*steps, REACHES[:, None], variances[known], rough[known]).max(axis=0)
        uneven_too = np.hypot(relative, self._uneven(levels) * BIN_WIDTH)
        relative = np.where(rough, np.maximum(relative, LATTICE_ERROR), uneven_too)
        return np.asarray(self.quantiles(levels) * relative)

    def _uneven(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what the bins of quantiles hide, in bins, see `wattquery.kernels.statistics.uneven`."""
        around = np.pad(self.masses.astype(np.float64), 1)
        noisy = np.issubdtype(self.masses.dtype, np.integer)
        bins = self._locate(levels)[0].tolist()
        return np.array([uneven(around[k + 1], around[k], around[k + 2], noisy) for k in bins])

    def mean(self) -> float:
        """Return the mean energy [Wh]."""
        return float(self.masses @ self.centres) / self.total

    def std(self) -> float:
        """Return the standard deviation of the energy [Wh]."""
        centres = self.centres
        mean = float(self.masses @ centres) / self.total
        return float(np.sqrt(self.masses @ (centres - mean) ** 2 / self.total))

    def statistics(self, levels: ArrayLike) -> dict[str, NDArray[np.float64]]:
        """Return what is said of a cell, but its errors, by the names of `wattquery.quantities.STATISTICS`.

        Parameters
        ----------
        levels
            Probability levels of the quantiles.
        """
        return {
            "energy": self.quantiles(levels),
            "energy_mean": np.asarray(self.mean()),
            "energy_std": np.asarray(self.std()),
        }

    def trimmed(self, low: float, high: float) -> Histogram:
        """Return what lies between the quantiles ``low`` and ``high``, as probabilities; a cut bin is kept in part."""
        return Histogram(self.first_bin, np.diff(np.clip((self.cumulative - low) / (high - low), 0.0, 1.0)))

    def divided_by(self, factor: HasCdf) -> Histogram:
        """Return the distribution of E / M with M independent of E, by convolution on the lattice.

        Parameters
        ----------
        factor
            Distribution of M, positive [1].
        """
        # ln M is counted from its median, which the result is moved by as a whole: a known number is exact, a narrow
        # factor loses nothing. Steps are centred: ln(M / median) in [(k - 1/2) h, (k + 1/2) h) moves a bin by -k.
        median = float(factor.ppf(0.5))
        ends = np.log(factor.ppf(np.array([_TAIL, 1.0 - _TAIL])) / median) * BINS_PER_UNIT
        if ends[0] == ends[1]:
            return self.moved(-np.log(median))
        lowest, highest = int(np.floor(ends[0])) - 1, int(np.ceil(ends[1])) + 1
        edges = median * np.exp((np.arange(lowest, highest + 2) - 0.5) * BIN_WIDTH)
        steps = np.diff(factor.cdf(edges))[::-1]
        masses = _convolved(self.masses / self.total, steps)
        return Histogram(self.first_bin - highest, masses / masses.sum()).moved(-np.log(median))

    def moved(self, distance: float) -> Histogram:
        """Return the distribution moved by a distance in ln E, as probabilities.

        Each bin's mass, even in it, is cut where bins now end: quantiles and moments move by the distance to second
        order in the width of a bin, those of a point mass to within a bin.
        """
        whole, part = divmod(distance * BINS_PER_UNIT, 1.0)
        padded = np.pad(self.masses / self.total, 1)
        return Histogram(self.first_bin + int(whole), (1.0 - part) * padded[1:] + part * padded[:-1])

    def aligned(self, first_bin: int, bins: int) -> NDArray[Any]:
        """Return the masses on another window of the lattice, which must contain this one."""
        before = self.first_bin - first_bin
        return np.pad(self.masses, (before, bins - before - self.masses.size))

    def _interpolated(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return positions in bins from the first edge, linear inside a bin."""
        bins, within, _ = self._locate(levels)
        return bins + within

    def _locate(self, levels: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
        """Return for each level its bin, the share of that bin below it, and whether the bin is a point mass."""
        q = np.asarray(levels, dtype=np.float64)
        cumulative = self.cumulative
        bins = np.clip(np.searchsorted(cumulative, q, side="left") - 1, 0, self.masses.size - 1)
        # An empty bin cannot hold a quantile: level 0 belongs to the first bin that holds anything.
        occupied = np.flatnonzero(self.masses)
        bins = np.clip(bins, occupied[0], occupied[-1])
        mass = cumulative[bins + 1] - cumulative[bins]
        within = np.clip((q - cumulative[bins]) / np.where(mass > 0.0, mass, 1.0), 0.0, 1.0)
        padded = np.pad(self.masses.astype(np.float64), 1)
        neighbours = 0.5 * (padded[bins] + padded[bins + 2])
        here = padded[bins + 1]
        if np.issubdtype(self.masses.dtype, np.integer):
            rough = np.abs(here - neighbours) > ROUGH * np.sqrt(1.5 * np.maximum(here, neighbours) + 1.0)
        else:
            rough = np.abs(here - neighbours) > 0.5 * np.maximum(here, neighbours)
        return bins, within, rough


def _convolved(masses: NDArray[np.float64], steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the full convolution of two non-negative arrays; rounding leaves no mass below zero."""
    size = masses.size + steps.size - 1
    length = 1 << (size - 1).bit_length()
    product = np.fft.rfft(masses, length) * np.fft.rfft(steps, length)
    return np.asarray(np.clip(np.fft.irfft(product, length)[:size], 0.0, None))


def mixed(histograms: Sequence[Histogram], weights: Sequence[float] | None = None) -> Histogram:
    """Return the mixture of distributions, in equal parts unless weighted, as probabilities."""
    shares = np.ones(len(histograms)) if weights is None else np.asarray(weights, dtype=np.float64)
    shares = shares / shares.sum()
    first, bins = common_window(histograms)
    masses = np.zeros(bins)
    for part, share in zip(histograms, shares, strict=True):
        masses += share * part.aligned(first, bins) / part.total
    return Histogram(first, masses)


def common_window(histograms: Iterable[Histogram]) -> tuple[int, int]:
    """Return the first bin of the window that holds several distributions, and its number of bins; 0 and 0 of none."""
    ends = [(part.first_bin, part.first_bin + part.masses.size) for part in histograms]
    if not ends:
        return 0, 0
    first = min(first for first, _ in ends)
    return first, max(end for _, end in ends) - first


UNIT = Histogram(0, np.ones(1))
"""The factor 1, to within a bin: divided by levers it becomes the distribution of 1 / M."""
