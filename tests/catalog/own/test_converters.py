"""What is written for models and accelerators, in Python, TOML and on a command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import wattquery as wq
from model_configs import LLAMA_8B, LLAMA_70B
from wattquery.catalog.facts import accelerators, architectures
from wattquery.catalog.own.converters import accelerator_facts, beside, model_facts, read_accelerator
from wattquery.errors import InputError, InputTypeError
from wattquery.specs.toml_files import read_toml

MINE = {**LLAMA_70B, "num_hidden_layers": 60}
SHEET = {"memory_gb": 144, "bandwidth_tbps": 6, "fp16_tflops": 1200, "tdp_w": 800}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "Mine").mkdir()
    (tmp_path / "Mine" / "config.json").write_text(json.dumps(MINE), encoding="utf-8")
    (tmp_path / "abacus.toml").write_text("".join(f"{key} = {value}\n" for key, value in SHEET.items()))
    (tmp_path / "abacus.json").write_text(json.dumps({"name": "Abacus 2", **SHEET}))
    return tmp_path


def test_models(folder, monkeypatch):
    mine = wq.Model.from_config(MINE, "Mine")
    monkeypatch.chdir(folder)
    for written in (
        mine,
        folder / "Mine",
        folder / "Mine" / "config.json",
        "Mine/config.json",
        "Mine",
        {"config": "Mine/config.json"},
        {"config": str(folder / "Mine"), "name": "Mine"},
        {"config": MINE, "name": "Mine"},
    ):
        assert model_facts(written) == mine, written
    assert model_facts("llama-3.1-70b").facts.architecture == "llama-3.1-70b"
    assert model_facts(architectures()["llama-3.1-70b"]) == model_facts("llama-3.1-70b")
    assert model_facts({"name": "S", "total_parameters": 7}) == wq.Model("S", total_parameters=7)
    assert model_facts({"name": "llama-3.1-70b"}) == model_facts("llama-3.1-70b")


def test_accelerators(folder):
    abacus = wq.Accelerator("abacus", **SHEET)
    for written in (abacus, folder / "abacus.toml", str(folder / "abacus.toml"), {"name": "abacus", **SHEET}):
        assert accelerator_facts(written) == abacus
    assert accelerator_facts(str(folder / "abacus.json")) == wq.Accelerator("Abacus 2", **SHEET)
    assert accelerator_facts("h100") == wq.Accelerator("H100 SXM") == accelerator_facts(accelerators()["H100 SXM"])


@pytest.mark.parametrize(
    ("convert", "value", "words"),
    [
        (model_facts, 3, r"a name, the path of a config\.json or a wq\.Model"),
        (model_facts, None, "got None"),
        (accelerator_facts, 3, r"a file with numbers of a data sheet or a wq\.Accelerator"),
    ],
)
def test_wrong_types(convert, value, words):
    with pytest.raises(InputTypeError, match=words):
        convert(value)


@pytest.mark.parametrize(
    ("convert", "value", "words"),
    [
        (model_facts, "nowhere.json", "no such file"),
        (model_facts, "Llama 9", "model must be a name of catalog 'default', .* got 'Llama 9': write"),
        (model_facts, "\0", "cannot be|control|holds"),
        (model_facts, {"config": "nowhere.json"}, "no such file"),
        (model_facts, {"config": MINE, "nam": "x"}, "Did you mean 'name'"),
        (model_facts, {"total_parameters": 70}, "without 'name'"),
        (accelerator_facts, "nowhere.toml", "no such file"),
        (accelerator_facts, "H101", "hardware must be a name of catalog 'default', .* got 'H101': write"),
        (accelerator_facts, {"memory_gb": 80}, "without 'name'"),
        (accelerator_facts, {"name": "A", "memory_gb": 80}, "lacks bandwidth_tbps"),
    ],
)
def test_refusals(convert, value, words):
    with pytest.raises(InputError, match=words):
        convert(value)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.json", "{", "is no JSON"),
        ("a.json", "[1]", r"holds \[1\]"),
        ("a.json", '{"memory_gb": 80}', "lacks bandwidth_tbps"),
        ("a.toml", "memory_gb = ", "not valid TOML"),
        ("a.toml", "memory = 80", "Did you mean 'memory_gb'"),
        (
            "H100.toml",
            "memory_gb = 80\nbandwidth_tbps = 3\nfp16_tflops = 900\ntdp_w = 700",
            "another than that of 'H100 SXM'",
        ),
    ],
)
def test_refusals_of_files(name, text, words, tmp_path):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(InputError, match=words) as raised:
        read_accelerator(path)
    assert name in str(raised.value)


def test_a_file_names_what_lies_beside_it(folder, monkeypatch):
    """As scenario files do with their catalog: it means the same wherever the command is run from."""
    study = folder / "study.toml"
    study.write_text(
        'model = ["DeepSeek-R1", {config = "Mine/config.json", name = "M"}, "Mine/config.json"]\n'
        'hardware = {name = "Own", memory_gb = 144, bandwidth_tbps = 6, fp16_tflops = 1200, tdp_w = 800}\n'
    )
    monkeypatch.chdir(Path(folder).anchor)
    entries = {key: beside(value, study.parent) for key, value in read_toml(study).items()}
    first, second, third = (model_facts(one) for one in entries["model"])
    assert first == wq.Model("DeepSeek-R1")
    assert second == wq.Model.from_config(MINE, "M")
    assert third == wq.Model.from_config(MINE, "Mine")
    assert accelerator_facts(entries["hardware"]) == wq.Accelerator("Own", **SHEET)
    assert beside("abacus.toml", folder) == str(folder / "abacus.toml")
    assert beside({"a": "x.json", "b": "H100"}, folder) == {"a": str(folder / "x.json"), "b": "H100"}
    assert beside(3, folder) == 3


def test_a_folder_never_hides_a_model_of_the_tables(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("Qwen3-32B").mkdir()
    Path("Qwen3-32B", "config.json").write_text(json.dumps(LLAMA_8B), encoding="utf-8")
    assert model_facts("Qwen3-32B").facts.architecture == "qwen3-32b"
    assert model_facts(Path("Qwen3-32B")).facts.architecture == "llama-3.1-8b"
