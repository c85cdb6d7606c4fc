"""The energy of one query, in log space: the one sentence that sampling, the exact method and users' kernels share.

Every function is written once, in NumPy's words: from Python it works on scalars and arrays as it stands, without
compiling; called from a Numba kernel, on scalars, it is compiled into that kernel.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used

__all__ = [
    "WATT_SECONDS",
    "drawn_share",
    "log_effective_tokens",
    "log_energy",
    "log_length_part",
    "log_power_utilization",
    "log_throughput",
]

WATT_SECONDS = 3.6
"""1 kW over 1 s is 1 / 3.6 Wh."""


@compiled_where_used
def log_energy(
    log_factors: Any,
    output_tokens: Any,
    log_output_tokens: Any,
    input_tokens: Any,
    log_input_tokens: Any,
    intercept: Any,
    ln_input: Any,
    ln_output: Any,
    ln_maximum: Any,
    prefill_weight: float,
    base: float,
    span: float,
) -> Any:
    """Return ln E [ln Wh] of a query, at the facility boundary; a PUE of 1 leaves the energy of the node.

    ln E = [ln(P/3.6) + ln PUE + ln PU - sum_k ln M_k] + ln L_eff - ln TPS

    The bracket is ``log_factors``. Where power follows throughput, PU is left out of it and given by ``base`` and
    ``span``; elsewhere ``span`` is 0. Lengths are in tokens, P in kW, TPS in output tokens/s per node.
    """
    return log_factors + log_length_part(
        output_tokens,
        log_output_tokens,
        input_tokens,
        log_input_tokens,
        intercept,
        ln_input,
        ln_output,
        ln_maximum,
        prefill_weight,
        base,
        span,
    )


@compiled_where_used
def log_length_part(
    output_tokens: Any,
    log_output_tokens: Any,
    input_tokens: Any,
    log_input_tokens: Any,
    intercept: Any,
    ln_input: Any,
    ln_output: Any,
    ln_maximum: Any,
    prefill_weight: float,
    base: float,
    span: float,
) -> Any:
    """Return the part of ln E that depends on the lengths: ln L_eff - ln TPS, plus ln PU where it follows throughput.

    Cells that differ in other factors only share it.
    """
    log_rate = log_throughput(intercept, ln_input, ln_output, ln_maximum, log_input_tokens, log_output_tokens)
    log_tokens = log_effective_tokens(output_tokens, log_output_tokens, input_tokens, prefill_weight)
    return log_power_utilization(base, span, log_rate, ln_maximum) + log_tokens - log_rate


@compiled_where_used
def log_throughput(
    intercept: Any, ln_input: Any, ln_output: Any, ln_maximum: Any, log_input_tokens: Any, log_output_tokens: Any
) -> Any:
    """Return ln TPS = min(b0 + b1 ln L_in + b2 ln L_out, ln TPS_max), with TPS in output tokens/s per node.

    Parameters
    ----------
    intercept, ln_input, ln_output
        b0, b1 and b2, fitted to benchmark rows [ln(tokens/s), 1, 1].
    ln_maximum
        ln TPS_max, of the largest observed throughput [ln(tokens/s)].
    log_input_tokens, log_output_tokens
        ln L_in and ln L_out [ln(tokens)].
    """
    return np.minimum(intercept + ln_input * log_input_tokens + ln_output * log_output_tokens, ln_maximum)


@compiled_where_used
def log_effective_tokens(output_tokens: Any, log_output_tokens: Any, input_tokens: Any, prefill_weight: float) -> Any:
    """Return ln L_eff = ln(L_out + w L_in), with w the prefill weight of one input token."""
    if prefill_weight == 0.0:
        return log_output_tokens
    return np.log(output_tokens + prefill_weight * input_tokens)


@compiled_where_used
def log_power_utilization(base: float, span: float, log_rate: Any, ln_maximum: Any) -> Any:
    """Return ln PU = ln(base + span TPS / TPS_max), the power that follows throughput; 0 where ``span`` is 0."""
    if span == 0.0:
        return 0.0
    return np.log(drawn_share(base, span, np.exp(log_rate - ln_maximum)))


@compiled_where_used
def drawn_share(base: Any, span: Any, load: Any) -> Any:
    """Return PU = base + span TPS / TPS_max [1], with ``load`` the TPS / TPS_max of a node."""
    return base + span * load
