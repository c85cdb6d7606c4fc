"""What analyses of sensitivity return beside the quantities of a sweep. Fleets return some of it too."""

from wattquery.quantities.quantity import Quantity

__all__ = ["SENSITIVITIES"]

SENSITIVITIES = (
    Quantity("factor", "", "", "random factor, or group of them"),
    Quantity("factor_2", "", "", "second random factor"),
    Quantity("scale", "", "", "what the index is of: E or ln E"),
    Quantity("first_order", "S_i", "1", "share of the variance that a factor explains alone"),
    Quantity("total_order", "S_Ti", "1", "share of the variance that a factor has a part in"),
    Quantity("interaction", "S_Ti - S_i", "1", "share of the variance that a factor explains with others only"),
    Quantity("second_order", "S_ij", "1", "share of the variance that two factors explain by their interaction"),
    Quantity("variance", "V", "Wh2", "variance of E [Wh^2] or of ln E [1]", "facility"),
    Quantity("baseline", "E_0.5", "Wh", "median energy per query with all factors random", "facility"),
    Quantity("median", "E_0.5 | x", "Wh", "median energy per query with one factor fixed", "facility"),
    Quantity("median_stderr", "", "Wh", "sampling standard error of the median", "facility"),
    Quantity("swing", "", "Wh", "median at the factor's upper end less that at its lower end", "facility"),
    Quantity("end", "", "", "quantile of the factor at which it is fixed"),
    Quantity("factor_level", "", "1", "probability level of the quantile at which the factor is fixed"),
    Quantity("parameter", "", "", "parameter that is changed"),
    Quantity("elasticity", "", "1", "d ln median / d ln parameter"),
    Quantity("factor_bin", "", "1", "middle probability level of a quantile bin of the factor"),
    Quantity("factor_bin_low", "", "1", "lower probability level of a quantile bin of the factor"),
    Quantity("factor_bin_high", "", "1", "upper probability level of a quantile bin of the factor"),
    Quantity("delta", "delta", "1", "Borgonovo's moment-independent index"),
    Quantity("delta_bin_error", "", "1", "how far delta moved when its bins were halved"),
    Quantity("delta_noise", "", "1", "what delta would be of sampling noise alone"),
    Quantity("pawn", "T", "1", "PAWN index: median over bins of the Kolmogorov-Smirnov distance"),
    Quantity("credible", "", "1", "probability level over what is not known of the shared factors"),
    Quantity("variance_query", "E[V[E|s]]", "Wh2", "variance over queries, averaged over shared factors", "facility"),
    Quantity("variance_shared", "V[E[E|s]]", "Wh2", "variance of the mean over queries by shared factors", "facility"),
    Quantity("variance_total", "V[E]", "Wh2", "variance over queries and shared factors", "facility"),
    Quantity("variance_query_stderr", "", "Wh2", "sampling standard error of variance_query", "facility"),
    Quantity("variance_shared_stderr", "", "Wh2", "sampling standard error of variance_shared", "facility"),
    Quantity("variance_total_stderr", "", "Wh2", "sampling standard error of variance_total", "facility"),
    Quantity("throughput_fit", "", "", "what is drawn for the uncertainty of the throughput fit"),
    Quantity("pawn_max", "", "1", "largest Kolmogorov-Smirnov distance over bins; grows with their number"),
    Quantity("pawn_bin_error", "", "1", "how far pawn moved when its bins were halved"),
    Quantity("pawn_max_bin_error", "", "1", "how far pawn_max moved when its bins were halved"),
    Quantity("pawn_noise", "", "1", "95 % quantile of pawn for a factor without influence"),
    Quantity("pawn_max_noise", "", "1", "95 % quantile of pawn_max for a factor without influence"),
)
"""Rows of the table of quantities."""
