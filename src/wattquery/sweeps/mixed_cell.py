"""One cell of a blend: the mixture of its members, levers applied to it, and what its sampling errors come from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from wattquery.histograms import UNIT, Histogram, mixed
from wattquery.kernels.statistics import LATTICE_ERROR, mean_inflation
from wattquery.methods.replicates import Replicates, mixed_replicates
from wattquery.quantities import STATISTICS
from wattquery.specs import Fixed
from wattquery.specs.converters import LeverSet
from wattquery.sweeps.dataset import histogram_of, replicates_of
from wattquery.sweeps.trimmed_errors import Sampling

__all__ = ["Errors", "MixedCell", "divided", "errors_of", "mixed_cell"]

Array = NDArray[np.float64]


class Errors(Protocol):
    """Where the sampling errors of a mixture come from."""

    def quantile_stderr(self, mixture: Histogram, levels: ArrayLike) -> Array:
        """Return the standard errors [Wh] of its quantiles; infinite without information."""

    def mean_stderr(self, mixture: Histogram) -> float:
        """Return the standard error [Wh] of its mean."""


@dataclass(frozen=True)
class _Same:
    """One error for everything: 0 where nothing was sampled, infinite where nothing is known of it."""

    error: float

    def quantile_stderr(self, mixture: Histogram, levels: ArrayLike) -> Array:
        return np.full(np.shape(levels), self.error)

    def mean_stderr(self, mixture: Histogram) -> float:
        return self.error


@dataclass(frozen=True)
class _Plain:
    """Plain draws of each member."""

    sampling: Sampling

    def quantile_stderr(self, mixture: Histogram, levels: ArrayLike) -> Array:
        return self.sampling.quantile_stderr(mixture, levels)

    def mean_stderr(self, mixture: Histogram) -> float:
        inflation = mean_inflation(float(self.sampling.draws), self.sampling.mean_skewness())
        if math.isinf(inflation):
            return math.inf
        of_lattice = LATTICE_ERROR * float(np.linalg.norm(mixture.masses / mixture.total * mixture.centres))
        return math.hypot(inflation * self.sampling.mean_stderr(), of_lattice)


@dataclass(frozen=True)
class _Replicated:
    """Replicates of quasi-random points; the mean may be of a tail that they have not met."""

    replicates: Replicates
    mean_is_known: bool

    def quantile_stderr(self, mixture: Histogram, levels: ArrayLike) -> Array:
        return self.replicates.quantile_stderr(mixture, levels)

    def mean_stderr(self, mixture: Histogram) -> float:
        return self.replicates.mean_stderr() if self.mean_is_known else math.inf


def errors_of(
    members: Sequence[xr.Dataset],
    parts: Sequence[Histogram],
    weights: Sequence[float],
    trim: tuple[float, float] = (0.0, 1.0),
    divisor: Histogram | None = None,
) -> Errors:
    """Return where the errors of a mixture come from.

    Parameters
    ----------
    members, parts
        One cell for each member, with the attributes of its dataset, and its histogram.
    weights
        Share of each member [1].
    trim
        Quantiles that each member is cut to.
    divisor
        Distribution of 1 / M, of a factor that divides the mixture.
    """
    attributes = members[0].attrs
    method, draws = str(attributes.get("method", "")), float(attributes.get("draws", 0))
    if method == "exact":
        return _Same(0.0)
    replicates = [known for member in members if (known := replicates_of(member)) is not None]
    if len(replicates) == len(members):
        # What lies beyond an upper cut is no part of the mean.
        needed = [member["energy_mean_stderr"].item() for member in members] if trim[1] == 1.0 else [0.0]
        return _Replicated(
            mixed_replicates(replicates, parts, weights, trim, divisor), bool(np.all(np.isfinite(needed)))
        )
    if method != "monte_carlo" or draws < 1.0 or "blend_over" in attributes:
        # Quasi-random points without their replicates, or a blend of blends, of whose draws nothing is left.
        return _Same(math.inf)
    together = bool(int(attributes.get("common_random_numbers", 0)))
    return _Plain(Sampling(parts, weights, trim, draws, divisor, together=together))


def divided(histogram: Histogram, combination: LeverSet) -> Histogram:
    """Return the distribution of E / M, with M the product of a combination of levers."""
    random, factor = _apart(combination)
    for lever in random.levers:
        histogram = histogram.divided_by(lever.factor)
    return histogram if factor == 1.0 else histogram.moved(-math.log(factor))


@dataclass(frozen=True)
class MixedCell:
    """What a blend holds of a cell.

    Attributes
    ----------
    statistics
        By the names of `wattquery.quantities.STATISTICS`.
    histogram
        Probabilities.
    replicates
        Replicates of quasi-random points, None without.
    """

    statistics: dict[str, Array]
    histogram: Histogram
    replicates: Replicates | None


def mixed_cell(
    members: Sequence[xr.Dataset],
    weights: Sequence[float],
    trim: tuple[float, float],
    combination: LeverSet,
    levels: Array,
) -> MixedCell:
    """Return the mixture of some cells, each cut to its quantiles ``trim``, with levers applied after that.

    Known levers divide what is said of the mixture as one number, so that they are exact.
    """
    random, factor = _apart(combination)
    parts = [histogram_of(member) for member in members]
    mixture = divided(mixed([part.trimmed(*trim) for part in parts], weights), random)
    errors = errors_of(members, parts, weights, trim, divided(UNIT, random) if random.levers else None)
    distance = -math.log(factor)
    replicates = errors.replicates if isinstance(errors, _Replicated) else None
    return MixedCell(
        statistics={
            name: np.asarray(value / factor if STATISTICS[name].is_energy else value)
            for name, value in _statistics(mixture, errors, levels).items()
        },
        histogram=mixture.moved(distance) if distance else mixture,
        replicates=replicates.moved(distance) if replicates and distance else replicates,
    )


def _statistics(mixture: Histogram, errors: Errors, levels: Array) -> dict[str, Array]:
    """Return the statistics of a mixture with their sampling errors."""
    return {
        **mixture.statistics(levels),
        "energy_stderr": errors.quantile_stderr(mixture, levels),
        "energy_mean_stderr": np.asarray(errors.mean_stderr(mixture)),
    }


def _apart(combination: LeverSet) -> tuple[LeverSet, float]:
    """Return the random levers of a combination, and the product of all others."""
    known = [lever.factor.value for lever in combination.levers if isinstance(lever.factor, Fixed)]
    random = tuple(lever for lever in combination.levers if not isinstance(lever.factor, Fixed))
    return LeverSet(random), math.prod(known)
