"""`estimate` under a load: the cell of the sweep, with rates, latencies, power, support and what was assumed."""

from __future__ import annotations

import json

import numpy as np
import pytest

import wattquery as wq

CASE = {"hardware": "H100 SXM", "precision": "FP8", "load": 0.5, "method": "exact"}
MODEL = "Llama 3.1 70B"


@pytest.fixture(scope="module")
def found():
    return wq.estimate(MODEL, **CASE)


def test_numbers_are_those_of_the_sweep(found) -> None:
    ds = wq.sweep(MODEL, **CASE)
    assert isinstance(found, wq.LoadEstimate)
    assert list(found.quantiles.values()) == ds["energy"].values.tolist()
    for name in (
        "energy_prefill", "energy_decode", "throughput", "throughput_stderr", "power", "time_per_output_token",
        "time_to_first_token", "interactivity", "running_sequences", "most_sequences", "support", "support_rows",
        "support_basis",
    ):  # fmt: skip
        assert getattr(found, name) == ds[name].item(), name
    assert found.accelerators == ds["accelerators"].item()
    assert found.boundary == "facility"
    assert (found.mean, found.std) == (ds["energy_mean"].item(), ds["energy_std"].item())


def test_parts_sum_to_the_mean(found) -> None:
    assert found.energy_prefill + found.energy_decode == pytest.approx(found.mean, rel=1e-14)
    assert found.running_sequences == pytest.approx(0.5 * found.most_sequences)


def test_a_share_of_the_input_is_no_number_of_tokens() -> None:
    share, number = (wq.estimate(MODEL, **CASE, input_tokens=500, cached_tokens=one) for one in (0.5, 100))
    assert share.assumptions["cached_tokens"] == "0.5 of the input"
    assert "0.5 tokens" not in f"{share}{share.to_dict()}"
    assert number.assumptions["cached_tokens"] == "100 tokens"
    both = wq.sweep(MODEL, **CASE, input_tokens=500, cached_tokens=[0, 0.5, 100])
    assert "units" not in both["cached_tokens"].attrs
    numbers = wq.sweep(MODEL, **CASE, input_tokens=500, cached_tokens=[0, 100])
    assert numbers["cached_tokens"].attrs["units"] == "tokens"


def test_the_text_says_all_of_it(found) -> None:
    text = str(found)
    assert text.startswith(f"{MODEL}: {found.quantiles[0.5]:.3g} Wh per query (P50, facility boundary)")
    for part in (
        f"{found.energy_prefill:.3g} Wh prefill + {found.energy_decode:.3g} Wh decode",
        f"{found.running_sequences:.3g} of at most {found.most_sequences:.3g}",
        f"{found.throughput:,.0f} tokens/s per instance",
        f"{found.power:.0f} W per accelerator",
        f"{1000 * found.time_per_output_token:.3g} ms, within",
        f"{found.interactivity:.3g} tokens/s per user",
        "in a closed loop",
        f"{found.support}, {found.support_rows:,} rows: {found.support_basis}",
        "vLLM",
        "as the serving system keeps keys and values",
        "PUE is taken to be the same at every load.",
    ):
        assert part in text, part
    assert "per node" not in text


def test_keys_have_units_and_values_are_plain(found) -> None:
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    same = {
        "energy_prefill_wh": "energy_prefill",
        "energy_decode_wh": "energy_decode",
        "throughput_tokens_per_s": "throughput",
        "throughput_ln_stderr": "throughput_stderr",
        "power_w": "power",
        "time_per_output_token_s": "time_per_output_token",
        "time_to_first_token_s": "time_to_first_token",
        "interactivity_tokens_per_s": "interactivity",
        "running_sequences": "running_sequences",
        "most_sequences": "most_sequences",
        "accelerators": "accelerators",
        "support": "support",
        "support_rows": "support_rows",
    }
    assert {key: plain[key] for key in same} == {key: getattr(found, name) for key, name in same.items()}
    assert plain["energy_wh"]["0.5"] == found.quantiles[0.5]
    assert plain["throughput_model"] == "load"
    assert list(plain)[-2:] == ["notes", "provenance"]
    for name in ("power", "time_per_output_token", "time_to_first_token"):
        assert plain[f"{name}_ln_stderr"] == found.log_stderrs[name] > 0.0


def test_settings_are_among_the_assumptions() -> None:
    stated = wq.estimate(
        MODEL,
        **CASE,
        kv_precision="fp8",
        max_sequences=64,
        speculation="unknown",
        batch_workload={"azure_code": 1, "azure_conversation": 3},
        cached_tokens=0.5,
        accelerators=4,
    )
    expected = {
        "kv_precision": "FP8",
        "max_sequences": "64",
        "speculation": "unknown",
        "batch_workload": "0.25 azure_code + 0.75 azure_conversation",
        "accelerators": "4",
    }
    assert {name: stated.assumptions[name] for name in expected} == expected
    assert stated.assumptions["cached_tokens"].startswith("0.5")
    assert stated.most_sequences <= 64
    assert any("A cached input token" in note for note in stated.notes)


def test_what_fills_the_batch_changes_the_time_of_a_step_and_not_the_query(found) -> None:
    """A query among long ones waits longer for its tokens, and reads no more of its own."""
    among = wq.estimate(MODEL, **{**CASE, "load": None, "concurrency": 4}, batch_workload="azure_code")
    alone = wq.estimate(MODEL, **{**CASE, "load": None, "concurrency": 4})
    assert among.assumptions["output_tokens"] == alone.assumptions["output_tokens"]
    assert among.time_per_output_token > alone.time_per_output_token
    one = wq.estimate(MODEL, **CASE, batch_workload=wq.Workload([300], [500]))
    assert one.assumptions["batch_workload"] != ""


def test_a_model_and_an_accelerator_of_ones_own() -> None:
    mine = wq.Accelerator("Abacus 2", memory_gb=144, bandwidth_tbps=6, fp16_tflops=1200, tdp_w=800)
    found = wq.estimate(wq.Model("Ours 30B", total_parameters=30), hardware=mine, load=0.5, method="exact")
    assert found.support == "extrapolated"
    assert found.support_rows == 0
    assert str(found).startswith("Ours 30B: ")
    assert found.assumptions["hardware"].startswith("Abacus 2: Accelerator('Abacus 2', memory_gb=144")
    assert any("links of 300 GB/s" in note for note in found.notes)
    known = wq.estimate(MODEL, **CASE)
    assert found.log_stderrs["time_per_output_token"] > known.log_stderrs["time_per_output_token"]


def test_below_one_sequence_the_instance_idles() -> None:
    busy, rare = (
        wq.estimate(MODEL, **{**CASE, "load": None, "concurrency": one, "accelerators": 2}) for one in (1.0, 0.1)
    )
    assert rare.time_per_output_token == pytest.approx(busy.time_per_output_token, rel=1e-9)
    assert rare.throughput == pytest.approx(0.1 * busy.throughput, rel=1e-9)
    assert rare.power < busy.power
    assert rare.mean > 2.0 * busy.mean
    assert any("idle" in note.casefold() for note in rare.notes)


def test_methods_agree(found) -> None:
    drawn = wq.estimate(MODEL, **{**CASE, "method": "monte_carlo"}, draws=200_000)
    levels = list(found.quantiles)
    z = [(drawn.quantiles[one] - found.quantiles[one]) / drawn.stderrs[one] for one in levels]
    assert np.abs(z).max() < 4.5
    assert "+-" in str(drawn)


def test_the_paper_form_has_none_of_it() -> None:
    paper = wq.estimate(MODEL, method="exact")
    assert type(paper) is wq.Estimate
    assert "tokens/s per node at the median lengths" in str(paper)
    assert "support" not in paper.to_dict()
