"""Rates where a fixed number of clients each wait for their answer before they ask again."""

from __future__ import annotations

from typing import Any

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used
from wattquery.kernels.load.capacity import capacity, held_at_once
from wattquery.kernels.load.latency import decoding_seconds, prefill_delay, steps_before_prefill, token_seconds
from wattquery.kernels.load.numbers import ACCELERATORS, FIRST_TOKEN_S, PREFILLS_SHARED, PREFILLS_WAITED
from wattquery.kernels.load.prefill import first_pass_seconds
from wattquery.kernels.load.step import step_seconds

__all__ = ["ITERATIONS", "closed_loop"]

ITERATIONS = 6
"""Of the fixed point; the first half of them are damped."""

_DAMPED = 3
_LEAST_BATCH = 0.3


@compiled_where_used
def closed_loop(numbers: Any, input_tokens: Any, output_tokens: Any, context_tokens: Any, concurrency: Any) -> Any:
    """Return the rates of an instance on which C requests are under way at all times.

    C_e of them are held at once, the others wait for a place. A request takes t_F to its first token and decodes for
    t_D = t (L_out - 1), so that B = C_e t_D/(t_F + t_D) decode at a time and N = C_e t_F/(t_F + t_D) do not:

    t = T(B) m + omega (B/L_out) t_pc/S

    t_F = t_0 + a_w (1 + L_in/8192) T(B) + t_1 [1 + kappa min(N, C_e - 1) + f (C_e - 1)]

    B and t_F are those of a fixed number of iterations from B = C_e.

    Parameters
    ----------
    numbers
        Of the cell; see `wattquery.kernels.load.numbers.LOAD_NUMBERS`: m, omega, S, t_0, a_w, kappa and f are its
        ``steps_per_token``, ``interference``, ``stages``, ``first_token_s``, ``steps_waited``, ``prefills_shared``
        and ``prefills_waited``.
    input_tokens, output_tokens
        Mean L_in and L_out of the requests [tokens].
    context_tokens
        Mean context of the running sequences [tokens].
    concurrency
        C, of this instance [1].

    Returns
    -------
    per_token_s, first_token_s
        t [s], and the time to first token with the wait for a place, t_F + (C - C_e)/C_e (t_F + t_D) [s].
    throughput
        C L_out/(t_F + wait + t_D)/G, per accelerator [output tokens/s].
    batch
        B, sequences that decode at a time [1].
    decode_share
        t_D/(t_F + wait + t_D), of the time of a request [1].
    """
    places = capacity(numbers, input_tokens + output_tokens)
    held = held_at_once(concurrency, places)
    others = np.maximum(held - 1.0, 0.0)
    first_pass = first_pass_seconds(numbers, input_tokens)
    delay = prefill_delay(numbers, input_tokens, output_tokens)
    steps_waited = steps_before_prefill(numbers, input_tokens)
    batch = held
    first = numbers[FIRST_TOKEN_S] + first_pass
    per_token = first
    decoding = first
    for iteration in range(ITERATIONS):
        step = step_seconds(numbers, context_tokens, batch)
        per_token = token_seconds(numbers, step, batch, delay)
        decoding = decoding_seconds(per_token, output_tokens)
        not_decoding = held * first / (first + decoding)
        waited = numbers[PREFILLS_SHARED] * np.minimum(not_decoding, others) + numbers[PREFILLS_WAITED] * others
        first = numbers[FIRST_TOKEN_S] + steps_waited * step + first_pass * (1.0 + waited)
        found = held * decoding / (first + decoding)
        if iteration < _DAMPED:
            found = 0.5 * (batch + found)
        batch = np.maximum(found, _LEAST_BATCH)
    first = first + (concurrency - held) / held * (first + decoding)
    whole = first + decoding
    throughput = concurrency * output_tokens / whole / numbers[ACCELERATORS]
    return per_token, first, throughput, batch, decoding / whole
