"""The length that closes a gap: found by asking the model again, and bounded by what the claim states."""

from __future__ import annotations

import math

import pytest

import wattquery as wq
from wattquery import claims

pytestmark = pytest.mark.usefixtures("shared_answers")

FRONTIER = ("DeepSeek-R1", "Llama 3.1 405B", "Llama-3.1 Nemotron Ultra 253B")


def test_the_length_that_closes_the_gap_does(assumption, iea):
    needed = assumption(iea, "length").needed_value
    there = wq.estimate("Mixtral 8x22B", output_tokens=wq.Exponential(median=needed), method="exact")
    assert there.quantiles[0.5] == pytest.approx(1.25, rel=5e-3)
    assert assumption(iea, "length").extrapolated  # 14,000 tokens; the rows end at 2,048
    inside = claims.compare(0.1, model="Llama 3.1 70B", output_tokens=300)
    one = assumption(inside, "length")
    there = wq.estimate("Llama 3.1 70B", output_tokens=one.needed_value, method="exact")
    assert there.quantiles[0.5] == pytest.approx(0.1, rel=5e-3)
    assert not one.extrapolated


def test_the_length_of_a_mean_closes_the_mean(assumption, devries):
    needed = assumption(devries, "length").needed_value
    ds = wq.sweep(list(FRONTIER), output_tokens=wq.Exponential(median=needed), boundary="node", method="exact")
    assert ds["energy_mean"].mean().item() == pytest.approx(2.9, rel=5e-3)


def test_a_length_out_of_reach_is_said(assumption):
    one = assumption(claims.compare(1e4, model="Llama 3.1 70B"), "length")
    assert math.isnan(one.needed_value)
    assert one.needed == "above 100,000"


def test_a_stated_length_is_no_excuse(assumption):
    one = assumption(claims.compare("jegham_v6_r1az_s"), "length")
    assert (one.low, one.high, one.basis) == (1.0, 1.0, "stated by the claim")
    other = assumption(claims.compare("cmp_iea_r1"), "length")
    assert (other.low < 1.0 < other.high, other.basis) == (True, "inference")


def test_the_needed_length_keeps_the_shape_that_was_asked_for(assumption):
    wide = wq.LogNormal(p5=100, p95=4000)
    here = wq.estimate("Llama 3.1 70B", output_tokens=wide, method="exact").quantiles[0.5]
    found = claims.compare(here, model="Llama 3.1 70B", output_tokens=wide)
    # With no gap to close, the needed median is that of the length itself.
    assert assumption(found, "length").needed_value == pytest.approx((100 * 4000) ** 0.5, rel=0.01)
    table = wq.Empirical(probabilities=[0, 0.5, 1], values=[100, 400, 900])
    here = wq.estimate("Llama 3.1 70B", output_tokens=table, method="exact").quantiles[0.5]
    found = claims.compare(2 * here, model="Llama 3.1 70B", output_tokens=table)
    needed = assumption(found, "length").needed_value
    factor = needed / 400
    longer = wq.Empirical(probabilities=[0, 0.5, 1], values=[100 * factor, 400 * factor, 900 * factor])
    own = wq.estimate("Llama 3.1 70B", output_tokens=longer, method="exact").quantiles[0.5]
    assert own == pytest.approx(2 * here, rel=0.01)
    cut = wq.Truncated(wq.LogNormal(p5=100, p95=4000), high=3000)
    assert assumption(claims.compare(1.0, output_tokens=cut), "length").needed_value > 300


def test_lengths_that_the_rows_do_not_determine_are_no_candidates(tmp_path):
    # Output lengths that hardly vary: of the grid of lengths, those near the rows are left, and no error is raised.
    header = "Model,Hardware,Quantization,Tokens per Second (TPS),Input Length,Output Length,Power for Node (kW)"
    points = [(300, 500, 1700), (306, 5000, 460), (303, 128, 3700), (309, 2000, 800)]
    lines = [f"Ours,8xH100,FP8,{tps},{inp},{out},10.2" for out, inp, tps in points]
    path = tmp_path / "ours.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    found = claims.compare(3.0, model="Ours", output_tokens=305, catalog=path)
    (length,) = [one for one in found.assumptions if one.name == "length"]
    assert length.needed.startswith("above ")
    assert length.needed != "above 100,000"
