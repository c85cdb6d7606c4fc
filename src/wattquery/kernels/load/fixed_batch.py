"""Rates of an instance at a given mean number of running sequences, and at maximum load."""

from __future__ import annotations

from typing import Any

from wattquery.kernels.compiling.compile import compiled_where_used
from wattquery.kernels.load.capacity import maximum_batch
from wattquery.kernels.load.numbers import ACCELERATORS, INTERFERENCE, MAXIMUM_LOAD, STAGES, STEPS_PER_TOKEN
from wattquery.kernels.load.prefill import prefill_seconds
from wattquery.kernels.load.step import step_seconds

__all__ = ["at_batch", "at_maximum_load"]


@compiled_where_used
def at_batch(numbers: Any, input_tokens: Any, output_tokens: Any, context_tokens: Any, batch: Any) -> Any:
    """Return time per output token [s], throughput per accelerator [tokens/s] and time of a round [s].

    In a round each running sequence makes a token, and prefill of the requests that come and go is done:
    t_round = T m + (B/L_out) t_pc / S, TPS = B / (G t_round), with m the ``steps_per_token`` and S stages. A decoding
    sequence waits for a share of the prefill only, ``interference``.

    Parameters
    ----------
    numbers
        Of the cell; see `wattquery.kernels.load.numbers.LOAD_NUMBERS`.
    input_tokens, output_tokens
        Mean L_in and L_out of the requests [tokens].
    context_tokens
        Mean context of the running sequences [tokens].
    batch
        B, mean number of running sequences [1].
    """
    decode = step_seconds(numbers, context_tokens, batch) * numbers[STEPS_PER_TOKEN]
    prefill = batch / output_tokens * prefill_seconds(numbers, input_tokens) / numbers[STAGES]
    round_s = decode + prefill
    return decode + numbers[INTERFERENCE] * prefill, batch / round_s / numbers[ACCELERATORS], round_s


@compiled_where_used
def at_maximum_load(numbers: Any, input_tokens: Any, output_tokens: Any, context_tokens: Any) -> Any:
    """Return what `at_batch` does, and the batch, where all requests are queued at once.

    The batch is what fits; the throughput has a factor of its own, ``maximum_load``.
    """
    batch = maximum_batch(numbers, input_tokens + output_tokens)
    per_token, throughput, round_s = at_batch(numbers, input_tokens, output_tokens, context_tokens, batch)
    return per_token, throughput * numbers[MAXIMUM_LOAD], round_s, batch
