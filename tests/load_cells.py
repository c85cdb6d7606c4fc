"""Numbers of cells for tests of the load model's equations: plausible, and at their edges."""

from __future__ import annotations

import numpy as np

from wattquery.kernels.load.numbers import LOAD_NUMBERS

DENSE = {
    "accelerators": 8.0,
    "stages": 1.0,
    "attention_ranks": 1.0,
    "host_s": 6e-3,
    "host_s_per_sequence": 2e-5,
    "link_s_per_sequence": 4e-6,
    "shared_weights_s": 6e-3,
    "expert_weights_s": 0.0,
    "log_untouched": -np.inf,
    "key_value_bandwidth": 2e13,
    "compute_s_per_sequence": 4e-5,
    "overlap": 0.2,
    "age": 0.95,
    "steps_per_token": 1.0,
    "full_cache_bytes": 327680.0,
    "window_cache_bytes": 0.0,
    "indexer_bytes": 0.0,
    "state_bytes": 0.0,
    "window_tokens": np.inf,
    "selected_tokens": np.inf,
    "cache_memory_bytes": 4e11,
    "most_sequences": 1024.0,
    "prefill_s_per_token": 3e-5,
    "full_attention_s": 4e-10,
    "window_attention_s": 0.0,
    "first_weights_s": 6e-3,
    "launch_s": 5e-3,
    "first_pass": 1.0,
    "interference": 0.5,
    "first_token_s": 0.05,
    "steps_waited": 1.5,
    "prefills_shared": 0.5,
    "prefills_waited": 0.05,
    "maximum_load": 1.1,
    "power_limit_w": 700.0,
    "host_power": 0.3,
    "busy_power": 0.6,
    "memory_power": 0.25,
    "compute_power": 0.7,
    "product_power": 0.1,
    "shared_weight_bytes": 1.4e11,
    "expert_weight_bytes": 0.0,
    "bandwidth": 3.35e12,
    "peak_flops": 9.9e14,
    "flops_per_token": 1.4e11,
}
"""A dense model of 70e9 parameters on eight accelerators."""

SPARSE = {
    **DENSE,
    "accelerators": 16.0,
    "stages": 2.0,
    "attention_ranks": 8.0,
    "expert_weights_s": 2e-2,
    "log_untouched": np.log1p(-8 / 256),
    "steps_per_token": 0.6,
    "first_pass": 1.3,
    "full_cache_bytes": 40000.0,
    "window_cache_bytes": 30000.0,
    "indexer_bytes": 8000.0,
    "state_bytes": 3e7,
    "window_tokens": 1024.0,
    "selected_tokens": 2048.0,
    "shared_weight_bytes": 2e10,
    "expert_weight_bytes": 6e11,
    "flops_per_token": 7e10,
}
"""A mixture of experts in two stages, with windows, sparse attention, fixed states and speculative decoding."""

INPUTS = np.array([1.0, 100.0, 1024.0, 5000.0, 100000.0])
OUTPUTS = np.array([1.0, 300.0, 1024.0, 20.0, 3000.0])
CONTEXTS = INPUTS + OUTPUTS / 2
BATCHES = np.array([0.4, 1.0, 16.0, 200.0, 1e4])


def numbers_of(cell: dict[str, float]) -> np.ndarray:
    """Return the numbers of a cell, as kernels take them."""
    return np.array([cell[name] for name in LOAD_NUMBERS])


CELLS = {"dense": numbers_of(DENSE), "sparse": numbers_of(SPARSE)}


def table(cell: np.ndarray) -> np.ndarray:
    """Return the numbers of the same cell for each of `INPUTS`, the names along the first axis."""
    return np.repeat(cell[:, None], len(INPUTS), axis=1)
