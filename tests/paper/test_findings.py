"""What the audit says is recomputed here from the table that ships, and its data are whole."""

import dataclasses
import math
import re
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

import wattquery as wq
from wattquery.paper.findings import all_changes, all_findings, corrections, lines_in_words
from wattquery.throughput import fit_throughput

GB_PER_GPU = {"H100": 80, "H200": 141}


@pytest.fixture(scope="module")
def rows():
    return {row.line: row for row in wq.catalog.load("oviedo2026").rows}


@pytest.fixture(scope="module")
def findings():
    return {finding.name: finding for finding in all_findings()}


def fitted(rows, *lines):
    return fit_throughput([rows[line] for line in lines], "rows")


def test_each_finding_is_corrected_or_says_why_not(findings):
    assert len(findings) == len(all_findings()) == 20
    for finding in findings.values():
        assert bool(finding.correction) != bool(finding.why_not), finding.name
        for text in (finding.title, finding.problem, finding.evidence, finding.source):
            assert text
            assert "  " not in text
            assert "\n" not in text


def test_names_of_changes_are_unique_and_no_preset():
    names = [change.name for change in all_changes()]
    assert len(set(names)) == len(names)
    assert not set(names) & set(wq.catalog.preset_names())


def test_lines_are_those_of_the_table(findings, rows):
    for finding in findings.values():
        assert set(finding.lines) <= set(rows)
        assert list(finding.lines) == sorted(finding.lines)
    for change in all_changes():
        touched = {line for edit in change.cells for line in edit.lines} | set(change.drop)
        assert touched <= set(rows)
        if change.kind == "correction":
            assert touched <= set(findings[change.finding].lines)


def test_rows_of_one_model_at_one_pair_of_lengths_disagree(findings, rows):
    def point(row):
        return row.model, row.hardware, row.precision, row.input_tokens, row.output_tokens

    pairs = [
        pair for pair in combinations(rows.values(), 2) if point(pair[0]) == point(pair[1]) and pair[0].input_tokens
    ]
    lines = sorted(row.line for pair in pairs for row in pair)
    assert lines == list(findings["two-operating-points"].lines)
    ratios = sorted(first.tokens_per_second / second.tokens_per_second for first, second in pairs)
    assert ratios == pytest.approx([1.21, 1.79], abs=0.005)
    assert {rows[line].serving for line in (7, 8)} == {"TensorRT-LLM"}
    assert {rows[line].serving for line in (25, 26)} == {"not stated"}
    assert {rows[line].batch_size for line in (25, 26)} == {"250"}
    assert set(findings["two-operating-points"].correction.drop) == {25, 26}


@pytest.mark.parametrize(
    ("name", "entry", "share", "text"),
    [
        ("utilization-above-one", "power_utilization", stats.norm.sf, "1.9 %"),
        ("pue-below-one", "pue", stats.norm.cdf, "2.1 %"),
    ],
)
def test_shares_of_draws_outside_of_what_a_quantity_can_be(findings, name, entry, share, text):
    percentiles = getattr(wq.catalog.preset("v2-code"), entry)
    low, high = percentiles["p5"], percentiles["p95"]
    sigma = math.log(high / low) / 3.29
    outside = share(0.0, math.log(low) + 1.645 * sigma, sigma)
    assert f"{outside:.1%}".replace("%", " %") == text
    assert text in findings[name].title
    assert text in findings[name].problem


def test_truncation_moves_percentiles_and_mean_as_stated(findings):
    whole = wq.LogNormal(p5=0.4, p95=0.9)
    cut = wq.Truncated(whole, high=1.0)
    assert cut.ppf([0.05, 0.95]) == pytest.approx([0.399, 0.866], abs=0.0005)
    assert 1.0 - cut.mean() / whole.mean() == pytest.approx(0.015, abs=0.0005)
    ceiling = findings["utilization-above-one"].what_if.preset["power_utilization"]["high"]
    assert ceiling == pytest.approx(8.48 / 10.2)


def test_node_powers(findings, rows):
    preset = wq.catalog.preset("v2-code")
    assert preset.node_power_by_model["DeepSeek-R1"] / preset.node_power == pytest.approx(1.25, abs=0.005)
    older = wq.catalog.preset("v1")
    assert (older.node_power, older.node_power_by_model["DeepSeek-R1"]) == (11.3, 14.1)
    dear = {line for line, row in rows.items() if row.node_power == 14.3}
    assert dear == set(findings["power-of-deepseek"].lines)
    assert all(row.node_power == 11.0 for line, row in rows.items() if line not in dear)
    assert pytest.approx(1.3 * 11.0) == 14.3


def test_nemotron_is_a_constant_from_the_larger_of_two_rows(findings, rows):
    model = fitted(rows, 21, 22)
    assert (model.kind, model.maximum, model.minimum) == ("larger_of_two", 5200.0, 720.0)
    assert model.maximum / model.minimum == pytest.approx(7.2, abs=0.05)
    others = [fitted(rows, *lines) for lines in ([5, 6, 7, 8, 9, 25, 26], range(10, 15), range(15, 20))]
    assert [round(one.ln_input, 2) for one in others] == [-0.59, -0.56, -0.55]
    assert [round(one.ln_output, 2) for one in others] == [0.23, 0.26, 0.25]


def test_borrowed_slopes_are_those_of_llama_through_the_middle_of_two_rows(findings, rows):
    slopes = fitted(rows, 5, 6, 7, 8, 9, 25, 26)

    def at(i, o):
        return slopes.ln_input * math.log(i) + slopes.ln_output * math.log(o)

    middle = np.mean(
        [math.log(row.tokens_per_second) - at(row.input_tokens, row.output_tokens) for row in (rows[21], rows[22])]
    )
    (addition,) = findings["constant-of-two-rows"].what_if.add
    for i, o, rate in addition.rows:
        assert rate == pytest.approx(math.exp(middle + at(i, o)), rel=1e-5)
    assert max(rate for *_, rate in addition.rows) == 5200.0  # no more than what was observed


def test_deepseek_hangs_on_one_row(findings, rows):
    lines = findings["three-rows-three-coefficients"].lines
    known = fitted(rows, *lines)
    assert (known.degrees_of_freedom, round(known.ln_output, 3)) == (0, -0.005)

    def with_first(factor):
        first = dataclasses.replace(rows[20], tokens_per_second=886.0 * factor)
        return fit_throughput([first, rows[23], rows[24]], "changed").ln_output

    assert [round(with_first(factor), 2) for factor in (0.9, 1.1)] == [0.44, -0.41]
    logs = np.log([[rows[line].input_tokens, rows[line].output_tokens] for line in lines])
    assert np.corrcoef(logs.T)[0, 1] == pytest.approx(-0.98, abs=0.005)
    (edit,) = findings["three-rows-three-coefficients"].what_if.cells
    assert float(edit.after) == pytest.approx(0.9 * float(edit.before))


def test_two_kinds_of_nodes_are_one_deployment(findings, rows):
    deployment = wq.catalog.load("oviedo2026").deployment("DeepSeek-R1")
    assert {row.line for row in deployment.rows} == set(findings["h200-as-h100"].lines)
    assert {row.hardware[:5] for row in deployment.rows} == {"2xH10", "H200 "}
    assert rows[23].total_parameters > 8 * GB_PER_GPU["H100"]  # billions of weights of one byte
    assert rows[23].total_parameters < 8 * GB_PER_GPU["H200"]
    assert fitted(rows, 23, 24).maximum == 1300.0  # without the H100 row: a constant, where the other row has 378
    assert rows[24].tokens_per_second == 378.0


def test_sixteen_bits_do_not_fit_eight_gpus(findings, rows):
    row = rows[4]
    assert 2 * row.total_parameters > 8 * GB_PER_GPU["H100"] > row.total_parameters
    (edit,) = findings["sixteen-gpus"].correction.cells
    assert float(edit.after) == row.tokens_per_second / 2
    assert float(row.batch_size) == pytest.approx(2 * 64, rel=0.01)


def test_active_parameters_of_mixtral():
    layers, hidden, inner, active, vocabulary, kv = 56, 6144, 16384, 2, 32000, 8 * 128
    attention = 2 * hidden * hidden + 2 * hidden * kv
    billions = (layers * (attention + active * 3 * hidden * inner + 8 * hidden) + 2 * vocabulary * hidden) / 1e9
    assert billions == pytest.approx(39.15, abs=0.005)


def test_rows_left_out_are_of_other_lengths(findings, rows):
    additions = findings["rows-left-out"].what_if.add
    assert [len(addition.rows) for addition in additions] == [6, 6, 4]
    for addition in additions:
        like = rows[addition.like]
        used = {
            (row.input_tokens, row.output_tokens)
            for row in rows.values()
            if (row.model, row.source) == (like.model, like.source)
        }
        assert len(used) == 5
        assert not used & {(i, o) for i, o, _ in addition.rows}
    assert sum(len(addition.rows) + 5 for addition in additions) == 31


@pytest.mark.parametrize(
    ("form", "middle", "least", "most"), [("log_linear", 0.39, 0.05, 0.57), ("reciprocal", 0.06, 0.0, 0.18)]
)
def test_how_well_each_form_predicts_rows_that_it_has_not_seen(findings, rows, form, middle, least, most):
    errors = []
    for addition in findings["rows-left-out"].what_if.add:
        like = rows[addition.like]
        used = [row for row in rows.values() if (row.model, row.source) == (like.model, like.source)]
        model = fit_throughput(used, "used", form)
        errors += [abs(math.exp(model.log_rate(math.log(i), math.log(o))) / rate - 1.0) for i, o, rate in addition.rows]
    assert len(errors) == 16
    found = np.median(errors), min(errors), max(errors)
    assert found == pytest.approx((middle, least, most), abs=0.005)


def test_most_long_answers_are_longer_than_any_row(rows):
    longest = max(row.output_tokens for row in rows.values())
    assert longest == 2048
    assert 0.5 ** (longest / 5000) == pytest.approx(0.75, abs=0.005)


def test_text_and_code(findings):
    text = wq.catalog.preset("v2-text")
    for entry, value in findings["text-and-code"].what_if.preset.items():
        assert getattr(text, entry) == value
        assert getattr(wq.catalog.preset("v2-code"), entry) != value


def test_other_words_about_rows(findings, rows):
    unknown = {line for line, row in rows.items() if row.input_tokens is None}
    assert unknown == {2, 3, 4} == set(findings["input-length-unknown"].lines)
    read = {line for line, row in rows.items() if re.search("chart|figure", row.comments)}
    assert read == set(findings["read-off-charts"].lines)
    assert {rows[line].confidence for line in read} == {"Medium"}
    at_16_bits = {line for line, row in rows.items() if row.precision == "FP16"}
    assert at_16_bits == set(findings["precision-unconfirmed"].lines) == set(findings["batch-of-256"].lines)
    assert 1890 / rows[2].tokens_per_second == pytest.approx(1.6, abs=0.05)
    assert 1902 / rows[3].tokens_per_second == pytest.approx(1.6, abs=0.05)


def test_corrections_are_those_of_the_findings(findings):
    assert [change.name for change in corrections()] == [one.name for one in findings.values() if one.correction]


def test_lines_in_words():
    assert lines_in_words((7, 8, 25, 26)) == "7, 8, 25, 26"
    assert lines_in_words(()) == ""
