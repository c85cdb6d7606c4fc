"""The energy of one query, in log space: the one sentence that sampling, the exact method and users' kernels share.

Every function is written once, in NumPy's words: from Python it works on scalars and arrays as it stands, without
compiling; called from a Numba kernel, on scalars, it is compiled into that kernel.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used
from wattquery.kernels.lesser import lesser
from wattquery.kernels.load.query import REACH_NUMBERS, query_joules

__all__ = [
    "LENGTH_FORM_NUMBERS",
    "LOAD_FORM_NUMBERS",
    "THROUGHPUT_NUMBERS",
    "WATT_SECONDS",
    "cached_of_input",
    "drawn_share",
    "is_load_form",
    "is_reciprocal",
    "load_length_part",
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
    "units_and_reach",
]

WATT_SECONDS = 3.6
"""1 kW over 1 s is 1 / 3.6 Wh."""

THROUGHPUT_NUMBERS = (
    *("intercept", "ln_input", "ln_output", "ln_maximum"),
    *("per_token", "per_context", "per_ratio"),
)
"""What the numbers of a throughput model hold, in this order: those of either form, and 0 in the place of the other's.

``ln_maximum`` is the largest observed throughput in both; in the reciprocal form it caps nothing."""

LOAD_FORM_NUMBERS = (
    *("per_request", "per_output_token", "per_context_read", "per_prefill_token", "per_attention_pair"),
    *REACH_NUMBERS,
    *("cached_share", "cached_number"),
)
"""What the numbers of the load form hold, in this order.

First what one unit of each of `wattquery.kernels.load.query.DRIVERS` takes [kJ]; then the attention of the model, see
`wattquery.kernels.load.query.REACH_NUMBERS`; then how many of the input tokens are cached where nothing else says it,
see `cached_of_input`."""

LENGTH_FORM_NUMBERS = (*THROUGHPUT_NUMBERS, *LOAD_FORM_NUMBERS)
"""What ``kernel_numbers`` hold, in this order: those of one form, and 0 in the place of all others'."""


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
def cached_of_input(share: float, number: float, input_tokens: Any) -> Any:
    """Return how many tokens of a prompt are cached, L_cached = min(number + share L_in, L_in) [tokens]."""
    return lesser(number + share * input_tokens, input_tokens)


@compiled_where_used
def load_length_part(numbers: Any, output_tokens: Any, input_tokens: Any, cached_tokens: Any) -> Any:
    """Return what a query takes of a serving instance under load, by the numbers of the load form [kJ].

    Its logarithm is the part of ln E that depends on the lengths: 1 kJ is 1 kW over 1 s.

    Parameters
    ----------
    numbers
        See `LENGTH_FORM_NUMBERS`.
    output_tokens, input_tokens, cached_tokens
        L_out, L_in with the cached ones, and L_cached [tokens].
    """
    units, reach = units_and_reach(numbers)
    return query_joules(units, reach, output_tokens, input_tokens, cached_tokens)


@compiled_where_used
def units_and_reach(numbers: Any) -> Any:
    """Return what one unit of each driver takes [kJ], and the numbers of the attention; see `LOAD_FORM_NUMBERS`."""
    units = (numbers[7], numbers[8], numbers[9], numbers[10], numbers[11])
    reads, pairs = (numbers[12], numbers[13], numbers[14]), (numbers[15], numbers[16], numbers[17])
    return units, (*reads, *pairs, numbers[18], numbers[19], numbers[20])


@compiled_where_used
def is_reciprocal(numbers: Any) -> bool:
    """Return whether the numbers of a throughput model are of the reciprocal form; see `THROUGHPUT_NUMBERS`."""
    found: bool = numbers[4] + numbers[5] + numbers[6] > 0.0
    return found


@compiled_where_used
def is_load_form(numbers: Any) -> bool:
    """Return whether numbers are those of the load form; see `LENGTH_FORM_NUMBERS`.

    A query under load takes something for each output token.
    """
    found: bool = numbers[8] > 0.0
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
    cached_tokens: Any = None,
) -> Any:
    """Return the part of ln E that depends on the lengths, with a throughput model of either form, or under load.

    Parameters
    ----------
    numbers
        See `LENGTH_FORM_NUMBERS`; the first seven alone do for a throughput model.
    output_tokens, log_output_tokens, input_tokens, log_input_tokens
        L_out and L_in [tokens], and their logarithms.
    prefill_weight, base, span
        Of a throughput model, see `log_energy`; the load form does without.
    cached_tokens
        L_cached of the load form, of which the others know nothing [tokens]; `cached_of_input` where it is left out.
    """
    if len(numbers) > 7:  # noqa: SIM102  of fewer, the other numbers are nothing that compiles
        if is_load_form(numbers):
            if cached_tokens is None:  # noqa: SIM108  one of the two has no type
                cached = cached_of_input(numbers[21], numbers[22], input_tokens)
            else:
                cached = cached_tokens
            return np.log(load_length_part(numbers, output_tokens, input_tokens, cached))
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
