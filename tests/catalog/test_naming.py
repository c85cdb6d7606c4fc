"""What users write for labels: in any case, by an alias, and two spellings of one label."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import wattquery as wq
from wattquery.catalog import Catalog
from wattquery.catalog.naming import Spellings
from wattquery.errors import InputError, InputTypeError

ALIASES = {"H100 SXM": ("H100", "NVIDIA H100"), "H100 PCIe": ("h100_pcie",)}


@pytest.fixture
def hardware():
    return Spellings("hardware", "mine", ["H100 SXM", "H100 PCIe", "B200", "b200"], ALIASES)


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("H100 SXM", "H100 SXM"),
        ("h100 sxm", "H100 SXM"),
        ("  H100   sxm ", "H100 SXM"),
        ("H100", "H100 SXM"),
        ("nvidia h100", "H100 SXM"),
        ("H100_PCIE", "H100 PCIe"),
        ("B200", "B200"),
        ("b200", "b200"),
    ],
)
def test_spellings(hardware, written, label):
    assert hardware.label(written) == label


def test_a_label_comes_before_an_alias_of_another():
    spelt = Spellings("hardware", "mine", ["H100", "H100 SXM"], {"H100 SXM": ("h100",)})
    assert (spelt.label("H100"), spelt.label("h100"), spelt.label("h100 sxm")) == ("H100", "H100", "H100 SXM")


def test_what_fits_two_labels_is_refused():
    either = Spellings("serving", "mine", ["vLLM", "VLLM"])
    assert (either.label("vLLM"), either.label("VLLM")) == ("vLLM", "VLLM")
    with pytest.raises(InputError, match="serving='vllm' may be any of 'vLLM', 'VLLM' in catalog 'mine'"):
        either.label("vllm")
    shared = Spellings("hardware", "mine", ["H100 SXM", "H100 NVL"], {"H100 SXM": ("H100",), "H100 NVL": ("h100",)})
    with pytest.raises(InputError, match="may be any of 'H100 SXM', 'H100 NVL'"):
        shared.label("H100")


def test_what_stands_for_none_is_refused_with_a_suggestion(hardware):
    with pytest.raises(InputError, match=r"hardware='H100 SXN' is in no row of catalog 'mine'.*mean 'H100 SXM'\?"):
        hardware.label("H100 SXN")
    with pytest.raises(InputTypeError, match="hardware must be text"):
        hardware.label(3)
    with pytest.raises(InputError, match="cannot be seen"):
        hardware.label("H100\u200b")


def test_the_labels_of_a_result_are_those_of_the_catalog():
    ds = wq.sweep(["deepseek-r1", "MISTRAL large"], precision=["fp8", "FP16"], method="exact")
    assert ds["model"].values.tolist() == ["DeepSeek-R1", "Mistral Large"]
    assert ds["precision"].values.tolist() == ["FP8", "FP16"]
    assert wq.sweep("DEEPSEEK-R1", method="exact")["model"].item() == "DeepSeek-R1"
    named = wq.sweep({"ours": "deepseek-r1"}, method="exact")
    assert named["model"].values.tolist() == ["ours"]
    assert named["model"].attrs["definitions"] == "ours = DeepSeek-R1"


@pytest.mark.parametrize("common", [True, False])
def test_an_alias_stays_the_name_of_its_axis_and_changes_no_number(common):
    run = {"precision": "FP8", "serving": "TensorRT-LLM", "preset": "default", "draws": 2_000}
    run |= {"common_random_numbers": common}
    aliases, labels = ["DeepSeek-R1", "Llama 3.1 70B"], ["DeepSeek-V3 / R1 / V3.1", "Llama 3 / 3.1 / 3.3 70B"]
    written = wq.sweep(aliases, hardware=["h200"], **run)
    spelt = wq.sweep(labels, hardware=["H200"], **run)
    assert written["model"].values.tolist() == aliases
    assert written["model"].attrs["definitions"].splitlines()[0].startswith("DeepSeek-R1 = DeepSeek-V3 / R1 / V3.1")
    assert written["energy"].sel(model="Llama 3.1 70B").identical(written["energy"].isel(model=1))
    np.testing.assert_array_equal(written["energy"].values, spelt["energy"].values)
    written = wq.sweep("DeepSeek-R1", hardware=["H200", "b200"], **run)
    assert written["hardware"].values.tolist() == ["H200", "B200"]


@pytest.mark.parametrize("common", [True, False])
def test_another_spelling_draws_the_same_numbers(common):
    run = {"draws": 2_000, "keep_histogram": True, "common_random_numbers": common}
    spelt = wq.sweep(["DeepSeek-R1", "Llama 3.1 405B"], precision="FP8", **run)
    other = wq.sweep(["deepseek-r1", "LLAMA 3.1 405b"], precision="fp8", **run)
    pd.testing.assert_index_equal(spelt.indexes["model"], other.indexes["model"])
    np.testing.assert_array_equal(spelt["histogram"].values, other["histogram"].values)
    assert spelt.identical(other)


@pytest.mark.parametrize("labels", [["FP8", "fp8"], ("FP8", "Fp8"), np.array(["FP8", "fp8"]), pd.Index(["FP8", "fp8"])])
def test_two_spellings_of_one_label_on_one_axis(labels):
    with pytest.raises(InputError, match=r"precision has 'FP8' and '[fF]p8', which both stand for 'FP8'"):
        wq.sweep("DeepSeek-R1", precision=labels, method="exact")


def test_two_aliases_of_one_label_on_one_axis():
    with pytest.raises(InputError, match="hardware has 'H100' and 'h100 sxm', which both stand for 'H100 SXM'"):
        wq.sweep("Llama 3.1 405B", hardware=["H100", "h100 sxm"], catalog="default", method="exact")


def test_case_everywhere_that_labels_are_taken():
    assert wq.estimate("deepseek-r1", precision="fp8", method="exact").assumptions["model"] == "DeepSeek-R1"
    spelt, other = (
        wq.fleet(classes={"all": {"share": 1, "model": models}}, queries_per_day=1e6, draws=1_000)
        for models in (["DeepSeek-R1", "Llama 3.1 405B"], ["deepseek-r1", "llama 3.1 405b"])
    )
    xr.testing.assert_identical(spelt, other)
    assert other["models"].values.tolist() == ["DeepSeek-R1 0.5, Llama 3.1 405B 0.5"]
    with pytest.raises(InputError, match="class 'all': model has 'DeepSeek-R1' and 'deepseek-r1'"):
        wq.fleet(classes={"all": {"share": 1, "model": ["DeepSeek-R1", "deepseek-r1"]}}, queries_per_day=1e6)
    claim = wq.claims.compare("google_gemini_2025_full", model="llama 3.1 405B")
    assert claim.models == ("Llama 3.1 405B",)


def test_labels_without_rows_are_known_and_not_measured():
    rows = wq.catalog.load("oviedo2026").rows
    plain, knowing = (Catalog("t", rows, known=known) for known in ({}, {"model": {"GPT-9": ("gpt9",)}}))
    assert knowing.labels("model") == (*plain.labels("model"), "GPT-9")
    assert knowing.labels("model", measured=True) == plain.labels("model")
    assert knowing.label("model", "GPT9") == "GPT-9"
    assert knowing.deployment("gpt-9") is None
    assert knowing.content_hash == plain.content_hash
    with pytest.raises(InputError, match="is in no row"):
        plain.deployment("gpt-9")
