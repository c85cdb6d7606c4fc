"""`sobol`: first-order, total and second-order indices of E and of ln E in every cell of a grid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.engine.threads import Progress, available_threads
from wattquery.errors import InputError
from wattquery.methods.pick_freeze import Sums
from wattquery.plans.build import lower
from wattquery.plans.cell_factors import factor_names
from wattquery.plans.designed_plan import DesignedPlan
from wattquery.plans.pick_freeze_tables import Design, members
from wattquery.quantities import AXES
from wattquery.sensitivity import arguments as checked
from wattquery.sensitivity.quantities import SCALES, labelled, with_interval
from wattquery.sensitivity.random_axes import checked_cells, choices
from wattquery.sensitivity.variance.estimators import ESTIMATORS, Indices, Interval, estimate
from wattquery.sweeps.coordinates import counted
from wattquery.sweeps.dataset import at_boundary, grid_coordinates
from wattquery.sweeps.memory import check_bytes, work_bytes
from wattquery.sweeps.outside_range import outside_range
from wattquery.sweeps.provenance import provenance
from wattquery.sweeps.run import pick_freeze_sums
from wattquery.sweeps.settings import checked_flag, checked_progress, checked_seed

__all__ = ["METHODS", "Estimator", "Method", "named_indices", "sobol"]

Estimator = Literal["azzini_2021", "jansen_1999", "saltelli_2010", "janon_2014"]
Method = Literal["quasi_monte_carlo", "monte_carlo"]
METHODS = ("quasi_monte_carlo", "monte_carlo")
COPIES = 4  # the sums, those without each replicate, and indices of both


def sobol(
    model: object,
    *,
    factors: Sequence[str] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    over: str | Sequence[str] | Mapping[str, Mapping[Any, float] | None] | None = None,
    second_order: bool = False,
    estimator: Estimator = "azzini_2021",
    method: Method = "quasi_monte_carlo",
    samples: int = 2**15,
    replicates: int = 16,
    confidence: float = 0.95,
    seed: int | None = 0,
    threads: int | None = None,
    progress: Progress | None = None,
    **arguments: Any,
) -> xr.Dataset:
    r"""Return how much of the variance of the energy each random factor explains, in every cell of a grid.

    .. math::

        S_i = \frac{V[E[Y | X_i]]}{V[Y]}, \qquad S_{Ti} = 1 - \frac{V[E[Y | X_{\sim i}]]}{V[Y]}, \qquad
        S_{ij} = \frac{V[E[Y | X_i, X_j]]}{V[Y]} - S_i - S_j

    with Y the energy of a query, or its logarithm. Factors are independent. First-order indices of ln E of one
    deployment add up to 1 wherever only one length is random: ln E is then a sum of one term per factor.

    Parameters
    ----------
    model, **arguments
        Axes and settings as in `wattquery.sweep`.
    factors
        Factors (or groups) that are to get an index; all others stay random. By default all: ``output_tokens``,
        ``input_tokens``, ``power_utilization``, ``pue``, ``node_power``, ``lever:NAME``, ``accelerator_share`` and
        ``step:NAME``, as far as they are random somewhere in the grid, and the axes of ``over``.
    groups
        Factors that are picked together and get one index, by a name of the user's.
    over
        Axes that are themselves random: their labels become values of a categorical factor of the axis's name
        (``AXIS:label`` where a factor has that name), equally likely or with the weights of a mapping
        ``{axis: {label: weight}}``. A factor whose distribution depends on the label keeps its quantile level when
        the label changes. All labels that take part must have data.
    second_order
        Whether indices of pairs are computed as well.
    estimator
        By the paper, see `wattquery.sensitivity.variance.estimators`. The default takes twice the evaluations of the
        others and is worth it: where nothing interacts, its total and first order are the same number.
    method
        ``"quasi_monte_carlo"``: each replicate is a lattice with a random shift of its own. ``"monte_carlo"``:
        independent draws. Cells share their points.
    samples
        Base samples N, a power of two. A cell takes N (2 + 2 G) evaluations for G groups; N (2 + G) with an estimator
        other than the default and no pairs.
    replicates
        Independent parts that ``samples`` is divided into, from which the intervals come.
    confidence
        Probability that an interval is to cover the true index.
    seed
        Names the random numbers; ``None`` takes a fresh one, which the attributes tell.
    threads, progress
        As in `wattquery.sweep`; threads change no digit.

    Returns
    -------
    xarray.Dataset
        Dims: those of the grid but ``over``, ``scale`` (``energy``, ``log_energy``), ``factor``. Variables [1]:
        ``first_order``, ``total_order``, ``interaction`` (their difference), with ``second_order`` over ``factor_2``
        on request, each with ``_low`` and ``_high``; ``variance`` [Wh2 of ``energy``, 1 of ``log_energy``] and
        ``supported``. 0 where a factor is not random in a cell; NaN where a cell has no data, or nothing random, and
        with the variance, where rounding has eaten it: widen the factors.

    Raises
    ------
    InputError
        If a factor is unknown, a design cannot be made, no cell has a random factor, or a random label has no data.

    Notes
    -----
    Estimates are ratios of sums over all replicates; intervals are a jackknife over replicates with Student's t. E is
    heavy-tailed: its indices need more samples than those of ln E, which the intervals tell. Lognormal factors are
    counted from their medians and may be as narrow as one likes. All else is drawn in single precision: a cell whose
    standard deviation rests on it and is below 1e-5 (of ln E, or of E as a share) cannot be told from rounding.

    References
    ----------
    Sobol', Mathematics and Computers in Simulation 55 (2001) 271-280, https://doi.org/10.1016/S0378-4754(00)00270-6.
    For the estimators see `wattquery.sensitivity.variance.estimators`.

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.sensitivity.sobol(["DeepSeek-R1", "Llama 3.1 405B"], over="model")
    >>> ds["first_order"].sel(scale="log_energy").round(2).to_series().to_dict()
    {'output_tokens': 0.9, 'power_utilization': 0.04, 'pue': 0.01, 'model': 0.03}
    """
    checked.checked_name("estimator", estimator, ESTIMATORS)
    checked.checked_name("method", method, METHODS)
    samples, replicates = checked.checked_design(samples, replicates, method)
    confidence = checked.checked_confidence(confidence)
    seed = checked_seed(seed)
    workers = available_threads(threads)
    asked = checked.asked_study(model, arguments)
    grid = asked.grid
    lowered = lower(grid, asked.catalog, asked.node_powers, seed=seed, common_random_numbers=True)
    random = factor_names(grid)
    chosen = choices(over, grid, random)
    known = (*random, *(one.name for one in chosen))
    if not known:
        raise InputError(
            "No cell has a random factor: every number is fixed, so there is no variance to explain. "
            "Give a distribution for at least one of them, or make an axis random with over=."
        )
    grouped = checked.chosen_groups(groups, known)
    names = checked.chosen_factors("factors", factors, tuple(grouped))
    second_order = checked_flag("second_order", second_order)
    mirrored = ESTIMATORS[estimator].mirrored or second_order
    design = Design(random, chosen, tuple(grouped[name] for name in names), mirrored, second_order)
    found = members(grid.shape, chosen)
    supported = checked_cells(grid, lowered.plan, chosen, found)
    numbers = found.numbers[supported]
    _check_memory(len(numbers), replicates, len(names), design.pairs, workers)
    sums = pick_freeze_sums(
        DesignedPlan(grid, lowered, design, numbers, seed, method == "quasi_monte_carlo"),
        points=samples // replicates,
        replicates=replicates,
        threads=workers,
        progress=checked_progress(progress),
    )
    indices = estimate(sums, estimator, confidence)
    axes = [axis for axis in grid.dimensions if AXES.index(axis.name) not in {one.axis for one in chosen}]
    cells = _Cells(tuple(axis.name for axis in axes), tuple(axis.size for axis in axes), supported)
    # Sums were of E in units of exp(centre).
    units = np.column_stack([np.exp(2.0 * sums.centres), np.ones(len(numbers))])
    variables = {"supported": labelled("supported", cells.dims, supported.reshape(cells.shape))}
    for name, dims, value in named_indices(indices, (*cells.dims, "scale")):
        unit = units if name == "variance" else 1.0
        ends = (cells.spread(one * unit) for one in value.parts)
        variables |= with_interval(name, dims, ends, confidence)
    dropped = {AXES[one.axis] for one in chosen}
    coordinates = {
        name: value
        for name, value in grid_coordinates(grid, lowered).items()
        if name not in dropped and dropped.isdisjoint(map(str, value.dims))
    }
    coordinates["scale"] = labelled("scale", ("scale",), np.array(SCALES))
    coordinates["factor"] = labelled("factor", ("factor",), np.array(names))
    if second_order:
        coordinates["factor_2"] = labelled("factor_2", ("factor_2",), np.array(names))
    made_by: dict[str, object] = {
        "title": "Variance-based sensitivity of the energy per LLM query",
        "preset": asked.preset.name,
        "method": method,
        "estimator": estimator,
        "seed": seed,
        "samples": samples,
        "replicates": replicates,
        "confidence": confidence,
        **outside_range(grid, lowered),
    }
    for one in chosen:
        labels = (grid.axes[one.axis].labels[i] for i in one.labels)
        weights = (f"{label} = {weight:g}" for label, weight in zip(labels, one.weights, strict=True))
        made_by[f"weights_{AXES[one.axis]}"] = "; ".join(weights)
    for name, group in grouped.items():
        if group != (name,):
            made_by[f"group_{name}"] = ", ".join(group)
    return at_boundary(
        xr.Dataset(variables, coordinates, provenance(grid, asked.catalog, made_by)), counted(grid, dropped)
    )


def _check_memory(cells: int, replicates: int, groups: int, pairs: bool, threads: int) -> None:
    """Refuse a grid whose sums, and what is derived from them, would not fit in memory."""
    needed = COPIES * Sums.nbytes(cells, replicates, groups, pairs)
    check_bytes(
        needed + work_bytes("sobol", threads),
        f"{cells:,} cells with {groups} factors and {replicates} replicates need",
        "Shorten an axis, or name fewer factors or replicates.",
        threads,
    )


@dataclass(frozen=True)
class _Cells:
    """The cells of a result: dims, their lengths, and which of them have data."""

    dims: tuple[str, ...]
    shape: tuple[int, ...]
    supported: NDArray[np.bool_]

    def spread(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return values of the cells that have data as an array over all, NaN elsewhere."""
        full = np.full((self.supported.size, *values.shape[1:]), np.nan)
        full[self.supported] = values
        return full.reshape((*self.shape, *values.shape[1:]))


def named_indices(indices: Indices, dims: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...], Interval]]:
    """Yield name, dims and values of all indices, and of the variance that they are shares of."""
    for name, interval in (
        ("first_order", indices.first),
        ("total_order", indices.total),
        ("interaction", indices.interaction),
    ):
        yield name, (*dims, "factor"), interval
    if indices.second is not None:
        yield "second_order", (*dims, "factor", "factor_2"), indices.second
    yield "variance", dims, indices.variance
