"""Rows of the catalog ``default`` against what stands in their sources, read there by hand, figure by figure."""

from __future__ import annotations

import pytest

from wattquery import catalog

ROUNDED = 1e-5  # the tables keep six significant digits

# NVIDIA/TensorRT-LLM docs/source/performance/perf-overview.md at 258c7540 (version 0.17; tokens/s of all GPUs).
V017 = {
    "T03308": 29526.04,  # Llama 3.1 8B, H200, 128/128
    "T03269": 21109.38,  # Llama 3.1 8B, H100, 128/2048
    "T03266": 3932.58,  # Llama 3.1 8B, GH200, 5000/500
    "T03258": 330.04,  # Llama 3.1 8B, A100 80 GB, 20000/2000, FP16
    "T03353": 1066.52,  # Llama 3.1 8B, L40S, 2048/128
    "T03114": 14679.33,  # Llama 3.1 70B, 8 H100, 500/2000
    "T03183": 8911.29,  # Llama 3.1 70B, 4 H200, 1000/1000
    "T03051": 5168.37,  # Llama 3.1 405B, 8 H200, 128/4096
    "T03057": 535.31,  # Llama 3.1 405B, 8 H200, 20000/2000
    "T03786": 22354.67,  # Mistral 7B, H200, 500/2000
}
# The same repository, docs/source/developer-guide/perf-overview.md at 03e27c7d (tokens/s of one GPU).
PER_GPU = {
    "T02515": 3862.0,  # DeepSeek-R1, B200 FP4, 1024/8192
    "T02526": 438.0,  # DeepSeek-R1, H200 FP8, 1024/32768
    "T04104": 1169.0,  # gpt-oss-120b, H100, 8192/1024
    "T04126": 3366.0,  # gpt-oss-20b, H100, 8192/1024
    "T03455": 274.0,  # Llama 3.3 70B, B200 FP4, 32768/1024
    "T03515": 2209.0,  # Llama 3.3 70B, H100 FP8, 1000/1000
    "T03670": 1157.0,  # Llama 4 Maverick, H200 FP8, 1024/8192
    "T03973": 873.0,  # Qwen3-235B-A22B, H100 FP8, 1024/8192
    "T04018": 4494.0,  # Qwen3-30B-A3B, B200 FP4, 1024/32768
}
# ml-energy/leaderboard public/data/tasks/lm-arena-chat.json: J per token, W of all GPUs, tokens/s, mean batch, H100.
ML_ENERGY = {
    "E00201": (0.12785832634365663, 572.0829869523203, 4474.350660704568, 127.71311475409836),  # Qwen3-14B, at most 128
    "E00196": (0.706093187491587, 443.0121237999165, 627.4131115380502, 7.986908358509567),  # Qwen3-14B, at most 8
    "E00246": (1.100828839199788, 2526.2738006461814, 2294.883373951735, 127.89090909090909),  # Qwen3-235B FP8, 4 GPUs
    "E00241": (9.47137107940121, 2120.09324571957, 223.84227457104387, 7.9914574165156615),  # the same, at most 8
}
# argonne-lcf/LLM-Inference-Bench Plots/Fig_16_a_b/power_results.csv: input + output tokens/s of one GPU, and mW.
LLM_INFERENCE_BENCH = {
    "F00103": (1308.0776373720582, 292973.44),  # Llama 2 7B, A100, vLLM, batch 16
    "F00127": (1433.6893528741027, 290998.6666666667),  # Llama 2 7B, A100, TensorRT-LLM, batch 16
    "F00117": (6968.70209380096, 455476.9036144578),  # Llama 3 8B, H100, vLLM, batch 64
    "F00125": (7497.028823386547, 448685.6001094092),  # Llama 3 8B, H100, TensorRT-LLM, batch 64
    "F00102": (146.5279250599716, 222122.2711864407),  # Llama 2 7B, A100, vLLM, batch 1
    "F00135": (1259.1299731512124, 339493.68224299065),  # Llama 2 7B, A100, DeepSpeed-MII, batch 16
    "F00134": (129.9297675402627, 226980.9393939394),  # Llama 2 7B, A100, DeepSpeed-MII, batch 1
}


@pytest.fixture(scope="module")
def tables():
    frames = {name: catalog.rows(table=name).set_index("row_id") for name in ("performance", "energy")}
    return frames["performance"], frames["energy"]


@pytest.mark.parametrize(("row", "rate"), V017.items())
def test_rates_of_an_instance(tables, row, rate):
    assert tables[0].loc[row, "output_tps"] == pytest.approx(rate, rel=ROUNDED)


@pytest.mark.parametrize(("row", "rate"), PER_GPU.items())
def test_rates_of_an_accelerator(tables, row, rate):
    found = tables[0].loc[row]
    assert found["output_tps_per_accelerator"] == pytest.approx(rate, rel=ROUNDED)
    assert found["output_tps"] == pytest.approx(rate * found["accelerators"], rel=ROUNDED)


@pytest.mark.parametrize(("row", "figures"), ML_ENERGY.items())
def test_measured_energy(tables, row, figures):
    found = tables[1].loc[row]
    columns = ["joules_per_output_token", "power_w_total", "output_tps", "batch"]
    assert list(found[columns]) == pytest.approx(figures, rel=ROUNDED)
    assert found["boundary"] == "accelerator"


@pytest.mark.parametrize(("row", "figures"), LLM_INFERENCE_BENCH.items())
def test_both_directions_counted_and_milliwatts(tables, row, figures):
    found, (both_directions, milliwatts) = tables[1].loc[row], figures
    assert found["output_tps"] == pytest.approx(both_directions / 2.0, rel=ROUNDED)  # 1,024 tokens each way
    assert found["power_w_per_accelerator"] == pytest.approx(milliwatts / 1e3, rel=ROUNDED)
