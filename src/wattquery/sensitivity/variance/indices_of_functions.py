"""`sobol_of`: the estimators of `wattquery.sensitivity.sobol`, on any function of independent random factors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError
from wattquery.kernels.drivers.pick_freeze import add_block
from wattquery.kernels.random.philox import uniforms
from wattquery.kernels.random.points import GENERATOR, point_words
from wattquery.kernels.random.streams import stream
from wattquery.methods.pick_freeze import Sums
from wattquery.plans.pick_freeze_tables import SIDES, picked
from wattquery.sensitivity import arguments as checked
from wattquery.sensitivity.quantities import with_interval
from wattquery.sensitivity.variance.estimators import ESTIMATORS, estimate
from wattquery.sensitivity.variance.indices import METHODS, Estimator, Method, named_indices
from wattquery.specs import Distribution, as_distribution
from wattquery.specs.scalars import shown
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.provenance import package_version, portable
from wattquery.sweeps.settings import checked_flag, checked_seed

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
    samples: int = 2**15,
    replicates: int = 16,
    confidence: float = 0.95,
    seed: int | None = 0,
) -> xr.Dataset:
    """Return how much of the variance of a function each of its random factors explains.

    Points come in blocks and go straight into sums, so that memory does not grow with ``samples``.

    Parameters
    ----------
    function
        Called with one float64 array per factor, by name; returns an array of the same length, finite throughout.
        Single precision is taken as such: where the values hardly differ at it, indices are NaN.
    factors
        Distribution of each factor; a number stands for a fixed value.
    groups, second_order, estimator, method, samples, replicates, confidence, seed
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
    chosen = ESTIMATORS[checked.checked_name("estimator", estimator, ESTIMATORS)]
    lattice = checked.checked_name("method", method, METHODS) == "quasi_monte_carlo"
    samples, replicates = checked.checked_design(samples, replicates, method)
    confidence = checked.checked_confidence(confidence)
    if not callable(function):
        raise InputTypeError(
            f"function = {shown(function)} cannot be called. Allowed is a function that takes one array for each "
            "factor, by "
            "its name, and returns an array. Write for example lambda pue, power: pue * power."
        )
    seed = checked_seed(seed)
    if not isinstance(factors, Mapping) or not factors:
        raise InputTypeError(
            f"factors = {shown(factors)} came. Allowed is a dict of distributions by name, at least one."
        )
    given = {str(name): as_distribution(one, f"factors[{name!r}]") for name, one in factors.items()}
    names = tuple(given)
    if lattice and 2 * len(names) > GENERATOR.size:
        raise InputError(
            f"factors has {len(names)} names; method='quasi_monte_carlo' has points for {GENERATOR.size // 2}. "
            "Use method='monte_carlo'."
        )
    grouped = checked.chosen_groups(groups, names)
    second_order = checked_flag("second_order", second_order)
    mirrored = chosen.mirrored or second_order
    model = _Model(function, given, seed, lattice, picked(names, tuple(grouped.values()), mirrored))
    points = samples // replicates
    block = min(BLOCK, points)
    sums = Sums.zeros(points, (1, 1, replicates), len(grouped), second_order)
    sums.present[:], sums.random[:] = True, True
    start_outputs = model.outputs(0, points, 0, block)[:2]
    centre = float(np.mean(start_outputs))
    # An output is rounded where it is made, before anything is taken off it.
    sums.resolution[:] = model.rounding * float(np.max(np.abs(start_outputs)))
    for replicate in range(replicates):
        own = (sums.whole[0, 0, replicate], sums.by_group[0, 0, replicate], sums.by_pair[0, 0, replicate])
        for start in range(0, points, block):
            add_block(model.outputs(replicate, points, start, block) - centre, sums.present[0], *own)
    if not sums.whole[..., 2:4].any():
        if np.ptp(start_outputs) > 0.0:
            raise InputError(
                "The function's values differ by so little that the squares of their differences are 0 in double "
                "precision. Multiply them by a constant: shares of the variance stay the same."
            )
        raise InputError(
            "The function has the same value at all points: there is no variance to explain. "
            "Give a distribution for at least one factor that it depends on."
        )
    indices = estimate(sums, estimator, confidence)
    variables: dict[str, xr.Variable] = {}
    for name, dims, value in named_indices(indices, ()):
        ends = (one[0, 0] for one in value.parts)
        variables |= with_interval(name, dims, ends, confidence)
    for name in (f"variance{end}" for end in ("", "_low", "_high")):
        variables[name].attrs.pop("units")
        variables[name].attrs.pop("boundary")
    coordinates = {"factor": labelled("factor", ("factor",), np.array(list(grouped)))}
    if second_order:
        coordinates["factor_2"] = labelled("factor_2", ("factor_2",), np.array(list(grouped)))
    attributes = {
        "title": "Variance-based sensitivity of a function",
        "wattquery_version": package_version(),
        "method": method,
        "estimator": estimator,
        "seed": seed,
        "samples": samples,
        "replicates": replicates,
        "confidence": confidence,
    }
    return xr.Dataset(variables, coordinates, {name: portable(value) for name, value in attributes.items()})


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
        found = np.asarray(self.function(**{name: one.copy() for name, one in values.items()}))
        if np.iscomplexobj(found):
            raise InputError(
                "function returned complex numbers. Allowed is one real number per point. "
                "Return their real part, or their magnitude."
            )
        if np.issubdtype(found.dtype, np.floating):
            self.rounding = max(self.rounding, float(np.finfo(found.dtype).eps))
        result = np.asarray(found, dtype=np.float64)
        if result.shape != (block,) or not np.isfinite(result).all():
            raise InputError(
                f"function returned an array of shape {result.shape}, or values that are not finite, for {block} "
                "points. Allowed is one finite number per point: take arrays of any length, and cut the factors' "
                "distributions where the function has no value."
            )
        return result
