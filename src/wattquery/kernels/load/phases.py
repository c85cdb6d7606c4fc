"""Time and power of a serving instance, divided among the phases of its work so that they sum to the whole.

The time and the power are those of the load model; who caused what is a convention wherever they are not linear. Here
it is always in proportion:

- Time in which host and device overlap is divided as the model of power does it, by `host_share`; what is left is the
  device's.
- Of the device's time in decoding, memory and compute have t_memory^4 and t_compute^4, the parts of their soft maximum,
  and of memory's part weights, states, and keys and values their own times.
- The terms of power before saturation are divided by time where the device is busy, by bytes, by operations, and by the
  time of products; the saturation multiplies all by one factor.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used
from wattquery.kernels.load.cache import bytes_read_of_tokens
from wattquery.kernels.load.fixed_batch import at_batch
from wattquery.kernels.load.numbers import (
    ACCELERATORS,
    EXPERT_WEIGHT_BYTES,
    FULL_ATTENTION_S,
    FULL_CACHE_BYTES,
    INDEXER_BYTES,
    POWER_LIMIT_W,
    PREFILL_S_PER_TOKEN,
    SELECTED_TOKENS,
    SHARED_WEIGHT_BYTES,
    STAGES,
    STATE_BYTES,
    WINDOW_ATTENTION_S,
    WINDOW_CACHE_BYTES,
    WINDOW_TOKENS,
)
from wattquery.kernels.load.power import host_share, power_terms, product_seconds, product_share, saturated
from wattquery.kernels.load.prefill import prefill_seconds
from wattquery.kernels.load.step import phase_seconds, soft_maximum, touched_share

__all__ = ["BUSY_PHASES", "PHASES", "at_the_node", "busy_phases", "mean_cell", "time_shares", "with_idle"]

BUSY_PHASES = ("host", "weights", "state", "compute", "key_value_reads", "prefill", "prefill_attention")
"""The phases of a step, in this order: the host's work, reading weights, reading and writing the states of linear
layers, the arithmetic of decoding, reading keys and values, and the prefill of the queries that come in meanwhile, its
linear part and its attention."""

PHASES = ("idle", *BUSY_PHASES)
"""The same after the time in which nothing runs, which is there below one running sequence."""


@compiled_where_used
def mean_cell(numbers: Any, means: Any) -> Any:
    """Return the numbers of a cell in which the mean query takes what queries take on average.

    Its equations take what is read of the cache and the time of prefill, which windows and attention bend as lengths
    grow. In the cell that is returned, a context of E[reads]/E[L_out] has the mean of the bytes read, and an input of
    E[prefill tokens] the mean time of prefill. What fits into memory it does not say.

    Parameters
    ----------
    numbers
        Of the cell; see `wattquery.kernels.load.numbers.LOAD_NUMBERS`.
    means
        Means of `wattquery.kernels.load.query.DRIVERS` over the queries that fill the batch.
    """
    cell = numbers.copy()
    cell[FULL_CACHE_BYTES] = numbers[FULL_CACHE_BYTES] + numbers[WINDOW_CACHE_BYTES]
    cell[WINDOW_CACHE_BYTES] = 0.0
    cell[INDEXER_BYTES] = 0.0
    cell[WINDOW_TOKENS] = np.inf
    cell[SELECTED_TOKENS] = np.inf
    attention = numbers[FULL_ATTENTION_S] + numbers[WINDOW_ATTENTION_S]
    cell[FULL_ATTENTION_S] = attention * means[4] / (0.5 * means[3] * means[3])
    cell[WINDOW_ATTENTION_S] = 0.0
    return cell


@compiled_where_used
def busy_phases(numbers: Any, means: Any, batch: Any) -> Any:
    """Return power [W] and share of time [1] of each of `BUSY_PHASES`, and the time of a round [s].

    The powers sum to that of all accelerators of the instance, G P, the shares to 1. In a round each running sequence
    makes a token, so that B / (round E[L_out]) queries are done per second.

    Parameters
    ----------
    numbers
        Of the cell; see `wattquery.kernels.load.numbers.LOAD_NUMBERS`.
    means
        Means of `wattquery.kernels.load.query.DRIVERS` over the queries that fill the batch, all above 0.
    batch
        B, mean number of running sequences [1]; below 1 all is as at 1, the time in which the instance is busy.
    """
    running = np.maximum(batch, 1.0)
    cell = mean_cell(numbers, means)
    inputs, outputs, context = means[3], means[1], means[2] / means[1]
    _, _, round_s = at_batch(cell, inputs, outputs, context, running)
    host = host_share(cell, context, running, round_s)
    shares = time_shares(cell, inputs, outputs, context, running, round_s, host)
    products = product_share(cell, inputs, outputs, context, running, round_s)
    waiting, busy, memory, compute, product = power_terms(
        cell, inputs / outputs, context, running, round_s, host, products
    )
    level = waiting + busy + memory + compute + product
    factor = cell[ACCELERATORS] * cell[POWER_LIMIT_W] * saturated(level) / level
    per_time = busy / (1.0 - host)
    of_weights, of_state, of_cache = _bytes_shares(cell, context, running)
    decoded = outputs / (outputs + inputs)
    of_decode, of_prefill = product_seconds(cell, inputs, outputs, context, running)
    in_decode = of_decode / (of_decode + of_prefill)
    per_prefill = per_time + product * (1.0 - in_decode) / (shares[5] + shares[6])
    watts = (
        factor * waiting,
        factor * (per_time * shares[1] + memory * of_weights),
        factor * (per_time * shares[2] + memory * of_state),
        factor * (per_time * shares[3] + compute * decoded + product * in_decode),
        factor * (per_time * shares[4] + memory * of_cache),
        factor * (per_prefill * shares[5] + compute * (1.0 - decoded)),
        factor * per_prefill * shares[6],
    )
    return watts, shares, round_s


@compiled_where_used
def time_shares(
    numbers: Any,
    input_tokens: Any,
    output_tokens: Any,
    context_tokens: Any,
    batch: Any,
    round_s: Any,
    host: Any,
) -> Any:
    """Return the share of each of `BUSY_PHASES` in the time of a round [1]; they sum to 1.

    Parameters
    ----------
    numbers
        Of the cell, as of `mean_cell`.
    input_tokens, output_tokens, context_tokens, batch
        As for `wattquery.kernels.load.fixed_batch.at_batch`.
    round_s
        The time of a round that it gives [s].
    host
        Share of the time in which the host is waited for [1].
    """
    per_round = batch / output_tokens / numbers[STAGES] / round_s
    linear = per_round * input_tokens * numbers[PREFILL_S_PER_TOKEN]
    prefill = per_round * prefill_seconds(numbers, input_tokens)
    _, weights, cache, compute = phase_seconds(numbers, context_tokens, batch)
    ratio = (weights + cache) / soft_maximum(weights + cache, compute)
    of_memory = ratio * ratio * ratio * ratio
    decoding = 1.0 - host - prefill
    reading = decoding * of_memory / (weights + cache)
    state = _state_of_cache(numbers, context_tokens)
    return (
        host,
        reading * weights,
        reading * cache * state,
        decoding * (1.0 - of_memory),
        reading * cache * (1.0 - state),
        linear,
        prefill - linear,
    )


@compiled_where_used
def _state_of_cache(numbers: Any, context_tokens: Any) -> Any:
    """Return the share of fixed states in what is read and written for a sequence [1]."""
    state = 2.0 * numbers[STATE_BYTES]
    read = bytes_read_of_tokens(numbers, context_tokens)
    return state / np.maximum(read + state, 1e-300)  # some models have neither


@compiled_where_used
def _bytes_shares(numbers: Any, context_tokens: Any, batch: Any) -> Any:
    """Return the shares of weights, states, and keys and values in the bytes of a step [1]."""
    sequences = batch / numbers[STAGES]
    weights = numbers[SHARED_WEIGHT_BYTES] + numbers[EXPERT_WEIGHT_BYTES] * touched_share(numbers, sequences)
    state, cache = 2.0 * sequences * numbers[STATE_BYTES], sequences * bytes_read_of_tokens(numbers, context_tokens)
    moved = weights + state + cache
    return weights / moved, state / moved, cache / moved


@compiled_where_used
def with_idle(values: Any, batch: Any, idle: Any) -> Any:
    """Return the value of each of `PHASES` from those of `BUSY_PHASES`, powers [W] or shares of time [1].

    Below one running sequence an instance is busy a share B of the time, with one, and idle for the rest; from one on,
    it is never idle.

    Parameters
    ----------
    values
        Those of `BUSY_PHASES` at the batch, below 1 those at 1.
    batch
        B, the mean number of running sequences [1].
    idle
        Power of the instance when nothing runs [W], or 1 for shares of time.
    """
    busy = np.minimum(batch, 1.0)
    return (
        (1.0 - busy) * idle,
        busy * values[0],
        busy * values[1],
        busy * values[2],
        busy * values[3],
        busy * values[4],
        busy * values[5],
        busy * values[6],
    )


@compiled_where_used
def at_the_node(watts: Any, shares: Any, factor: Any, constant_watts: Any) -> Any:
    """Return the power of each of `PHASES` at the node [W]: its own times a factor, and a constant by shares of time.

    Parameters
    ----------
    watts, shares
        Power of the accelerators [W] and share of time [1] of each of `PHASES`.
    factor
        What the node draws for each watt of its accelerators [1].
    constant_watts
        What the instance's part of the node draws at any time [W].
    """
    return (
        factor * watts[0] + constant_watts * shares[0],
        factor * watts[1] + constant_watts * shares[1],
        factor * watts[2] + constant_watts * shares[2],
        factor * watts[3] + constant_watts * shares[3],
        factor * watts[4] + constant_watts * shares[4],
        factor * watts[5] + constant_watts * shares[5],
        factor * watts[6] + constant_watts * shares[6],
        factor * watts[7] + constant_watts * shares[7],
    )
