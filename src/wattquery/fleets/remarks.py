"""What a reader of a fleet's total should know before using it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wattquery.fleets.asking import FleetSettings
from wattquery.fleets.evaluation import Evaluation

__all__ = ["remarks"]


def remarks(of: Evaluation, how: FleetSettings, outside: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the remarks on a scenario under a preset."""
    return list(_found(of, how, outside))


def _found(of: Evaluation, how: FleetSettings, outside: Mapping[str, Sequence[str]]) -> Iterator[str]:
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
    thin = of.thin()
    if thin:
        known = f"a lognormal factor with a sigma of {how.sigma:g} in ln TPS" if how.sigma else "nothing"
        yield f"thin data: rows of {', '.join(thin)} cannot say how far throughput is off; {known} stands for it"
    if how.sampled is None:
        yield (
            f"interval sampling: of an estimate with {how.draws:,} draws per model (the paper made 10,000); the "
            "energies here are sums and have no sampling error"
        )
    yield "a total is a mean over queries, which is above the median of one query, and of blends that are not trimmed"
    if scenario.occupancy is None:
        yield "nodes: not computed, for no occupancy was given"
    if scenario.load_profile is None:
        yield "power_peak: not computed, for no load profile was given"
    else:
        yield "power_peak: energy is taken to follow the queries; what idle nodes draw would flatten it"
    longer = {lever.name for grid in of.grids for value in grid.asked.grid.levers.values for lever in value.levers}
    kept = sorted(longer - set(scenario.node_time_levers))
    if kept:
        yield f"node_hours: not shortened by {', '.join(kept)}, which save energy alone (see node_time_levers)"
    if how.water_intensity is not None:
        yield "water: per kWh at the boundary of the result; a site's WUE is per kWh of its nodes (boundary='node')"
