"""What a request waits for, in parts that loops of given clients and those of a given batch have in common."""

from __future__ import annotations

from typing import Any

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used
from wattquery.kernels.load.numbers import INTERFERENCE, STAGES, STEPS_PER_TOKEN, STEPS_WAITED
from wattquery.kernels.load.prefill import prefill_seconds

__all__ = ["TOKENS_OF_A_CHUNK", "decoding_seconds", "prefill_delay", "steps_before_prefill", "token_seconds"]

TOKENS_OF_A_CHUNK = 8192.0
"""Of a prompt that are prefilled with one decode step [tokens]."""


@compiled_where_used
def prefill_delay(numbers: Any, input_tokens: Any, output_tokens: Any) -> Any:
    """Return by how much prefill delays an output token, for each running sequence, omega t_pc/(S L_out) [s].

    Parameters
    ----------
    numbers
        Of the cell; see `wattquery.kernels.load.numbers.LOAD_NUMBERS`: omega and S are its ``interference`` and
        ``stages``.
    input_tokens, output_tokens
        Mean L_in and L_out of the requests [tokens].
    """
    return prefill_seconds(numbers, input_tokens) * numbers[INTERFERENCE] / numbers[STAGES] / output_tokens


@compiled_where_used
def token_seconds(numbers: Any, step_s: Any, batch: Any, delay_s: Any) -> Any:
    """Return the time per output token, t = T m + B d [s].

    Parameters
    ----------
    numbers
        Of the cell; m is its ``steps_per_token``.
    step_s
        T, the time of a step of the running sequences [s].
    batch
        B, mean number of running sequences [1].
    delay_s
        d, of `prefill_delay` [s].
    """
    return step_s * numbers[STEPS_PER_TOKEN] + batch * delay_s


@compiled_where_used
def decoding_seconds(per_token_s: Any, output_tokens: Any) -> Any:
    """Return the time from the first token to the last, t_D = t (L_out - 1), that of one token at the least [s]."""
    return per_token_s * np.maximum(output_tokens - 1.0, 1.0)


@compiled_where_used
def steps_before_prefill(numbers: Any, input_tokens: Any) -> Any:
    """Return how many steps of others a request waits for on the way to its first token, a_w (1 + L_in/8192) [1]."""
    return numbers[STEPS_WAITED] * (1.0 + input_tokens / TOKENS_OF_A_CHUNK)
