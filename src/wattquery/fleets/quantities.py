"""Names, units and labelled forms of what fleets return."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.quantities import QUANTITIES as QUERY_QUANTITIES
from wattquery.quantities import Quantity
from wattquery.scenarios.scenario import Scenario
from wattquery.scenarios.shares import SUFFIX

__all__ = ["QUANTITIES", "labelled", "share_coordinates"]

_OF_RESULT = "see coordinate 'boundary'"

_TABLE = (
    Quantity("scenario", "", "", "fleet"),
    Quantity("preset", "", "", "where all that a scenario leaves out comes from"),
    Quantity("query_class", "", "", "class of queries"),
    Quantity("component", "", "", "part of the energy"),
    Quantity("component_source", "", "", "where the number that makes a component comes from"),
    Quantity("interval", "", "", "what an interval is about"),
    Quantity("bound", "", "", "end of an interval"),
    Quantity("choice", "", "", "structural choice: preset, trim and power"),
    Quantity("credible", "", "1", "probability level over what is not known of the shared factors"),
    Quantity("date", "", "", "date"),
    Quantity("lever", "", "", "efficiency lever"),
    Quantity("share", "", "1", "share of all queries"),
    Quantity("energy_per_day", "", "GWh/day", "expected energy per day, throughput fits as known", _OF_RESULT),
    Quantity("energy_per_day_by", "", "GWh/day", "expected energy per day by class and component", _OF_RESULT),
    Quantity("energy_per_query", "E_mean", "Wh", "mean energy per query, overhead included", _OF_RESULT),
    Quantity("energy_stderr", "", "GWh/day", "sampling standard error of energy_per_day", _OF_RESULT),
    Quantity("energy_std_queries", "", "GWh/day", "standard deviation of a day's total over its queries", _OF_RESULT),
    Quantity("energy_interval", "", "GWh/day", "ends of each interval of energy_per_day", _OF_RESULT),
    Quantity("energy_credible", "", "GWh/day", "quantiles of energy per day over the shared factors", _OF_RESULT),
    Quantity("energy_interval_stderr", "", "GWh/day", "standard error of each end of each interval", _OF_RESULT),
    Quantity("energy_credible_stderr", "", "GWh/day", "standard error of each quantile in energy_credible", _OF_RESULT),
    Quantity("energy_by_choice", "", "GWh/day", "energy_per_day under each structural choice", _OF_RESULT),
    Quantity("adoption", "a_k", "1", "share of queries that are served with a lever"),
    Quantity("growth", "g", "1/year", "growth of demand per calendar year"),
    Quantity("rebound", "R", "1", "share of the expected saving that additional queries take back"),
    Quantity("demand", "", "1/day", "queries per day without rebound"),
    Quantity("rebound_factor", "", "1", "queries per day with rebound, over those without"),
    Quantity("energy_without", "", "GWh/day", "expected energy per day with no lever adopted, at demand", _OF_RESULT),
    Quantity("energy_with", "", "GWh/day", "expected energy per day with adopted levers, before rebound", _OF_RESULT),
    Quantity("energy_per_day_by_class", "", "GWh/day", "expected energy per day by class of queries", _OF_RESULT),
    Quantity("saved", "", "GWh/day", "expected energy per day saved by adopted levers, after rebound", _OF_RESULT),
    Quantity("variance_query", "E[V[E|s]]", "Wh2", "variance over queries, averaged over shared factors", _OF_RESULT),
    Quantity("variance_shared", "V[E[E|s]]", "Wh2", "variance of the mean over queries by shared factors", _OF_RESULT),
    Quantity("variance_total", "V[E]", "Wh2", "variance over queries and shared factors", _OF_RESULT),
    Quantity("power_mean", "", "MW", "mean power over the day", _OF_RESULT),
    Quantity("power_peak", "", "MW", "power in the hour of highest demand", _OF_RESULT),
    Quantity("node_hours", "", "h/day", "hours that nodes serve, at benchmark throughput", "node"),
    Quantity("nodes", "", "1", "nodes needed in the hour of highest demand, at the stated occupancy", "node"),
    Quantity("carbon", "", "t/day", "carbon dioxide equivalent at the intensity that was passed", _OF_RESULT),
    Quantity("water", "", "m3/day", "water at the intensity that was passed", _OF_RESULT),
    Quantity("extrapolated", "", "", "whether most queries of a class lie outside the lengths of a throughput fit"),
    Quantity("published", "", "GWh/day", "energy per day that the source published", "facility"),
    Quantity("allowed", "", "GWh/day", "difference from the published value that rounding and sampling allow"),
    Quantity("reproduced", "", "", "whether the published value is reproduced"),
)

QUANTITIES = {one.name: one for one in _TABLE}
"""Every quantity of this package by its name."""


def share_coordinates(scenario: Scenario) -> dict[str, xr.Variable]:
    """Return the labels of each axis of shares."""
    return {
        name + SUFFIX: xr.Variable(
            (name + SUFFIX,), np.array(labels), {"long_name": f"share of class {name}", "units": "1"}
        )
        for name, labels in scenario.share_axes.items()
    }


def labelled(name: str, dims: Sequence[str], values: NDArray[np.generic]) -> xr.Variable:
    """Return a variable with the unit, long name and boundary of its quantity."""
    table = QUANTITIES if name in QUANTITIES else QUERY_QUANTITIES
    return xr.Variable(dims, values, table[name].attributes)
