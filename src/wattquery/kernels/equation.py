"""The energy of one query, in log space: the one sentence that sampling, the exact method and users' kernels share.

Every function is written once, in NumPy's words: from Python it works on scalars and arrays as it stands, without
compiling; called from a Numba kernel, on scalars, it is compiled into that kernel.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used

__all__ = [
    "THROUGHPUT_NUMBERS",
    "WATT_SECONDS",
    "drawn_share",
    "is_reciprocal",
    "log_effective_tokens",
    "log_energy",
    "log_length_part",
    "log_length_part_of",
    "log_power_utilization",
    "log_reciprocal_throughput",
    "log_throughput",
    "log_throughput_of",
    "query_seconds",
    "reciprocal_length_part",
]

WATT_SECONDS = 3.6
"""1 kW over 1 s is 1 / 3.6 Wh."""

THROUGHPUT_NUMBERS = (
    *("intercept", "ln_input", "ln_output", "ln_maximum"),
    *("per_token", "per_context", "per_ratio"),
)
"""What the numbers of a throughput model hold, in this order: those of either form, and 0 in the place of the other's.

``ln_maximum`` is the largest observed throughput in both; in the reciprocal form it caps nothing."""


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


@compiled_where_used
def query_seconds(per_token: Any, per_context: Any, per_ratio: Any, output_tokens: Any, input_tokens: Any) -> Any:
    """Return L_out / TPS = a L_out + b L_out (L_in + L_out/2) + c L_in, what a query takes of a node [s].

    A quadratic form of the lengths: what each output token takes, what it takes for each token of its context, which
    is half of the output on average, and what each input token takes.

    Parameters
    ----------
    per_token, per_context, per_ratio
        a [s/token], b [s/token2] and c [s/token], none of them negative.
    output_tokens, input_tokens
        L_out and L_in [tokens].
    """
    decoded = (per_token + per_context * (input_tokens + 0.5 * output_tokens)) * output_tokens
    return decoded + per_ratio * input_tokens


@compiled_where_used
def log_reciprocal_throughput(
    per_token: Any, per_context: Any, per_ratio: Any, input_tokens: Any, output_tokens: Any
) -> Any:
    """Return ln TPS of the reciprocal form, 1/TPS = a + b (L_in + L_out/2) + c L_in/L_out; see `query_seconds`.

    It has no cap: TPS is below 1/a.
    """
    return np.log(output_tokens / query_seconds(per_token, per_context, per_ratio, output_tokens, input_tokens))


@compiled_where_used
def reciprocal_length_part(
    per_token: Any,
    per_context: Any,
    per_ratio: Any,
    ln_maximum: Any,
    output_tokens: Any,
    input_tokens: Any,
    prefill_weight: float,
    base: float,
    span: float,
) -> Any:
    """Return L_eff / TPS of the reciprocal form, times PU where it follows throughput [s].

    Its logarithm is the part of ln E that depends on the lengths, and takes none of these: without a prefill weight
    it is `query_seconds`. A node with a throughput above TPS_max draws what it draws at TPS_max.
    """
    seconds = query_seconds(per_token, per_context, per_ratio, output_tokens, input_tokens)
    if span != 0.0:
        share = drawn_share(base, span, np.minimum(np.exp(-ln_maximum) * output_tokens / seconds, 1.0))
    else:
        share = 1.0
    if prefill_weight != 0.0:
        seconds = seconds * (1.0 + prefill_weight * input_tokens / output_tokens)
    return seconds * share


@compiled_where_used
def is_reciprocal(numbers: Any) -> bool:
    """Return whether the numbers of a throughput model are of the reciprocal form; see `THROUGHPUT_NUMBERS`."""
    found: bool = numbers[4] + numbers[5] + numbers[6] > 0.0
    return found


@compiled_where_used
def log_throughput_of(
    numbers: Any, input_tokens: Any, log_input_tokens: Any, output_tokens: Any, log_output_tokens: Any
) -> Any:
    """Return ln TPS of a throughput model of either form; see `THROUGHPUT_NUMBERS`."""
    if is_reciprocal(numbers):
        return log_reciprocal_throughput(numbers[4], numbers[5], numbers[6], input_tokens, output_tokens)
    return log_throughput(numbers[0], numbers[1], numbers[2], numbers[3], log_input_tokens, log_output_tokens)


@compiled_where_used
def log_length_part_of(
    numbers: Any,
    output_tokens: Any,
    log_output_tokens: Any,
    input_tokens: Any,
    log_input_tokens: Any,
    prefill_weight: float,
    base: float,
    span: float,
) -> Any:
    """Return the part of ln E that depends on the lengths, with a throughput model of either form."""
    if is_reciprocal(numbers):
        return np.log(
            reciprocal_length_part(
                numbers[4],
                numbers[5],
                numbers[6],
                numbers[3],
                output_tokens,
                input_tokens,
                prefill_weight,
                base,
                span,
            )
        )
    return log_length_part(
        output_tokens,
        log_output_tokens,
        input_tokens,
        log_input_tokens,
        numbers[0],
        numbers[1],
        numbers[2],
        numbers[3],
        prefill_weight,
        base,
        span,
    )
