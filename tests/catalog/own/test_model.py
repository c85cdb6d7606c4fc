"""Models: from a configuration, by name, by size."""

from __future__ import annotations

import dataclasses
import json
import math
import re

import pytest

import wattquery as wq
from model_configs import DEEPSEEK_V3, KIMI_K25, LLAMA_2_70B, LLAMA_8B, LLAMA_70B, MIXTRAL, OF_THE_TABLES, QWEN3_32B
from one_sentence import is_one_sentence
from wattquery.catalog.facts import OWN_KEY, architectures
from wattquery.errors import InputError, InputTypeError
from wattquery.throughput.load.shapes import shape_of

MINE = {**LLAMA_70B, "num_hidden_layers": 60}


@pytest.mark.parametrize("name", OF_THE_TABLES)
def test_the_shape_of_a_known_model_is_known(name):
    model = wq.Model.from_config(OF_THE_TABLES[name], name=name)
    known = architectures()[name]
    assert model.facts.architecture == name
    told = {"native_precision": known.native_precision, "context_tokens": None}
    assert dataclasses.replace(model.facts, **told) == known
    assert any(f"its shape is that of {known.model} in the tables" in note for note in model.notes)
    assert model.label == name


def test_a_known_shape_in_another_precision():
    awq = {"quant_method": "awq", "bits": 4, "group_size": 128}
    model = wq.Model.from_config({**QWEN3_32B, "quantization_config": awq}, "Qwen3 32B AWQ")
    assert (model.facts.architecture, model.facts.native_precision) == ("qwen3-32b", "int4 (group 128)")


def test_an_unknown_shape_is_ones_own():
    model = wq.Model.from_config(MINE, name="Mine")
    assert model.facts.architecture.startswith(OWN_KEY)
    assert (model.label, model.facts.model, model.facts.layers) == ("Mine", "Mine", 60)
    assert model.total_parameters == model.facts.total_params_b == pytest.approx(53.4, rel=0.01)
    assert repr(model) == "Model('Mine', 53.4e9 parameters, 60 layers)"
    assert repr(wq.Model.from_config({**MIXTRAL, "num_hidden_layers": 30}, "M")) == (
        "Model('M', 43.8e9 parameters, 12.1e9 active, 30 layers)"
    )
    with pytest.raises(dataclasses.FrozenInstanceError):
        model.name = "x"
    assert model == wq.Model.from_config(MINE, name="Mine") != wq.Model.from_config(MINE, name="Other")
    assert len({model, wq.Model.from_config(MINE, name="Mine")}) == 1


def test_what_is_not_understood_is_no_known_model():
    model = wq.Model.from_config({**LLAMA_8B, "compress_ratios": [4] * 32})
    assert model.facts.architecture.startswith(OWN_KEY)
    assert model.notes == ("not understood, and left out: 'compress_ratios'",)


def test_names():
    assert wq.Model.from_config(MINE).label == "own model"
    assert wq.Model.from_config(LLAMA_8B).label == architectures()["llama-3.1-8b"].model
    assert wq.Model.from_config({**MINE, "_name_or_path": "maker/Qwen3-32B"}).label == "Qwen3-32B (own)"
    with pytest.raises(InputError, match=r"another than that of 'Qwen3-32B' .* got 'qwen3-32b': choose"):
        wq.Model.from_config(MINE, name="qwen3-32b")
    with pytest.raises(InputTypeError, match="name must be text"):
        wq.Model.from_config(MINE, name=3)


def test_a_model_of_the_tables_gives_its_name_where_it_is_the_only_one_of_its_shape():
    tied = wq.Model.from_config({**LLAMA_70B, "tie_word_embeddings": True})
    assert tied.label == "own model"
    assert tied.facts.architecture.startswith(OWN_KEY)
    several = wq.Model.from_config(LLAMA_2_70B)
    assert several.label == "own model"
    shapes = "its shape is that of Code Llama 70B, and of Llama 2 70B in the tables"
    assert several.notes == (f"own model: {shapes}: the measured rows of Code Llama 70B count",)
    assert wq.Model.from_config(LLAMA_2_70B, "Llama 2 70B").facts.model == "Llama 2 70B"


def test_a_folder_called_as_another_model_is_does_not_make_it_that_one():
    assert wq.Model.from_config({**LLAMA_70B, "_name_or_path": "maker/Qwen3-32B"}).label == "Qwen3-32B (own)"
    with pytest.raises(InputError, match="another than that of 'Qwen3-32B'"):
        wq.Model.from_config(LLAMA_70B, name="Qwen3-32B")


@pytest.mark.parametrize(
    ("written", "precision"),
    [
        ("fp8", "fp8"),
        (" FP8 ", "fp8"),
        ("awq", "int4"),
        ("NVFP4", "nvfp4"),
        ("modelopt_fp4", "nvfp4"),
        ("int8", "int8"),
    ],
)
def test_a_quantisation_written_as_text_is_read(written, precision):
    model = wq.Model.from_config({**LLAMA_8B, "quantization_config": written}, "Mine")
    assert model.facts.native_precision == precision
    assert not any("quantisation" in note for note in model.notes)


@pytest.mark.parametrize("written", ["magic", ["fp8"], 8, True])
def test_a_quantisation_that_is_not_understood_is_said(written):
    model = wq.Model.from_config({**LLAMA_8B, "quantization_config": written}, "Mine")
    assert model.facts.native_precision == "bf16"
    assert any(f"not understood, and left out: the quantisation {written!r}" in note for note in model.notes)
    assert model.facts.architecture.startswith("own:")


def test_a_file(tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps(KIMI_K25), encoding="utf-8")
    assert wq.Model.from_config(path, "K").facts.architecture == "kimi-k2.5"
    assert wq.Model.from_config(str(tmp_path), "K") == wq.Model.from_config(path, "K")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"num_hidden_layers": 10**12}, "must be a whole number from 1 to 10,000, got 1000000000000"),
        ({"num_hidden_layers": "80"}, "write the number without quotes"),
        ({"num_hidden_layers": -1}, "got -1"),
        ({"num_hidden_layers": True}, "got True"),
        ({"num_hidden_layers": 1.5}, "got 1.5"),
        ({"num_hidden_layers": math.nan}, "got nan"),
        ({"num_hidden_layers": None}, "does not say its layers"),
        ({"hidden_size": None}, "does not say its width"),
        ({"hidden_size": [1, 2]}, "numbers that differ by layer are not read"),
        ({"num_attention_heads": None}, "does not say its attention heads"),
        ({"num_attention_heads": 33}, "no multiple of num_attention_heads"),
        ({"num_key_value_heads": 128}, "num_key_value_heads is 128 while num_attention_heads is 64"),
        ({"num_key_value_heads": 7}, "must divide the heads"),
        ({"num_key_value_heads": 0}, "got 0"),
        ({"vocab_size": None}, "does not say the size of its vocabulary"),
        ({"sliding_window": -4}, "got -4"),
        ({"layer_types": ["full_attention"] * 3}, "entry for each of its 60 layers, got 3 entries"),
        ({"layer_types": ["magic"] * 60}, "names 'magic', of which the cost is not known"),
        ({"tie_word_embeddings": "no"}, "must be true or false"),
        ({"kv_lora_rank": 512}, "qk_rope_head_dim is needed"),
        ({"num_local_experts": 8}, "num_experts_per_tok is not stated"),
        ({"num_local_experts": 8, "num_experts_per_tok": 9}, "9 of 8 experts"),
        ({"num_local_experts": 8, "num_experts_per_tok": 2, "first_k_dense_replace": 99}, "99 of 60 layers"),
        ({"is_encoder_decoder": True}, "an encoder with a decoder"),
        ({"model_type": "bert"}, "an encoder alone"),
        ({"model_type": "clip_text_model"}, "an encoder alone"),
        ({"model_type": "whisper"}, "a model of sound"),
        ({"model_type": "llada"}, "a diffusion model"),
        ({"architectures": ["LlamaForSequenceClassification"]}, "made for another task"),
        ({"layer_types": ["mamba", "attention"] * 30}, "whose shape it does not say"),
        ({"hybrid_override_pattern": "MX"}, "the characters 'X'"),
    ],
)
def test_refusals_of_configurations(change, words):
    with pytest.raises(InputError, match=words) as raised:
        wq.Model.from_config({**MINE, **change})
    assert str(raised.value).startswith("config")
    assert is_one_sentence(str(raised.value))


def test_odd_values_that_do_not_matter():
    change = {"model_type": 3, "architectures": "x", "rope_theta": math.inf, "id2label": {}}
    assert wq.Model.from_config({**LLAMA_8B, **change}).facts.architecture == "llama-3.1-8b"


def test_by_name():
    model = wq.Model("meta-llama/Llama-3.1-70B-Instruct")
    assert model.facts == architectures()["llama-3.1-70b"]
    assert model.label == model.facts.model
    assert model == wq.Model("llama-3.1-70b")
    assert model.notes == ()
    with pytest.raises(InputError, match=r"wq\.Model\.from_config\('config\.json'\), or .* Did you mean .*\?$"):
        wq.Model("Llama 3.1 71B")
    with pytest.raises(InputTypeError, match="name must be text"):
        wq.Model(LLAMA_8B)


def test_whether_a_user_described_it():
    """Then its label is its own name, and not the path that was written."""
    assert wq.Model.from_config(LLAMA_8B).is_described
    assert wq.Model.from_config(MINE).is_described
    assert wq.Model("X", total_parameters=7).is_described
    assert not wq.Model("Qwen3-32B").is_described
    assert not wq.Accelerator("H100").is_described


def test_by_size():
    model = wq.Model("Secret", total_parameters=400, active_parameters=30)
    assert model.facts.layers is None
    assert repr(model) == "Model('Secret', 400e9 parameters, 30e9 active, a usual shape)"
    assert model.notes == ("Secret: only its numbers of parameters are known; its shape is a usual one",)
    assert shape_of(model.facts).imputed == 1.0
    assert wq.Model("Dense", total_parameters=70).active_parameters == 70.0


@pytest.mark.parametrize(
    ("name", "sizes", "words"),
    [
        ("X", {"active_parameters": 80}, "got them alone: add total_parameters"),
        ("X", {"total_parameters": 70e9}, "Give billions"),
        ("X", {"total_parameters": 70, "active_parameters": 80}, "at most total_parameters"),
        ("X", {"total_parameters": "70"}, "without quotes"),
        ("X", {"total_parameters": math.nan}, "finite number"),
        ("X", {"total_parameters": 0}, "above 0"),
        ("Llama 3.1 70B", {"total_parameters": 70}, "must be left out for .* of the tables, which know them"),
        ("", {"total_parameters": 70}, "is empty"),
        ("X", {}, "model must be a name of catalog 'default'"),
    ],
)
def test_refusals_of_sizes(name, sizes, words):
    with pytest.raises(InputError, match=words) as raised:
        wq.Model(name, **sizes)
    assert words in ("Give billions", "above 0", "finite number", "without quotes", "is empty") or is_one_sentence(
        str(raised.value)
    )


def test_precision_of_the_published_weights_reaches_the_kernels():
    own = wq.Model.from_config({**DEEPSEEK_V3, "num_hidden_layers": 40}, "mine")
    assert own.facts.native_precision == "fp8 (block 128)"


LAYERS_32 = LLAMA_8B["num_hidden_layers"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"layer_types": ["full_attention", "sliding_attention"] * 16}, "whose size is not stated"),
        ({"layer_types": ["full_attention", "sliding_attention"] * 16, "sliding_window": None}, "size is not stated"),
        ({"sliding_window_pattern": 6}, "whose size is not stated"),
        ({"use_sliding_window": True}, "whose size is not stated"),
        ({"quantization_config": {"quant_method": "gptq", "bits": 2}}, "weights of 2 bits, which are taken to have 4"),
        ({"quantization_config": {"quant_method": "gptq", "bits": 3}}, "weights of 3 bits, which are taken to have 4"),
        ({"quantization_config": {"quant_method": "hqq", "nbits": 1}}, "weights of 1 bits, which are taken to have 4"),
        ({"quantization_config": {"quant_method": "eetq", "bits": 6}}, "weights of 6 bits, which are taken to have 8"),
        ({"quantization_config": {"quant_method": "aqlm"}}, "the quantisation 'aqlm'"),
        ({"quantization_config": {"quant_method": "torchao", "quant_type": "uint3"}}, "the quantisation 'torchao'"),
        ({"pruned_heads": {"3": [0, 1]}}, "'pruned_heads'"),
        ({"adapter_path": "somewhere"}, "'adapter_path'"),
        ({"weird_new_thing": 3}, "'weird_new_thing'"),
        ({"weird_new_thing": [1, 2]}, "'weird_new_thing'"),
        ({"weird_new_thing": True}, "'weird_new_thing'"),
    ],
    ids=str,
)
def test_what_is_half_understood_is_said_and_is_no_known_model(change, words):
    model = wq.Model.from_config({**LLAMA_8B, **change}, "Mine")
    assert any(f"not understood, and left out: {words}" in note or words in note for note in model.notes)
    assert model.facts.architecture.startswith("own:")


@pytest.mark.parametrize(
    "change",
    [
        {"layer_types": ["full_attention"] * LAYERS_32, "sliding_window": None},
        {"layer_types": ["sliding_attention"] * LAYERS_32, "sliding_window": 131072},
        {"layer_types": ["sliding_attention"] * LAYERS_32, "sliding_window": 64, "use_sliding_window": False},
        {"intermediate_size": [14336] * LAYERS_32, "num_key_value_heads": [8] * LAYERS_32},
        {"quantization_config": {"quant_method": "torchao", "quant_type": "int4_weight_only"}},
        {"quantization_config": {"quant_method": "quanto", "weights": "int8"}},
        {"weird_new_thing": 0, "other_new_thing": "words", "unsloth_fixed": True, "transformers_version": "4.51.0"},
        {"_name_or_path": "x", "max_length": 20, "top_k": 50, "id2label": {"0": "a"}, "attn_pdrop": 0.1, "seed": 3},
        {"return_dict": True, "is_decoder": True, "eos_token_id": [1, 2], "embedding_multiplier": 12.0},
    ],
    ids=str,
)
def test_what_is_understood_is_the_known_model(change):
    model = wq.Model.from_config({**LLAMA_8B, **change}, "Mine")
    assert model.facts.architecture == "llama-3.1-8b", model.notes


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"intermediate_size": [14336] * 30},
            "intermediate_size must be a number, or a list with one for each of its 32",
        ),
        ({"num_key_value_heads": [1] * 3}, "got 3 entries"),
        ({"head_dim": [128]}, "got 1 entries"),
        ({"num_hidden_layers": [32]}, "num_hidden_layers must be a whole number"),
        ({"num_experts": 8, "num_experts_per_tok": 2, "mlp_only_layers": [32]}, "numbers from 0 to 31"),
        ({"num_experts": 8, "num_experts_per_tok": 2, "mlp_only_layers": ["all"]}, "numbers from 0 to 31"),
    ],
    ids=str,
)
def test_lists_by_layer_of_another_length_are_refused(change, words):
    with pytest.raises(wq.InputError, match=re.escape(words)):
        wq.Model.from_config({**LLAMA_8B, **change}, "Mine")
