"""The energy of a query of given lengths from the numbers of a prepared cell, with what is not known of it.

The numbers are a tuple or an array of `PREPARED_NUMBERS`. ln E is normal: its mean is that of the equation, whatever
the form, and its variance that of all fixed and lognormal factors together, which under a load depends on the lengths.
The functions are plain Python until compiled code calls them, and give NaN for lengths that no query has.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used, kernel
from wattquery.kernels.equation import LENGTH_FORM_NUMBERS, is_load_form, log_length_part_of, units_and_reach
from wattquery.kernels.guards import nan_if_negative, nan_unless_positive
from wattquery.kernels.load.fold import factor_variance, fold_variance
from wattquery.kernels.load.query import query_joules

__all__ = [
    "PREPARED_NUMBERS",
    "energies",
    "prepared_energy",
    "prepared_quantile",
    "prepared_sigma",
    "quantiles",
    "request",
    "sigmas",
]

PREPARED_NUMBERS = (
    *LENGTH_FORM_NUMBERS,
    *("log_factors", "variance", "prefill_weight", "base", "span"),
    *("node_request", "node_output_token", "node_context_read", "node_prefill_token", "node_attention_pair"),
    *("node_sd", "idle_sd", "cached_sd"),
    *("energy_variance", "time_variance", "covariance"),
    *("far_tokens", "far_energy_variance", "far_time_variance", "far_covariance", "far_energy", "far_time"),
)
"""What the numbers of a prepared cell hold, in this order.

First `LENGTH_FORM_NUMBERS`. Then ln of the expected factor of the energy, the variance of ln E that lengths do not
change, and the three numbers of the paper's form. The rest is of the load form and 0 elsewhere: what of the units goes
by the watts of the node [kJ]; the standard deviations of these, of the watts of idle accelerators, and of the weight of
a cached token, relative to their means but for the last; variances and covariance of the errors of energy and time per
token; and of queries of more than ``far_tokens`` tokens the same, with the factors by which the expected energy and
time are larger there."""

_LOG_FACTORS, _VARIANCE, _PREFILL_WEIGHT, _BASE, _SPAN = (
    PREPARED_NUMBERS.index(name) for name in ("log_factors", "variance", "prefill_weight", "base", "span")
)
_NODE = PREPARED_NUMBERS.index("node_request")
_NODE_SD, _IDLE_SD, _CACHED_SD = (PREPARED_NUMBERS.index(name) for name in ("node_sd", "idle_sd", "cached_sd"))
_NEAR = PREPARED_NUMBERS.index("energy_variance")
_FAR_TOKENS, _FAR, _FAR_ENERGY, _FAR_TIME = (
    PREPARED_NUMBERS.index(name) for name in ("far_tokens", "far_energy_variance", "far_energy", "far_time")
)


@compiled_where_used
def prepared_energy(numbers: Any, input_tokens: Any, output_tokens: Any, cached_tokens: Any = 0.0) -> Any:
    """Return the expected energy of a query of given lengths [Wh]: what sums over queries.

    Parameters
    ----------
    numbers
        The coefficients of a prepared cell, see `PREPARED_NUMBERS`: a tuple, or an array of float64.
    input_tokens, output_tokens, cached_tokens
        L_in with the cached ones, L_out, and L_cached [tokens].

    Returns
    -------
    float64
        E [Wh], at the boundary of the cell. NaN unless both lengths are positive and finite, and ``cached_tokens`` is
        from 0 to ``input_tokens``; in the paper's form, which knows no cache, unless it is 0.

    Examples
    --------
    >>> import wattquery as wq
    >>> cell = wq.prepare("Llama 3.1 405B")
    >>> found = wq.kernels.prepared_energy(cell.coefficients, 500, 300)
    >>> bool(found == cell.energy(500, 300))
    True
    """
    return np.exp(_log_energy(numbers, input_tokens, output_tokens, cached_tokens))


@compiled_where_used
def prepared_sigma(numbers: Any, input_tokens: Any, output_tokens: Any, cached_tokens: Any = 0.0) -> Any:
    """Return the standard deviation of ln E of a query of given lengths, of all that is not known of it [1].

    See `prepared_energy` for the arguments, and for what gives NaN.
    """
    return np.sqrt(_log_variance(numbers, input_tokens, output_tokens, cached_tokens))


@compiled_where_used
def prepared_quantile(numbers: Any, z: Any, input_tokens: Any, output_tokens: Any, cached_tokens: Any = 0.0) -> Any:
    """Return a quantile of the energy of a query of given lengths over what is not known of it [Wh].

    Parameters
    ----------
    numbers
        The coefficients of a prepared cell.
    z
        Quantile of the standard normal at the level that is asked for, such as 0 for the median and 1.6448536 for P95;
        see `standard_normal` [1].
    input_tokens, output_tokens, cached_tokens
        As of `prepared_energy`, which also says what gives NaN.
    """
    variance = _log_variance(numbers, input_tokens, output_tokens, cached_tokens)
    mean = _log_energy(numbers, input_tokens, output_tokens, cached_tokens)
    return np.exp(mean - 0.5 * variance + z * np.sqrt(variance))


@compiled_where_used
def _guard(numbers: Any, input_tokens: Any, output_tokens: Any, cached_tokens: Any) -> Any:
    """Return 0 for lengths that a query may have, NaN for all others."""
    guard = nan_unless_positive(input_tokens) + nan_unless_positive(output_tokens) + nan_if_negative(cached_tokens)
    if is_load_form(numbers):
        return guard + nan_if_negative(input_tokens - cached_tokens)
    return guard + nan_if_negative(-cached_tokens)


@compiled_where_used
def _log_energy(numbers: Any, input_tokens: Any, output_tokens: Any, cached_tokens: Any) -> Any:
    """Return ln of the expected energy [ln Wh]."""
    guard = _guard(numbers, input_tokens, output_tokens, cached_tokens)
    outputs, inputs = output_tokens + guard, input_tokens + guard
    part = log_length_part_of(
        numbers,
        outputs,
        np.log(outputs),
        inputs,
        np.log(inputs),
        numbers[_PREFILL_WEIGHT],
        numbers[_BASE],
        numbers[_SPAN],
        cached_tokens + guard,
    )
    return numbers[_LOG_FACTORS] + part


@compiled_where_used
def _log_variance(numbers: Any, input_tokens: Any, output_tokens: Any, cached_tokens: Any) -> Any:
    """Return the variance of ln E [1]."""
    guard = _guard(numbers, input_tokens, output_tokens, cached_tokens)
    if not is_load_form(numbers):
        return numbers[_VARIANCE] + guard
    output_tokens, input_tokens, cached_tokens = output_tokens + guard, input_tokens + guard, cached_tokens + guard
    units, reach = units_and_reach(numbers)
    by_node = (numbers[_NODE], numbers[_NODE + 1], numbers[_NODE + 2], numbers[_NODE + 3], numbers[_NODE + 4])
    node = query_joules(by_node, reach, output_tokens, input_tokens, cached_tokens)
    idle = units[0] - by_node[0]
    busy = query_joules(units, reach, output_tokens, input_tokens, cached_tokens) - node - idle
    cached = (units[3] - by_node[3]) * cached_tokens
    far = 1.0 * (input_tokens + output_tokens > numbers[_FAR_TOKENS])
    by_energy, by_time = 1.0 + far * (numbers[_FAR_ENERGY] - 1.0), 1.0 + far * (numbers[_FAR_TIME] - 1.0)
    node, idle, busy, cached = by_time * node, by_time * idle, by_energy * busy, by_energy * cached
    mean = busy + node + idle
    errors = fold_variance(
        numbers[_NEAR] + far * (numbers[_FAR] - numbers[_NEAR]),
        numbers[_NEAR + 1] + far * (numbers[_FAR + 1] - numbers[_NEAR + 1]),
        numbers[_NEAR + 2] + far * (numbers[_FAR + 2] - numbers[_NEAR + 2]),
        busy / mean,
        (node + idle) / mean,
    )
    others = factor_variance(numbers[_NODE_SD] * node / mean) + factor_variance(numbers[_IDLE_SD] * idle / mean)
    return numbers[_VARIANCE] + errors + others + factor_variance(numbers[_CACHED_SD] * cached / mean)


@kernel
def energies(numbers, inputs, outputs, cached, found):
    """Fill in `prepared_energy` of many queries: all arrays are float64 of one size."""
    for i in range(found.size):
        found[i] = prepared_energy(numbers, inputs[i], outputs[i], cached[i])


@kernel
def sigmas(numbers, inputs, outputs, cached, found):
    """Fill in `prepared_sigma` of many queries."""
    for i in range(found.size):
        found[i] = prepared_sigma(numbers, inputs[i], outputs[i], cached[i])


@kernel
def quantiles(numbers, z, inputs, outputs, cached, found):
    """Fill in `prepared_quantile` of many queries."""
    for i in range(found.size):
        found[i] = prepared_quantile(numbers, z, inputs[i], outputs[i], cached[i])


@kernel
def request(numbers, z, input_tokens, output_tokens, cached_tokens):
    """Return the expected energy of one query, and its quantiles at -z and z [Wh]."""
    middle = prepared_energy(numbers, input_tokens, output_tokens, cached_tokens)
    low = prepared_quantile(numbers, -z, input_tokens, output_tokens, cached_tokens)
    return middle, low, prepared_quantile(numbers, z, input_tokens, output_tokens, cached_tokens)
