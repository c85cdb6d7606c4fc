"""Forms of the load model: each changes one thing, for as long as it lasts, and is scored on what it has not seen."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

import compare_load_models as script
from load_forms.forms import FORMS, SHIPPED
from load_forms.log_linear import LogLinear, features
from load_forms.scoring import GROUPS, scores
from load_rows import rows
from wattquery.kernels.load import power
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.equations import LoadEquations
from wattquery.throughput.load.fitting.evidence import Evidence
from wattquery.throughput.load.observations import QUANTITIES
from wattquery.throughput.load.parameters import Layout
from wattquery.throughput.load.residual_places import table_of
from wattquery.validation import folds

PAGE = script.RESULT.parents[2] / "docs" / "load-model.md"


def planted(count=120):
    """Return closed-loop rows of four architectures that the shipped form makes at prior means, half without power."""
    generator = np.random.default_rng(5)
    names = ["llama-3.1-70b", "llama-3.1-8b", "qwen3-32b", "qwen3-235b-a22b"]
    table = rows(
        architecture=[names[i % 4] for i in range(count)],
        hardware=[["H100 SXM", "B200"][i] for i in generator.integers(0, 2, count)],
        serving=[["vLLM", "SGLang"][i] for i in generator.integers(0, 2, count)],
        version="0.6",
        accelerators=8.0,
        concurrency=list(2.0 ** generator.integers(0, 9, count)),
        input_tokens=list(100.0 * 2.0 ** generator.integers(0, 7, count)),
        row_id=[f"r{i}" for i in range(count)],
    )
    made = {name: np.exp(column) for name, column in zip(QUANTITIES, said(table).T, strict=True)}
    for name in QUANTITIES[3:]:
        made[name][count // 2 :] = np.nan
    return replace(table, **made)


def logs(table):
    """Return logarithms of what was measured."""
    return np.log(np.stack([table.measured(name) for name in QUANTITIES], axis=1))


def said(table, form=SHIPPED):
    """Return what a form says of rows at prior means."""
    with FORMS[form].applied():
        at = Conditions.of(table)
        layout = Layout.of(at)
        return table_of(LoadEquations(layout, at).rates(layout.vector({})))


@pytest.fixture(scope="module")
def table():
    return planted()


@pytest.mark.parametrize("form", FORMS)
def test_a_form_leaves_everything_as_it_was(table, form):
    before, prior = said(table), Layout.of(Conditions.of(table)).prior
    said(table, form)
    np.testing.assert_array_equal(said(table), before)
    np.testing.assert_array_equal(Layout.of(Conditions.of(table)).prior, prior)


def test_memory_and_compute_take_longer_one_after_the_other(table):
    tpot = {form: said(table, form)[:, 0] for form in ("maximum", SHIPPED, "sum")}
    assert (tpot["maximum"] < tpot[SHIPPED]).all()
    assert (tpot[SHIPPED] < tpot["sum"]).all()


def test_products_take_a_share_of_the_time_that_belongs_to_the_form():
    one = rows(batch=64.0, power_w_per_accelerator=400.0)
    at = Conditions.of(one)
    layout = Layout.of(at)
    numbers = LoadEquations(layout, at).cells.numbers(layout.vector({})).of(np.array([0]))
    ours, _ = power.product_seconds(numbers, 1000.0, 500.0, 1250.0, 64.0)
    with FORMS["sum"].applied():
        of_sum, _ = power.product_seconds(numbers, 1000.0, 500.0, 1250.0, 64.0)
    with FORMS["maximum"].applied():
        of_longer, _ = power.product_seconds(numbers, 1000.0, 500.0, 1250.0, 64.0)
    # Memory sets the pace here: the sharper the maximum, the less is left to products.
    assert of_sum > ours > of_longer >= 0.0


def test_without_overlap_a_step_is_longer(table):
    assert (said(table, "no overlap")[:, 0] > said(table)[:, 0]).all()
    with FORMS["no overlap"].applied():
        assert "overlap_odds" not in Layout.of(Conditions.of(table)).names


def test_without_effects_of_hardware_no_number_has_its_name(table):
    at = Conditions.of(table)
    assert any("hardware" in name for name in Layout.of(at).names)
    with FORMS["no hardware effects"].applied():
        names = Layout.of(at).names
    assert not any("hardware" in name for name in names)
    assert any("| stack |" in name for name in names)


def test_old_stacks_have_the_prior_of_the_others(table):
    def sd(layout):
        return layout.prior[1][layout.names.index("layer_s | stack | vLLM 0.6 and before")]

    ours, at = Layout.of(Conditions.of(table)), Conditions.of(table)
    before = sd(ours)
    with FORMS["one stack prior"].applied():
        assert sd(Layout.of(at)) < before


@pytest.mark.parametrize(("form", "factor"), [("weight 0.5", 5.0), ("weight 0.05", 0.5)])
def test_rows_weigh_what_a_form_says(table, form, factor):
    at = Conditions.of(table)
    ours = Evidence.of(table, at).weight
    with FORMS[form].applied():
        np.testing.assert_allclose(Evidence.of(table, at).weight, factor * ours)


def test_a_regression_finds_a_power_law_again(table):
    slopes = np.random.default_rng(2).normal(size=features(table).shape[1])
    law = np.exp(features(table)[:, [7, 8, 9]] @ slopes[:3])
    of_law = replace(table, **dict.fromkeys(QUANTITIES, law))
    part = np.arange(len(table)) % 2 == 0
    found = LogLinear(of_law.take(part), features(of_law)[part]).predict(features(of_law)[~part])
    assert np.abs(found - np.log(law[~part])[:, None]).max() < 0.02


def test_a_regression_does_not_see_what_it_predicts(table):
    fold = folds(table, "architecture")[1]
    before = script.log_linear(table)[fold.rows]
    moved = table.tpot_s.copy()
    moved[fold.rows] *= 3.0
    np.testing.assert_array_equal(script.log_linear(replace(table, tpot_s=moved))[fold.rows], before)
    everywhere = script.log_linear(replace(table, tpot_s=3.0 * table.tpot_s))[fold.rows]
    np.testing.assert_allclose((everywhere - before)[:, 0], np.log(3.0))


def test_a_fold_does_not_see_what_it_predicts(table, monkeypatch):
    fold = folds(table, "architecture")[0]
    moved = table.tpot_s.copy()
    moved[fold.rows] *= 3.0
    monkeypatch.setattr(script, "STEPS", 3)
    found = []
    for one in (table, replace(table, tpot_s=moved), replace(table, tpot_s=3.0 * table.tpot_s)):
        monkeypatch.setattr(script, "used_rows", lambda one=one: one)
        found.append(script.without((SHIPPED, fold, {})))
    np.testing.assert_array_equal(found[1], found[0])
    assert np.median(found[2] - found[0], axis=0)[0] > 0.02


def test_scores_are_median_errors_and_differences_to_what_ships(table):
    off = np.where(np.arange(len(table)) % 3 == 0, 0.9, 0.1)[:, None]
    predicted = {SHIPPED: logs(table) + 0.2, "other": logs(table) - off}
    found = {(row["quantity"], row["group"], row["form"]): row for row in scores(table, predicted)}
    assert {key[:2] for key in found} == {one for one in GROUPS if one[1] != "maximum load"}
    one = found["joules_per_output_token", "dense", "other"]
    assert (one["rows"], one["architectures"]) == (45, 3)
    np.testing.assert_allclose([one["error"], one["difference"]], [0.1, -0.1])
    ships = found["joules_per_output_token", "dense", SHIPPED]
    np.testing.assert_allclose([ships["error"], ships["difference"], ships["stderr"]], [0.2, 0.0, 0.0], atol=1e-12)


def test_a_difference_has_the_error_of_whole_architectures(table):
    far = np.where(table.architecture == "qwen3-32b", 0.8, 0.1)[:, None]
    found = scores(table, {SHIPPED: logs(table) + 0.1, "other": logs(table) + far})
    one = next(row for row in found if row["form"] == "other" and row["group"] == "dense")
    # All of one architecture is far off, or none of it: its rows are one piece of evidence.
    assert one["difference_stderr"] > 0.1


def test_the_page_says_what_each_form_is():
    text = PAGE.read_text(encoding="utf-8")
    for form in (script.LOG_LINEAR, *FORMS):
        assert f"`{form}`" in text, form


def test_what_ships_has_every_form_and_group():
    with script.RESULT.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert {(row["quantity"], row["group"]) for row in found} == set(GROUPS)
    assert {row["form"] for row in found} == {script.LOG_LINEAR, *FORMS}
    assert script.written(found) == script.RESULT.read_text(encoding="utf-8")


def test_numbers_are_written_in_four_digits():
    text = script.written([{"form": "sum", "rows": 7, "error": 0.123456}])
    assert list(csv.DictReader(io.StringIO(text))) == [{"form": "sum", "rows": "7", "error": "0.1235"}]
