"""A closed loop the other way round: latencies where the mean number of running sequences is given, not the clients."""

from __future__ import annotations

from typing import Any

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used
from wattquery.kernels.load.latency import decoding_seconds, prefill_delay, steps_before_prefill, token_seconds
from wattquery.kernels.load.numbers import FIRST_TOKEN_S, PREFILLS_SHARED, PREFILLS_WAITED
from wattquery.kernels.load.prefill import first_pass_seconds
from wattquery.kernels.load.step import step_seconds

__all__ = ["NEVER_S", "at_running_batch", "first_token_alone"]

NEVER_S = 1e200
"""A time to first token above this says that no number of clients keeps so many sequences decoding [s]."""

_SMALLEST = 1e-300


@compiled_where_used
def at_running_batch(numbers: Any, input_tokens: Any, output_tokens: Any, context_tokens: Any, batch: Any) -> Any:
    """Return time per output token [s], time to first token [s], clients [1] and time of a step [s].

    The equations of `wattquery.kernels.load.closed_loop.closed_loop` where every request has a place, solved for a
    given B: with t_F and t_D the times to the first token and of decoding, C = B (1 + t_F/t_D) requests are under way
    and N = B t_F/t_D of them wait for their first token, so that

    t_F = a + t_1 [1 + kappa min(N, C - 1) + f (C - 1)]

    is linear in t_F: for B of 1 or more, t_F = (a + t_1 [1 + f (B - 1)]) / (1 - t_1 B (kappa + f)/t_D). Where the
    denominator is not positive, first passes alone take all of the time: no number of clients keeps so many sequences
    decoding, and t_F is above `NEVER_S`.

    Below one running sequence steps are those of one, and a request that meets no other has t_F = a + t_1.

    The arguments are those of `wattquery.kernels.load.fixed_batch.at_batch`.
    """
    running = np.maximum(batch, 1.0)
    step = step_seconds(numbers, context_tokens, running)
    per_token = token_seconds(numbers, step, running, prefill_delay(numbers, input_tokens, output_tokens))
    decoding = decoding_seconds(per_token, output_tokens)
    alone = first_token_alone(numbers, input_tokens, step)
    first_pass = first_pass_seconds(numbers, input_tokens)
    shared, waited = numbers[PREFILLS_SHARED], numbers[PREFILLS_WAITED]
    others = waited * (batch - 1.0) + shared * np.minimum(batch - 1.0, 0.0)
    left = 1.0 - first_pass * batch * (shared + waited) / decoding
    first = np.maximum((alone + first_pass * others) / np.maximum(left, _SMALLEST), alone)
    return per_token, first, batch * (1.0 + first / decoding), step


@compiled_where_used
def first_token_alone(numbers: Any, input_tokens: Any, step_s: Any) -> Any:
    """Return the time to first token of a request that waits for no other, t_0 + a_w (1 + L_in/8192) T + t_1 [s].

    ``step_s`` is T, the time of a step of the sequences that run. See `at_running_batch` for the other arguments.
    """
    waited = steps_before_prefill(numbers, input_tokens) * step_s
    return numbers[FIRST_TOKEN_S] + waited + first_pass_seconds(numbers, input_tokens)
