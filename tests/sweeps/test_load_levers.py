"""Levers under a load: refused where they count twice for certain, and said to overlap where they may."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import wattquery as wq
from one_sentence import is_one_sentence
from wattquery import catalog
from wattquery.cli import main
from wattquery.scenarios import QueryClass, Scenario, load
from wattquery.sweeps.study import preset_levers

MODEL = "Llama 3.1 70B"
UNDER_LOAD = {"hardware": "H100 SXM", "precision": "FP8", "load": 0.5, "method": "exact"}


def notes(*levers: wq.Lever | str, **arguments: object) -> str:
    return wq.sweep(MODEL, **{**UNDER_LOAD, **arguments}, levers=[list(levers)]).attrs["load_notes"]


@pytest.mark.parametrize("speculation", ["on", "unknown"])
@pytest.mark.parametrize(
    "lever",
    [wq.Lever("eagle", 1.5), wq.Lever("Medusa", 1.5), wq.Lever("lookahead", 1.5),
     wq.Lever("ours", 1.5, kind="speculation")],
    ids=lambda lever: lever.name,
)  # fmt: skip
def test_several_tokens_in_a_step_count_once(lever: wq.Lever, speculation: str) -> None:
    with pytest.raises(wq.InputError, match=rf"speculation = '{speculation}'.* would count twice, got {lever.name!r}"):
        notes(lever, speculation=speculation)
    assert "overlap" not in notes(lever, speculation="off")


def test_what_a_lever_says_of_itself_goes_before_its_name() -> None:
    assert "overlap" not in notes(wq.Lever("eagle eyes", 1.5, kind="other"), speculation="on")


@pytest.mark.parametrize(
    ("lever", "what"),
    [
        (wq.Lever("batching", 1.5), "how busy an instance is"),
        (wq.Lever("utilization", 1.5), "how busy an instance is"),
        (wq.Lever("quantization", 1.5), "the precision of the weights"),
        (wq.Lever("ours", 1.5, kind="caching"), "what is cached of a prompt"),
        (wq.Lever("ours", 1.5, kind="hardware"), "newer accelerators"),
        ("serving", "batching and the serving system"),
    ],
    ids=str,
)
def test_an_overlap_is_said(lever: wq.Lever | str, what: str) -> None:
    name = lever if isinstance(lever, str) else lever.name
    assert f"lever {name!r} overlaps the load model in {what}" in notes(lever)


def test_another_model_overlaps_where_models_or_precisions_vary() -> None:
    assert "overlap" not in notes(wq.Lever("distillation", 2))
    assert "lever 'distillation' overlaps" in notes(wq.Lever("distillation", 2), precision=["FP8", "BF16"])


def test_a_name_that_tells_nothing_is_said_to() -> None:
    said = "lever 'ours': whether it overlaps the load model cannot be told from its name; state its kind"
    assert said in notes(wq.Lever("ours", 1.5))
    assert "overlap" not in notes(wq.Lever("ours", 1.5, kind="other"))
    assert "overlap" not in notes("routing")


@pytest.mark.parametrize("name", catalog.preset_names())
def test_the_levers_of_presets_say_what_they_change(name: str) -> None:
    assert all(lever.kind for lever in preset_levers(catalog.preset(name)).values())


def test_a_lever_renamed_by_its_axis_keeps_what_it_changes() -> None:
    with pytest.raises(wq.InputError, match="would count twice, got 'ours'"):
        wq.sweep(MODEL, **UNDER_LOAD, levers={"x": wq.Lever("ours", 1.5, kind="speculation")}, speculation="on")


def test_files_and_the_shell_say_it_too(tmp_path: Path) -> None:
    spec = tmp_path / "spec.toml"
    lines = [f'model = "{MODEL}"', 'hardware = "H100 SXM"', 'precision = "FP8"', "load = 0.5", 'speculation = "on"']
    lever = "Lever('ours', 1.5, kind='speculation')"
    for written in ('{ lever = "ours", distribution = 1.5, kind = "speculation" }', f'"{lever}"'):
        spec.write_text("\n".join([*lines, f"levers = {written}"]))
        result = CliRunner().invoke(main, ["sweep", str(spec)])
        assert result.exit_code == 2, result.output
        assert "would count twice, got 'ours'" in " ".join(result.output.split())
    options = ["--hardware", "H100 SXM", "--load", "0.5", "--speculation", "on", "--levers", lever]
    result = CliRunner().invoke(main, ["estimate", MODEL, *options])
    assert result.exit_code == 2, result.output
    assert "would count twice, got 'ours'" in " ".join(result.output.split())


CLASS = {"share": 1, "model": MODEL, "hardware": "H100 SXM", "load": 0.5, "speculation": "on"}


@pytest.mark.parametrize(
    "stated",
    [
        {"levers": [wq.Lever("ours", 1.5, kind="speculation")]},
        {"levers": [{"lever": "ours", "distribution": 1.5, "kind": "speculation"}]},
        {"levers": "ours", "lever_factors": {"ours": 1.5}, "lever_kinds": {"ours": "speculation"}},
    ],
    ids=["lever", "dict", "by name"],
)
def test_classes_of_a_fleet_say_it_too(stated: dict[str, object]) -> None:
    scenario = Scenario("one", classes={"chat": {**CLASS, **stated}}, queries_per_day=1e6)
    assert Scenario.from_dict(scenario.to_dict(), "one").classes["chat"].lever_kinds == {"ours": "speculation"}
    with pytest.raises(wq.InputError, match=r"class 'chat': .* would count twice, got 'ours'"):
        wq.fleet(scenario)


def test_kinds_of_a_class_are_checked() -> None:
    with pytest.raises(wq.InputError, match=r"lever_kinds\['ours'\]: kind must be one of"):
        QueryClass(**{**CLASS, "levers": "ours", "lever_kinds": {"ours": "speculative"}})
    with pytest.raises(wq.InputError, match="lever_kinds must be a dict"):
        QueryClass(**{**CLASS, "lever_kinds": "speculation"})


def test_levers_that_are_adopted_count_once_too() -> None:
    course = {"dates": ["2026-01-01", "2028-01-01"], "queries_per_day": 1e6, "adoption": {"ours": 0.5, "routing": 0.1}}
    taken = {**CLASS, "pue": 1.2, "lever_factors": {"ours": 1.5}}
    with pytest.raises(wq.InputError, match="would count twice, got 'ours'"):
        wq.trajectory(classes={"chat": {**taken, "lever_kinds": {"ours": "speculation"}}}, **course)
    said = wq.trajectory(classes={"chat": taken}, shared_draws=2**8, **course).attrs["notes"]
    assert "lever 'ours': whether it overlaps the load model cannot be told" in said
    assert "lever 'routing'" not in said


CURVE = {"by_concurrency": {4: 1.5, 64: 1.2}}


@pytest.mark.parametrize(
    "refused",
    [
        lambda: wq.sweep(MODEL, levers=wq.Lever("ours", **CURVE)),
        lambda: wq.estimate("DeepSeek-R1", levers=wq.Lever("ours", 1.5, time_factor={4: 1.5, 64: 1.2})),
        lambda: wq.sensitivity.reduction(wq.Lever("ours", **CURVE)),
        lambda: wq.fleet("mixed", levers=["none", wq.Lever("ours", **CURVE)]),
    ],
    ids=["sweep", "estimate", "reduction", "fleet"],
)
def test_a_lever_by_load_needs_one(refused: Callable[[], object]) -> None:
    with pytest.raises(wq.InputError, match=r"depends on the load where none is stated, got 'ours': pass concurrency="):
        refused()


@pytest.mark.parametrize(
    ("lever", "axes", "axis"),
    [
        (wq.Lever("quantization", 1.5), {"precision": ["FP8", "BF16"]}, "the axis precision varies"),
        (wq.Lever("fuller batches", 1.5), {"load": [0.2, 0.5]}, "the axis load varies"),
        (wq.Lever("batching", 1.5), {"load": None, "concurrency": [8, 64]}, "the axis concurrency varies"),
        (wq.Lever("batching", **CURVE), {}, "for batching that depends on the load under a load"),
    ],
    ids=["precision", "load", "concurrency", "by load"],
)
def test_what_an_axis_varies_is_no_lever_as_well(lever: wq.Lever, axes: dict[str, object], axis: str) -> None:
    with pytest.raises(wq.InputError, match=f"{axis}.*got {lever.name!r}") as caught:
        notes(lever, **axes)
    assert is_one_sentence(str(caught.value))
    assert notes(wq.Lever(lever.name, 1.5, kind="other"), **axes)


def test_what_is_beyond_a_curve_is_said() -> None:
    lever = wq.Lever("ours", by_concurrency={4: 1.5, 64: wq.LogNormal(0.8, 1.5)}, kind="other", source="our own")
    said = notes(lever, load=None, concurrency=[1, 16, 100])
    assert "lever 'ours' is known from 4 to 64 running sequences, and 2 of 3 combinations have fewer or more" in said
    assert "lever 'ours': our own" in said
    assert "lever 'ours' may cost energy, with a probability of 32 % at 64 running sequences" in said
    assert "beyond" not in said
    inside = notes(lever, load=None, concurrency=[4, 64])
    assert "fewer or more" not in inside
    saving = wq.Lever("ours", 1.5, kind="other", time_factor=1.2)
    assert "'ours' saves time as well: throughput, power and times are told without it" in notes(saving)


OF_A_CLASS = """
queries_per_day = 1e6
[classes.chat]
share = 1
model = "Llama 3.1 70B"
hardware = "H100 SXM"
concurrency = 16
levers = "ours"
lever_factors.ours = { by_concurrency = { 4 = 1.5, 64 = "1.2" }, kind = "other" }
"""


def test_files_and_the_shell_have_levers_by_load(tmp_path: Path) -> None:
    written = "Lever('ours', by_concurrency={4: 1.5, 64: 1.2}, kind='other')"
    options = ["--hardware", "H100 SXM", "--precision", "FP8", "--concurrency", "16", "--method", "exact", "--json"]
    means = [
        json.loads(CliRunner().invoke(main, ["estimate", MODEL, *options, "--levers", levers]).output)["energy_mean_wh"]
        for levers in ("none", written)
    ]
    assert means[0] / means[1] == pytest.approx((1.5 * 1.2) ** 0.5, rel=1e-5)
    path = tmp_path / "ours.toml"
    path.write_text(OF_A_CLASS)
    (lever,) = load(path).classes["chat"].lever_factors.values()
    assert lever == wq.Lever("ours", by_concurrency={4: 1.5, 64: 1.2}, kind="other")
