"""What one query takes of each phase of serving, and its energy: linear in five drivers, made of its lengths.

Sums over positions are integrals: a query of L_out output tokens after L_in input tokens reads the keys and values of
L_out (L_in + L_out/2) positions. Windowed layers reach back a window at most, sparse attention its top k, and the
indexer of sparse attention everything.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used
from wattquery.kernels.lesser import lesser
from wattquery.kernels.load.numbers import (
    FULL_ATTENTION_S,
    FULL_CACHE_BYTES,
    INDEXER_BYTES,
    SELECTED_TOKENS,
    WINDOW_ATTENTION_S,
    WINDOW_CACHE_BYTES,
    WINDOW_TOKENS,
)

__all__ = [
    "DRIVERS",
    "REACH_NUMBERS",
    "attention_pairs",
    "capped_positions",
    "context_held",
    "context_reads",
    "exponential_capped_positions",
    "prefill_tokens",
    "query_joules",
    "query_phase_joules",
    "reach_numbers",
    "requests_per_second",
    "unit_joules",
    "unit_phase_joules",
]

REACH_NUMBERS = (
    *("full_reads", "windowed_reads", "indexed_reads"),
    *("full_pairs", "windowed_pairs", "indexed_pairs"),
    *("window_tokens", "topk_tokens", "cached_weight"),
)
"""What the numbers of an attention hold, in this order.

Weights of layers without and with a window in key-value reads, which sum to 1, and of the indexer relative to them; the
same in the attention of prefill; the window and top k, infinite for none; and the prefill of a cached token relative to
that of a new one."""

_SMALLEST = 1e-300
"""Of what something is divided by that is 0 where it does not count."""

DRIVERS = ("requests", "output_tokens", "context_reads", "prefill_tokens", "attention_pairs")
"""What the energy of a query is linear in, in this order: 1, L_out, and what the functions of these names return."""


@compiled_where_used
def capped_positions(start: Any, stop: Any, cap: Any) -> Any:
    """Return the integral of min(x, cap) dx from ``start`` to ``stop`` [tokens2].

    What tokens at these positions see, if each sees those before it and no more than ``cap``. Without a cap, which is
    an infinite one, it is (stop^2 - start^2) / 2.
    """
    low, high = lesser(start, cap), lesser(stop, cap)
    # Where positions lie beyond the cap, ``high`` is the cap; where none do, it need not be finite.
    return 0.5 * (high - low) * (high + low) + high * ((stop - high) - (start - low))


@compiled_where_used
def exponential_capped_positions(start: Any, mean: Any, cap: Any) -> Any:
    """Return the mean of `capped_positions` from ``start`` on over an exponential number of tokens [tokens2].

    E = L m + m^2 (1 - exp(-(c - L) / m)) where the start L lies below the cap c, and c m elsewhere, with m the mean.
    """
    low = lesser(start, cap)
    return mean * (low - mean * np.expm1(-(cap - low) / mean))


@compiled_where_used
def reach_numbers(numbers: Any, cached_weight: Any) -> Any:
    """Return the numbers of the attention of a cell, in the order of `REACH_NUMBERS`.

    Parameters
    ----------
    numbers
        Of the cell; see `wattquery.kernels.load.numbers.LOAD_NUMBERS`.
    cached_weight
        Prefill of a cached token relative to that of a new one [1].
    """
    cache = numbers[FULL_CACHE_BYTES] + numbers[WINDOW_CACHE_BYTES]
    attention = numbers[FULL_ATTENTION_S] + numbers[WINDOW_ATTENTION_S]
    # Models without a cache have no windows either.
    windowed = numbers[WINDOW_CACHE_BYTES] / np.maximum(cache, _SMALLEST)
    indexed = numbers[INDEXER_BYTES] / np.maximum(cache, _SMALLEST)
    in_window = numbers[WINDOW_ATTENTION_S] / np.maximum(attention, _SMALLEST)
    reads, pairs = (1.0 - windowed, windowed, indexed), (1.0 - in_window, in_window, indexed)
    reaches = (numbers[WINDOW_TOKENS], numbers[SELECTED_TOKENS])
    return (reads[0], reads[1], reads[2], pairs[0], pairs[1], pairs[2], reaches[0], reaches[1], cached_weight)


@compiled_where_used
def context_reads(reach: Any, output_tokens: Any, input_tokens: Any) -> Any:
    """Return over how many positions, in full layers' worth, a query reads keys and values in decoding [tokens2].

    Plain attention reads L_out (L_in + L_out/2) of them.
    """
    stop = input_tokens + output_tokens
    full = capped_positions(input_tokens, stop, reach[7])
    windowed = capped_positions(input_tokens, stop, reach[6])
    return reach[0] * full + reach[1] * windowed + reach[2] * capped_positions(input_tokens, stop, np.inf)


@compiled_where_used
def context_held(reach: Any, output_tokens: Any, input_tokens: Any) -> Any:
    """Return the same for the memory that the query holds while it is decoded: sparse attention holds what it skips."""
    stop = input_tokens + output_tokens
    windowed = capped_positions(input_tokens, stop, reach[6])
    return (reach[0] + reach[2]) * capped_positions(input_tokens, stop, np.inf) + reach[1] * windowed


@compiled_where_used
def prefill_tokens(reach: Any, input_tokens: Any, cached_tokens: Any) -> Any:
    """Return how many new tokens a prompt is worth in the linear part of prefill, L_in - L_cached + w L_cached."""
    return input_tokens - cached_tokens + reach[8] * cached_tokens


@compiled_where_used
def attention_pairs(reach: Any, input_tokens: Any, cached_tokens: Any) -> Any:
    """Return how many pairs of positions the attention of prefill covers, in full layers' worth [tokens2].

    New tokens attend to what comes before them, cached or new: (L_in^2 - L_cached^2) / 2 of plain attention.
    """
    full = capped_positions(cached_tokens, input_tokens, reach[7])
    windowed = capped_positions(cached_tokens, input_tokens, reach[6])
    return reach[3] * full + reach[4] * windowed + reach[5] * capped_positions(cached_tokens, input_tokens, np.inf)


@compiled_where_used
def requests_per_second(batch: Any, round_s: Any, output_tokens: Any) -> Any:
    """Return the queries that an instance completes, r = B / (t E[L_out]), by Little's law [1/s]."""
    return batch / (round_s * output_tokens)


@compiled_where_used
def unit_phase_joules(watts: Any, requests_per_s: Any, means: Any) -> Any:
    """Return what one unit of its driver takes of each of `PHASES` [J]: c = W / (r E[driver]).

    So r E[c driver] = W in each phase, and the books balance.

    Parameters
    ----------
    watts
        Power of each of `PHASES` [W].
    requests_per_s
        r, the queries that the instance completes [1/s].
    means
        Means of `DRIVERS` over the queries, all above 0 [1, tokens, tokens2, tokens, tokens2].
    """
    of_output = requests_per_s * means[1]
    return (
        watts[0] / (requests_per_s * means[0]),
        watts[1] / of_output,
        watts[2] / of_output,
        watts[3] / of_output,
        watts[4] / of_output,
        watts[5] / (requests_per_s * means[2]),
        watts[6] / (requests_per_s * means[3]),
        watts[7] / (requests_per_s * means[4]),
    )


@compiled_where_used
def unit_joules(unit_phases: Any) -> Any:
    """Return what one unit of each of `DRIVERS` takes [J], from what it takes of each phase."""
    of_output = unit_phases[1] + unit_phases[2] + unit_phases[3] + unit_phases[4]
    return (unit_phases[0], of_output, unit_phases[5], unit_phases[6], unit_phases[7])


@compiled_where_used
def query_joules(units: Any, reach: Any, output_tokens: Any, input_tokens: Any, cached_tokens: Any) -> Any:
    """Return the energy of a query [J].

    E = c_0 + c_out L_out + c_kv reads + c_in (L_in - L_cached + w L_cached) + c_att pairs

    Parameters
    ----------
    units
        What one unit of each of `DRIVERS` takes [J].
    reach
        The numbers of the attention; see `REACH_NUMBERS`.
    output_tokens, input_tokens, cached_tokens
        L_out, L_in with the cached ones, and L_cached [tokens].
    """
    decode = units[1] * output_tokens + units[2] * context_reads(reach, output_tokens, input_tokens)
    prefill = units[3] * prefill_tokens(reach, input_tokens, cached_tokens)
    return units[0] + decode + prefill + units[4] * attention_pairs(reach, input_tokens, cached_tokens)


@compiled_where_used
def query_phase_joules(unit_phases: Any, reach: Any, output_tokens: Any, input_tokens: Any, cached_tokens: Any) -> Any:
    """Return what a query takes of each of `PHASES` [J], of the sum `query_joules`."""
    return (
        unit_phases[0] + 0.0 * output_tokens,
        unit_phases[1] * output_tokens,
        unit_phases[2] * output_tokens,
        unit_phases[3] * output_tokens,
        unit_phases[4] * output_tokens,
        unit_phases[5] * context_reads(reach, output_tokens, input_tokens),
        unit_phases[6] * prefill_tokens(reach, input_tokens, cached_tokens),
        unit_phases[7] * attention_pairs(reach, input_tokens, cached_tokens),
    )
