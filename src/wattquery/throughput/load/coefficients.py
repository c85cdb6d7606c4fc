"""From parameters and conditions to the numbers of cells that the equations take: one line for each number.

A new term is a line in ``data/parameters.csv`` and a factor or a summand in one of the lines here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.load.numbers import LOAD_NUMBERS
from wattquery.throughput.load.conditions import Conditions, weight_bytes
from wattquery.throughput.load.parameter_table import LENGTH
from wattquery.throughput.load.parameters import Values

__all__ = ["context_tokens", "input_tokens", "load_numbers"]

Row = dict[str, Any]

_BEST_EFFICIENCY, _SHARPNESS = 0.98, 12.0
"""Of reading memory, more would not be physical; and how suddenly that is reached, smoothly for the sake of the fit."""

_MEMORY_USED = 0.93
_LEAST_FREE = 0.04
"""Share of the memory for caches at least, where weights leave less by these counts."""

_USUAL_POWER_W = 700.0
_FIRST_DATE, _MIDDLE_DATE, _LAST_DATE = 2024.3, 2025.8, 2026.3
"""Between which builds get faster; no speed-up is extrapolated [decimal years]."""

_SIXTEEN_BIT_BYTES = 2.0
_STATE_BYTES = 8.0


def load_numbers(values: Values, at: Conditions) -> NDArray[np.float64]:
    """Return the numbers of each row's cell, with the names of `LOAD_NUMBERS` along the first axis.

    Parameters
    ----------
    values
        Of the parameters, for the same rows.
    at
        The conditions.
    """
    found: Row = {
        **_instance(at),
        **_weights(values, at),
        **_cache(values, at),
        **_products(values, at),
        **_host(values, at),
        **_closed_loop(values, at),
        **_power(values, at),
    }
    made = np.empty((len(LOAD_NUMBERS), len(at)))
    for place, name in enumerate(LOAD_NUMBERS):
        made[place] = found[name]
    return made


def input_tokens(values: Values, at: Conditions) -> NDArray[np.float64]:
    """Return mean input lengths, fitted ones for tasks without [tokens]."""
    return np.where(np.isnan(at.input_tokens), values(LENGTH), at.input_tokens)


def context_tokens(values: Values, at: Conditions, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean context of running sequences, L_in + L_out (1 + v)/2 [tokens].

    Long outputs run longer, so that they are met more often: v is the squared coefficient of variation of the output
    lengths, 0 where they do not vary.
    """
    variation = at.lengths_vary * values("output_variation")
    context: NDArray[np.float64] = inputs + at.output_tokens * (0.5 + 0.5 * variation)
    return context


def _instance(at: Conditions) -> Row:
    return {
        "accelerators": at.instance.accelerators,
        "stages": at.instance.stages,
        "attention_ranks": at.instance.attention_ranks,
    }


def _reading(values: Values) -> Any:
    """Return the share of the bandwidth that reading weights reaches [1]."""
    free = values("memory_efficiency")
    return free / (1.0 + (free / _BEST_EFFICIENCY) ** _SHARPNESS) ** (1.0 / _SHARPNESS)


def _weights(values: Values, at: Conditions) -> Row:
    """Return bytes of the weights, and times of reading them."""
    shape, kernels, instance = at.shape, at.kernels, at.instance
    shared, routed = shape.shared_params * kernels.shared_bytes, shape.routed_params * kernels.expert_bytes
    bandwidth = at.hardware.bandwidth * _reading(values)
    nvfp4 = kernels.fp4 - kernels.mxfp4
    newer = 1.0 - at.build["vllm_0_11"] - at.build["vllm_0_12"]
    experts = (
        values("expert_weights")
        * values.where(np.log2(np.maximum(instance.of_a_stage, 1.0)), "expert_weights_per_doubling")
        * values.where(kernels.block_fp8 * newer, "block_fp8_experts")
        * values.where(kernels.block_fp8 * at.build["vllm_0_11"], "block_fp8_experts_vllm_0_11")
        * values.where(kernels.block_fp8 * at.build["vllm_0_12"], "block_fp8_experts_vllm_0_12")
        * values.where(nvfp4, "nvfp4_experts")
        * values.where(kernels.mxfp4, "mxfp4_experts")
        * values.where(kernels.int4, "int4_experts")
    )
    dense = values.where(0.5 * nvfp4, "nvfp4_experts")
    with np.errstate(divide="ignore"):
        untouched = np.log1p(-shape.used_share)
    return {
        "shared_weights_s": shared / (instance.of_a_stage / instance.attention_ranks) / dense / bandwidth,
        "expert_weights_s": routed / instance.of_a_stage / experts / bandwidth,
        "log_untouched": untouched,
        "first_weights_s": (shared + routed) / instance.of_a_stage / bandwidth,
        "shared_weight_bytes": shared * instance.attention_ranks,
        "expert_weight_bytes": routed,
        "bandwidth": at.hardware.bandwidth,
    }


def _cache(values: Values, at: Conditions) -> Row:
    """Return bytes of caches, the rate at which they are read, and the memory for them."""
    shape, instance, hardware = at.shape, at.instance, at.hardware
    low = at.kernels.fp8 + at.kernels.fp4
    element = _SIXTEEN_BIT_BYTES
    for engine in ("vllm", "tensorrt", "sglang"):
        element = element * values.where(low * at.engine[engine], f"cache_bytes_{engine}")
    efficiency = (
        values("cache_efficiency")
        * values.where(shape.latent, "latent_cache")
        * values.where((shape.full_cache_elements < shape.cache_elements).astype(float), "window_cache")
        * _reading(values)
    )
    divided = np.where(shape.latent > 0.0, 1.0, np.minimum(shape.key_value_heads, instance.tensor_ranks))
    weights = weight_bytes(shape, at.kernels, instance)
    memory = hardware.memory_bytes * instance.accelerators
    free = np.maximum(_MEMORY_USED * memory - weights, _LEAST_FREE * memory)
    return {
        "full_cache_bytes": element * shape.full_cache_elements,
        "window_cache_bytes": element * (shape.cache_elements - shape.full_cache_elements),
        "indexer_bytes": shape.indexer_elements,
        "state_bytes": shape.state_elements * _STATE_BYTES * values("state_bytes"),
        "window_tokens": shape.window_tokens,
        "selected_tokens": shape.selected_tokens,
        "key_value_bandwidth": divided * hardware.bandwidth * efficiency,
        # A latent cache is repeated on all accelerators of an attention rank.
        "cache_memory_bytes": free
        * np.where(shape.latent > 0.0, instance.attention_ranks / instance.accelerators, 1.0),
        "most_sequences": values("most_sequences") * instance.attention_ranks * instance.stages,
    }


def _products(values: Values, at: Conditions) -> Row:
    """Return times of products, of decoding and of prefill, and of attention in prefill."""
    shape, kernels, hardware = at.shape, at.kernels, at.hardware
    early = kernels.block_fp8 * shape.mixture * at.build["vllm_0_11"]
    common = (
        values("compute_speed")
        * values.where(shape.mixture, "mixture_speed")
        * values.where(early, "block_fp8_products_vllm_0_11")
    )
    decode = (
        values("compute_efficiency")
        * values.where(kernels.fp8, "compute_fp8")
        * values.where(kernels.fp4, "compute_fp4")
        * values.where(shape.mixture, "compute_mixture")
    )
    prefill = (
        values("prefill_efficiency")
        * values.where(kernels.fp8, "prefill_fp8")
        * values.where(kernels.fp4, "prefill_fp4")
        * values.where(shape.mixture, "prefill_mixture")
        * values.where(shape.latent, "prefill_latent")
    )
    peak, flops = _peak(at), 2.0 * shape.active_params
    attention = (
        4.0 * shape.attention_width / (at.instance.of_a_stage * hardware.flops_16 * values("attention_efficiency"))
    )
    alone = flops / (at.instance.of_a_stage * peak * common)
    return {
        "compute_s_per_sequence": alone / decode,
        "prefill_s_per_token": alone / prefill + _link_s(values, at),
        "full_attention_s": attention * shape.full_layers,
        "window_attention_s": attention * (shape.attention_layers - shape.full_layers),
        "link_s_per_sequence": _link_s(values, at),
        "peak_flops": peak,
        "flops_per_token": flops,
    }


def _peak(at: Conditions) -> Any:
    """Return the peak rate of products in the precision of the weights [FLOP/s]."""
    hardware, kernels = at.hardware, at.kernels
    eight = np.where(kernels.fp8 + kernels.int8 > 0.0, hardware.flops_8, hardware.flops_16)
    return np.where(kernels.fp4 > 0.0, hardware.flops_4, eight)


def _link_s(values: Values, at: Conditions) -> Any:
    """Return the time of links for one token, two sums over the accelerators of a stage in each layer [s]."""
    count = at.instance.of_a_stage
    moved = 4.0 * at.shape.hidden_size * at.shape.layers * 2.0 * (count - 1.0) / count
    return np.where(count > 1.0, moved / (at.hardware.link * values("link_efficiency")), 0.0)


def _host(values: Values, at: Conditions) -> Row:
    """Return times of the host, and what scales a whole step."""
    shape, kernels, layer = at.shape, at.kernels, values("layer_s")
    doublings = np.log2(np.maximum(at.instance.of_a_stage, 1.0))
    of_a_layer = (
        layer
        * values.where((at.instance.attention_ranks > 1.0).astype(float), "attention_ranks_layer")
        * values.where(at.instance.two_nodes, "two_nodes")
        + shape.mixture * values("mixture_layer_s")
        + shape.linear_share * values("linear_layer_s")
        + shape.latent * values("latent_layer_s")
        + kernels.block_fp8 * shape.mixture * values("block_fp8_layer_s")
        + doublings * values("doubling_layer_s")
    )
    return {
        "host_s": shape.layers * of_a_layer,
        "host_s_per_sequence": values("sequence_s"),
        "overlap": values.odds("overlap_odds"),
        "age": values.where(-_years(at), "speed_up_per_year"),
        "steps_per_token": values.where(-at.speculation, "tokens_per_step"),
    }


def _years(at: Conditions) -> Any:
    """Return the years since the middle of the builds that were measured, not beyond the first and the last."""
    return np.clip(at.date, _FIRST_DATE, _LAST_DATE) - _MIDDLE_DATE


def _closed_loop(values: Values, at: Conditions) -> Row:
    """Return what requests wait for."""
    shape, ranks = at.shape, np.log2(at.instance.attention_ranks)
    age = values.where(-_years(at), "first_token_speed_up_per_year")
    of_a_layer = (
        values("first_pass_layer_s")
        + shape.mixture * values("first_pass_mixture_layer_s")
        + shape.latent * values("first_pass_latent_layer_s")
    )
    return {
        "launch_s": shape.layers * of_a_layer,
        "first_pass": values.where(ranks, "first_pass_per_doubling"),
        # Prefill on accelerators of its own is in nobody's way.
        "interference": np.where(at.instance.of_all < 1.0, 0.0, values.odds("interference_odds")),
        "first_token_s": values("first_token_s") * age,
        "steps_waited": values("steps_waited"),
        "prefills_shared": values("prefills_shared"),
        "prefills_waited": values("prefills_waited") * age * values.where(ranks, "prefills_waited_per_doubling"),
        "maximum_load": values("maximum_load"),
    }


def _power(values: Values, at: Conditions) -> Row:
    """Return shares of the power limit, and the limit."""
    kernels, rating = at.kernels, at.hardware.power_w
    return {
        "power_limit_w": rating
        * values("power_limit")
        * values.where(np.log(rating / _USUAL_POWER_W), "power_limit_growth"),
        "host_power": values("host_power"),
        "busy_power": values("busy_power") * values.where(at.shape.mixture, "busy_power_mixture"),
        "memory_power": values("memory_power"),
        "product_power": values("product_power"),
        "compute_power": values("compute_power")
        * values.where(kernels.fp8, "compute_power_fp8")
        * values.where(kernels.fp4, "compute_power_fp4")
        * values.where(at.shape.mixture, "compute_power_mixture"),
    }
