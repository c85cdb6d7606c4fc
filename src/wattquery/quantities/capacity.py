"""What a plan of capacity returns beside the quantities of fleets."""

from wattquery.quantities.fleets import OF_RESULT
from wattquery.quantities.quantity import Quantity

__all__ = ["CAPACITIES"]

CAPACITIES = (
    Quantity("candidate", "", "", "instance that is compared"),
    Quantity("target", "", "", "target of latency"),
    Quantity("meets", "", "", "whether the candidate meets all targets at some load"),
    Quantity("best", "", "", "whether it is the best of all"),
    Quantity("on_frontier", "", "", "whether no other candidate takes less of energy and nodes"),
    Quantity("on_interactivity_frontier", "", "", "whether no other is better in energy and interactivity"),
    Quantity("chance_of_meeting", "", "1", "probability that the target is met, by what the load model leaves open"),
    Quantity("reason", "", "", "why the candidate cannot meet the targets, empty where it can"),
    Quantity("binds", "", "", "what keeps the load from being higher"),
    Quantity("accelerators_in_all", "", "1", "accelerators of all nodes, with the reserve", "node"),
    Quantity("energy_per_query_interval", "", "Wh", "ends of the interval of energy_per_query", OF_RESULT),
    Quantity("nodes_interval", "", "1", "ends of the interval of nodes, by the throughput", "node"),
    Quantity("power_mean_interval", "", "MW", "ends of the interval of power_mean", OF_RESULT),
    Quantity("point", "", "", "number of a point of the frontier over all loads"),
    Quantity("frontier_interactivity", "", "tokens/s", "output tokens per second of one user"),
    Quantity("frontier_energy", "", "Wh", "least mean energy per query at this interactivity", OF_RESULT),
    Quantity("frontier_nodes", "", "1", "nodes that it takes, with the reserve", "node"),
    Quantity("frontier_load", "", "1", "running sequences as a share of the most"),
    Quantity("frontier_candidate", "", "", "the instance that takes so little"),
    Quantity("power_peak_interval", "", "MW", "ends of the interval of power_peak", OF_RESULT),
)
"""Rows of the table of quantities."""
