"""What may be passed or stand in a table: axes, factors and numbers, with the range that each can honestly have."""

from wattquery.quantities.quantity import Quantity

__all__ = ["ARGUMENTS", "AXES", "CATALOG_AXES", "FACTOR_AXES", "FLEET_AXES", "LOAD_AXES"]

# The ranges are wide on purpose: they are there for a slip of unit, a percentage or a misplaced point, not to judge.
ARGUMENTS = (
    Quantity("model", "", "", "language model"),
    Quantity("hardware", "", "", "accelerators of one serving node"),
    Quantity("serving", "", "", "serving system"),
    Quantity("precision", "", "", "numeric precision of the weights"),
    # A rack has 72; what is served over several racks is several instances.
    Quantity(
        "accelerators",
        "G",
        "1",
        "accelerators of one instance, which holds the weights once",
        "accelerator",
        lowest=1.0,
        highest=1024.0,
        suggestion="Count the accelerators that serve one copy of the model: 8 for one usual node",
    ),
    Quantity(
        "load",
        "B/B_max",
        "1",
        "running sequences as a share of the most that an instance runs at once",
        lowest=1e-4,
        highest=1.0,
        suggestion="Write 50 % as 0.5; a number of running sequences is concurrency",
    ),
    # The most that schedulers let run is some thousands on a rack; a thousandth is an instance that mostly idles.
    Quantity(
        "concurrency",
        "B",
        "1",
        "mean number of running sequences of an instance",
        lowest=1e-3,
        highest=1e5,
        suggestion="Count the sequences that one instance runs at a time",
    ),
    Quantity("workload", "", "", "pairs of output and input tokens of a query"),
    # The longest context windows on offer hold 1e7 to 1e8 tokens. Draws below one token are one where they are rounded.
    Quantity(
        "output_tokens",
        "L_out",
        "tokens",
        "generated tokens per query",
        lowest=0.0,
        highest=1e9,
        suggestion="Give it in tokens per query",
    ),
    Quantity(
        "input_tokens",
        "L_in",
        "tokens",
        "prompt tokens per query",
        lowest=0.0,
        highest=1e9,
        suggestion="Give it in tokens per query",
    ),
    # 0.9 is a share of the input, 4096 a number of its tokens: a prompt without any new token is none.
    Quantity(
        "cached_tokens",
        "L_cached",
        "tokens",
        "input tokens that are in a cache already: a number of 2 or more, or below 1 a share of the input",
        lowest=0.0,
        highest=1e9,
        suggestion="Write 90 % of the input as 0.9, or a number of tokens",
    ),
    # A node cannot draw more than its rating for long; one GPU of a large node is still above a hundredth of it.
    Quantity(
        "power_utilization",
        "PU",
        "1",
        "drawn share of the node power rating",
        "node",
        lowest=0.001,
        highest=1.0,
        suggestion="Write 60 % as 0.6",
    ),
    # Facility over node energy is 1 or more by definition. Operators of large sites report 1.1 to 1.6, and small or
    # half-empty rooms 2 to 3; beyond 4 a value is a percentage (120) or a misplaced point (12).
    Quantity(
        "pue",
        "PUE",
        "1",
        "power usage effectiveness",
        "facility",
        lowest=1.0,
        highest=4.0,
        suggestion="Write 120 % as 1.2; to count the nodes alone, use 1",
        display="PUE",
    ),
    # From a small single-board machine to several racks: a rack of 72 accelerators is rated at some 130 kW, and those
    # of several hundred that vendors have announced at 600 kW. An 8-accelerator node in MW is 0.01, in W 10,200.
    Quantity(
        "node_power",
        "P_node",
        "kW",
        "node power rating",
        "node",
        lowest=0.02,
        highest=1000.0,
        suggestion="Give it in kW: an H100 node has 10.2",
    ),
    Quantity("levers", "M_k", "", "efficiency levers applied"),
    Quantity("boundary", "", "", "what is counted as the energy of a query"),
    # A part of the whole. The shipped lognormal has less than 1e-6 above 1, and more is a mistake in its percentiles.
    Quantity(
        "accelerator_share",
        "s",
        "1",
        "share of the node's energy that its accelerators draw",
        "accelerator",
        lowest=0.001,
        highest=1.0,
        suggestion="Write 70 % as 0.7, or cut it: wq.Truncated(..., high=1)",
        most_outside=1e-6,
    ),
    # What stands by or goes with a query is a part of its energy or a few times that; 110 is a percentage. A factor
    # that is not known well may turn out below 1, as a lever may: that is no slip as long as it is mostly above.
    Quantity(
        "step",
        "F_j",
        "1",
        "factor of a further step of the boundary, such as idle reserve",
        lowest=1.0,
        highest=100.0,
        suggestion="To add 10 % write 1.1; what saves energy is a lever",
        most_outside=0.5,
    ),
    # Of what the load model predicts, up or down; nothing that a user writes.
    Quantity("load_model", "e", "1", "what the load model leaves open: its parameters, and what it does not explain"),
    # The largest of the paper has a P95 of 10; a thousand is a generation of all of them at once.
    Quantity(
        "lever_factor",
        "M_k",
        "1",
        "what a lever divides the energy by",
        lowest=1.0,
        highest=1000.0,
        suggestion="To halve the energy write 2, not 0.5",
        most_outside=0.5,
    ),
    # Prompts are read in parallel, so an input token costs at most what an output token does; 30 is the inverse.
    Quantity(
        "prefill_weight",
        "w",
        "1",
        "weight of one input token relative to one output token",
        lowest=0.0,
        highest=10.0,
        suggestion="What one input token costs relative to one output token: write thirty for one as 1/30 = 0.0333",
    ),
    # From a processor that reads a large model off its disk to a rack with a small one (some 1e6).
    Quantity(
        "tokens_per_second",
        "TPS",
        "tokens/s",
        "measured output throughput of one node, all requests together",
        "node",
        lowest=0.01,
        highest=1e8,
        suggestion="Give generated tokens per second of the whole node",
    ),
    # Published models have 1e-4 (a toy) to some 1e4 billion parameters; a plain count is 1e9 times that.
    Quantity(
        "total_parameters",
        "",
        "1e9",
        "parameters of a model",
        lowest=1e-5,
        highest=1e5,
        suggestion="Give billions: 70 for 70,000,000,000",
    ),
    Quantity(
        "active_parameters",
        "",
        "1e9",
        "parameters of a model that are used per token",
        lowest=1e-5,
        highest=1e5,
        suggestion="Give billions: 37 for 37,000,000,000",
    ),
    Quantity("tensor_parallel", "", "1", "accelerators that a layer is split over", lowest=1.0, highest=1e5),
    # A thousand queries a day for each person would be 1e13.
    Quantity(
        "queries_per_day",
        "N",
        "1/day",
        "queries per day",
        lowest=1e-6,
        highest=1e15,
        suggestion="Queries of all classes in one day: write a billion as 1e9",
    ),
    # Lignite is at some 1100 g/kWh, old diesel sets below 2000. Wind, water and nuclear power have 4 to 15 over their
    # lives, and 0 is what a contract says: what lies between is in kg.
    Quantity(
        "carbon_intensity",
        "",
        "gCO2e/kWh",
        "carbon dioxide equivalent of a unit of electricity",
        lowest=1.0,
        highest=3000.0,
        or_zero=True,
        suggestion="Give grams per kWh: 0.4 kg/kWh is 400",
    ),
    # Cooling takes 0 to 5 L/kWh; with what hydropower evaporates, some hundred.
    Quantity(
        "water_intensity",
        "",
        "L/kWh",
        "water of a unit of electricity",
        lowest=0.0,
        highest=1000.0,
        suggestion="Give litres per kWh: a site's WUE is mostly below 5",
    ),
    # From a classifier's word on a phone (1e-6) to a long video (1e3 to 1e4).
    Quantity(
        "claimed_energy",
        "E",
        "Wh",
        "energy that a public claim states",
        lowest=1e-9,
        highest=1e9,
        suggestion="Write an energy of one query in Wh, such as 0.24",
    ),
    Quantity("batch", "", "queries", "queries that are served together", lowest=1.0, highest=1e6),
)
"""Rows of the table of quantities."""

AXES: tuple[str, ...] = (
    "model",
    "hardware",
    "serving",
    "precision",
    "accelerators",
    "load",
    "concurrency",
    "workload",
    "output_tokens",
    "input_tokens",
    "cached_tokens",
    "power_utilization",
    "pue",
    "node_power",
    "levers",
    "boundary",
)
"""The axes that a grid can have, in the order of its dimensions."""

CATALOG_AXES = AXES[:4]
"""The axes whose labels are those of a catalog."""

LOAD_AXES = ("accelerators", "load", "concurrency", "cached_tokens")
"""Those that only an instance under a stated load has: numbers, which the load model takes."""

FACTOR_AXES = tuple(axis for axis in AXES if axis not in (*CATALOG_AXES, *LOAD_AXES))
"""Those whose values are factors of the equation."""

_OF_CLASSES = ("workload", "output_tokens", "boundary")
FLEET_AXES = ("preset", "boundary", "hardware", *LOAD_AXES, *(axis for axis in FACTOR_AXES if axis not in _OF_CLASSES))
"""The axes that a scenario of a fleet can have beside shares of its classes; all classes have them in common."""
