"""How many sequences an instance can hold, and run."""

from __future__ import annotations

from typing import Any

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used
from wattquery.kernels.load.cache import bytes_held
from wattquery.kernels.load.numbers import CACHE_MEMORY_BYTES, MOST_SEQUENCES

__all__ = ["capacity", "held_at_once", "maximum_batch"]


@compiled_where_used
def capacity(numbers: Any, context_tokens: Any) -> Any:
    """Return how many sequences fit into memory at once, at least 1.

    Parameters
    ----------
    numbers
        Of the cell; see `wattquery.kernels.load.numbers.LOAD_NUMBERS`.
    context_tokens
        Tokens that a place must have room for: input and output [tokens].
    """
    # One byte more, for models without any cache.
    return np.maximum(numbers[CACHE_MEMORY_BYTES] / (bytes_held(numbers, context_tokens) + 1.0), 1.0)


@compiled_where_used
def maximum_batch(numbers: Any, context_tokens: Any) -> Any:
    """Return how many sequences run at maximum load: those that fit and that the scheduler lets run [1]."""
    return np.minimum(capacity(numbers, context_tokens), numbers[MOST_SEQUENCES])


@compiled_where_used
def held_at_once(concurrency: Any, places: Any) -> Any:
    """Return C / (1 + (C/places)^6)^(1/6), how many of C requests have one of the places, the others waiting [1]."""
    ratio = concurrency / places
    cube = ratio * ratio * ratio
    return concurrency / (1.0 + cube * cube) ** (1.0 / 6.0)
