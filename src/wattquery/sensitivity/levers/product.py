"""The product of levers as a distribution: in closed form, on the lattice, or sampled; whichever is exact if one is.

==============  =========================================================================================
closed form     all levers are lognormal or known numbers: so is their product, correlated or not
lattice         other distributions, independent: ln M is a sum, a convolution on the lattice of 1/1024
sampled         other distributions, correlated: a Gaussian copula, drawn with the package's own variates
==============  =========================================================================================

Source of the Gaussian copula: Li, Journal of Fixed Income 9 (2000), 43, https://doi.org/10.3905/jfi.2000.319253
(its use for dependence); Nelsen, An Introduction to Copulas (2nd ed., 2006), section 2.4 (its definition).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from wattquery.histograms import BIN_WIDTH, Histogram
from wattquery.kernels.random.philox import uniforms, words
from wattquery.kernels.random.streams import stream
from wattquery.specs import Distribution, Fixed, Lever, LogNormal
from wattquery.sweeps.memory import check_bytes

__all__ = ["Joint", "Product", "Sampled", "joint"]

Array = NDArray[np.float64]
TAIL = 8.5
"""Standard deviations of ln M beyond which a histogram keeps nothing (2e-17 of the mass)."""
RARE = 1e-15
"""Probability below which a tail of a distribution is left off the lattice."""


class Product(Protocol):
    """The product M of some levers."""

    def quantiles(self, levels: Array) -> Array:
        """Return quantiles of M."""

    def stderrs(self, levels: Array) -> Array:
        """Return the standard errors of `quantiles`; 0 without sampling."""

    def moments(self) -> tuple[float, float, float, float]:
        """Return mean and variance of ln M, the mean of M, and the mean of 1 / M."""

    def histogram(self) -> Histogram:
        """Return M on the lattice."""


class Joint(Protocol):
    """Several levers with their dependence."""

    method: str

    def product(self, members: Sequence[int]) -> Product:
        """Return the product of some of them, by position."""


@dataclass(frozen=True)
class _LogNormalProduct:
    """ln M ~ Normal(mu, sigma)."""

    mu: float
    sigma: float

    def quantiles(self, levels: Array) -> Array:
        return np.asarray(np.exp(self.mu + self.sigma * np.asarray(ndtri(levels))))

    def stderrs(self, levels: Array) -> Array:
        return np.zeros(levels.size)

    def moments(self) -> tuple[float, float, float, float]:
        half = self.sigma**2 / 2.0
        return self.mu, self.sigma**2, math.exp(self.mu + half), math.exp(half - self.mu)

    def histogram(self) -> Histogram:
        ends = np.array([self.mu - TAIL * self.sigma, self.mu + TAIL * self.sigma]) / BIN_WIDTH
        first, last = int(np.floor(ends[0])), int(np.floor(ends[1]))
        if self.sigma == 0.0:
            return Histogram(first, np.ones(1))
        scores = (np.arange(first, last + 2) * BIN_WIDTH - self.mu) / self.sigma
        masses = np.where(scores[1:] < 0.0, np.diff(ndtr(scores)), -np.diff(ndtr(-scores)))
        return Histogram(first, masses / masses.sum())


@dataclass(frozen=True)
class _LatticeProduct:
    """Masses of ln M on the lattice, probabilities or counts of draws, times a known number."""

    masses: Histogram
    draws: float = 0.0
    factor: float = 1.0

    def quantiles(self, levels: Array) -> Array:
        return self.factor * self.masses.quantiles(levels)

    def stderrs(self, levels: Array) -> Array:
        return self.factor * self.masses.quantile_stderr(levels, self.draws) if self.draws else np.zeros(levels.size)

    def moments(self) -> tuple[float, float, float, float]:
        centres, share = self.factor * self.masses.centres, self.masses.masses / self.masses.total
        logs = np.log(centres)
        mean = float(share @ logs)
        return mean, float(share @ (logs - mean) ** 2), float(share @ centres), float(share @ (1.0 / centres))

    def histogram(self) -> Histogram:
        shift = round(math.log(self.factor) / BIN_WIDTH)
        return Histogram(self.masses.first_bin + shift, self.masses.masses / self.masses.total)


@dataclass(frozen=True, eq=False)
class _LogNormals:
    """Levers whose logarithms are jointly normal."""

    mu: Array
    covariance: Array
    method = "closed form"

    def product(self, members: Sequence[int]) -> Product:
        chosen = list(members)
        variance = float(self.covariance[np.ix_(chosen, chosen)].sum())
        return _LogNormalProduct(float(self.mu[chosen].sum()), math.sqrt(max(variance, 0.0)))


@dataclass(frozen=True, eq=False)
class _Independent:
    """Independent levers of any distribution."""

    levers: tuple[Lever, ...]
    method = "lattice"

    def product(self, members: Sequence[int]) -> Product:
        chosen = [self.levers[i].factor for i in members]
        factor = math.prod(one.value for one in chosen if isinstance(one, Fixed))
        random = [one for one in chosen if not isinstance(one, Fixed)]
        if not random:
            return _LogNormalProduct(math.log(factor), 0.0)
        inverse = _inverse(random[0])
        for one in random[1:]:
            inverse = inverse.divided_by(one)
        # The bins of 1 / M read backwards are those of M.
        first = -(inverse.first_bin + inverse.masses.size)
        return _LatticeProduct(Histogram(first, inverse.masses[::-1]), factor=factor)


def _inverse(factor: Distribution) -> Histogram:
    """Return 1 / M on the lattice, bin by bin from the distribution function of M."""
    low, high = np.log(factor.ppf(np.array([RARE, 1.0 - RARE]))) / BIN_WIDTH
    bins = np.arange(math.floor(low), math.ceil(high) + 1)
    masses = np.diff(factor.cdf(np.exp(bins * BIN_WIDTH)))[::-1]
    return Histogram(-int(bins[-1]), masses / masses.sum())


@dataclass(frozen=True, eq=False)
class Sampled:
    """Levers joined by a Gaussian copula, as draws of their logarithms (draw, lever); 0 for known numbers.

    ``factors`` has the known numbers, and 1 for the others.
    """

    logs: Array
    factors: Array
    method = "sampled"

    @property
    def draws(self) -> int:
        """Number of draws."""
        return int(self.logs.shape[0])

    def product(self, members: Sequence[int]) -> Product:
        """Return the product of some levers as counts on the lattice."""
        chosen = list(members)
        factor = float(np.prod(self.factors[chosen]))
        if not self.logs[:1, chosen].any():
            return _LogNormalProduct(math.log(factor), 0.0)
        bins = np.floor(self.logs[:, chosen].sum(axis=1) / BIN_WIDTH).astype(np.int64)
        first = int(bins.min())
        return _LatticeProduct(Histogram(first, np.bincount(bins - first)), float(self.draws), factor)

    def batches(self, count: int) -> list[Sampled]:
        """Return the draws in equal parts, each as if it were all there is."""
        return [Sampled(part, self.factors) for part in np.array_split(self.logs, count)]


def joint(levers: Sequence[Lever], matrix: Array | None, draws: int, seed: int) -> Joint:
    """Return levers with their dependence, by the most exact of the three ways that can take them.

    Parameters
    ----------
    levers
        The levers.
    matrix
        Correlation of their normal scores; ``None`` for independent ones.
    draws, seed
        For what must be sampled.
    """
    correlated = matrix is not None and np.count_nonzero(matrix) > len(levers)
    if all(isinstance(lever.factor, (Fixed, LogNormal)) for lever in levers):
        mu, sigma = np.array([_log_parameters(lever) for lever in levers]).reshape(-1, 2).T
        rho = matrix if correlated and matrix is not None else np.eye(len(levers))
        return _LogNormals(mu, rho * np.outer(sigma, sigma))
    if matrix is None or not correlated:
        return _Independent(tuple(levers))
    check_bytes(
        4.0 * 8.0 * draws * len(levers),
        f"{draws:,} draws of {len(levers)} correlated levers need",
        "Pass fewer draws, or levers that are all lognormal, which takes none.",
    )
    scores = np.stack([_normal_scores(lever.name, draws, seed) for lever in levers], axis=1)
    values, vectors = np.linalg.eigh(matrix)
    root = vectors * np.sqrt(np.clip(values, 0.0, None)) @ vectors.T
    probabilities = ndtr(scores @ root)
    logs = np.zeros_like(scores)
    factors = np.ones(len(levers))
    for i, lever in enumerate(levers):
        if isinstance(lever.factor, Fixed):
            factors[i] = lever.factor.value
        else:
            logs[:, i] = np.log(lever.factor.ppf(probabilities[:, i]))
    return Sampled(logs, factors)


def _log_parameters(lever: Lever) -> tuple[float, float]:
    """Return mean and standard deviation of ln M."""
    if isinstance(lever.factor, LogNormal):
        return lever.factor.mu, lever.factor.sigma
    return math.log(float(lever.factor.ppf(0.5))), 0.0  # of a fixed one, its value


def _normal_scores(name: str, draws: int, seed: int) -> Array:
    """Return independent standard normals, named by seed and lever."""
    named = stream(seed, f"lever:{name}")
    word, uniform = np.empty(draws, dtype=np.uint32), np.empty(draws)
    words(named, 0, word)
    uniforms(named, 0, word, uniform)
    return np.asarray(ndtri(uniform))
