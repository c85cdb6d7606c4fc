"""What the input takes: its products and its attention, and the pass that gives the first token."""

from __future__ import annotations

from typing import Any

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used
from wattquery.kernels.load.numbers import (
    FIRST_PASS,
    FIRST_WEIGHTS_S,
    FULL_ATTENTION_S,
    LAUNCH_S,
    PREFILL_S_PER_TOKEN,
    SELECTED_TOKENS,
    WINDOW_ATTENTION_S,
    WINDOW_TOKENS,
)
from wattquery.kernels.load.step import soft_maximum

__all__ = ["first_pass_seconds", "prefill_seconds"]


@compiled_where_used
def prefill_seconds(numbers: Any, input_tokens: Any) -> Any:
    """Return the time that an instance computes on the input of a request [s].

    t_pc = L (c + f min(L/2, s) + w min(L/2, window)), with c, f and w the ``prefill_s_per_token``, ``full_attention_s``
    and ``window_attention_s`` of the cell, and s the ``selected_tokens`` of a sparse attention; see
    `wattquery.kernels.load.numbers.LOAD_NUMBERS`.

    Parameters
    ----------
    numbers
        Of the cell.
    input_tokens
        L [tokens].
    """
    context = 0.5 * input_tokens
    in_window = np.minimum(context, numbers[WINDOW_TOKENS])
    seen = np.minimum(context, numbers[SELECTED_TOKENS])
    attention = numbers[FULL_ATTENTION_S] * seen + numbers[WINDOW_ATTENTION_S] * in_window
    return input_tokens * (numbers[PREFILL_S_PER_TOKEN] + attention)


@compiled_where_used
def first_pass_seconds(numbers: Any, input_tokens: Any) -> Any:
    """Return the time of the first pass of a request alone, t_1 = r ((t_pc^4 + t_W^4)^(1/2) + t_launch^2)^(1/2) [s].

    It reads all weights at least once, t_W, and launches every layer; r is the factor ``first_pass``. See
    `prefill_seconds` for the arguments.
    """
    device = soft_maximum(prefill_seconds(numbers, input_tokens), numbers[FIRST_WEIGHTS_S])
    launch = numbers[LAUNCH_S]
    return numbers[FIRST_PASS] * np.sqrt(device * device + launch * launch)
