"""Bytes of the key-value cache of one sequence, with windows and sparse attention."""

from __future__ import annotations

from typing import Any

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used
from wattquery.kernels.load.numbers import (
    FULL_CACHE_BYTES,
    INDEXER_BYTES,
    SELECTED_TOKENS,
    STATE_BYTES,
    WINDOW_CACHE_BYTES,
    WINDOW_TOKENS,
)

__all__ = ["bytes_held", "bytes_read", "bytes_read_of_tokens"]


@compiled_where_used
def bytes_read_of_tokens(numbers: Any, context_tokens: Any) -> Any:
    """Return the cache that a step reads of a context of n tokens, f min(n, s) + w min(n, window) + x n [bytes].

    Parameters
    ----------
    numbers
        Of the cell; see `wattquery.kernels.load.numbers.LOAD_NUMBERS`: f, w and x are ``full_cache_bytes``,
        ``window_cache_bytes`` and ``indexer_bytes``, s the ``selected_tokens`` of a sparse attention.
    context_tokens
        n, tokens before the one that is made.
    """
    seen = np.minimum(context_tokens, numbers[SELECTED_TOKENS])
    in_window = np.minimum(context_tokens, numbers[WINDOW_TOKENS])
    return (
        numbers[FULL_CACHE_BYTES] * seen
        + numbers[WINDOW_CACHE_BYTES] * in_window
        + numbers[INDEXER_BYTES] * context_tokens
    )


@compiled_where_used
def bytes_read(numbers: Any, context_tokens: Any) -> Any:
    """Return what a step reads and writes for one sequence: its cache, and its fixed state twice [bytes]."""
    return bytes_read_of_tokens(numbers, context_tokens) + 2.0 * numbers[STATE_BYTES]


@compiled_where_used
def bytes_held(numbers: Any, context_tokens: Any) -> Any:
    """Return the memory of one sequence, of its cache and its fixed state [bytes].

    A sparse attention holds all tokens, though it reads a part of them: f n + w min(n, window) + x n; see
    `bytes_read_of_tokens`.
    """
    in_window = np.minimum(context_tokens, numbers[WINDOW_TOKENS])
    of_a_token = numbers[FULL_CACHE_BYTES] + numbers[INDEXER_BYTES]
    return of_a_token * context_tokens + numbers[WINDOW_CACHE_BYTES] * in_window + numbers[STATE_BYTES]
