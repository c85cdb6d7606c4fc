"""Statistics of a distribution that is known by its masses on the energy lattice: all that is ever said of a cell.

Arrays only: no labels, no files, no random numbers. Counts of draws and exact probabilities are treated alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wattquery.kernels.histogram import BINS_PER_UNIT, bin_edge
from wattquery.kernels.statistics import ROUGH

__all__ = ["BIN_WIDTH", "UNIT", "HasCdf", "Histogram", "mixed"]

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

        se(x_q) = sqrt(q (1 - q) / n) / f(x_q), read off the histogram as half the distance between the quantiles at
        q -+ sqrt(q (1 - q) / n). At a point mass the width of the lattice, over sqrt(12), takes its place where it
        is the larger of the two.
        """
        q = np.asarray(levels, dtype=np.float64)
        return self.error_from_levels(q, np.sqrt(q * (1.0 - q) / draws))

    def error_from_levels(self, levels: ArrayLike, errors: ArrayLike) -> NDArray[np.float64]:
        """Return the standard errors [Wh] of quantiles whose probability levels have the standard errors ``errors``.

        Half the distance between the quantiles at q - e and q + e: to first order e over the density, and steadier
        than a density that is itself estimated. See `quantile_stderr` for point masses.
        """
        q, shift = np.broadcast_arrays(np.asarray(levels, dtype=np.float64), np.asarray(errors, dtype=np.float64))
        low, high = (self._interpolated(np.clip(q + sign * shift, 0.0, 1.0)) for sign in (-1.0, 1.0))
        relative = (high - low) / 2.0 * BIN_WIDTH
        rough = self._locate(q)[2]
        relative = np.where(rough, np.maximum(relative, BIN_WIDTH / np.sqrt(12.0)), relative)
        return np.asarray(self.quantiles(q) * relative)

    def mean(self) -> float:
        """Return the mean energy [Wh]."""
        return float(self.masses @ self.centres) / self.total

    def std(self) -> float:
        """Return the standard deviation of the energy [Wh]."""
        centres = self.centres
        mean = float(self.masses @ centres) / self.total
        return float(np.sqrt(self.masses @ (centres - mean) ** 2 / self.total))

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
        # Centred steps of the lattice: ln M in [(k - 1/2) h, (k + 1/2) h) moves a bin by -k.
        ends = np.log(factor.ppf(np.array([_TAIL, 1.0 - _TAIL]))) * BINS_PER_UNIT
        lowest, highest = int(np.floor(ends[0])) - 1, int(np.ceil(ends[1])) + 1
        edges = np.exp((np.arange(lowest, highest + 2) - 0.5) * BIN_WIDTH)
        steps = np.diff(factor.cdf(edges))[::-1]
        masses = _convolved(self.masses / self.total, steps)
        return Histogram(self.first_bin - highest, masses / masses.sum())

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
    first = min(one.first_bin for one in histograms)
    last = max(one.first_bin + one.masses.size for one in histograms)
    masses = np.zeros(last - first)
    for one, share in zip(histograms, shares, strict=True):
        masses += share * one.aligned(first, last - first) / one.total
    return Histogram(first, masses)


UNIT = Histogram(0, np.ones(1))
"""The factor 1, to within half a bin: divided by levers it becomes the distribution of 1 / M."""
