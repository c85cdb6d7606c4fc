"""Rows that differ in what no throughput model has: named where they scatter, at every door."""

from __future__ import annotations

import dataclasses
import math

import pytest

import wattquery as wq
from command_line import runner
from wattquery import catalog
from wattquery.cli import main
from wattquery.errors import InputError
from wattquery.throughput import fit_throughput
from wattquery.throughput.identifiability import hardly_varied
from wattquery.throughput.remarks import LARGE_LOG_SIGMA, differences, loads_at_same_lengths, scatter, steep

HEADER = "Model,Hardware,Quantization,Tokens per Second (TPS),Input Length,Output Length,Power for Node (kW),Serving"
CURVE = [(1, 90), (4, 340), (16, 1200), (64, 3900), (256, 9000), (512, 9900)]
LENGTHS = [(500, 300), (1000, 2000), (5000, 500)]


@pytest.fixture
def validate():
    return lambda path: runner().invoke(main, ["catalog", "validate", str(path)], catch_exceptions=False)


def written(tmp_path, lines, *columns):
    path = tmp_path / "mine.csv"
    path.write_text("\n".join([",".join([HEADER, *columns]), *lines]) + "\n", encoding="utf-8")
    return path


def curve(lengths=LENGTHS, points=CURVE):
    return [
        f"Ours,8xH100,FP8,{tps * (inp / 500) ** -0.5:.0f},{inp},{out},10.2,vLLM,{concurrency}"
        for concurrency, tps in points
        for inp, out in lengths
    ]


@pytest.mark.parametrize("column", ["Concurrency", "Batch Size", "TP Size"])
def test_a_curve_of_operating_points_is_no_noise(tmp_path, column):
    path = written(tmp_path, curve(), column)
    deployment = catalog.read_csv(path).deployment("Ours")
    fitted = fit_throughput(deployment.rows, "Ours")
    assert fitted.residual_standard_error > 1.7
    note = scatter(fitted, deployment.rows)
    assert f"they differ in {column!r} (1, 4, 16, ... 6 values)" in note
    found = wq.estimate("Ours", catalog=path, method="exact")
    assert found.notes[0] == note
    assert note in wq.sweep(["Ours"], catalog=path, method="exact").attrs["throughput_notes"]


def test_a_large_residual_is_said_where_nothing_explains_it(tmp_path):
    path = written(tmp_path, [line.rsplit(",", 1)[0] for line in curve()])
    (note,) = [one for one in wq.estimate("Ours", catalog=path, method="exact").notes if "scatter" in one]
    assert "so rows are typically off by a factor of" in note
    assert "differ in" not in note


def test_rows_that_differ_and_agree_are_no_remark(tmp_path):
    alike = curve(points=[(64, 3900), (128, 4000), (256, 4100)])
    deployment = catalog.read_csv(written(tmp_path, alike, "Concurrency")).deployment("Ours")
    assert len(differences(deployment.rows)) == 1
    assert scatter(fit_throughput(deployment.rows, "Ours"), deployment.rows) == ""


def test_regressions_of_the_shipped_catalog_are_below_the_limit():
    fits = [fit_throughput(one.rows, one.model) for one in catalog.load("oviedo2026").deployments()]
    residuals = [one.residual_standard_error for one in fits if one.degrees_of_freedom]
    assert len(residuals) == 3
    assert 0.4 < max(residuals) < LARGE_LOG_SIGMA


def test_two_rows_that_contradict_each_other(tmp_path):
    path = written(tmp_path, curve([(1024, 1024)], CURVE[:2]), "Concurrency")
    note = wq.estimate("Ours", catalog=path, method="exact").notes[0]
    assert "its two rows differ by a factor of 3.7" in note
    assert "'Concurrency' (1, 4)" in note
    near = written(tmp_path, curve([(1024, 1024)], [(1, 90), (4, 110)]), "Concurrency")
    assert not any("scatter" in one for one in wq.estimate("Ours", catalog=near, method="exact").notes)


def test_the_advice_at_equal_lengths_names_what_varies(tmp_path):
    path = written(tmp_path, curve([(1024, 1024)]), "Concurrency")
    with pytest.raises(InputError) as caught:
        wq.estimate("Ours", catalog=path)
    words = str(caught.value)
    assert "At the same lengths they differ in 'Concurrency' (1, 4, 16, ... 6 values)" in words
    assert "write the operating point into 'Serving'" in words
    assert "larger throughput" not in words


def test_the_advice_is_one_that_works(tmp_path):
    lines = [line.replace("vLLM", f"vLLM {line.rsplit(',', 1)[1]}") for line in curve([(1024, 1024)])]
    path = written(tmp_path, lines, "Concurrency")
    ds = wq.sweep(["Ours"], serving=["vLLM 64", "vLLM 512"], catalog=path, method="exact")
    assert ds["throughput"].values.tolist() == [[pytest.approx(2725), pytest.approx(6918)]]


def test_columns_of_ones_own_change_no_fact(tmp_path):
    with_column = catalog.read_csv(written(tmp_path, curve(), "Concurrency"))
    without = catalog.read_csv(written(tmp_path, [line.rsplit(",", 1)[0] for line in curve()]))
    assert with_column == without
    assert with_column.content_hash == without.content_hash
    assert with_column.rows[3].others == (("Concurrency", "4"),)


def test_many_and_long_values_are_cut():
    row = catalog.load("oviedo2026").rows[0]
    wide = [
        dataclasses.replace(row, others=tuple((f"Column {i}", f"{'x' * 500}{n}") for i in range(9))) for n in range(2)
    ]
    assert differences(wide) == []  # what is cut off is the same, and so is the rest
    wide = [
        dataclasses.replace(row, others=tuple((f"Column {i}", f"{n}{'x' * 500}") for i in range(9))) for n in range(2)
    ]
    found = differences(wide)
    assert len(found) == 7
    assert found[-1] == "3 more columns"
    assert all(len(one) < 80 for one in found)


def test_validate_says_it_and_ends_well(validate, tmp_path):
    result = validate(written(tmp_path, curve(), "Concurrency"))
    assert result.exit_code == 0
    assert "note: Ours, FP8: rows scatter: the residual standard error is" in result.stderr
    assert "'Concurrency'" in result.stderr


def test_validate_does_not_name_lengths_whose_effect_the_others_tell(validate, tmp_path):
    """Input lengths that hardly vary: of a reciprocal fit with several outputs they change what no row contradicts."""
    points = [(64, 1020.9, 720), (126, 1021.1, 745), (305, 1021.4, 718), (494, 1020.8, 713)]
    path = written(tmp_path, [f"Ours,8xH100,FP8,{t},{i},{o},10.2,vLLM" for o, i, t in points])
    result = validate(path)
    assert result.exit_code == 0
    assert "not identified" not in result.stderr
    paper = wq.catalog.Catalog("paper's", wq.catalog.load(path).rows, throughput_model="log_linear")
    (note,) = hardly_varied(fit_throughput(paper.rows, "x"))
    assert "the effect of the input length is not identified" in note


def test_the_limit_is_a_factor_of_two_thirds_more():
    assert math.exp(LARGE_LOG_SIGMA) == pytest.approx(1.65, abs=0.01)


def test_lengths_that_go_along_with_a_concurrency_are_no_cause(tmp_path, validate):
    """Nine concurrencies whose measured lengths differ by a few tokens: hardly a residual, and slopes of hundreds."""
    lines = [
        f"Ours,8xH100,FP8,{80 * concurrency**0.9 + i},{500 + i},{300 + 7 * i % 11},10.2,vLLM,{concurrency}"
        for i, concurrency in enumerate((1, 2, 4, 8, 16, 32, 64, 128, 256))
    ]
    path = written(tmp_path, lines, "Concurrency")
    told = validate(path)
    assert told.exit_code == 0
    assert "implausible fit: by the rows, throughput goes with its input length to the power 3" in told.stderr
    assert "'Concurrency' (1, 2, 4, ... 9 values), which is not modelled" in told.stderr
    notes = wq.estimate("Ours", catalog=path, output_tokens=300, method="exact").notes
    assert notes[0].startswith("implausible fit")
    shipped = catalog.load("oviedo2026")
    fitted = [shipped.deployment(model) for model in shipped.labels("model")]
    assert not any(steep(fit_throughput(one.rows, one.model), one.rows) for one in fitted if one is not None)


@pytest.mark.parametrize(("column", "cells"), [("TP Size", "148"), ("Batch Size", "148"), ("Max Concurrency", "148")])
def test_three_rows_of_several_operating_points_are_named_though_they_leave_no_residual(
    tmp_path, validate, column, cells
):
    lines = [line.rpartition(",")[0] for line in curve(points=[(1, 1300)])]
    path = written(tmp_path, [f"{line},{cell}" for line, cell in zip(lines, cells, strict=True)], column)
    found = validate(path)
    assert found.exit_code == 0
    assert f"rows of several operating points: {column!r} is not the same in the 3 rows" in found.stderr
    notes = wq.estimate("Ours", catalog=path, draws=1000).notes
    assert any(note.startswith("rows of several operating points") for note in notes)


@pytest.mark.parametrize(
    ("column", "cells"),
    [("TP Size", "888"), ("Batch Size", ["Dynamic", "250", ""]), ("Run", "123"), ("Grouping", "123")],
)
def test_three_rows_of_one_operating_point_are_not(tmp_path, validate, column, cells):
    lines = [line.rpartition(",")[0] for line in curve(points=[(1, 1300)])]
    path = written(tmp_path, [f"{line},{cell}" for line, cell in zip(lines, cells, strict=True)], column)
    assert "operating points" not in validate(path).stderr


def test_few_tokens_per_second_are_not_none(tmp_path):
    path = written(tmp_path, ["Ours,Board,Q4,0.3,64,64,0.025,llama.cpp"])
    said = str(wq.estimate("Ours", catalog=path, method="exact"))
    assert "0.3 tokens/s per node" in said
    assert "at most 0.3 tokens/s" in said
    assert "0.3 tokens/s" in runner().invoke(main, ["catalog", "show", str(path)]).output


@pytest.mark.parametrize("column", ["max_num_seqs", "Max Sequences", "Load", "num_prompts", "Simultaneous requests"])
def test_a_load_has_many_names(tmp_path, column):
    deployment = catalog.read_csv(written(tmp_path, curve(points=CURVE[2:4]), column)).deployment("Ours")
    assert loads_at_same_lengths(deployment.rows) == [column]


def test_lengths_on_either_side_of_two_edges_are_alike(tmp_path):
    lines = [f"Ours,8xH100,FP8,{900 * n},{a},{b},10.2,vLLM,{n}" for n, (a, b) in enumerate([(914, 289), (951, 301)], 1)]
    deployment = catalog.read_csv(written(tmp_path, lines, "Concurrency")).deployment("Ours")
    assert loads_at_same_lengths(deployment.rows) == ["Concurrency"]


def test_loads_that_differ_from_length_to_length_are_said_where_rows_are_off(tmp_path):
    lengths = [(500, 300), (1000, 2000), (5000, 500), (2000, 128), (128, 1024)]

    def notes(loads):
        pairs = list(zip(loads, lengths, strict=True))
        rates = [1e6 * n / (n + 30) / (50 + 0.02 * (i + o / 2) + 30 * i / o) for n, (i, o) in pairs]
        lines = [f"Ours,8xH100,FP8,{r:.1f},{i},{o},10.2,vLLM,{n}" for (n, (i, o)), r in zip(pairs, rates, strict=True)]
        return wq.estimate("Ours", catalog=written(tmp_path, lines, "Concurrency"), method="exact").notes

    assert any("'Concurrency'" in note or "Concurrency differs" in note for note in notes((64, 4, 64, 8, 256)))
    assert not any("Concurrency" in note for note in notes((256, 240, 250, 256, 256)))
