"""How many sequences an instance runs at once at given lengths, and how large an instance is needed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from wattquery.kernels.load.numbers import (
    FULL_CACHE_BYTES,
    STATE_BYTES,
    WINDOW_CACHE_BYTES,
)
from wattquery.throughput.load.conditions import Conditions, weight_bytes
from wattquery.throughput.load.deployments.instances import InstanceRows
from wattquery.throughput.load.imputed import cache_sd

__all__ = [
    "ENOUGH_SEQUENCES",
    "MEMORY_SHARE",
    "doubt",
    "free_bytes",
    "held_by_weights",
    "sequences_that_fit",
    "smallest_enough",
]

Numbers = NDArray[np.float64]

MEMORY_SHARE = 0.9
"""Of the memory, for weights and caches: what serving systems take by default [1]."""

ENOUGH_SEQUENCES = 8.0
"""Which an instance should be able to run at once [1]."""


def held_by_weights(instances: InstanceRows) -> Numbers:
    """Return what the weights of instances take of their memory, the input embedding included [bytes]."""
    at = instances.at
    weights = weight_bytes(at.shape, at.kernels, at.instance)
    return np.asarray(weights + instances.embedding_bytes, dtype=np.float64)


def free_bytes(instances: InstanceRows) -> Numbers:
    """Return the memory that an instance's weights leave for caches, below 0 where they do not fit [bytes]."""
    memory = np.asarray(instances.at.hardware.memory_bytes) * instances.at.instance.accelerators
    return np.asarray(MEMORY_SHARE * memory - held_by_weights(instances), dtype=np.float64)


def sequences_that_fit(instances: InstanceRows, numbers: Numbers, resident_context: Numbers) -> Numbers:
    """Return how many sequences' caches fit beside the weights, B = free/(copies f n + state), 0 if none [1].

    Parameters
    ----------
    instances
        The instances.
    numbers
        Of their cells, (`LOAD_NUMBERS`, instances).
    resident_context
        n, the mean context that a running sequence holds, in full layers' worth, (instances, lengths) [tokens].
    """
    token_bytes = cache_copies(instances.at) * (numbers[FULL_CACHE_BYTES] + numbers[WINDOW_CACHE_BYTES])
    # One byte more, for models without any cache.
    of_a_sequence = token_bytes[:, None] * resident_context + (numbers[STATE_BYTES] + 1.0)[:, None]
    found: Numbers = np.maximum(free_bytes(instances), 0.0)[:, None] / of_a_sequence
    return found


def doubt(instances: InstanceRows) -> Numbers:
    """Return by which factor the cache of each may be larger than it is taken to be, 19 times of 20 no more [1].

    1 where its shape is known. Where it is guessed, few sequences beside weights that nearly fill the memory would
    else be taken for enough: a jump of the energy by a factor of 10 from one size of the model to the next.
    """
    return np.asarray(np.exp(ndtri(0.95) * cache_sd() * np.asarray(instances.at.shape.imputed, dtype=np.float64)))


def cache_copies(at: Conditions) -> Any:
    """Return how often each key and value is kept within an attention rank [1].

    Tensors divide a cache by its heads at most: a latent one is on all accelerators, and with more of these than heads
    each head is on several.
    """
    heads = np.where(at.shape.latent > 0.0, 1.0, at.shape.key_value_heads)
    return np.maximum(at.instance.tensor_ranks / np.maximum(heads, 1.0), 1.0)


def smallest_enough(fitting: Numbers, enough: float) -> NDArray[np.int64]:
    """Return the first size at which enough sequences fit, -1 where there is none.

    Parameters
    ----------
    fitting
        How many fit, (..., sizes, lengths) [1].
    enough
        How many should [1].
    """
    is_enough = fitting >= enough
    first = np.argmax(is_enough, axis=-2)
    return np.where(is_enough.any(axis=-2), first, -1).astype(np.int64)
