"""What a sweep returns: the statistics of every cell, and what qualifies them."""

from wattquery.quantities.quantity import Quantity, Statistic

__all__ = ["RESULTS"]

RESULTS = (
    Quantity("quantile", "q", "1", "probability level of the quantile"),
    Statistic("energy", "E", "Wh", "energy per query", "facility", by_quantile=True),
    Statistic("energy_mean", "E_mean", "Wh", "mean energy per query", "facility", display="mean energy"),
    Statistic(
        "energy_std",
        "E_std",
        "Wh",
        "standard deviation of energy per query",
        "facility",
        display="standard deviation of energy",
    ),
    Statistic(
        "energy_stderr",
        "E_stderr",
        "Wh",
        "sampling standard error of each energy quantile",
        "facility",
        by_quantile=True,
    ),
    Statistic("energy_mean_stderr", "", "Wh", "sampling standard error of the mean energy per query", "facility"),
    # Under a load, beside the statistics.
    Quantity(
        "energy_prefill", "E_pre", "Wh", "mean energy per query of its prompt, cached tokens included", "facility"
    ),
    Quantity("energy_decode", "E_dec", "Wh", "mean energy per query of its output, idle time included", "facility"),
    Quantity("power", "P", "W", "median power of one accelerator", "accelerator"),
    # Also targets of an operating point. A step of the smallest model takes some 0.1 ms, a reader 0.2 s for a token.
    Quantity(
        "time_per_output_token",
        "TPOT",
        "s",
        "median of the mean time between two output tokens of a sequence",
        lowest=1e-5,
        highest=10.0,
        suggestion="Give it in seconds: 20 ms is 0.02",
    ),
    Quantity(
        "time_to_first_token",
        "TTFT",
        "s",
        "median of the mean time to the first token, in a closed loop",
        lowest=1e-4,
        highest=1e4,
        suggestion="Give it in seconds: 500 ms is 0.5",
    ),
    Quantity(
        "interactivity",
        "1/TPOT",
        "tokens/s",
        "output tokens per second of one user, 1 / time_per_output_token",
        lowest=0.1,
        highest=1e5,
        suggestion="Give tokens per second of one user, such as 50",
    ),
    Quantity("running_sequences", "B", "1", "mean number of running sequences of one instance"),
    Quantity("most_sequences", "B_max", "1", "most sequences that one instance runs at once"),
    Quantity("support", "", "", "how far measured rows stand behind the prediction"),
    Quantity("support_rows", "", "1", "measured rows behind the support of the combination"),
    Quantity("support_basis", "", "", "which rows they are"),
    Quantity("unsupported_reason", "", "", "why nothing is predicted of the combination, empty elsewhere"),
    Quantity("throughput", "TPS", "tokens/s", "output throughput of one node at the median lengths", "node"),
    Quantity("throughput_stderr", "se(ln TPS)", "1", "standard error of ln TPS of the fit at the median lengths"),
    Quantity("supported", "", "", "whether the catalog has data for the combination"),
    Quantity("benchmark_rows", "", "1", "benchmark rows behind the throughput of the combination"),
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
)
"""Rows of the table of quantities. Each `Statistic` is a variable of every result, in this order."""
