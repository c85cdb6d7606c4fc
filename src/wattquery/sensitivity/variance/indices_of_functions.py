"""`sobol_of`: the estimators of `wattquery.sensitivity.sobol`, on any function of independent random factors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Never

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.engine.executor import AskedProgress, Progress
from wattquery.errors import InputError, InputTypeError
from wattquery.kernels.drivers.pick_freeze import add_block
from wattquery.kernels.random.philox import uniforms
from wattquery.kernels.random.points import GENERATOR, point_words
from wattquery.kernels.random.streams import stream
from wattquery.methods.pick_freeze import Sums
from wattquery.plans.pick_freeze_tables import SIDES, picked
from wattquery.sensitivity.arguments import checked_design, checked_name, chosen_groups, refuse_arguments
from wattquery.sensitivity.quantities import with_interval
from wattquery.sensitivity.variance.analysis import factor_coordinates
from wattquery.sensitivity.variance.estimators import ESTIMATORS, Indices, estimate
from wattquery.sensitivity.variance.index_arrays import named_indices
from wattquery.sensitivity.variance.indices import METHODS, Estimator, Method
from wattquery.specs import Distribution, as_distribution
from wattquery.specs.scalars import shown
from wattquery.sweeps.provenance import package_version, portable
from wattquery.sweeps.settings import checked_flag, checked_progress, checked_seed
from wattquery.sweeps.stages import stages
from wattquery.uncertainty.levels import checked_level

__all__ = ["sobol_of"]

Array = NDArray[np.float64]

BLOCK = 8192


def sobol_of(
    function: Callable[..., Any],
    factors: Mapping[str, Distribution | float],
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    second_order: bool = False,
    estimator: Estimator = "azzini_2021",
    method: Method = "quasi_monte_carlo",
    draws: int = 2**15,
    replicates: int = 16,
    level: float = 0.95,
    seed: int | None = 0,
    progress: AskedProgress = None,
    **unknown: Never,
) -> xr.Dataset:
    """Return how much of the variance of a function each of its random factors explains.

    Points come in blocks and go straight into sums, so that memory does not grow with ``draws``.

    Parameters
    ----------
    function
        Called with one float64 array per factor, by name; returns an array of the same length, finite throughout.
        Single precision is taken as such: where the values hardly differ at it, indices are NaN.
    factors
        Distribution of each factor; a number stands for a fixed value.
    groups, second_order, estimator, method, draws, replicates, level, seed, progress
        As in `wattquery.sensitivity.sobol`.

    Returns
    -------
    xarray.Dataset
        Dims: ``factor``. Variables: ``first_order``, ``total_order``, ``interaction`` and ``variance``, with
        ``second_order`` over ``factor_2`` on request, each with ``_low`` and ``_high``. All are NaN where the standard
        deviation is below 100 times the rounding of the function's largest value.

    Raises
    ------
    InputError
        If nothing is random, the design cannot be made, or the function returns something else than asked.

    Examples
    --------
    >>> import wattquery as wq
    >>> unit = wq.Uniform(0, 1)
    >>> ds = wq.sensitivity.sobol_of(lambda x, y: x + 2 * y, {"x": unit, "y": unit})
    >>> ds["first_order"].round(3).values
    array([0.2, 0.8])
    """
    refuse_arguments(sobol_of, unknown)
    mirrored = ESTIMATORS[checked_name("estimator", estimator, ESTIMATORS)].mirrored
    lattice = checked_name("method", method, METHODS) == "quasi_monte_carlo"
    draws, replicates = checked_design(draws, replicates, method)
    level, seed, progress = checked_level(level), checked_seed(seed), checked_progress(progress)
    second_order = checked_flag("second_order", second_order)
    distributions = _checked_factors(function, factors, lattice)
    grouped = chosen_groups(groups, tuple(distributions))
    rows = picked(tuple(distributions), tuple(grouped.values()), mirrored or second_order)
    model = _Model(function, distributions, seed, lattice, rows)
    sums = Sums.zeros(draws // replicates, (1, 1, replicates), len(grouped), second_order)
    _fill(sums, model, progress)
    indices = estimate(sums, estimator, level)
    attributes = {
        "title": "Variance-based sensitivity of a function",
        "wattquery_version": package_version(),
        "method": method,
        "estimator": estimator,
        "seed": seed,
        "draws": draws,
        "replicates": replicates,
        "level": level,
    }
    return xr.Dataset(
        _variables(indices, level),
        factor_coordinates(list(grouped), second_order),
        {name: portable(value) for name, value in attributes.items()},
    )


def _checked_factors(function: object, factors: object, lattice: bool) -> dict[str, Distribution]:
    """Return the distributions of the factors of a function that can be called."""
    if not callable(function):
        raise InputTypeError(
            f"function must be callable, got {shown(function)}. It takes one array for each factor, by its name, and "
            "returns an array: lambda pue, power: pue * power."
        )
    if not isinstance(factors, Mapping) or not factors:
        raise InputTypeError(
            f"factors must be a dict of distributions by name, at least one, got {shown(factors)}. Write for example "
            "factors={'x': wq.Uniform(0, 1)}."
        )
    if lattice and 2 * len(factors) > GENERATOR.size:
        raise InputError(
            f"factors has {len(factors)} names; method='quasi_monte_carlo' has points for {GENERATOR.size // 2}. "
            "Use method='monte_carlo'."
        )
    return {str(name): as_distribution(value, f"factors[{name!r}]") for name, value in factors.items()}


def _fill(sums: Sums, model: _Model, progress: Progress | None) -> None:
    """Add up the function at all points, replicate by replicate."""
    points, replicates = sums.points, sums.whole.shape[2]
    block = min(BLOCK, points)
    sums.present[:], sums.random[:] = True, True
    start_outputs = model.outputs(0, points, 0, block)[:2]
    centre = float(np.mean(start_outputs))
    # An output is rounded where it is made, before anything is taken off it.
    sums.resolution[:] = model.rounding * float(np.max(np.abs(start_outputs)))
    for replicate, report in enumerate(stages(progress, replicates)):
        own = (sums.whole[0, 0, replicate], sums.by_group[0, 0, replicate], sums.by_pair[0, 0, replicate])
        for start in range(0, points, block):
            add_block(model.outputs(replicate, points, start, block) - centre, sums.present[0], *own)
            if report is not None:
                report((start + block) / points)
    if not sums.whole[..., 2:4].any():
        raise InputError(_constant(differs=bool(np.ptp(start_outputs) > 0.0)))


def _constant(differs: bool) -> str:
    """Return the message for a function without a variance."""
    if differs:
        return (
            "The function's values differ by so little that the squares of their differences are 0 in double "
            "precision. Multiply them by a constant: shares of the variance stay the same."
        )
    return (
        "The function has the same value at all points: there is no variance to explain. "
        "Give a distribution for at least one factor that it depends on."
    )


def _variables(indices: Indices, level: float) -> dict[str, xr.Variable]:
    """Return the indices; the variance has the square of a unit that only the user knows."""
    variables: dict[str, xr.Variable] = {}
    for name, dims, value in named_indices(indices, ()):
        variables |= with_interval(name, dims, (part[0, 0] for part in value.parts), level)
    for name in (f"variance{end}" for end in ("", "_low", "_high")):
        variables[name].attrs.pop("units")
        variables[name].attrs.pop("boundary")
    return variables


class _Model:
    """A user's function at the points of a design."""

    def __init__(
        self,
        function: Callable[..., Any],
        factors: Mapping[str, Distribution],
        seed: int,
        lattice: bool,
        picked: NDArray[np.bool_],
    ) -> None:
        self.function = function
        self.factors = factors
        self.lattice = lattice
        self.picked = picked
        self.rounding = float(np.finfo(np.float64).eps)
        """The relative rounding of the outputs: that of double precision, or of a coarser type that they come in."""
        self.streams = {name: [stream(seed, f"{name}:{side}") for side in SIDES] for name in factors}

    def outputs(self, replicate: int, points: int, start: int, block: int) -> Array:
        """Return the outputs at a block of points, one row per mixture of A and B."""
        word, uniform = np.empty(block, dtype=np.uint32), np.empty(block)
        values: dict[str, tuple[Array, Array]] = {}
        for position, (name, distribution) in enumerate(self.factors.items()):
            pair = []
            for side in range(2):
                dimension = 2 * position + side if self.lattice else -1
                point_words(dimension, self.streams[name][side], replicate, points, start, word)
                uniforms(self.streams[name][side], replicate * points + start, word, uniform)
                pair.append(np.asarray(distribution.ppf(uniform), dtype=np.float64))
            values[name] = (pair[0], pair[1])
        outputs = np.empty((self.picked.shape[0], block))
        for row, source in zip(outputs, self.picked, strict=True):
            row[:] = self._called({name: values[name][int(b)] for name, b in zip(values, source, strict=True)}, block)
        return outputs

    def _called(self, values: Mapping[str, Array], block: int) -> Array:
        returned = np.asarray(self.function(**{name: array.copy() for name, array in values.items()}))
        if np.iscomplexobj(returned):
            raise InputError(
                "function must return one real number per point, got complex numbers. Return their real part, or "
                "their magnitude."
            )
        if np.issubdtype(returned.dtype, np.floating):
            self.rounding = max(self.rounding, float(np.finfo(returned.dtype).eps))
        result = np.asarray(returned, dtype=np.float64)
        if result.shape != (block,) or not np.isfinite(result).all():
            raise InputError(
                f"function must return one finite number per point, got an array of shape {result.shape}, or values "
                f"that are not finite, for {block} points. Take arrays of any length, and cut the factors' "
                "distributions where the function has no value."
            )
        return result
