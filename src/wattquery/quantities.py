"""The table of quantities: one name, symbol, unit and physical range per thing, for code, attributes and documents.

Nothing here may import anything of ours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = [
    "AXES",
    "GWH_PER_WH",
    "LARGEST",
    "METHODS",
    "MW_PER_GWH_A_DAY",
    "QUANTITIES",
    "SMALLEST",
    "Quantity",
    "UncheckedNumber",
]

SMALLEST, LARGEST = 1e-30, 1e30
"""Between these lies the magnitude of every number that is not 0. Single precision, in which kernels draw, ends at
1e-38 and 3e38; no quantity of a query comes near, so that products stay in range as well. It cannot be overridden."""

MOST_OUTSIDE = 0.05
"""Share of a distribution that may lie outside its physical range: tails, not the bulk."""


class UncheckedNumber(float):
    """A number that may lie outside the range of its quantity, because its user said so."""


@dataclass(frozen=True)
class Quantity:
    """One row of the table.

    Attributes
    ----------
    name
        What the quantity is called in arguments, coordinates and variables.
    symbol
        How equations write it.
    unit
        Its unit; ``"1"`` for a pure ratio, empty for a name.
    long_name
        What it is, in a phrase.
    boundary
        For an energy or a power, what is counted: accelerator, node or facility. For an energy that a sweep computes,
        it is what is counted unless the axis ``boundary`` says otherwise.
    lowest, highest
        Ends of its physical range [unit], both within: no honest value lies beyond.
    suggestion
        How a value beyond it most likely arises, and how to write it.
    most_outside
        Share of a distribution that may lie outside [1].
    or_zero
        Whether 0 is honest although the range begins above it.
    """

    name: str
    symbol: str
    unit: str
    long_name: str
    boundary: str = ""
    lowest: float = -math.inf
    highest: float = math.inf
    suggestion: str = ""
    most_outside: float = MOST_OUTSIDE
    or_zero: bool = False

    @property
    def has_range(self) -> bool:
        """Whether it has an end beyond which no value is physical."""
        return self.lowest > -math.inf or self.highest < math.inf

    @property
    def range_in_words(self) -> str:
        """The physical range with its unit, such as ``1 to 4``; empty without one."""
        if not self.has_range:
            return ""
        unit = "" if self.unit in ("", "1") else f" {self.unit}"
        if self.lowest == -math.inf:
            return f"at most {self.highest:g}{unit}"
        return f"at least {self.lowest:g}{unit}" if self.highest == math.inf else f"{self._ends}{unit}"

    @property
    def _ends(self) -> str:
        return f"{'0, or ' if self.or_zero else ''}{self.lowest:g} to {self.highest:g}"

    def refusal(self, name: str, value: str, *, limit: str = "", fix: str = "") -> str:
        """Return the message for what lies outside the physical range.

        Parameters
        ----------
        name
            What the user calls the quantity.
        value
            What the user wrote.
        limit
            What is allowed beside the range.
        fix
            What to pass where the value is meant; by default the value as unchecked.
        """
        suggestion = f" {self.suggestion}." if self.suggestion else ""
        fix = fix or f"wq.unchecked({value})"
        return (
            f"{name} must be within {self.range_in_words}{limit}, got {value}.{suggestion} If it is meant, pass {fix}."
        )

    @property
    def attributes(self) -> dict[str, str]:
        """The entries that a labelled variable carries (CF style)."""
        attributes = {"long_name": self.long_name}
        if self.unit:
            attributes["units"] = self.unit
        if self.boundary:
            attributes["boundary"] = self.boundary
        return attributes


# The ranges are wide on purpose: they are there for a slip of unit, a percentage or a misplaced point, not to judge.
_TABLE = (
    Quantity("model", "", "", "language model"),
    Quantity("hardware", "", "", "accelerators of one serving node"),
    Quantity("serving", "", "", "serving system"),
    Quantity("precision", "", "", "numeric precision of the weights"),
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
    Quantity("quantile", "q", "1", "probability level of the quantile"),
    Quantity("energy", "E", "Wh", "energy per query", "facility"),
    Quantity("energy_mean", "E_mean", "Wh", "mean energy per query", "facility"),
    Quantity("energy_std", "E_std", "Wh", "standard deviation of energy per query", "facility"),
    Quantity("energy_stderr", "E_stderr", "Wh", "sampling standard error of each energy quantile", "facility"),
    Quantity("energy_mean_stderr", "", "Wh", "sampling standard error of the mean energy per query", "facility"),
    Quantity("throughput", "TPS", "tokens/s", "output throughput of one node at the median lengths", "node"),
    Quantity("throughput_stderr", "se(ln TPS)", "1", "standard error of ln TPS of the fit at the median lengths"),
    Quantity("supported", "", "", "whether the catalog has data for the combination"),
    Quantity("extrapolated", "", "", "whether most queries lie outside the lengths of the throughput fit"),
    Quantity("histogram", "", "1", "draws (or probability) per bin of the energy lattice"),
    Quantity("bin", "k", "1", "index of the energy bin: ln(E / 1 Wh) in [k/1024, (k + 1)/1024)"),
    Quantity("bin_lower", "", "Wh", "lower edge of an energy bin", "facility"),
    Quantity("bin_upper", "", "Wh", "upper edge of an energy bin", "facility"),
    Quantity("replicate", "r", "1", "number of the random shift of quasi-random points"),
    Quantity("node", "j", "1", "coarse node of the energy lattice: ln(E / 1 Wh) = 16 j / 1024"),
    Quantity(
        "replicate_deviation", "", "1", "distribution function of a replicate less that of all of them, at a node"
    ),
    Quantity("hidden_error", "", "1", "error of the distribution function at a node that replicates do not show"),
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

QUANTITIES: dict[str, Quantity] = {quantity.name: quantity for quantity in _TABLE}
"""Every quantity by its name."""

AXES: tuple[str, ...] = (
    "model",
    "hardware",
    "serving",
    "precision",
    "output_tokens",
    "input_tokens",
    "power_utilization",
    "pue",
    "node_power",
    "levers",
    "boundary",
)
"""The axes that a grid can have, in the order of its dimensions."""

GWH_PER_WH = 1e-9
MW_PER_GWH_A_DAY = 1e3 / 24.0
"""Mean power of an energy per day."""

METHODS: tuple[str, ...] = ("monte_carlo", "quasi_monte_carlo", "exact")
"""How a distribution can be computed."""
