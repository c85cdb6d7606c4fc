"""One decode step of an instance by phases: the host, reading weights, reading caches, and compute."""

from __future__ import annotations

from typing import Any

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used
from wattquery.kernels.load.cache import bytes_read
from wattquery.kernels.load.numbers import (
    AGE,
    ATTENTION_RANKS,
    COMPUTE_S_PER_SEQUENCE,
    EXPERT_WEIGHTS_S,
    HOST_S,
    HOST_S_PER_SEQUENCE,
    KEY_VALUE_BANDWIDTH,
    LINK_S_PER_SEQUENCE,
    LOG_UNTOUCHED,
    OVERLAP,
    SHARED_WEIGHTS_S,
    STAGES,
)

__all__ = ["phase_seconds", "soft_maximum", "step_seconds", "touched_share"]


@compiled_where_used
def step_seconds(numbers: Any, context_tokens: Any, batch: Any) -> Any:
    """Return the time of one decode step, in which each running sequence makes a token [s].

    T = t_host + t_dev - o min(t_host, t_dev), with t_dev = (t_mem^4 + t_cmp^4)^(1/4) and t_mem = t_weights + t_cache

    Parameters
    ----------
    numbers
        Of the cell; see `wattquery.kernels.load.numbers.LOAD_NUMBERS`; o is its ``overlap``.
    context_tokens
        Mean context of the running sequences [tokens].
    batch
        B, mean number of running sequences of the instance [1].
    """
    host, weights, cache, compute = phase_seconds(numbers, context_tokens, batch)
    device = soft_maximum(weights + cache, compute)
    return host + device - numbers[OVERLAP] * np.minimum(host, device)


@compiled_where_used
def phase_seconds(numbers: Any, context_tokens: Any, batch: Any) -> Any:
    """Return the times of the phases of one decode step: host, weights, caches and compute [s].

    With b = B / S sequences in each of S stages and D attention ranks, and times a the factor for the ``age``:

    t_host = a (host_s + host_s_per_sequence b/D + link_s_per_sequence b)

    t_weights = a (shared_weights_s + expert_weights_s (1 - (1 - k/E)^b))

    t_cache = a b/D bytes/key_value_bandwidth,  t_cmp = a compute_s_per_sequence b

    See `step_seconds` for the arguments and for what they add up to.
    """
    sequences = batch / numbers[STAGES]
    of_a_rank = sequences / numbers[ATTENTION_RANKS]
    age = numbers[AGE]
    host = numbers[HOST_S] + numbers[HOST_S_PER_SEQUENCE] * of_a_rank + numbers[LINK_S_PER_SEQUENCE] * sequences
    weights = numbers[SHARED_WEIGHTS_S] + numbers[EXPERT_WEIGHTS_S] * touched_share(numbers, sequences)
    cache = of_a_rank * bytes_read(numbers, context_tokens) / numbers[KEY_VALUE_BANDWIDTH]
    compute = numbers[COMPUTE_S_PER_SEQUENCE] * sequences
    return age * host, age * weights, age * cache, age * compute


@compiled_where_used
def touched_share(numbers: Any, sequences: Any) -> Any:
    """Return 1 - (1 - k/E)^b, the share of the routed experts that the tokens of a step touch [1]."""
    return -np.expm1(numbers[LOG_UNTOUCHED] * sequences)


@compiled_where_used
def soft_maximum(one: Any, other: Any) -> Any:
    """Return (x^4 + y^4)^(1/4), a maximum that is 19 % above both where they are equal."""
    # Squares and roots: several times faster than powers.
    one, other = one * one, other * other
    return np.sqrt(np.sqrt(one * one + other * other))
