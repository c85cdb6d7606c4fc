"""What a reader of a fleet's total should know before using it."""

from __future__ import annotations

from collections.abc import Iterator

import xarray as xr

from wattquery.fleets.evaluation import OUTSIDE_LENGTHS, Evaluation
from wattquery.fleets.extremes import NOISE
from wattquery.fleets.pooled.notes import as_of_pools, pool_remarks
from wattquery.fleets.settings import FleetSettings
from wattquery.sweeps.coordinates import throughput_notes
from wattquery.sweeps.dataset import grid_coordinates
from wattquery.sweeps.load_dataset import load_notes, support_variables, table_of
from wattquery.sweeps.outside_range import OUTSIDE_RANGE, outside_range
from wattquery.sweeps.power_notes import power_notes
from wattquery.sweeps.run import Run
from wattquery.sweeps.support_words import support_lines
from wattquery.sweeps.workload_notes import workload_notes

__all__ = ["MEAN", "energy_remarks", "remarks"]

MEAN = "a total is a mean over queries, which is above the median of one query, and of blends that are not trimmed"


def remarks(evaluation: Evaluation, settings: FleetSettings) -> Iterator[str]:
    """Yield the remarks on a scenario under a preset, with the places of those on its values.

    Parameters
    ----------
    evaluation, settings
        What is computed, and how.
    """
    yield from energy_remarks(evaluation, settings)
    if settings.sampled is None:
        yield (
            f"interval sampling: of an estimate with {settings.draws:,} draws per model (the paper made 10,000); the "
            "energies here are sums and have no sampling error"
        )
    yield MEAN
    yield from dict.fromkeys(note for grid in evaluation.grids for note in workload_notes(grid.run.grid))
    yield NOISE
    yield from _site_remarks(evaluation)
    if settings.water_intensity is not None:
        yield "water: per kWh at the boundary of the result; a site's WUE is per kWh of its nodes (boundary='node')"


def _site_remarks(evaluation: Evaluation) -> Iterator[str]:
    """Yield the remarks on power and nodes."""
    scenario = evaluation.scenario
    if scenario.pools:
        yield from pool_remarks(evaluation)
    elif scenario.is_under_load:
        yield f"instances: at the median throughput of their load, {_instance_sizes(evaluation)}"
    elif scenario.occupancy is None:
        yield "nodes: not computed, for no occupancy was given"
    if scenario.pools:
        yield "power_peak: of each pool in its own highest hour, in all of them in theirs"
    elif scenario.load_profile is None:
        yield "power_peak: not computed, for no load profile was given"
    elif scenario.is_under_load:
        yield (
            "power_peak: instances follow demand, each with its load in every hour; those that would stand idle beside "
            "them are not counted"
        )
    else:
        yield "power_peak: energy is taken to follow the queries; what idle nodes draw would flatten it"
    every = (lever for grid in evaluation.grids for value in grid.run.grid.levers.values for lever in value.levers)
    levers = {lever.name for lever in every if not lever.saves_time}
    not_shorter = sorted(levers - set(scenario.node_time_levers))
    if not_shorter:
        held = "nodes" if scenario.pools else "instance_hours" if scenario.is_under_load else "node_hours"
        yield f"{held}: not shortened by {', '.join(not_shorter)} (see node_time_levers and wq.Lever's time_factor)"


def _instance_sizes(evaluation: Evaluation) -> str:
    """Return how many accelerators the instances of each class have, in words."""
    sizes: dict[str, list[str]] = {}
    for grid in evaluation.grids:
        numbers = sorted({int(one) for run in grid.runs for one in table_of(run.lowered).accelerators})
        words = " or ".join(map(str, numbers)) + f" accelerator{'' if numbers == [1] else 's'} each"
        sizes.setdefault(words, []).append(grid.name)
    if len(sizes) == 1:
        return f"of {next(iter(sizes))}"
    return "; ".join(f"those of class {', '.join(names)} of {words}" for words, names in sizes.items())


def energy_remarks(evaluation: Evaluation, settings: FleetSettings) -> Iterator[str]:
    """Yield the remarks on the energy of a query."""
    scenario, grids = evaluation.scenario, [grid.run.grid for grid in evaluation.grids]
    for step in scenario.overhead:
        yield f"overhead {step.name} = {step.factor}: {step.source}"
    combined = {value.label for grid in grids for value in grid.levers.values if len(value.levers) > 1}
    if combined:
        yield (
            f"levers {', '.join(sorted(combined))}: several at once, where the paper's improved fleet has one; their "
            "factors are multiplied as if independent"
        )
    for name, reasons in evaluation.outside.items():
        yield from (_extrapolation(name, why, ", ".join(models)) for why, models in reasons.items())
    stating = [
        name
        for name, query_class in scenario.classes.items()
        if query_class.pue is not None and "pue" not in scenario.axes
    ]
    if stating and not any(value.counts_pue for value in grids[0].boundary.values):
        yield f"pue: what class {', '.join(stating)} states is not counted at this boundary"
    if scenario.is_under_load:
        yield from _load_remarks(evaluation)
    yield from _data_remarks(evaluation, settings)


def _extrapolation(query_class: str, why: str, models: str) -> str:
    """Return which models of a class are extrapolated, and why."""
    if why == OUTSIDE_LENGTHS:
        return f"extrapolated: most queries of class {query_class} lie outside the lengths measured for {models}"
    return f"extrapolated: class {query_class}, {models}: {why}"


def _load_remarks(evaluation: Evaluation) -> Iterator[str]:
    """Yield what to know of instances under a load."""
    runs = [run for grid in evaluation.grids for run in grid.runs]
    is_pooled = bool(evaluation.scenario.pools)
    yield from dict.fromkeys(line for run in runs for line in _support(run, is_pooled=is_pooled))
    notes = dict.fromkeys(note for run in runs for note in load_notes(run.grid, run.lowered, run.study.preset))
    if is_pooled:
        notes = as_of_pools(notes, evaluation)
    yield from notes
    together = dict.fromkeys(names for grid in evaluation.grids for names in grid.companions if len(names) > 1)
    for names in together:
        yield (
            f"batches: classes {', '.join(names)} run on the same instances, whose batches are filled by all of them, "
            "by their shares of the queries"
        )
    yield "throughput fits: none under a load; what the load model leaves open are shared factors, load_model:NAME"


def _support(run: Run, *, is_pooled: bool) -> Iterator[str]:
    """Yield what the predictions of a model rest on, with its accelerator and load where these are no axes."""
    said = xr.Dataset(support_variables(run.grid, run.lowered), grid_coordinates(run.grid, run.lowered))
    fixed = [axis for axis in (run.grid.model, run.grid.hardware) if axis.size == 1]
    of = " on ".join(str(axis.labels[0]) for axis in fixed)
    stated = () if is_pooled else (run.grid.load, run.grid.concurrency)
    loads = (axis for axis in stated if not axis.is_dimension)
    at = "".join(f" at {axis.name} {axis.values[0]:g}" for axis in loads if axis.values[0] is not None)
    for line in support_lines(said):
        yield line.replace("support", f"support of {of}{at}", 1)


def _data_remarks(evaluation: Evaluation, settings: FleetSettings) -> Iterator[str]:
    """Yield the remarks on benchmark rows, and on what lies outside physical ranges."""
    runs = [run for grid in evaluation.grids for run in grid.runs]
    if (forms := evaluation.throughput_model) != "log_linear":
        yield f"throughput model: {forms}"
    thin = evaluation.thin()
    if thin:
        sigma = settings.sigma
        known = f"a lognormal factor with a sigma of {sigma:g} in ln TPS" if sigma else "nothing"
        yield f"thin data: rows of {', '.join(thin)} do not tell the error of throughput; {known} stands in"
    yield from dict.fromkeys(note for run in runs for note in throughput_notes(run.grid, run.lowered))
    yield from dict.fromkeys(note for run in runs for note in power_notes(run.study, run.lowered))
    said = (outside_range(run.grid, run.lowered).get(OUTSIDE_RANGE, "") for run in runs)
    parts = dict.fromkeys(part for text in said for part in text.split("; ") if part)
    if parts:
        yield f"outside physical ranges: {'; '.join(parts)}"
