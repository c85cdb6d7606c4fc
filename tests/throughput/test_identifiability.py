"""Fits that their rows do not determine at the lengths asked for: said, refused, and never a number from nowhere.

Log-linear ones; of the reciprocal form, whose coefficients cannot be negative, see test_identifiability_reciprocal.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import math

import numpy as np
import pytest
import scipy.linalg
import scipy.stats

import wattquery as wq
from wattquery import catalog
from wattquery.catalog import Catalog
from wattquery.errors import InputError
from wattquery.throughput import POOLED_LOG_SIGMA, SMALLEST_LOG_SIGMA, fit_throughput
from wattquery.throughput.identifiability import MOST_BELOW, hardly_varied

# output tokens, input tokens, tokens/s: input lengths that differ by 0.06 %
ALIKE = [(64, 1020.9, 720), (126, 1021.1, 745), (305, 1021.4, 718), (494, 1020.8, 713)]
FIXED = {"pue": 1.2, "power_utilization": 0.5, "method": "exact"}


def rows(points, model="Ours"):
    template = dataclasses.replace(catalog.load("oviedo2026").rows[4], model=model, node_power=10.2)
    return [
        dataclasses.replace(
            template, output_tokens=float(out), input_tokens=float(inp), tokens_per_second=float(tps), line=2 + i
        )
        for i, (out, inp, tps) in enumerate(points)
    ]


def table(points):
    return Catalog("mine", tuple(rows(points)), throughput_model="log_linear")


def plane(points, b0=9.0, b1=-0.5, b2=0.2):
    """Rows that lie on a fit exactly: no residuals are left."""
    return [(o, i, math.exp(b0 + b1 * math.log(i) + b2 * math.log(o))) for o, i in points]


def test_input_lengths_that_hardly_vary_say_nothing_of_half_of_them():
    with pytest.raises(InputError) as caught:
        wq.estimate("Ours", output_tokens=300, input_tokens=500, catalog=table(ALIKE))
    for words in (
        "'Ours (FP8) in mine' is not determined by its rows at 300 output and 500 input tokens",
        "1020.8 to 1021.4 input tokens",
        "It must be at most a factor of 10.",
        "add rows with other lengths",
    ):
        assert words in str(caught.value)


@pytest.mark.parametrize("method", ["monte_carlo", "quasi_monte_carlo", "exact"])
def test_every_door_refuses(method):
    with pytest.raises(InputError, match="is not determined by its rows"):
        wq.sweep("Ours", output_tokens=[300, 400], input_tokens=[1021, 500], catalog=table(ALIKE), method=method)


def test_at_the_lengths_of_the_rows_the_same_fit_is_good():
    found = wq.estimate("Ours", output_tokens=300, input_tokens=1021, catalog=table(ALIKE), **FIXED)
    assert found.quantiles[0.5] == pytest.approx(1.2 * 10.2 * 0.5 * 300 / (3.6 * 720), rel=0.05)
    assert found.throughput_stderr < 0.05


def test_the_stated_error_is_that_of_the_regression():
    fitted = fit_throughput(catalog.load("oviedo2026").deployment("Llama 3.1 405B").rows, "x")
    points = catalog.load("oviedo2026").deployment("Llama 3.1 405B").rows
    design = np.array([[1.0, math.log(one.input_tokens), math.log(one.output_tokens)] for one in points])
    observed = np.log([one.tokens_per_second for one in points])
    inverse = scipy.linalg.inv(design.T @ design)
    residuals = observed - design @ (inverse @ design.T @ observed)
    spread = math.sqrt(residuals @ residuals / (len(points) - 3))
    for inp, out in itertools.product((10, 500, 50_000), (1, 300, 5000)):
        x = np.array([1.0, math.log(inp), math.log(out)])
        assert fitted.log_stderr(inp, out) == pytest.approx(spread * math.sqrt(x @ inverse @ x), rel=1e-9)
    ds = wq.sweep(["Llama 3.1 405B"], input_tokens=[10, 500], method="exact")
    np.testing.assert_allclose(ds["throughput_stderr"].values[0], fitted.log_stderr([10, 500], 300), rtol=1e-12)
    assert ds["throughput_stderr"].attrs["units"] == "1"


def test_the_error_covers_the_truth_as_often_as_students_t_says():
    rng, nominal, runs = np.random.default_rng(5), 0.9, 400
    lengths = rng.uniform(100, 4000, (6, 2))
    truth = 9.0 - 0.5 * math.log(800) + 0.2 * math.log(900)
    edge = scipy.stats.t.ppf(0.5 + nominal / 2, 3)
    inside = 0
    for _ in range(runs):
        rates = np.exp(9.0 - 0.5 * np.log(lengths[:, 1]) + 0.2 * np.log(lengths[:, 0]) + rng.normal(0, 0.3, 6))
        fitted = fit_throughput(rows([(*pair, rate) for pair, rate in zip(lengths, rates, strict=True)]), "x")
        log_rate = fitted.intercept + fitted.ln_input * math.log(800) + fitted.ln_output * math.log(900)
        inside += abs(log_rate - truth) <= edge * fitted.log_stderr(800, 900)
    assert abs(inside / runs - nominal) < 4 * math.sqrt(nominal * (1 - nominal) / runs)


def test_no_residuals_are_no_certainty():
    made_up = plane([(64, 1020.9), (126, 1021.1), (305, 1021.4), (494, 1020.8)])
    fitted = fit_throughput(rows(made_up), "x")
    assert fitted.residual_standard_error < 1e-6
    assert fitted.assumed_log_sigma == SMALLEST_LOG_SIGMA
    with pytest.raises(InputError, match="is not determined by its rows"):
        wq.estimate("Ours", output_tokens=300, input_tokens=500, catalog=table(made_up))


def test_three_rows_borrow_the_error_of_other_deployments():
    fitted = fit_throughput(rows(ALIKE[:3]), "x")
    assert fitted.assumed_log_sigma == POOLED_LOG_SIGMA
    with pytest.raises(InputError, match="by the scatter of other deployments, as three rows have no residuals"):
        wq.estimate("Ours", output_tokens=300, input_tokens=500, catalog=table(ALIKE[:3]))


def test_where_nothing_was_fitted_there_is_no_information():
    found = wq.estimate("Llama-3.1 Nemotron Ultra 253B", method="exact")
    assert math.isinf(found.throughput_stderr)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["throughput_ln_stderr"] is None
    ds = wq.sweep(["Llama-3.1 Nemotron Ultra 253B", "Mistral Large"], method="exact")
    assert np.isinf(ds["throughput_stderr"].values[0])
    assert np.isnan(ds["throughput_stderr"].values[1])


def test_contradicting_rows_do_not_make_a_throughput_of_any_size():
    # Two percent of input length and a factor of a hundred: the slope is -232, and three rows leave no residual.
    steep = [(300, 500, 1000), (300, 510, 10), (330, 500, 1000)]
    with pytest.raises(
        InputError, match=r"would be .* tokens/s at 300 output and 550 input tokens.* above a thousandth"
    ):
        wq.estimate("Ours", output_tokens=300, input_tokens=550, catalog=table(steep))


def test_tails_of_random_lengths_are_looked_at():
    # Known well at the median, and with a slope of 8 in the output length not at a tenth of it.
    steep = plane([(280, 500), (300, 1000), (320, 700), (310, 2000)], b0=-35.0, b2=8.0)
    wq.estimate("Ours", output_tokens=300, input_tokens=700, catalog=table(steep), **FIXED)
    with pytest.raises(InputError, match="22 output"):
        wq.estimate("Ours", output_tokens=wq.Exponential(median=300), input_tokens=700, catalog=table(steep), **FIXED)


def test_whatever_the_rows_the_energy_stays_within_reach_of_them():
    rng = np.random.default_rng(17)
    refused = 0
    for _ in range(60):
        n = int(rng.integers(3, 7))
        width = 10.0 ** rng.uniform(-4, 0.5)
        points = [
            (300 * math.exp(width * rng.normal()), 800 * math.exp(width * rng.normal()), math.exp(rng.normal(7, 1)))
            for _ in range(n)
        ]
        rates = [one[2] for one in points]
        try:
            found = wq.estimate("Ours", output_tokens=500, input_tokens=400, catalog=table(points), **FIXED)
        except InputError:
            refused += 1
            continue
        energies = [1.2 * 10.2 * 0.5 * 500 / (3.6 * rate) for rate in (max(rates), min(rates) / MOST_BELOW)]
        assert energies[0] * (1 - 1e-9) <= found.mean <= energies[1]
    assert 10 < refused < 50


def test_the_published_fits_pass_far_beyond_the_lengths_of_the_paper():
    ds = wq.sweep(
        wq.ALL,
        output_tokens={"short": 1, "usual": "traditional", "long": "long"},
        input_tokens=[10, 500, 5000, 100_000],
        method="exact",
    )
    assert np.isfinite(ds["energy"].sel(model=ds["model"] != "Mistral Large").values).all()


def test_what_hardly_varies_is_named():
    (note,) = hardly_varied(fit_throughput(rows(ALIKE), "x"))
    assert "the effect of the input length is not identified: the rows go from 1020.8 to 1021.4 input tokens" in note
    for model in ("Llama 3.1 405B", "DeepSeek-R1", "Llama-3.1 Nemotron Ultra 253B"):
        assert hardly_varied(fit_throughput(catalog.load("oviedo2026").deployment(model).rows, model)) == []


def test_lengths_that_are_nearly_the_same_are_solved_as_well_as_others():
    # A length may differ from the next by its seventh digit; about the centre that is seen as well as any other.
    step = 1e-7
    points = [(300, 1000), (300 * (1 + step), 1000), (300, 1000 * (1 + step)), (300 * (1 + step), 1000 * (1 + step))]
    fitted = fit_throughput(rows(plane(points)), "x")
    assert fitted.log_stderr(1000 * (1 + step / 2), 300 * (1 + step / 2)) == pytest.approx(
        SMALLEST_LOG_SIGMA * 0.5, rel=1e-3
    )


def test_an_uncertain_throughput_is_said():
    found = wq.estimate("DeepSeek-R1", method="exact")
    (note,) = [one for one in found.notes if one.startswith("uncertain throughput")]
    assert "a factor of 31, borrowed from other deployments" in note
    assert "standard error of the fit a factor of 31" in str(found)
    assert "uncertain throughput" in wq.sweep(["DeepSeek-R1"], method="exact").attrs["throughput_notes"]
    assert "throughput_notes" not in wq.sweep(["Llama 3.1 405B"], method="exact").attrs
