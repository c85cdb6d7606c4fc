"""`sobol`: first-order, total and second-order indices of E and of ln E in every cell of a grid."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, Unpack

import xarray as xr

from wattquery.engine.executor import AskedProgress
from wattquery.errors import InputError
from wattquery.plans.pick_freeze_tables import Choice, Design
from wattquery.sensitivity.arguments import (
    checked_design,
    checked_name,
    checked_study,
    chosen_factors,
    chosen_groups,
)
from wattquery.sensitivity.random_axes import choices
from wattquery.sensitivity.variance.analysis import SobolIndices
from wattquery.sensitivity.variance.estimators import ESTIMATORS
from wattquery.specs.arguments import CatalogAxis
from wattquery.sweeps.arguments import StudyArguments
from wattquery.sweeps.blockwise.elsewhere import elsewhere
from wattquery.sweeps.run import prepare
from wattquery.sweeps.settings import checked_flag, settings
from wattquery.uncertainty.levels import checked_level

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["METHODS", "Estimator", "Method", "sobol"]

Estimator = Literal["azzini_2021", "jansen_1999", "saltelli_2010", "janon_2014"]
Method = Literal["quasi_monte_carlo", "monte_carlo"]
METHODS = ("quasi_monte_carlo", "monte_carlo")


def sobol(
    model: CatalogAxis,
    *,
    factors: Sequence[str] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    over: str | Sequence[str] | Mapping[str, Mapping[Any, float] | None] | None = None,
    second_order: bool = False,
    estimator: Estimator = "azzini_2021",
    method: Method = "quasi_monte_carlo",
    draws: int = 2**15,
    replicates: int = 16,
    level: float = 0.95,
    seed: int | None = 0,
    threads: int | None = None,
    progress: AskedProgress = None,
    store: str | os.PathLike[str] | None = None,
    storage_options: Mapping[str, Any] | None = None,
    client: Client | None = None,
    **arguments: Unpack[StudyArguments],
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
        ``input_tokens`` (or ``workload`` for both), ``power_utilization``, ``pue``, ``node_power``, ``lever:NAME``,
        ``accelerator_share``, ``step:NAME`` and under a load ``load_model:NAME``, as far as they are random somewhere
        in the grid, and the axes of ``over``.
    groups
        Factors that are picked together and get one index, by a name of the user's.
    over
        Axes that are themselves random: their labels become values of a categorical factor of the axis's name
        (``AXIS:label`` where a factor has that name), equally likely or with the weights of a mapping
        ``{axis: {label: weight}}``. A factor whose distribution depends on the label keeps its quantile level when
        the label changes; ``load_model:NAME`` has one for each key instead. All labels that take part must have data.
    second_order
        Whether indices of pairs are computed as well.
    estimator
        By the paper, see `wattquery.sensitivity.variance.estimators`. The default takes twice the evaluations of the
        others and is worth it: where nothing interacts, its total and first order are the same number.
    method
        ``"quasi_monte_carlo"``: each replicate is a lattice with a random shift of its own. ``"monte_carlo"``:
        independent draws. Cells share their points.
    draws
        Base draws N, a power of two. A cell takes N (2 + 2 G) evaluations for G groups; N (2 + G) with an estimator
        other than the default and no pairs.
    replicates
        Independent parts that ``draws`` is divided into, from which the intervals come.
    level
        Probability of the intervals: how often one is to cover the true index.
    seed
        Names the random numbers; ``None`` takes a fresh one, which the attributes tell.
    threads, progress
        As in `wattquery.sweep`; threads change no digit.
    store
        A folder that ends with ``.zarr``, or an address of an object store: the grid is analysed box by box, each of
        which is written as soon as it is finished, to the same digits. The same call continues it. The result is then
        read from the store when its values are asked for, and has the variable ``done``.
    storage_options, client
        As in `wattquery.sweep`; workers solve boxes of a ``store`` alone.

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
        If a factor is unknown, a design cannot be made, no cell has a random factor, or a random label has no data; or
        if the store is of something else.

    Notes
    -----
    Estimates are ratios of sums over all replicates; intervals are a jackknife over replicates with Student's t. E is
    heavy-tailed: its indices need more draws than those of ln E, which the intervals tell. Lognormal factors are
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
    checked_name("estimator", estimator, ESTIMATORS)
    checked_name("method", method, METHODS)
    draws, replicates = checked_design(draws, replicates, method)
    level = checked_level(level)
    second_order = checked_flag("second_order", second_order)
    made = replace(settings(method=method, seed=seed, threads=threads, progress=progress), draws=draws)
    kept = elsewhere(store, storage_options, client, threads)
    run = prepare(checked_study(sobol, model, arguments), made, ask_memory=kept is None)
    random = run.factor_names
    chosen = choices(over, run.grid, random)
    grouped = chosen_groups(groups, _known(random, chosen))
    names = chosen_factors("factors", factors, tuple(grouped))
    mirrored = ESTIMATORS[estimator].mirrored or second_order
    design = Design(random, chosen, tuple(grouped[name] for name in names), mirrored, second_order)
    indices = SobolIndices(design, names, grouped, estimator, replicates, level)
    if kept is None:
        return indices.of(run)
    from wattquery.sensitivity.into_store import stored_analysis

    return stored_analysis("sobol", indices, run, kept, evaluations=indices.evaluations * draws)


def _known(random: Sequence[str], choices: Sequence[Choice]) -> tuple[str, ...]:
    """Return the names of all that is random, refusing nothing at all."""
    known = (*random, *(choice.name for choice in choices))
    if not known:
        raise InputError(
            "No cell has a random factor: every number is fixed, so there is no variance to explain. "
            "Give a distribution for at least one of them, or make an axis random with over=."
        )
    return known
