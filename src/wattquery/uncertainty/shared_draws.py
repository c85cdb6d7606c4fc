"""Draws of the shared factors, and what follows from them for distributions over queries.

Draws are the points of a lattice in `REPLICATES` replicates with a random shift each. Where they disagree is the error.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from wattquery.errors import InputError, InputTypeError
from wattquery.kernels.random.philox import uniforms
from wattquery.kernels.random.points import GENERATOR, MOST_POINTS, point_words
from wattquery.kernels.random.streams import stream
from wattquery.specs import LogNormal
from wattquery.specs.common_draws import direction_names, draw_name, log_parts
from wattquery.specs.factors import Dimension, Factor, kind_of
from wattquery.specs.scalars import is_whole, shown
from wattquery.sweeps.memory import check_bytes

__all__ = [
    "FEWEST",
    "Inner",
    "SharedDraws",
    "Summary",
    "checked_shared_draws",
    "dimensions",
    "drawn_names",
    "fit_name",
    "has_closed_form",
    "log_quantiles",
    "summary",
]

Array = NDArray[np.float64]

REPLICATES = 16
FEWEST = 256
FEWEST_BEYOND = 10
"""Expected draws beyond a quantile, below which they say nothing of its error."""
SLOPE_DRAWS = 16
"""Draws to either side of a quantile over which its slope is taken: between a few of them it is ragged."""

DRAW_BYTES = 1000
"""What a draw takes: a number for each factor and quantile, or a throughput model with its own solution."""

FIRST_FIT, SECOND_FIT, LAST = 5, 17, GENERATOR.size
"""Dimensions of the lattice between those of the factors, which their table says."""

FIT_DIMENSIONS = 4
"""Random numbers that a draw of one throughput fit takes: three coefficients and the variance."""


def checked_shared_draws(shared_draws: object) -> int:
    """Return the number of draws of the shared factors, a power of two."""
    if not is_whole(shared_draws):
        raise InputTypeError(
            f"shared_draws must be a whole number, got {shown(shared_draws)}. Write for example shared_draws=2**10."
        )
    most = MOST_POINTS * REPLICATES
    if not FEWEST <= shared_draws <= most or shared_draws & (shared_draws - 1):
        nearest = 1 << round(float(np.log2(min(max(shared_draws, FEWEST), most))))
        raise InputError(
            f"shared_draws must be a power of two from {FEWEST} to {most}, so that {REPLICATES} lattices share the "
            f"draws evenly, got {shown(shared_draws)}. Use shared_draws={nearest}."
        )
    return int(shared_draws)


def dimensions(names: Iterable[str], fits: int) -> dict[str, int]:
    """Return the dimension of the lattice for each shared factor of a cell, which its neighbours have no part in.

    Parameters
    ----------
    names
        The factors as `drawn_names` calls them, throughput fits left out.
    fits
        How many throughput fits there are. What comes after the last dimension is drawn independently.
    """
    places: dict[str, int] = {}
    ends = {1: SECOND_FIT, -1: SECOND_FIT + FIT_DIMENSIONS * max(fits - 1, 0) - 1}  # as far as fits leave room
    following: dict[Dimension, int] = {}
    for name in names:
        kind = kind_of(name)
        if kind is None or name in places:
            continue
        place = kind.shared_dimension
        number = following.get(place, place.first % LAST)
        following[place] = number + place.stride
        has_room = not place.stride or (ends[place.stride] - number) * place.stride > 0
        places[name] = number if has_room else LAST
    for slot in range(fits):
        first = SECOND_FIT + FIT_DIMENSIONS * (slot - 1) if slot else FIRST_FIT
        places |= {fit_name(slot, i): min(first + i, LAST) for i in range(FIT_DIMENSIONS)}
    return places


def drawn_names(factors: Iterable[Factor]) -> list[str]:
    """Return what factors are called for `dimensions`: with their key, and without those along common directions.

    These are drawn independently: there are more directions than the lattice has dimensions.
    """
    return [draw_name(factor) for factor in factors if not factor.loadings]


def fit_name(slot: int, number: int) -> str:
    """Return what one of the random numbers of a throughput fit is called."""
    return f"throughput_fit:{slot}:{number}"


class SharedDraws:
    """Variates of the shared factors, each by its name and key, the same in all cells.

    Parameters
    ----------
    seed
        Names the random shifts.
    count
        Number of draws.
    """

    def __init__(self, seed: int, count: int) -> None:
        check_bytes(
            count * DRAW_BYTES,
            f"shared_draws = {count:,} draws of shared factors need",
            "Pass fewer, such as shared_draws=2**12.",
        )
        self.count = count
        self._seed = seed
        self._known: dict[tuple[str, int], Array] = {}
        self._directions: dict[tuple[str, int], Array] = {}

    def uniform(self, name: str, dimension: int) -> Array:
        """Return the variates of one name, from its dimension of the lattice (or independent, beyond the last)."""
        if (name, dimension) not in self._known:
            self._known[name, dimension] = self._variates(name, dimension)
        return self._known[name, dimension]

    def _variates(self, name: str, dimension: int) -> Array:
        points = self.count // REPLICATES
        variates, word = np.empty((REPLICATES, points)), np.empty(points, dtype=np.uint32)
        key = stream(self._seed, f"shared:{name}")
        for replicate in range(REPLICATES):
            point_words(dimension if dimension < LAST else -1, key, replicate, points, 0, word)
            uniforms(key, replicate * points, word, variates[replicate])
        return variates.ravel()

    def log_product(self, factors: Sequence[Factor], dimensions: Mapping[str, int]) -> Array:
        """Return what the draws of factors that multiply or divide add to ln E."""
        logs = np.zeros(self.count)
        for factor in factors:
            logs += factor.sign * np.log(factor.distribution.ppf(self.of_factor(factor, dimensions)))
        return logs

    def of_factor(self, factor: Factor, dimensions: Mapping[str, int]) -> Array:
        """Return the variates of one factor: its own, or of its place among directions that cells have in common."""
        name = draw_name(factor)
        if factor.loadings:
            return np.asarray(ndtr(np.array(factor.loadings) @ self._normals(name, direction_names(factor))))
        return self.uniform(name, dimensions[name])

    def _normals(self, name: str, directions: Sequence[str]) -> Array:
        """Return standard normals, a row per direction, independent of each other and of all else."""
        key = name, len(directions)
        if key not in self._directions:
            self._directions[key] = ndtri([self._variates(direction, LAST) for direction in directions])
        return self._directions[key]


@dataclass(frozen=True, eq=False)
class Inner:
    """Distributions over queries: one for each shared draw, or one for all, which shared factors then multiply.

    Attributes
    ----------
    quantiles
        One row per distribution and one column per level [Wh].
    relative_stderr
        Sampling error of the quantiles, as a share of them, by level.
    means, stds
        Of each distribution [Wh].
    factors
        The shared factors that still multiply or divide.
    dimensions
        Their dimensions of the lattice.
    has_moments
        Whether mean and variance over the shared factors exist.
    draws
        From how many draws each distribution is known; ``None`` where it is exact.
    """

    quantiles: Array
    relative_stderr: Array
    means: Array
    stds: Array
    factors: tuple[Factor, ...]
    dimensions: Mapping[str, int]
    has_moments: bool = True
    draws: int | None = None

    @property
    def relative_mean_stderr(self) -> float:
        """Sampling error of the means, as a share of them: all shared draws have the same draws over queries."""
        return 0.0 if self.draws is None else float(np.max(self.stds / self.means)) / math.sqrt(self.draws)

    @property
    def variance_stderr(self) -> float:
        """Sampling error of the variances over queries: of drawn ones nothing is known, for want of fourth moments."""
        return 0.0 if self.draws is None else math.inf


@dataclass(frozen=True, eq=False)
class Summary:
    """What is said of a cell.

    Attributes
    ----------
    energy, energy_stderr
        Credible quantiles of the quantiles over queries [Wh], one row per quantile.
    mean, mean_stderr
        Credible quantiles of the mean over queries [Wh].
    variances, variance_stderrs
        Variance over queries averaged over shared factors, of the mean by shared factors, and of both [Wh2].
    """

    energy: Array
    energy_stderr: Array
    mean: Array
    mean_stderr: Array
    variances: Array
    variance_stderrs: Array


def has_closed_form(inner: Inner) -> bool:
    """Return whether what the shared factors do is known without drawing them: they are one lognormal."""
    return inner.means.size == 1 and all(isinstance(factor.distribution, LogNormal) for factor in inner.factors)


def summary(inner: Inner, draws: SharedDraws, credible: Sequence[float]) -> Summary:
    """Return quantiles of quantiles, and the parts of the variance.

    With M the product of the shared factors and E_1 the energy at M = 1, quantiles of E over queries are those of E_1
    times M, so that their quantiles over M are a product; V[E] = E[V[E | M]] + V[E[E | M]].
    """
    levels = np.asarray(credible)
    if has_closed_form(inner):
        return _closed(inner, levels)
    factors = np.exp(draws.log_product(inner.factors, inner.dimensions))
    energies = np.broadcast_to(inner.quantiles * factors[:, None], (draws.count, inner.quantiles.shape[1]))
    energy, sampled = log_quantiles(energies, levels)
    means, stds = inner.means * factors, inner.stds * factors
    mean, mean_stderr = log_quantiles(means[:, None], levels)
    variances, errors = _variances(means, stds) if inner.has_moments else np.full((2, 3), np.nan)
    inner_stderr = energy * inner.relative_stderr[:, None]
    mean_error = np.hypot(mean_stderr[0], mean[0] * inner.relative_mean_stderr)
    return Summary(
        energy, np.hypot(sampled, inner_stderr), mean[0], mean_error, variances, errors + inner.variance_stderr
    )


def _closed(inner: Inner, levels: Array) -> Summary:
    mean, parts = log_parts(inner.factors)
    variance = sum(part**2 for part in parts.values())
    factors = np.exp(mean + np.sqrt(variance) * ndtri(levels))
    energy = inner.quantiles[0][:, None] * factors
    average = float(np.exp(mean + 0.5 * variance))
    second = average**2 * float(np.exp(variance))
    within = second * float(inner.stds[0]) ** 2
    between = average**2 * float(np.expm1(variance)) * float(inner.means[0]) ** 2
    return Summary(
        energy=energy,
        energy_stderr=energy * inner.relative_stderr[:, None],
        mean=inner.means[0] * factors,
        mean_stderr=inner.means[0] * factors * inner.relative_mean_stderr,
        variances=np.array([within, between, within + between]),
        variance_stderrs=np.full(3, inner.variance_stderr),
    )


def log_quantiles(values: Array, levels: Array) -> tuple[Array, Array]:
    """Return quantiles over the draws and their standard errors, one row per column of ``values``.

    By how much replicates disagree on the share of draws below a quantile is the error of its level. Half the distance
    between the quantiles that far below and above is its own: as it is, or in proportion over `SLOPE_DRAWS` draws, the
    larger of both. Where fewer than `FEWEST_BEYOND` draws are expected beyond, it is infinite.
    """
    draws = values.shape[0]
    logs = np.log(values)
    quantiles = np.quantile(logs, levels, axis=0, method="hazen").T
    errors = np.empty_like(quantiles)
    beyond = np.minimum(levels, 1.0 - levels)
    for column, row in enumerate(quantiles):
        parts = logs[:, column].reshape(REPLICATES, -1)
        shares = np.mean(parts[:, :, None] <= row, axis=1)
        # An even lattice has the same share everywhere: what half a draw stands for is the least error.
        near = np.maximum(np.std(shares, axis=0, ddof=1) / np.sqrt(REPLICATES), 0.5 / draws)
        wide = np.maximum(near, np.minimum(SLOPE_DRAWS / draws, 0.5 * beyond))
        sides = []
        for apart in (near, wide):
            ends = np.clip([levels - apart, levels + apart], 0.0, 1.0)
            low, high = np.quantile(logs[:, column], ends, method="hazen")
            sides.append(0.5 * (high - low) * near / apart)
        errors[column] = np.maximum(*sides)
    errors[:, draws * beyond < FEWEST_BEYOND] = np.inf
    return np.exp(quantiles), np.exp(quantiles) * errors


def _variances(means: Array, stds: Array) -> tuple[Array, Array]:
    """Return the variance within, that of the means, and their sum, and standard errors by replicates."""
    centre = np.mean(means)
    within = np.mean(stds.reshape(REPLICATES, -1) ** 2, axis=1)
    # About the mean of all draws: about its own, a replicate would be off by the same amount as all others.
    between = np.mean((means.reshape(REPLICATES, -1) - centre) ** 2, axis=1)
    parts = np.stack([within, between, within + between])
    return np.mean(parts, axis=1), np.std(parts, axis=1, ddof=1) / np.sqrt(REPLICATES)
