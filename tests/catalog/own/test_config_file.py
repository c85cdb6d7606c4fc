"""Which files are a configuration, and what is said of the others."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from model_configs import LLAMA_8B
from one_sentence import is_one_sentence
from wattquery.catalog.own.config_file import config_of
from wattquery.errors import InputError, InputTypeError

TEXTS = {
    "half": ('{"hidden', "is not valid JSON"),
    "nothing": ("", "is empty"),
    "page": ("<!doctype html><html><head>", r"is a web page \(HTML\)"),
    "pointer": ("version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 3", "pointer to a file in Git LFS"),
    "gated": ("Access to model a/b is restricted. You must be authenticated to access it.", "gated repository"),
    "refused": ("Invalid username or password.", "gated repository"),
    "gated_json": ('{"error": "Access to model a/b is restricted"}', "gated repository"),
    "list": ("[1, 2]", r"holds \[1, 2\]"),
    "index": ('{"metadata": {}, "weight_map": {}}', "is the index of its weight files"),
    "adapter": ('{"peft_type": "LORA"}', "is the configuration of an adapter"),
    "generation": ('{"temperature": 0.6, "top_p": 0.9}', "is the settings of generation"),
    "tokenizer": ('{"tokenizer_class": "X"}', "is the configuration of a tokenizer"),
    "diffusion": ('{"_class_name": "FluxTransformer2DModel", "num_layers": 19}', "diffusion model"),
    "maker": ('{"dim": 4096, "n_layers": 32, "n_heads": 32}', r"format of the model's maker \(params.json\)"),
    "deep": ("[" * 100_000, "nested too deeply"),
    "deeper": ('{"a":' * 900 + "1" + "}" * 900, "nested too deeply"),
    "nan": ('{"hidden_size": NaN}', "NaN, which is no number"),
    "infinite": ('{"hidden_size": -Infinity}', "-Infinity, which is no number"),
    "twice": ('{"hidden_size": 1, "a": {"layers": 1, "layers": 2}}', "has the key 'layers' more than once"),
    "digits": ('{"hidden_size": ' + "9" * 5000 + "}", "is not valid JSON"),
    "empty": ("{}", "is empty"),
    "unlike": ('{"a": 1}', "has neither layers"),
    "gguf": ("GGUF\x03\x00\x00\x00", "holds weights of a model"),
    "tensors": ('\x10\x00\x00\x00\x00\x00\x00\x00{"__metadata__": {}}', "holds weights of a model"),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_other_files(kind, tmp_path):
    content, words = TEXTS[kind]
    path = tmp_path / "config.json"
    path.write_text(content, encoding="utf-8", newline="")
    with pytest.raises(InputError, match=words) as raised:
        config_of(path)
    message = str(raised.value)
    assert str(path) in message
    assert "config.json of a language model is needed" in message or "levels" in message
    assert is_one_sentence(message)
    assert len(message) < 700


def test_paths(tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        config_of("nowhere.json")
    with pytest.raises(InputError, match="there is no such file"):
        config_of(tmp_path)  # a folder without one
    for value in (3, None, ["config.json"], b"config.json"):
        with pytest.raises(InputTypeError, match=r"must be the path of a config\.json"):
            config_of(value)


@pytest.mark.parametrize(
    "address",
    ["https://huggingface.co/a/b/raw/main/config.json", "HTTP://x.org/config.json", "s3://a/config.json",
     "huggingface.co/a/b/config.json"],
)  # fmt: skip
def test_an_address_is_called_one(address):
    with pytest.raises(InputError, match="must be the path of a file on this machine, got the address ") as raised:
        config_of(address)
    assert repr(address) in str(raised.value)
    assert is_one_sentence(str(raised.value))


@pytest.mark.parametrize("nothing", ["", "  "])
def test_an_empty_path_is_none(nothing, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps(LLAMA_8B), encoding="utf-8")
    with pytest.raises(InputError, match=f"or of the folder that has one, got {nothing!r}: write 'config.json'"):
        config_of(nothing)
    assert config_of(".")[0] == LLAMA_8B


def test_the_home_folder_is_known(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "Mine-8B").mkdir()
    (tmp_path / "Mine-8B" / "config.json").write_text(json.dumps(LLAMA_8B), encoding="utf-8")
    assert config_of("~/Mine-8B")[:2] == (LLAMA_8B, "Mine-8B")
    with pytest.raises(InputError, match="there is no such file"):
        config_of("~nobody-of-this-name/config.json")


def test_a_large_file_is_not_read(tmp_path):
    path = tmp_path / "config.json"
    with path.open("wb") as file:
        file.truncate(2**24 + 1)
    with pytest.raises(InputError, match="at most 16,777,216 are read"):
        config_of(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a pipe is needed")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "config.json")
    with pytest.raises(InputError, match="this is a pipe"):
        config_of(tmp_path)


@pytest.mark.parametrize(
    ("where", "name"),
    [
        ("Mine-8B/config.json", "Mine-8B"),
        ("Mine-8B", "Mine-8B"),
        ("mine-8b.json", "mine-8b"),
        ("models--maker--Mine-8B/snapshots/0123abc/config.json", "Mine-8B"),
        ("main/config.json", ""),
    ],
)
def test_names(where, name, tmp_path):
    path = tmp_path / where
    file = path if path.suffix == ".json" else path / "config.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(LLAMA_8B), encoding="utf-8")
    assert config_of(path)[:2] == (LLAMA_8B, name)
    assert config_of(str(path))[1] == name


@pytest.mark.parametrize(
    ("written", "name"),
    [("maker/Mine-8B", "Mine-8B"), ("Mine", "Mine"), ("/home/somebody/x/y", ""), ("./out", ""), (3, ""), ("", "")],
)
def test_what_a_configuration_calls_itself(written, name):
    assert config_of({**LLAMA_8B, "_name_or_path": written})[1] == name


def test_a_dict_is_bounded_and_copied():
    endless: dict[str, object] = {**LLAMA_8B}
    endless["self"] = endless
    with pytest.raises(InputError, match="nested too deeply"):
        config_of(endless)
    config = {**LLAMA_8B, "list": (1, 2)}
    found, _, owner = config_of(config)
    assert owner == "config"
    assert found is not config
    assert found["list"] == [1, 2]


def test_nothing_of_a_file_is_run(tmp_path):
    """Neither code that it names nor tags of other formats."""
    config = {**LLAMA_8B, "auto_map": {"AutoModel": "evil.py"}, "__reduce__": ["os.system", "touch here"]}
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    assert config_of(path)[0] == config
    assert [one.name for one in Path(tmp_path).iterdir()] == ["config.json"]
