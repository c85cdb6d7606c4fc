"""What a study under a load refuses, in one sentence: through Python, the shell and files alike."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import wattquery as wq
from one_sentence import is_one_sentence
from wattquery.cli import main

MODEL = "Llama 3.1 70B"
UNDER_LOAD = {"hardware": "H100 SXM", "precision": "FP8", "load": 0.5}
CACHED = wq.Workload([100, 400], [2000, 50], cached_tokens=[500, 0], name="cached")

# What is changed of a study that is allowed, and what the message names.
REFUSED = [
    ({"concurrency": 16}, ["load and concurrency", "load = 0.5", "concurrency = 16", "leave one of them out"]),
    ({"load": 50}, ["load must be at most 1", "got 50", "50 % as 0.5", "concurrency="]),
    ({"load": 1.01}, ["load must be at most 1", "got 1.01"]),
    ({"load": 0}, ["load must be above 0", "50 % as 0.5"]),
    ({"load": -0.5}, ["load must be above 0", "got -0.5"]),
    ({"load": None, "concurrency": 0}, ["concurrency must be above 0"]),
    ({"power_utilization": 0.6}, ["power_utilization must be left out under a load", "0.6", "count twice"]),
    ({"node_power": 10.2}, ["node_power must be left out under a load", "10.2", "count twice"]),
    ({"prefill_weight": 0.03}, ["prefill_weight must be left out under a load", "0.03", "count twice"]),
    ({"throughput_model": "reciprocal"}, ["throughput_model must be left out under a load", "'reciprocal'"]),
    ({"boundary": "facility+idle_reserve"}, ["'facility+idle_reserve'", "idle_reserve", "count twice", "lower load"]),
    ({"levers": "multi_token_prediction", "speculation": "on"}, ["'multi_token_prediction'"]),
    ({"workload": "azure_code", "output_tokens": 300}, ["workload", "output_tokens"]),
    ({"workload": "azure_code", "input_tokens": 300}, ["workload", "input_tokens"]),
    ({"cached_tokens": 600, "input_tokens": 500}, ["cached_tokens must be below the shortest", "500 tokens, got 600"]),
    ({"cached_tokens": 500, "input_tokens": 500}, ["cached_tokens must be below the shortest", "500 tokens, got 500"]),
    ({"cached_tokens": 499.9, "input_tokens": 500}, ["cached_tokens must be below the shortest", "got 499.9"]),
    ({"cached_tokens": 0.999999, "input_tokens": 500}, ["one token of an input new", "got 0.999999 of 500 tokens"]),
    ({"cached_tokens": 300, "workload": "azure_code"}, ["cached_tokens must be below the shortest", "got 300"]),
    ({"cached_tokens": -1}, ["cached_tokens must be 0 or more"]),
    ({"accelerators": 3.5}, ["accelerators must be a whole number", "got 3.5", "write 8"]),
    ({"accelerators": 0}, ["accelerators must be above 0"]),
    ({"accelerators": 5000}, ["accelerators must be within 1 to 1024", "5000"]),
    ({"hardware": None}, ["hardware must be named under a load", "hardware='H100 SXM'", "wq.Accelerator"]),
    ({"hardware": "H1000"}, ["'H1000'"]),
    ({"catalog": "oviedo2026"}, ["catalog must be left out under a load", "oviedo2026"]),
    ({"kv_precision": "FP4"}, ["kv_precision must be one of 'BF16', 'FP8'", "'FP4'"]),
    ({"speculation": "maybe"}, ["speculation must be one of", "'maybe'"]),
    ({"precision": "FP7"}, ["'FP7'"]),
    ({"serving": "vLMM"}, ["'vLMM'"]),
    ({"load": None, "kv_precision": "FP8"}, ["kv_precision", "belongs to an instance under load", "pass load=0.5"]),
    ({"load": None, "accelerators": 8}, ["accelerators", "belongs to an instance under load", "pass load=0.5"]),
    ({"load": None, "cached_tokens": 0.5}, ["cached_tokens", "belongs to an instance under load"]),
    ({"load": None, "max_sequences": 64}, ["max_sequences", "belongs to an instance under load"]),
    ({"load": None, "batch_workload": "azure_code"}, ["batch_workload", "belongs to an instance under load"]),
    ({"batch_workload": "azure_cod"}, ["batch_workload must be one of", "'azure_cod'", "azure_code"]),
    ({"batch_workload": {"azure_code": -1.0}}, ["batch_workload", "0 or more"]),
]  # fmt: skip
_SHARED = (
    "must be above 0", "must be 0 or more", "must be within", "must be at least", "is in no row", "finite number",
    "more than once", "at least one value", "must be a list of values", "accelerator_share", "beside", "Workload",
)  # fmt: skip
IDS = ["-".join(changed) + f"-{number}" for number, (changed, _) in enumerate(REFUSED)]


def changed_study(changed: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in {**UNDER_LOAD, **changed}.items() if value is not None}


def test_what_is_changed_below_is_allowed() -> None:
    assert wq.estimate(MODEL, **UNDER_LOAD, method="exact").quantiles[0.5] > 0.0


@pytest.mark.parametrize(("changed", "named"), REFUSED, ids=IDS)
@pytest.mark.parametrize("function", [wq.sweep, wq.estimate])
def test_python_refuses(function, changed, named) -> None:
    with pytest.raises(wq.InputError) as caught:
        function(MODEL, **_with_lever(changed_study(changed)), method="exact")
    message = str(caught.value)
    assert all(word in message for word in named), message
    assert is_one_sentence(message) or _is_of_a_range(message), message


def _is_of_a_range(message: str) -> bool:
    """Return whether a message is that of ranges, labels and axes, which all functions share."""
    return any(words in message for words in _SHARED)


def _with_lever(study: dict[str, object]) -> dict[str, object]:
    """Return a study whose lever is the user's own, where it is none of the preset."""
    name = study.get("levers")
    return study if name is None else {**study, "levers": wq.Lever(str(name), 1.5)}


@pytest.mark.parametrize(("changed", "named"), REFUSED, ids=IDS)
def test_the_shell_and_files_refuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed, named) -> None:
    monkeypatch.chdir(tmp_path)
    study = changed_study(changed)
    if "levers" in study:
        study["levers"] = f"Lever('{study['levers']}', 1.5)"
    lines = [f"{name} = {_toml(value)}" for name, value in study.items()]
    Path("spec.toml").write_text("\n".join([f'model = "{MODEL}"', 'method = "exact"', *lines]))
    options = [part for name, value in study.items() for part in (f"--{name.replace('_', '-')}", _option(value))]
    for arguments in (["estimate", MODEL, *options], ["sweep", "spec.toml", "-o", "out.nc"]):
        result = CliRunner().invoke(main, arguments, catch_exceptions=False)
        assert (result.exit_code, Path("out.nc").exists()) == (2, False), result.output
        said = " ".join(result.output.split())
        assert all(word in said for word in named), said


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + "}"
    return json.dumps(value)


def _option(value: object) -> str:
    return ",".join(f"{key}={one}" for key, one in value.items()) if isinstance(value, dict) else str(value)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (
            {"workload": CACHED, "cached_tokens": 0.5},
            ["cached_tokens must be left out beside a workload", "0.5", "'cached'"],
        ),
        ({"cached_tokens": 600, "input_tokens": wq.Uniform(500, 900)}, ["below the shortest input", "500 tokens"]),
        ({"levers": wq.Lever("mtp", 1.4), "speculation": "unknown"}, ["'mtp'", "'unknown'", "speculation='off'"]),
        ({"levers": wq.Lever("Speculative decoding", 1.4), "speculation": "on"}, ["'Speculative decoding'", "'on'"]),
        ({"boundary": wq.Boundary("accelerator", accelerator_share=0.7)}, ["accelerator_share"]),
        ({"boundary": wq.Boundary("node", steps=[wq.Step("idle_reserve", 1.1)])}, ["idle_reserve"]),
        ({"max_sequences": 0}, ["max_sequences must be a whole number"]),
        ({"max_sequences": 12.5}, ["max_sequences must be a whole number"]),
        ({"load": wq.unchecked(2.0)}, ["load must be at most 1"]),
        ({"load": wq.Uniform(0.1, 0.9)}, ["load"]),
        ({"load": [0.1, 0.1]}, ["0.1", "more than once"]),
        ({"load": []}, ["load must have at least one value"]),
        ({"load": "half"}, ["load must be a finite number"]),
        ({"load": "50%"}, ["load must be a finite number", "Write 50% as 0.5, without quotes."]),
        ({"cached_tokens": "25%"}, ["Write 25% as 0.25, without quotes."]),
        ({"pue": "120%"}, ["Write 120% as 1.2, without quotes."]),
        ({"boundary": wq.Boundary("node", steps=[wq.Step("spare capacity", 1.1)])}, ["spare capacity", "count twice"]),
        ({"load": True}, ["load must be a finite number"]),
        ({"load": wq.ALL}, ["load must be a list of values", "wq.ALL"]),
        ({"batch_workload": []}, ["batch_workload"]),
        ({"batch_workload": {"azure_code": "half"}}, ["batch_workload"]),
        ({"hardware": wq.Accelerator}, ["hardware"]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_python_refuses_what_no_option_says(arguments, named) -> None:
    with pytest.raises(wq.InputError) as caught:
        wq.sweep(MODEL, **{**UNDER_LOAD, **arguments}, method="exact")
    message = str(caught.value)
    assert all(word in message for word in named), message
    assert is_one_sentence(message) or _is_of_a_range(message), message


def test_a_share_or_a_number_of_an_input_may_leave_one_token_new() -> None:
    for cached in (499, 0.998):
        found = wq.estimate(MODEL, **UNDER_LOAD, cached_tokens=cached, input_tokens=500, method="exact")
        assert found.mean > 0.0


def test_a_step_whose_name_tells_nothing_carries_a_note() -> None:
    steps = [wq.Step("ours", 1.1), wq.Step("network", 1.02)]
    ds = wq.sweep(MODEL, **UNDER_LOAD, boundary=wq.Boundary("node", steps=steps), method="exact")
    assert "step ours: whether it holds idle capacity" in ds.attrs["load_notes"]


@pytest.mark.parametrize("lever", ["mtp", "multi_token_prediction", "Speculative decoding", "draft model"])
def test_a_lever_for_several_tokens_a_step_passes_where_speculation_is_off(lever) -> None:
    assert wq.estimate(MODEL, **UNDER_LOAD, levers=wq.Lever(lever, 1.4), method="exact").mean > 0.0


@pytest.mark.parametrize(
    ("axis", "own"),
    [
        ("model", wq.Model("Ours 8B", total_parameters=8)),
        ("model", [wq.Model("Ours 8B", total_parameters=8)]),
        ("model", {"ours": {"name": "Ours 8B", "total_parameters": 8}}),
        ("model", {"name": "Ours 8B", "total_parameters": 8}),
        ("model", "somewhere/config.json"),
        ("hardware", wq.Accelerator("H100")),
        ("hardware", "sheet.toml"),
    ],
    ids=str,
)
def test_descriptions_need_a_load(axis, own) -> None:
    arguments = {"model": MODEL, axis: own}
    for function in (wq.sweep, wq.estimate):
        with pytest.raises(wq.InputError) as caught:
            function(**arguments)
        assert f"{axis} must be a name of the catalog where no load is stated" in str(caught.value)
        assert "pass load=0.5" in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"load": None, "concurrency": 1000, "accelerators": 1}, "1000 sequences are asked for"),
        ({"precision": "BF16", "accelerators": 1}, "its weights take"),
        ({"accelerators": 1, "input_tokens": 10_000_000}, "no sequence of these lengths fits"),
    ],
)
def test_what_does_not_fit_is_an_error_of_an_estimate_and_none_of_a_grid(changed, why) -> None:
    study = changed_study(changed)
    with pytest.raises(wq.InputError) as caught:
        wq.estimate(MODEL, **study, method="exact")
    assert why in str(caught.value)
    assert f"Nothing can be predicted of {MODEL} on H100 SXM" in str(caught.value)
    assert is_one_sentence(str(caught.value))
    assert ("shorter lengths" in str(caught.value)) == ("weights take" not in why)
    ds = wq.sweep(MODEL, **study, method="exact")
    assert not ds["supported"]
    assert why in ds["unsupported_reason"].item()
    assert ds["support"].item() == "none"
    assert bool(ds["energy"].isnull().all())


def test_levers_that_overlap_the_load_model_carry_a_note() -> None:
    notes = wq.estimate(MODEL, **UNDER_LOAD, levers="serving+hardware", method="exact").notes
    assert any("lever 'serving' overlaps the load model" in note for note in notes)
    assert any("lever 'hardware' overlaps the load model" in note for note in notes)
    alone = wq.sweep(MODEL, **UNDER_LOAD, levers="model", method="exact")
    assert "overlaps" not in alone.attrs["load_notes"]
    varied = wq.sweep(MODEL, **{**UNDER_LOAD, "precision": ["FP8", "BF16"]}, levers="model", method="exact")
    assert "lever 'model' overlaps the load model" in varied.attrs["load_notes"]


def test_what_counts_of_a_preset_is_said() -> None:
    for preset in ("v1", "default"):
        for boundary, taken in (("facility", "its PUE and lengths"), ("node", "its lengths")):
            ds = wq.sweep(MODEL, **UNDER_LOAD, preset=preset, boundary=boundary, method="exact")
            said = ds.attrs["load_notes"]
            assert f"Of preset {preset!r} count {taken}, where none are given" in said
            assert "node power, power utilization and prefill weight do not count under a load." in said


@pytest.mark.parametrize(
    ("speculation", "said"),
    [
        ("off", "Speculative decoding is taken to be off: as rows of the same instance count those that say so"),
        ("on", "Speculative decoding is on: as rows of the same instance count those that say so."),
        ("unknown", "as rows of the same instance count those that do not tell"),
    ],
)
def test_which_rows_speculation_counts_is_said(speculation: str, said: str) -> None:
    ds = wq.sweep(MODEL, **UNDER_LOAD, speculation=speculation, method="exact")
    assert said in ds.attrs["load_notes"]


def test_pue_is_said_to_be_constant_where_it_counts() -> None:
    said = "PUE is taken to be the same at every load."
    assert said in wq.estimate(MODEL, **UNDER_LOAD, method="exact").notes
    assert said not in wq.estimate(MODEL, **UNDER_LOAD, boundary="node", method="exact").notes
