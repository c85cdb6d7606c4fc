"""The table of quantities: one name, one symbol and one unit per thing, for code, attributes and documents.

Nothing here may import anything of ours.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AXES", "GWH_PER_WH", "METHODS", "MW_PER_GWH_A_DAY", "QUANTITIES", "Quantity"]


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
    """

    name: str
    symbol: str
    unit: str
    long_name: str
    boundary: str = ""

    @property
    def attributes(self) -> dict[str, str]:
        """The entries that a labelled variable carries (CF style)."""
        attributes = {"long_name": self.long_name}
        if self.unit:
            attributes["units"] = self.unit
        if self.boundary:
            attributes["boundary"] = self.boundary
        return attributes


_TABLE = (
    Quantity("model", "", "", "language model"),
    Quantity("hardware", "", "", "accelerators of one serving node"),
    Quantity("serving", "", "", "serving system"),
    Quantity("precision", "", "", "numeric precision of the weights"),
    Quantity("output_tokens", "L_out", "tokens", "generated tokens per query"),
    Quantity("input_tokens", "L_in", "tokens", "prompt tokens per query"),
    Quantity("power_utilization", "PU", "1", "drawn share of the node power rating", "node"),
    Quantity("pue", "PUE", "1", "power usage effectiveness", "facility"),
    Quantity("node_power", "P_node", "kW", "node power rating", "node"),
    Quantity("levers", "M_k", "", "efficiency levers applied"),
    Quantity("boundary", "", "", "what is counted as the energy of a query"),
    Quantity("accelerator_share", "s", "1", "share of the node's energy that its accelerators draw", "accelerator"),
    Quantity("step", "F_j", "1", "factor of a further step of the boundary, such as idle reserve"),
    Quantity("quantile", "q", "1", "probability level of the quantile"),
    Quantity("energy", "E", "Wh", "energy per query", "facility"),
    Quantity("energy_mean", "E_mean", "Wh", "mean energy per query", "facility"),
    Quantity("energy_std", "E_std", "Wh", "standard deviation of energy per query", "facility"),
    Quantity("energy_stderr", "E_stderr", "Wh", "sampling standard error of each energy quantile", "facility"),
    Quantity("energy_mean_stderr", "", "Wh", "sampling standard error of the mean energy per query", "facility"),
    Quantity("throughput", "TPS", "tokens/s", "output throughput of one node at the median lengths", "node"),
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
    Quantity("prefill_weight", "w", "1", "weight of one input token relative to one output token"),
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
