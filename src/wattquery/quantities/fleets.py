"""What fleets and their courses over time return beside the quantities of a sweep."""

from wattquery.quantities.quantity import Quantity

__all__ = ["FLEETS", "OF_RESULT"]

OF_RESULT = "see coordinate 'boundary'"
"""The boundary of what a fleet uses: what its scenario counts, or each label of the axis."""

FLEETS = (
    Quantity("scenario", "", "", "fleet"),
    Quantity("preset", "", "", "where all that a scenario leaves out comes from"),
    Quantity("query_class", "", "", "class of queries"),
    Quantity("component", "", "", "part of the energy"),
    Quantity("component_source", "", "", "where the number that makes a component comes from"),
    Quantity("interval", "", "", "what an interval is about"),
    Quantity("bound", "", "", "end of an interval"),
    Quantity("choice", "", "", "structural choice: preset, trim and power"),
    Quantity("date", "", "", "date"),
    Quantity("lever", "", "", "efficiency lever"),
    Quantity("share", "", "1", "share of all queries"),
    Quantity("energy_per_day", "", "GWh/day", "expected energy per day, throughput fits as known", OF_RESULT),
    Quantity("energy_per_query", "E_mean", "Wh", "mean energy per query, overhead included", OF_RESULT),
    Quantity("energy_per_day_stderr", "", "GWh/day", "sampling standard error of energy_per_day", OF_RESULT),
    Quantity("energy_std_queries", "", "GWh/day", "standard deviation of a day's total over its queries", OF_RESULT),
    Quantity("energy_interval", "", "GWh/day", "ends of each interval of energy_per_day", OF_RESULT),
    Quantity("energy_credible", "", "GWh/day", "quantiles of energy per day over the shared factors", OF_RESULT),
    Quantity("energy_interval_stderr", "", "GWh/day", "standard error of each end of each interval", OF_RESULT),
    Quantity("energy_credible_stderr", "", "GWh/day", "standard error of each quantile in energy_credible", OF_RESULT),
    Quantity("energy_by_choice", "", "GWh/day", "energy_per_day under each structural choice", OF_RESULT),
    Quantity("adoption", "a_k", "1", "share of queries that are served with a lever"),
    Quantity("growth", "g", "1/year", "growth of demand per calendar year"),
    Quantity("rebound", "R", "1", "share of the expected saving that additional queries take back"),
    Quantity("demand", "", "1/day", "queries per day without rebound"),
    Quantity("rebound_factor", "", "1", "queries per day with rebound, over those without"),
    Quantity("energy_without", "", "GWh/day", "expected energy per day with no lever adopted, at demand", OF_RESULT),
    Quantity("energy_with", "", "GWh/day", "expected energy per day with adopted levers, before rebound", OF_RESULT),
    Quantity("energy_per_day_by_class", "", "GWh/day", "expected energy per day by class of queries", OF_RESULT),
    Quantity("saved", "", "GWh/day", "expected energy per day saved by adopted levers, after rebound", OF_RESULT),
    Quantity("power_mean", "", "MW", "mean power over the day", OF_RESULT),
    Quantity("power_peak", "", "MW", "power in the hour of highest demand", OF_RESULT),
    Quantity("node_hours", "", "h/day", "hours that nodes serve, at benchmark throughput", "node"),
    Quantity("nodes", "", "1", "nodes needed in the hour of highest demand, at the stated occupancy", "node"),
    Quantity("instance_hours", "", "h/day", "hours for which instances are held, idle time included", "accelerator"),
    Quantity("instances", "", "1", "instances needed in the hour of highest demand, at their load", "accelerator"),
    Quantity("accelerators_per_instance", "", "1", "mean number of accelerators of the instances that are held"),
    Quantity("accelerator_hours", "", "h/day", "hours for which accelerators are held under a load", "accelerator"),
    Quantity("carbon", "", "t/day", "carbon dioxide equivalent at the intensity that was passed", OF_RESULT),
    Quantity("water", "", "m3/day", "water at the intensity that was passed", OF_RESULT),
    Quantity("published", "", "GWh/day", "energy per day that the source published", "facility"),
    Quantity("allowed", "", "GWh/day", "difference from the published value that rounding and sampling allow"),
    Quantity("reproduced", "", "", "whether the published value is reproduced"),
)
"""Rows of the table of quantities."""
