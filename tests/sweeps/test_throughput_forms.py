"""`throughput_model` at every door: what it changes, what the result says, and what it leaves as it was."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner

import wattquery as wq
from reciprocal_tables import LENGTHS, TRUTH, rows, seconds
from wattquery.catalog import Catalog
from wattquery.cli import main
from wattquery.errors import InputError
from wattquery.throughput import fit_throughput

FIXED = {"pue": 1.2, "power_utilization": 0.5, "method": "exact"}
SCATTERED = np.exp(np.random.default_rng(11).normal(0, 0.1, len(LENGTHS)))


@pytest.fixture(scope="module")
def mine():
    return Catalog("mine", tuple(rows()))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("tables") / "mine.csv"
    header = (
        "Model,Hardware,Quantization,Tokens per Second (TPS),Input Length,Output Length,Power for Node (kW),Serving"
    )
    lines = [f"Ours,8xH100,FP8,{r.tokens_per_second!r},{r.input_tokens},{r.output_tokens},10.2,vLLM" for r in rows()]
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def test_a_users_table_is_reciprocal_and_says_so(mine):
    found = wq.estimate("Ours", output_tokens=300, input_tokens=700, catalog=mine, **FIXED)
    expected = 1.2 * 10.2 * 0.5 * 300 * seconds(TRUTH, 700, 300) / 3.6
    assert found.quantiles[0.5] == pytest.approx(expected, rel=1e-6)
    assert found.throughput_model == found.to_dict()["throughput_model"] == "reciprocal"
    assert any(note.startswith("throughput is reciprocal, 1/TPS fitted to 8 benchmark rows") for note in found.notes)
    other = wq.estimate(
        "Ours", output_tokens=300, input_tokens=700, catalog=mine, throughput_model="log_linear", **FIXED
    )
    assert other.throughput_model == "log_linear"
    assert abs(other.quantiles[0.5] / expected - 1.0) > 0.05


@pytest.mark.parametrize("preset", ["v2-code", "v2-text", "v1", "untrimmed"])
def test_the_papers_presets_are_bit_equal_to_the_papers_form(preset):
    lengths = {"output_tokens": ["traditional", "long"], "input_tokens": [500, 5000]}
    one, other = (
        wq.sweep(wq.ALL, preset=preset, draws=4096, **lengths, **form)
        for form in ({}, {"throughput_model": "log_linear"})
    )
    assert one.identical(other)
    assert one.attrs["throughput_model"] == "log_linear"


def test_a_grid_of_several_forms_names_the_deployments_of_each():
    shipped = wq.catalog.load("oviedo2026")
    again = Catalog("again", shipped.rows, shipped.pooled, shipped.default_precision)
    said = wq.sweep(wq.ALL, catalog=again, output_tokens=300, method="exact").attrs["throughput_model"]
    log_linear, reciprocal = said.split("; ")
    assert log_linear == "log_linear: Llama-3.1 Nemotron Ultra 253B (H100 80GB HBM3, not stated, FP8)"
    assert reciprocal.startswith("reciprocal: Mixtral 8x22B (H100 80GB HBM3, TensorRT-LLM, FP8), Llama 3.1 405B (")


def test_a_form_that_rows_cannot_give_is_one_sentence():
    with pytest.raises(
        InputError, match=r"'Mistral Large \(FP16\) in oviedo2026' would be fitted to 1 pair of lengths"
    ):
        wq.estimate("Mistral Large", precision="FP16", throughput_model="reciprocal")
    with pytest.raises(InputError, match=r"throughput_model must be one of .* Did you mean 'log_linear'"):
        wq.sweep("Llama 3.1 405B", throughput_model="loglinear")


def test_a_prompt_that_is_counted_twice_is_said(mine):
    with_weight = wq.estimate("Ours", output_tokens=300, catalog=mine, prefill_weight=1 / 30, **FIXED)
    assert any(note.startswith("prefill counted twice: a prefill weight of 0.0333") for note in with_weight.notes)
    ds = wq.sweep(["Ours"], output_tokens=300, catalog=mine, prefill_weight=1 / 30, **FIXED)
    assert "prefill counted twice" in ds.attrs["throughput_notes"]
    without = wq.sweep(["Ours"], output_tokens=300, catalog=mine, **FIXED)
    assert "prefill" not in without.attrs.get("throughput_notes", "")
    paper = wq.estimate("Llama 3.1 405B", prefill_weight=1 / 30, method="exact")
    assert not any("prefill" in note for note in paper.notes)


@pytest.mark.parametrize("analysis", ["tornado", "elasticity", "sobol", "nested"])
def test_analyses_take_it(mine, analysis):
    ds = getattr(wq.sensitivity, analysis)("Ours", output_tokens=300, catalog=mine)
    assert ds.attrs["throughput_model"] == "reciprocal"
    ds = getattr(wq.sensitivity, analysis)("Ours", output_tokens=300, catalog=mine, throughput_model="log_linear")
    assert ds.attrs["throughput_model"] == "log_linear"


def fleet(catalog, **arguments):
    classes = {"chat": {"share": 1, "model": "Ours", "output_tokens": 300, "input_tokens": 700}}
    return wq.fleet(
        classes=classes, queries_per_day=1e9, catalog=catalog, pue=1.2, power_utilization=0.5, structural=False,
        **arguments,
    )  # fmt: skip


def test_fleets_draw_the_coefficients_of_its_fit():
    """Nothing else is random: the interval is that of the throughput alone, by brute force."""
    catalog = Catalog("mine", tuple(rows(factors=SCATTERED)))
    ds = fleet(catalog, level=0.9)
    assert ds.attrs["throughput_model"] == "reciprocal"
    assert "throughput model: reciprocal" in ds.attrs["notes"]
    model = fit_throughput(catalog.rows, "x", "reciprocal")
    rng, nu, count = np.random.default_rng(12), model.degrees_of_freedom, 200_000
    widths = model.residual_standard_error / np.sqrt(rng.chisquare(nu, count) / nu)
    drawn = model.varied(rng.normal(size=(3, count)), widths)
    energies = 1e9 * 1.2 * 10.2 * 0.5 * 300 * seconds(drawn.T, 700, 300) / 3.6 / 1e9
    expected = np.quantile(energies, [0.05, 0.5, 0.95])
    found = ds["energy_credible"].sel(credible=[0.05, 0.5, 0.95]).values
    errors = ds["energy_credible_stderr"].sel(credible=[0.05, 0.5, 0.95]).values
    np.testing.assert_array_less(np.abs(found - expected), 5 * errors + 0.002 * expected)
    assert found[2] / found[0] > 1.05
    assert fleet(catalog, throughput_model="log_linear").attrs["throughput_model"] == "log_linear"


def test_a_course_over_time_takes_it(mine):
    classes = {"chat": {"share": 1, "model": "Ours", "output_tokens": 300}}
    ds = wq.trajectory(
        classes=classes, queries_per_day=1e9, catalog=mine, dates=["2026-01-01", "2027-01-01"], shared_draws=256,
        throughput_model="reciprocal",
    )  # fmt: skip
    assert ds.attrs["throughput_model"] == "reciprocal"


def test_scenarios_and_specs_say_it_in_files(mine, written, tmp_path):
    scenario = wq.scenarios.Scenario(
        "chat", {"short": {"share": 1, "model": "Llama 3.1 70B"}}, 1e6, throughput_model="reciprocal"
    )
    assert wq.scenarios.Scenario.from_dict(scenario.to_dict(), "chat") == scenario
    assert scenario.to_dict()["throughput_model"] == "reciprocal"
    with pytest.raises(InputError, match="throughput_model must be one of"):
        wq.scenarios.Scenario("chat", {"short": {"share": 1, "model": "Llama 3.1 70B"}}, 1e6, throughput_model="x")
    spec = tmp_path / "spec.toml"
    spec.write_text(
        f'model = "Ours"\ncatalog = "{written.as_posix()}"\noutput_tokens = 300\nmethod = "exact"\n'
        'throughput_model = "log_linear"\n',
        encoding="utf-8",
    )
    done = CliRunner().invoke(main, ["sweep", str(spec), "--json"], catch_exceptions=False)
    assert json.loads(done.stdout)["attrs"]["throughput_model"] == "log_linear"
    done = CliRunner().invoke(main, ["sensitivity", str(spec), "--index", "tornado", "--json"], catch_exceptions=False)
    assert json.loads(done.stdout)["attrs"]["throughput_model"] == "log_linear"


def test_the_command_line_takes_and_shows_it(written):
    def told(*arguments):
        done = CliRunner().invoke(main, [*map(str, arguments), "--json"], catch_exceptions=False)
        return json.loads(done.stdout)

    asked = ("estimate", "Ours", "--catalog", written, "--output-tokens", 300, "--method", "exact")
    assert told(*asked)["throughput_model"] == "reciprocal"
    assert told(*asked, "--throughput-model", "log_linear")["throughput_model"] == "log_linear"
    (shown,) = told("catalog", "show", written)["deployments"]
    assert shown["throughput"]["kind"] == "reciprocal"
    keys = ("per_token_s", "per_context_s", "per_ratio_s")
    np.testing.assert_allclose([shown["throughput"][key] for key in keys], TRUTH, rtol=1e-9)
    text = CliRunner().invoke(main, ["catalog", "show", str(written)], catch_exceptions=False).stdout
    assert "reciprocal: 1/TPS = 4e-05 + 2e-08 (L_in + L_out/2) + 3e-05 L_in/L_out s" in text
    (paper, *_) = told("catalog", "show", "oviedo2026")["deployments"]
    assert "intercept" in paper["throughput"]


def test_every_method_has_the_same_answer(mine):
    lengths = {"output_tokens": wq.Exponential(median=300), "input_tokens": wq.LogNormal(100, 4000)}
    exact = wq.estimate("Ours", catalog=mine, method="exact", **lengths)
    for method in ("monte_carlo", "quasi_monte_carlo"):
        drawn = wq.estimate("Ours", catalog=mine, method=method, **lengths)
        for level, value in exact.quantiles.items():
            assert abs(drawn.quantiles[level] - value) <= 5 * drawn.stderrs[level] + 1e-3 * value
    assert math.isfinite(exact.mean)
