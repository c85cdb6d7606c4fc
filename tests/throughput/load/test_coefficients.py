"""Numbers of cells, against arithmetic by hand at prior means."""

from __future__ import annotations

import numpy as np
import pytest

from load_rows import rows
from wattquery.catalog.facts import architectures
from wattquery.kernels.load.numbers import LOAD_NUMBERS
from wattquery.throughput.load.coefficients import context_tokens, input_tokens, load_numbers
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.parameters import Layout, Values
from wattquery.throughput.load.shapes import shape_of


def reached(free):
    """The share of the bandwidth: the free one where that is low, and never above 0.98."""
    return (free**-12.0 + 0.98**-12.0) ** (-1 / 12)


def cell(numbers=(), **columns):
    at = Conditions.of(rows(batch=1.0, **columns))
    layout = Layout.of(at)
    found = load_numbers(Values(layout, layout.codes(at), layout.vector(dict(numbers))), at)
    return dict(zip(LOAD_NUMBERS, found[:, 0], strict=True))


def test_a_dense_model_in_eight_bits():
    one, params = cell(), 69.5e9
    assert one["shared_weights_s"] == pytest.approx(params / 4 / (reached(0.8) * 3.35e12), rel=0.001)
    assert one["expert_weights_s"] == 0
    assert one["compute_s_per_sequence"] == pytest.approx(2 * params / (4 * 1979e12 * 0.6 * 0.75), rel=0.01)
    assert one["full_cache_bytes"] == pytest.approx(2 * 80 * 8 * 128 * 2 * 0.75)
    assert one["key_value_bandwidth"] == pytest.approx(4 * 3.35e12 * reached(0.8) * 0.8)
    assert one["cache_memory_bytes"] == pytest.approx(0.93 * 4 * 80e9 - params, rel=0.01)
    assert one["host_s"] == pytest.approx(80 * (70e-6 + 2 * 8e-6))
    assert one["link_s_per_sequence"] == pytest.approx(4 * 8192 * 80 * 2 * 0.75 / (0.4 * 450e9))
    assert one["power_limit_w"] == pytest.approx(700)
    assert one["age"] == 1.0
    assert np.isinf(one["window_tokens"])


def test_a_mixture_divides_what_it_can():
    one = cell(architecture="deepseek-v3", accelerators=8.0, tp=1.0, dp=8.0, hardware="H200", version="0.14")
    assert one["attention_ranks"] == 8
    assert one["log_untouched"] == pytest.approx(np.log1p(-8 / 256))
    # A latent cache is on each accelerator once, and attention weights on each of the ranks.
    assert one["cache_memory_bytes"] == pytest.approx(
        0.93 * 8 * 141e9 - one["expert_weight_bytes"] - one["shared_weight_bytes"]
    )
    assert one["shared_weights_s"] == pytest.approx(one["shared_weight_bytes"] / 8 / (reached(0.8) * 4.8e12))
    tensor = cell(architecture="deepseek-v3", accelerators=8.0, hardware="H200")
    assert tensor["shared_weight_bytes"] == pytest.approx(one["shared_weight_bytes"] / 8)
    assert tensor["cache_memory_bytes"] < one["cache_memory_bytes"] / 4


def test_builds_with_slow_block_kernels():
    names = {"architecture": "deepseek-v3", "accelerators": 8.0, "hardware": "H200"}
    new, old = cell(**names, version="0.14"), cell(**names, version="0.11.1")
    assert old["expert_weights_s"] == pytest.approx(2 * new["expert_weights_s"])
    assert old["compute_s_per_sequence"] == pytest.approx(2 * new["compute_s_per_sequence"])
    assert cell(**names, version="0.12")["expert_weights_s"] == pytest.approx(new["expert_weights_s"] / 0.741)


def test_no_efficiency_of_memory_is_above_what_is_physical():
    one = cell({"memory_efficiency": np.log(3.0)})
    assert one["first_weights_s"] == pytest.approx(69.5e9 / 4 / (0.98 * 3.35e12), rel=0.001)


def test_the_speed_up_of_builds_is_not_extrapolated():
    assert cell(date=2026.3)["age"] == pytest.approx(1.162**-0.5)
    assert cell(date=2030.0)["age"] == cell(date=2026.3)["age"]
    assert cell(date=2000.0)["age"] == cell(date=2024.3)["age"] == pytest.approx(1.162**1.5)


def test_speculation_makes_more_tokens_of_a_step():
    assert cell(speculation="on")["steps_per_token"] == pytest.approx(1 / 1.5)
    assert cell()["steps_per_token"] == 1


def test_formats_of_four_bits():
    nv, mx = cell(precision="FP4", hardware="B200"), cell(precision="FP4", hardware="B200", architecture="gpt-oss-120b")
    assert nv["shared_weight_bytes"] == pytest.approx(0.5625 * 69.5e9, rel=0.01)
    # Attention stays in 16 bits.
    assert mx["shared_weight_bytes"] == 2 * shape_of(architectures()["gpt-oss-120b"]).shared_params
    better = cell({"nvfp4_experts": np.log(4.0)}, precision="FP4", hardware="B200")
    assert nv["shared_weights_s"] == pytest.approx(2 * better["shared_weights_s"])
    same = cell({"nvfp4_experts": np.log(4.0)}, precision="FP4", hardware="B200", architecture="gpt-oss-120b")
    assert same["expert_weights_s"] == mx["expert_weights_s"]


def test_long_outputs_are_met_more_often():
    at = Conditions.of(
        rows(batch=1.0, task=["gpqa", "random", ""], input_tokens=[None, None, 100.0], output_tokens=200.0)
    )
    layout = Layout.of(at)
    values = Values(layout, layout.codes(at), layout.vector({}))
    inputs = input_tokens(values, at)
    np.testing.assert_allclose(inputs, [350, 400, 100])
    np.testing.assert_allclose(context_tokens(values, at, inputs), inputs + 200 * np.array([0.75, 0.5, 0.5]))
