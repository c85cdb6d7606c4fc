"""What a reader of a fleet's total should know before using it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import xarray as xr

from wattquery.fleets.arguments import FleetSettings
from wattquery.fleets.evaluation import Evaluation
from wattquery.fleets.totals import MOST_GWH
from wattquery.sweeps.coordinates import throughput_notes
from wattquery.sweeps.outside_range import OUTSIDE_RANGE, outside_range

__all__ = ["MEAN", "energy_remarks", "error_remarks", "remarks"]

MEAN = "a total is a mean over queries, which is above the median of one query, and of blends that are not trimmed"


WORTH_SAYING = 0.005


def remarks(of: Evaluation, how: FleetSettings, outside: Mapping[str, Sequence[str]], noise: float) -> list[str]:
    """Return the remarks on a scenario under a preset.

    Parameters
    ----------
    of, how
        What is computed, and how.
    outside
        By class, the models whose throughput fit most queries lie outside of.
    noise
        Largest relative standard deviation of a day's total over queries [1].
    """
    return list(_found(of, how, outside, noise))


def energy_remarks(of: Evaluation, how: FleetSettings, outside: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the remarks on the energy of a query."""
    scenario = of.scenario
    for step in scenario.overhead:
        yield f"overhead {step.name} = {step.factor}: {step.source}"
    sets = {value.label for grid in of.grids for value in grid.asked.grid.levers.values if len(value.levers) > 1}
    if sets:
        yield (
            f"levers {', '.join(sorted(sets))}: several at once, where the paper's improved fleet has one; their "
            "factors are multiplied as if independent"
        )
    for name, models in outside.items():
        yield f"extrapolated: most queries of class {name} lie outside the lengths measured for {', '.join(models)}"
    stated = [name for name, one in scenario.classes.items() if one.pue is not None and "pue" not in scenario.axes]
    if stated and not any(value.counts_pue for value in of.grids[0].asked.grid.boundary.values):
        yield f"pue: what class {', '.join(stated)} states is not counted at this boundary"
    thin = of.thin()
    if thin:
        known = f"a lognormal factor with a sigma of {how.sigma:g} in ln TPS" if how.sigma else "nothing"
        yield f"thin data: rows of {', '.join(thin)} do not tell the error of throughput; {known} stands in"
    yield from dict.fromkeys(note for grid in of.grids for note in throughput_notes(grid.asked.grid, grid.lowered))
    said = (outside_range(grid.asked.grid, grid.lowered).get(OUTSIDE_RANGE, "") for grid in of.grids)
    parts = dict.fromkeys(part for text in said for part in text.split("; ") if part)
    if parts:
        yield f"outside physical ranges: {'; '.join(parts)}"


def error_remarks(variables: Mapping[str, xr.Variable], how: FleetSettings) -> Iterator[str]:
    """Yield how well quantiles over the shared factors are known, where they are sampled."""
    names = [name for name in ("energy_interval", "energy_credible") if name in variables]
    errors = np.concatenate([variables[f"{name}_stderr"].values.ravel() for name in names])
    values = np.concatenate([variables[name].values.ravel() for name in names])
    beyond = np.abs(values) > MOST_GWH
    if beyond.any():
        yield (
            f"quantiles over the shared factors: some are beyond {MOST_GWH:g} GWh per day, which says that the rows of "
            "a throughput fit do not bound it from above"
        )
    sampled = (errors > 0.0) & ~beyond
    if not sampled.any():
        return
    worst = float(np.max(errors[sampled] / values[sampled]))
    reach = f"up to {worst:.1%}" if np.isfinite(worst) else "not known for some, beyond which few draws lie"
    yield (
        f"quantiles over the shared factors: without a closed form, sampled with {how.outer:,} draws; standard error "
        f"{reach}, see {' and '.join(f'{name}_stderr' for name in names)}"
    )


def _found(of: Evaluation, how: FleetSettings, outside: Mapping[str, Sequence[str]], noise: float) -> Iterator[str]:
    scenario = of.scenario
    yield from energy_remarks(of, how, outside)
    if how.sampled is None:
        yield (
            f"interval sampling: of an estimate with {how.draws:,} draws per model (the paper made 10,000); the "
            "energies here are sums and have no sampling error"
        )
    yield MEAN
    if noise > WORTH_SAYING:
        yield (
            f"few queries: from day to day the total varies by {noise:.1%} (one standard deviation) because queries "
            "differ, which is in none of the intervals; see energy_std_queries"
        )
    if scenario.occupancy is None:
        yield "nodes: not computed, for no occupancy was given"
    if scenario.load_profile is None:
        yield "power_peak: not computed, for no load profile was given"
    else:
        yield "power_peak: energy is taken to follow the queries; what idle nodes draw would flatten it"
    longer = {lever.name for grid in of.grids for value in grid.asked.grid.levers.values for lever in value.levers}
    kept = sorted(longer - set(scenario.node_time_levers))
    if kept:
        yield f"node_hours: not shortened by {', '.join(kept)} (see node_time_levers)"
    if how.water_intensity is not None:
        yield "water: per kWh at the boundary of the result; a site's WUE is per kWh of its nodes (boundary='node')"
