"""Power of an accelerator: a floor that depends on what it waits for, and what its traffic and products add."""

from __future__ import annotations

from typing import Any

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used
from wattquery.kernels.load.cache import bytes_read
from wattquery.kernels.load.numbers import (
    ACCELERATORS,
    AGE,
    BANDWIDTH,
    BUSY_POWER,
    COMPUTE_POWER,
    EXPERT_WEIGHT_BYTES,
    FLOPS_PER_TOKEN,
    HOST_POWER,
    MEMORY_POWER,
    OVERLAP,
    PEAK_FLOPS,
    POWER_LIMIT_W,
    PRODUCT_POWER,
    SHARED_WEIGHT_BYTES,
    STAGES,
    STEPS_PER_TOKEN,
)
from wattquery.kernels.load.prefill import prefill_seconds
from wattquery.kernels.load.step import phase_seconds, soft_maximum, touched_share

__all__ = ["host_share", "power", "power_terms", "product_seconds", "product_share", "saturated", "step_bytes"]

_MOST_OF_THE_BANDWIDTH = 1.2
"""Traffic counts bytes that caches on the chip may serve: a little more than the peak is let through."""


@compiled_where_used
def power(
    numbers: Any, input_per_output: Any, context_tokens: Any, batch: Any, round_s: Any, host: Any, products: Any
) -> Any:
    """Return the power of an accelerator, P = P_max s(z) [W]; see `power_terms`, whose sum z is, and `saturated`."""
    waiting, busy, memory, compute, product = power_terms(
        numbers, input_per_output, context_tokens, batch, round_s, host, products
    )
    return numbers[POWER_LIMIT_W] * saturated(waiting + busy + memory + compute + product)


@compiled_where_used
def power_terms(
    numbers: Any, input_per_output: Any, context_tokens: Any, batch: Any, round_s: Any, host: Any, products: Any
) -> Any:
    """Return the terms of the power of an accelerator before saturation: host, busy, memory, compute, products [1].

    z = phi_h h + phi_b (1 - h) + a_m bytes/(t BW) + a_c FLOP/(t F) + a_t q

    Parameters
    ----------
    numbers
        Of the cell; see `wattquery.kernels.load.numbers.LOAD_NUMBERS`: phi_h, phi_b, a_m, a_c and a_t
        are its ``host_power``, ``busy_power``, ``memory_power``, ``compute_power`` and ``product_power``.
    input_per_output
        L_in / L_out of the requests [1].
    context_tokens
        Mean context of the running sequences [tokens].
    batch
        Sequences that decode at a time [1].
    round_s
        t, the time in which each of them gets a token, prefill of others included [s].
    host
        h, the share of the time in which the host is waited for; see `host_share` [1].
    products
        q, the share of the time that products take; see `product_share` [1].
    """
    traffic = step_bytes(numbers, context_tokens, batch) / (round_s * numbers[BANDWIDTH])
    operations = numbers[FLOPS_PER_TOKEN] * batch * (1.0 + input_per_output)
    return (
        numbers[HOST_POWER] * host,
        numbers[BUSY_POWER] * (1.0 - host),
        numbers[MEMORY_POWER] * np.minimum(traffic, _MOST_OF_THE_BANDWIDTH),
        numbers[COMPUTE_POWER] * operations / (round_s * numbers[ACCELERATORS] * numbers[PEAK_FLOPS]),
        numbers[PRODUCT_POWER] * products,
    )


@compiled_where_used
def step_bytes(numbers: Any, context_tokens: Any, batch: Any) -> Any:
    """Return what an accelerator reads in a step: weights once for each stage's sequences, and caches [bytes]."""
    sequences = batch / numbers[STAGES]
    weights = numbers[SHARED_WEIGHT_BYTES] + numbers[EXPERT_WEIGHT_BYTES] * touched_share(numbers, sequences)
    caches = sequences * bytes_read(numbers, context_tokens)
    return (weights + caches) * numbers[STAGES] / numbers[ACCELERATORS]


@compiled_where_used
def host_share(numbers: Any, context_tokens: Any, batch: Any, round_s: Any) -> Any:
    """Return the share of a round in which the host is waited for, from 0 to 1.

    Half of what overlaps with the device counts as the device's. ``round_s`` is that of a given batch; see
    `wattquery.kernels.load.fixed_batch.at_batch`.
    """
    waiting, _, _, _ = phase_seconds(numbers, context_tokens, batch)
    share = waiting * numbers[STEPS_PER_TOKEN] * (1.0 - 0.5 * numbers[OVERLAP]) / round_s
    return np.minimum(np.maximum(share, 0.0), 1.0)


@compiled_where_used
def product_share(
    numbers: Any, input_tokens: Any, output_tokens: Any, context_tokens: Any, batch: Any, round_s: Any
) -> Any:
    """Return the share of a round that products take, of decoding and of prefill, at most 1; see `product_seconds`.

    ``round_s`` is that of a given batch; see `wattquery.kernels.load.fixed_batch.at_batch`.
    """
    decode, prefill = product_seconds(numbers, input_tokens, output_tokens, context_tokens, batch)
    return np.minimum((decode + prefill) / round_s, 1.0)


@compiled_where_used
def product_seconds(numbers: Any, input_tokens: Any, output_tokens: Any, context_tokens: Any, batch: Any) -> Any:
    """Return the time that products take in a round, of decoding and of prefill [s].

    Those of decoding count as far as they, and not memory, set the pace: t_cmp t_cmp^4/(t_mem^4 + t_cmp^4), without
    the factor for the age of the build. See `wattquery.kernels.load.fixed_batch.at_batch` for the arguments.
    """
    _, weights, cache, compute = phase_seconds(numbers, context_tokens, batch)
    ratio = compute / soft_maximum(weights + cache, compute)
    of_compute = ratio * ratio * ratio * ratio
    prefill = batch / output_tokens * prefill_seconds(numbers, input_tokens) / numbers[STAGES]
    return of_compute * compute / numbers[AGE], prefill


@compiled_where_used
def saturated(z: Any) -> Any:
    """Return z / (1 + z^8)^(1/8), which is z where it is small and tends to 1."""
    fourth = z * z * z * z
    return z / np.sqrt(np.sqrt(np.sqrt(1.0 + fourth * fourth)))
