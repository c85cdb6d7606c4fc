"""`elasticity`: by how many percent the median moves when a parameter moves by one percent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Unpack

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.engine.executor import AskedProgress, Progress
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.plans.plan import Plan
from wattquery.plans.variants import scaled_length, with_joint_lengths, with_lengths
from wattquery.quantities import AXES
from wattquery.sensitivity.arguments import checked_study
from wattquery.sensitivity.remaining_grid import RemainingGrid
from wattquery.specs import ThroughputProportional
from wattquery.specs.arguments import CatalogAxis
from wattquery.specs.factors import FACTORS, LENGTH_FACTORS, LENGTHS, WORKLOAD, factors_of, kind_of
from wattquery.specs.grid import Grid
from wattquery.specs.scalars import shown
from wattquery.sweeps.arguments import StudyArguments
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.memory import check_runs
from wattquery.sweeps.run import Run, prepare
from wattquery.sweeps.settings import AnalysisMethod, analysis_settings
from wattquery.sweeps.stages import stages

__all__ = ["elasticity"]

Array = NDArray[np.float64]

STEPS = {"exact": 1e-3, "monte_carlo": 0.02}
"""Half width of the difference in ln parameter: exact medians bear a small one, sampled ones have lattice and noise."""

MULTIPLYING = tuple(kind.name for kind in FACTORS if kind.is_axis and kind.sign)
"""What every cell has, PUE where it is counted, and under a load no power."""

BUSY = ("load", "concurrency")
"""Axes that say how busy an instance is."""

FOLLOWING = {"power_utilization:base": "base", "power_utilization:span": "span"}


def elasticity(
    model: CatalogAxis,
    *,
    parameters: Sequence[str] | None = None,
    method: AnalysisMethod = "auto",
    draws: int = 1_000_000,
    seed: int | None = 0,
    threads: int | None = None,
    progress: AskedProgress = None,
    **arguments: Unpack[StudyArguments],
) -> xr.Dataset:
    r"""Return the elasticity of the median energy with respect to each numeric parameter.

    .. math::

        e_p = \frac{\partial \ln E_{0.5}}{\partial \ln p}

    Parameters
    ----------
    model, **arguments
        Axes and settings as in `wattquery.sweep`. Lengths are not rounded to whole tokens: a rounded one has no
        derivative.
    parameters
        By default all that the grid has: ``output_tokens`` and ``input_tokens`` (all quantiles of the length moved in
        proportion, its median among them) or ``workload`` (both lengths of all pairs), ``power_utilization``, ``pue``,
        ``node_power``, ``lever:NAME``, ``accelerator_share`` and ``step:NAME`` (likewise), ``prefill_weight``, and
        ``power_utilization:base`` and ``:span`` where power follows throughput. Under a load there are neither powers
        nor a weight, but ``load`` or ``concurrency``; lengths are then those of one query, in the batch as it is.
    method, draws, seed, threads, progress
        As in `wattquery.sensitivity.tornado`.

    Returns
    -------
    xarray.Dataset
        Dims: those of the grid, ``parameter``. Variable: ``elasticity`` [1]; 0 for what a cell does not have.

    Raises
    ------
    InputError
        If a parameter is unknown.

    Notes
    -----
    At the largest load, and where more sequences would not fit, the elasticity to it is that of the lower side.

    What multiplies or divides the energy has the elasticity 1 or -1, by the equation. The others are central
    differences of medians over 0.1 % to both sides, or 2 % with common random numbers where these are sampled. Where
    the throughput reaches its cap the median bends: there the two sides differ, and a difference is their average.

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.sensitivity.elasticity("Llama 3.1 405B", prefill_weight=1 / 30)
    >>> ds["elasticity"].sel(parameter=["output_tokens", "input_tokens", "prefill_weight"]).round(2).values
    array([0.72, 0.64, 0.06])
    """
    settings = analysis_settings(method=method, draws=draws, seed=seed, threads=threads, progress=progress)
    study = checked_study(elasticity, model, arguments)
    run = prepare(replace(study, grid=replace(study.grid, round_tokens=False)), settings)
    names = _chosen(parameters, _known(run))
    holding = f"{len(names)} parameters"
    check_runs(run.plan.size, len(names), 3, holding, "parameters", threads=run.settings.threads, method=run.method)
    values = np.full((run.plan.size, len(names)), np.nan)
    for i, (name, report) in enumerate(zip(names, stages(settings.progress, len(names)), strict=True)):
        values[run.plan.cells, i] = _elasticity(run, name, report)[run.plan.cells]
        if report is not None:
            report(1.0)
    grid = RemainingGrid(run)
    return grid.dataset(
        {"elasticity": grid.labelled("elasticity", values, "parameter")},
        {"parameter": labelled("parameter", ("parameter",), np.array(names))},
        title="Elasticities of the median energy per LLM query",
    )


def _chosen(parameters: object, known: Sequence[str]) -> tuple[str, ...]:
    """Return the parameters that were chosen, all known ones for ``None``."""
    if parameters is None:
        return tuple(known)
    if not isinstance(parameters, (list, tuple)):
        raise InputTypeError(f"parameters must be a list, got {shown(parameters)}. The grid has {listed(known)}.")
    for name in parameters:
        if not isinstance(name, str) or name not in known:
            raise InputError(
                f"parameters must name what the grid has, got {shown(name)}. It has {listed(known)}."
                f"{did_you_mean(name, known)}"
            )
    return tuple(parameters)


def _known(run: Run) -> list[str]:
    """Return the parameters that a grid has, in the order of the equation."""
    grid = run.grid
    if grid.is_under_load:
        return _known_under_load(grid)
    follows = any(isinstance(one, ThroughputProportional) for one in grid.power_utilization.values)
    multiplying = (name for name in MULTIPLYING if name != "pue" or grid.counts_pue)
    named = (factor.name for factor in grid.factors() if factor.name not in (*LENGTH_FACTORS, *MULTIPLYING))
    following = FOLLOWING if follows else ()
    lengths = (WORKLOAD,) if grid.workloads else LENGTHS
    return [*lengths, "prefill_weight", *multiplying, *following, *dict.fromkeys(named)]


def _known_under_load(grid: Grid) -> list[str]:
    """Return the parameters of a grid under load: neither powers nor a weight, which the load model says."""
    own = (*LENGTH_FACTORS, *MULTIPLYING)
    named = (factor.name for factor in grid.factors() if factor.name not in own)
    lengths = (WORKLOAD,) if grid.workloads else LENGTHS
    busy = [name for name in BUSY if getattr(grid, name).values[0] is not None]
    return [*lengths, *busy, *(["pue"] if grid.counts_pue else []), *dict.fromkeys(named)]


def _elasticity(run: Run, name: str, report: Progress | None) -> Array:
    """Return the elasticity in every cell; what has no data may hold anything."""
    places = run.plan.places(np.arange(run.plan.size))
    kind = kind_of(name)
    if kind is not None and kind.sign:
        values = getattr(run.grid, kind.axis).values
        # What a power rule says, and a rating of the deployment's own, is a factor of its axis too.
        has = [kind.is_axis or name in (factor.name for factor in factors_of(kind.axis, value)) for value in values]
        if name == "pue":
            return np.array(run.plan.counts_pue, dtype=np.float64)[places["boundary"]]
        return kind.sign * np.array(has, dtype=np.float64)[places[kind.axis]]
    if name == "prefill_weight" and run.plan.prefill_weight == 0.0:
        return np.zeros(run.plan.size)
    step = STEPS[run.method]
    if name in BUSY:
        return _of_load(run, name, step, report)
    plans = (_moved(run, name, step), _moved(run, name, -step))
    high, low = (
        np.log(run.statistics(plan, progress=half).arrays["energy"][:, 0])
        for plan, half in zip(plans, stages(report, 2), strict=True)
    )
    return np.asarray((high - low) / (2.0 * step))


def _of_load(run: Run, name: str, step: float, report: Progress | None) -> Array:
    """Return the elasticity to the load of an instance: of one side where the other does not exist."""
    axis, reports = getattr(run.grid, name), stages(report, 3)
    most = 1.0 if name == "load" else math.inf
    logs, places = [], []
    for moved in (-step, 0.0, step):
        values = tuple(min(value * math.exp(moved), most) for value in axis.values)
        at = replace(run.grid, **{name: replace(axis, values=values)})
        beside = prepare(replace(run.study, grid=at), run.settings)
        logs.append(np.log(run.statistics(beside.plan, progress=next(reports)).arrays["energy"][:, 0]))
        places.append(np.log(values)[np.unravel_index(np.arange(run.plan.size), run.plan.shape)[AXES.index(name)]])
    low, here, high = logs
    high, above = np.where(np.isnan(high), here, high), np.where(np.isnan(high), places[1], places[2])
    return np.asarray((high - low) / (above - places[0]))


def _moved(run: Run, name: str, step: float) -> Plan:
    """Return the plan with the logarithm of a parameter moved."""
    plan, factor = run.plan, math.exp(step)
    if name == WORKLOAD:
        return with_joint_lengths(plan, lambda joint: joint.scaled(factor))
    if name in LENGTHS:
        return with_lengths(plan, name, [scaled_length(column, factor) for column in getattr(plan, name)])
    if name == "prefill_weight":
        return replace(plan, prefill_weight=plan.prefill_weight * factor)
    field = FOLLOWING[name]
    terms = (
        replace(term, **{field: getattr(term, field) * factor}) if term.span > 0.0 else term
        for term in plan.terms["power_utilization"]
    )
    return replace(plan, terms={**plan.terms, "power_utilization": tuple(terms)})
