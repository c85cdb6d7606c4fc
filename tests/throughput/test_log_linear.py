"""The throughput model against independent least squares, the published coefficients and the equation."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import scipy.linalg
import scipy.stats

from wattquery import catalog
from wattquery.catalog import BenchmarkRow
from wattquery.errors import InputError
from wattquery.throughput import fit_throughput

# As published, to three decimals: intercept, slopes of ln L_in and ln L_out; and the largest observed TPS
PUBLISHED = {
    "DeepSeek-R1": (10.559, -0.539, -0.005, 1300.0, 3),
    "Llama 3.1 405B": (9.762, -0.585, 0.227, 4572.23, 7),
    "Llama 3.1 70B": (10.824, -0.562, 0.262, 17463.99, 5),
    "Mixtral 8x22B": (11.225, -0.553, 0.252, 25150.03, 5),
}


def row(tps, input_tokens, output_tokens, line=2):
    template = catalog.load("oviedo2026").rows[0]
    return dataclasses.replace(
        template, tokens_per_second=tps, input_tokens=input_tokens, output_tokens=output_tokens, line=line
    )


def shipped(model):
    return fit_throughput(catalog.load("oviedo2026").deployment(model).rows, model)


def random_rows(n, seed=3):
    rng = np.random.default_rng(seed)
    lengths = rng.uniform(100, 5000, (n, 2))
    rates = np.exp(10 - 0.5 * np.log(lengths[:, 0]) + 0.2 * np.log(lengths[:, 1]) + rng.normal(0, 0.3, n))
    return [
        row(float(tps), float(x), float(y), 2 + i) for i, (tps, (x, y)) in enumerate(zip(rates, lengths, strict=True))
    ]


@pytest.mark.parametrize("model", PUBLISHED)
def test_the_published_coefficients(model):
    fitted = shipped(model)
    intercept, ln_input, ln_output, maximum, n_rows = PUBLISHED[model]
    assert (round(fitted.intercept, 3), round(fitted.ln_input, 3), round(fitted.ln_output, 3)) == (
        intercept,
        ln_input,
        ln_output,
    )
    assert (fitted.kind, fitted.maximum, fitted.n_rows) == ("regression", maximum, n_rows)
    assert fitted.degrees_of_freedom == n_rows - 3
    assert fitted.ln_maximum == math.log(maximum)


def test_the_published_constant():
    fitted = shipped("Llama-3.1 Nemotron Ultra 253B")
    assert (fitted.kind, fitted.maximum, fitted.ln_input, fitted.ln_output) == (
        "larger_of_two",
        5200.0,
        0.0,
        0.0,
    )
    np.testing.assert_allclose(fitted.predict([1, 500, 1e6], 300), 5200.0, rtol=1e-14)
    assert math.isnan(fitted.residual_standard_error)
    assert (fitted.degrees_of_freedom, fitted.n_rows, fitted.coefficient_covariance) == (0, 2, None)
    assert (fitted.input_range, fitted.output_range) == ((500.0, 5000.0), (500.0, 2000.0))


@pytest.mark.parametrize("n", [4, 10, 100])
def test_against_the_normal_equations(n):
    rows = random_rows(n)
    design = np.array([[1.0, math.log(one.input_tokens), math.log(one.output_tokens)] for one in rows])
    observed = np.array([math.log(one.tokens_per_second) for one in rows])
    gram = design.T @ design
    expected = scipy.linalg.solve(gram, design.T @ observed, assume_a="pos")
    spread = math.sqrt(np.sum((observed - design @ expected) ** 2) / (n - 3))
    fitted = fit_throughput(rows, "random")
    np.testing.assert_allclose((fitted.intercept, fitted.ln_input, fitted.ln_output), expected, rtol=1e-8)
    np.testing.assert_allclose(fitted.residual_standard_error, spread, rtol=1e-9)
    np.testing.assert_allclose(fitted.coefficient_covariance, scipy.linalg.inv(gram), rtol=1e-7)
    assert fitted.degrees_of_freedom == n - 3


def test_three_rows_are_met_exactly_and_leave_no_degree_of_freedom():
    rows = catalog.load("oviedo2026").deployment("DeepSeek-R1").rows
    fitted = shipped("DeepSeek-R1")
    observed = [one.tokens_per_second for one in rows]
    predicted = fitted.predict([one.input_tokens for one in rows], [one.output_tokens for one in rows])
    np.testing.assert_allclose(predicted, observed, rtol=1e-12)
    assert fitted.degrees_of_freedom == 0
    assert math.isnan(fitted.residual_standard_error)
    assert fitted.coefficient_covariance is not None


def test_one_row_stands_for_all_lengths():
    fitted = fit_throughput([row(700.0, 500.0, 200.0)], "one")
    assert (fitted.kind, fitted.n_rows, fitted.maximum) == ("single_row", 1, 700.0)
    assert (fitted.input_range, fitted.output_range) == ((500.0, 500.0), (200.0, 200.0))
    np.testing.assert_allclose(fitted.predict([10, 1e5], [10, 1e5]), 700.0, rtol=1e-14)


@pytest.mark.parametrize("rates", [(10.0, 20.0), (20.0, 10.0)])
def test_the_larger_of_two_rows_whichever_comes_first(rates):
    fitted = fit_throughput([row(rates[0], None, 5.0), row(rates[1], 7.0, 6.0)], "two")
    assert fitted.maximum == 20.0
    assert (fitted.input_range, fitted.output_range) == (None, (5.0, 6.0))


def test_predict_is_the_capped_equation():
    fitted = shipped("Llama 3.1 405B")
    lengths_in = np.geomspace(10, 50_000, 40)[:, None]
    lengths_out = np.geomspace(10, 50_000, 30)
    log_rate = fitted.intercept + fitted.ln_input * np.log(lengths_in) + fitted.ln_output * np.log(lengths_out)
    predicted = fitted.predict(lengths_in, lengths_out)
    assert predicted.shape == (40, 30)
    np.testing.assert_allclose(predicted, np.minimum(np.exp(log_rate), 4572.23), rtol=1e-12)
    assert 0.1 < np.mean(log_rate > math.log(4572.23)) < 0.9
    assert predicted.max() <= 4572.23 * (1 + 1e-14)
    assert float(fitted.predict(500, 300)) == pytest.approx(1666.0, abs=15)


@pytest.mark.parametrize("wrong", [0, -1, math.nan, math.inf, [500, 0]])
def test_lengths_must_be_positive_and_finite(wrong):
    fitted = shipped("Llama 3.1 405B")
    with pytest.raises(InputError, match="input_tokens must be positive finite lengths, got"):
        fitted.predict(wrong, 300)
    with pytest.raises(InputError, match="output_tokens must be positive finite lengths, got"):
        fitted.predict(300, wrong)


def test_no_rows():
    with pytest.raises(InputError, match=r"'nothing' has no benchmark rows\. At least one is needed"):
        fit_throughput([], "nothing")


@pytest.mark.parametrize(("which", "lengths"), [("input", (None, 300.0)), ("output", (500.0, None))])
def test_a_length_that_is_not_known(which, lengths):
    rows = [*random_rows(4), row(100.0, *lengths, line=17)]
    with pytest.raises(InputError) as caught:
        fit_throughput(rows, "Ours 8B")
    for word in [
        f"The {which} length of 'Ours 8B' is not known in row 17.",
        "on 5 rows",
        "leave the row out",
    ]:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("lengths", "why"),
    [
        ([(500, 100), (500, 200), (500, 400)], "all have the input length 500"),
        ([(100, 300), (200, 300), (700, 300), (900, 300)], "all have the output length 300"),
        ([(100, 300)] * 3, "all have the input length 100 and all have the output length 300"),
        ([(128, 256), (512, 1024), (1000, 2000)], "lengths change in step"),
        ([(10, 100), (30, 900), (70, 4900), (110, 12100)], "lengths change in step"),
        ([(100, 300), (100, 300), (200, 500)], "lengths change in step"),
        ([(100, 33.3333333333), (200, 66.6666666667), (500, 166.6666666667)], "lengths change in step"),
    ],
)
def test_lengths_that_do_not_tell_the_coefficients_apart(lengths, why):
    rows = [row(100.0 + i, float(x), float(y), line=5 + i) for i, (x, y) in enumerate(lengths)]
    with pytest.raises(InputError) as caught:
        fit_throughput(rows, "Ours 8B")
    for word in ["'Ours 8B' cannot be fitted", f"{len(rows)} rows (lines 5, 6, 7", why, "Add a row"]:
        assert word in str(caught.value)


class Step:
    """A fixed value: all probability on one point."""

    def __init__(self, value):
        self.value = value

    def cdf(self, x):
        return float(x >= self.value)


@pytest.mark.parametrize(
    ("value", "outside"),
    [(500.0, 0.0), (5000.0, 0.0), (499.999, 1.0), (5000.001, 1.0), (1000.0, 0.0)],
)
def test_an_atom_on_the_edge_is_inside(value, outside):
    fitted = shipped("DeepSeek-R1")
    assert fitted.share_outside(Step(value), Step(2000.0)) == outside
    assert fitted.share_outside(Step(value), Step(2001.0)) == 1.0


def test_share_outside_against_scipy_and_against_draws():
    fitted = shipped("Llama 3.1 405B")
    lengths_in, lengths_out = scipy.stats.expon(scale=2000.0), scipy.stats.expon(scale=300.0 / math.log(2))
    expected = 1 - (math.exp(-128 / 2000) - math.exp(-5000 / 2000)) * (0.5 ** (128 / 300) - 0.5 ** (2048 / 300))
    found = fitted.share_outside(lengths_in, lengths_out)
    assert found == pytest.approx(expected, rel=1e-12)
    rng = np.random.default_rng(11)
    n = 40_000
    x, y = lengths_in.rvs(n, random_state=rng), lengths_out.rvs(n, random_state=rng)
    share = np.mean((x < 128) | (x > 5000) | (y < 128) | (y > 2048))
    # Five standard errors: one false alarm in two million runs, and the seed is fixed.
    assert abs(share - found) < 5 * math.sqrt(found * (1 - found) / n)


def test_everything_is_outside_where_the_lengths_are_not_known():
    fitted = fit_throughput([row(100.0, None, 300.0)], "one")
    assert fitted.share_outside(Step(500.0), Step(300.0)) == 1.0


def test_models_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        shipped("DeepSeek-R1").intercept = 0.0
    assert isinstance(catalog.load("oviedo2026").rows[0], BenchmarkRow)


@pytest.mark.parametrize("model", ["DeepSeek-R1", "Llama 3.1 405B"])
def test_models_of_the_same_rows_are_the_same_whatever_their_nan(model: str) -> None:
    """Draws of fits are kept by model: one that differed from itself would be drawn anew for each class of queries."""
    ours = shipped(model)
    spread = float("nan") if math.isnan(ours.residual_standard_error) else ours.residual_standard_error
    again = dataclasses.replace(ours, residual_standard_error=spread)
    assert again == ours
    assert len({again, ours}) == 1
    assert dataclasses.replace(ours, maximum=1.0) != ours
    assert ours != "the same"
