"""The reciprocal form: recovered from tables that are made by it, and errors that cover the truth."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import scipy.stats

from reciprocal_tables import LENGTHS, TRUTH, rows, seconds
from wattquery.errors import InputError
from wattquery.throughput import POOLED_LOG_SIGMA, SMALLEST_LOG_SIGMA, fit_throughput, fit_throughputs
from wattquery.uncertainty.throughput_draws import coefficient_draws


def fitted(*arguments, **keywords):
    return fit_throughput(rows(*arguments, **keywords), "Ours", "reciprocal")


@pytest.mark.parametrize("truth", [TRUTH, (4e-5, 0.0, 3e-5), (4e-5, 2e-8, 0.0), (0.0, 2e-8, 3e-5), (1e-4, 0.0, 0.0)])
@pytest.mark.parametrize("count", [3, 4, 8])
def test_a_table_made_by_the_form_is_recovered_to_rounding(truth, count):
    model = fitted(LENGTHS[:count], truth)
    np.testing.assert_allclose(model.fitted, truth, rtol=1e-9, atol=1e-18)
    assert float(model.predict(700, 400)) == pytest.approx(1.0 / seconds(truth, 700, 400), rel=1e-9)
    assert (model.kind, model.form, model.n_rows, model.degrees_of_freedom) == ("reciprocal",) * 2 + (count, count - 3)
    assert model.assumed_log_sigma == (POOLED_LOG_SIGMA if count == 3 else SMALLEST_LOG_SIGMA)


def test_one_input_length_is_enough_where_outputs_differ():
    model = fitted([(1000, 100), (1000, 500), (1000, 3000)])
    np.testing.assert_allclose(model.fitted, TRUTH, rtol=1e-9)


def test_rates_are_on_average_those_measured():
    rng = np.random.default_rng(1)
    spread = np.exp(rng.normal(0, 0.4, len(LENGTHS)))
    model = fitted(factors=spread)
    errors = [math.log(float(model.predict(*pair)) / row.tokens_per_second)
              for pair, row in zip(LENGTHS, rows(factors=spread), strict=True)]  # fmt: skip
    assert np.mean(errors) == pytest.approx(0.0, abs=1e-12)
    assert model.residual_standard_error == pytest.approx(math.sqrt(np.sum(np.square(errors)) / 5))


def test_the_largest_rate_is_no_cap():
    model = fitted()
    assert float(model.predict(10, 300)) > model.maximum


def test_with_no_coefficient_below_zero_a_rate_falls_with_the_input_length():
    rng = np.random.default_rng(2)
    for _ in range(50):
        model = fitted(factors=np.exp(rng.normal(0, 0.5, len(LENGTHS))))
        assert min(model.fitted) >= 0.0 < max(model.fitted)
        assert np.all(np.diff(model.predict(np.geomspace(1, 1e5, 30), 300)) <= 0.0)


def test_few_changes_are_those_of_the_regression():
    """Far within the coefficients, what is varied has the covariance of least squares."""
    model = fitted()
    rng = np.random.default_rng(3)
    small = 1e-5
    found = model.varied(rng.normal(size=(3, 200_000)), small)
    covariance = small**2 * np.linalg.inv(np.array(model.information))
    deviations = np.sqrt(np.diag(covariance))
    errors = (np.cov(found.T) - covariance) / np.outer(deviations, deviations)
    assert np.abs(errors).max() < 4.0 * math.sqrt(2.0 / 200_000)


def test_however_large_the_changes_no_time_is_zero_and_the_rows_keep_their_mean():
    model = fitted(LENGTHS[:4], factors=np.array([1.0, 1.2, 0.9, 1.1]))
    normals = np.random.default_rng(4).normal(size=(3, 2000))
    inputs, outputs = np.array(LENGTHS[:4], dtype=float).T
    for sigma in (0.1, 1.0, 30.0):
        found = model.varied(normals, sigma)
        assert found.min() >= 0.0
        rates = np.array([row.tokens_per_second for row in rows(LENGTHS[:4], factors=np.array([1.0, 1.2, 0.9, 1.1]))])
        relative = seconds(found.T[:, :, None], inputs, outputs) * rates
        own = seconds(np.array(model.fitted), inputs, outputs) * rates
        # The share along the fit is a factor of the whole, so that what is left has the mean of the fit.
        factors = relative @ own / (own @ own)
        common = np.log(factors)
        spread = sigma / math.sqrt(own @ own)
        assert common.std() == pytest.approx(spread, rel=0.08)


def test_the_stated_error_is_that_of_fits_to_other_measurements():
    """Against brute force: a thousand tables with other errors, each fitted."""
    rng, sigma = np.random.default_rng(5), 0.06
    fits = fit_throughputs(
        [(rows(factors=np.exp(rng.normal(0, sigma, len(LENGTHS)))), "x") for _ in range(1000)], "reciprocal"
    )
    model = dataclasses.replace(fitted(), residual_standard_error=sigma)
    for pair in ((500, 300), (1000, 1000), (8000, 300), (300, 8000), (20, 20)):
        truth = -math.log(seconds(TRUTH, *pair))
        errors = [float(one.log_rate(*np.log(pair))) - truth for one in fits]
        brute = math.sqrt(np.mean(np.square(errors)))
        assert float(model.log_stderr(*pair)) == pytest.approx(brute, rel=4 / math.sqrt(2000) + 0.04)


@pytest.mark.parametrize("truth", [TRUTH, (4e-5, 2e-8, 0.0)])
def test_the_error_covers_the_truth_as_often_as_students_t_says(truth):
    rng, nominal, runs, count = np.random.default_rng(6), 0.9, 400, 6
    fits = fit_throughputs(
        [(rows(LENGTHS[:count], truth, np.exp(rng.normal(0, 0.08, count))), "x") for _ in range(runs)], "reciprocal"
    )
    edge = scipy.stats.t.ppf(0.5 + nominal / 2, count - 3)
    for pair in ((500, 300), (8000, 300)):
        target = -math.log(seconds(truth, *pair))
        inside = sum(
            abs(float(one.log_rate(*np.log(pair))) - target) <= edge * float(one.log_stderr(*pair)) for one in fits
        )
        # Where a coefficient is 0 the interval is wider than it would have to be; it is never to be narrower.
        assert inside / runs > nominal - 4 * math.sqrt(nominal * (1 - nominal) / runs)
        assert inside / runs < 0.98


def test_draws_cover_the_truth_as_well():
    rng, nominal, runs, count = np.random.default_rng(7), 0.9, 200, 7
    fits = fit_throughputs(
        [(rows(LENGTHS[:count], factors=np.exp(rng.normal(0, 0.08, count))), "x") for _ in range(runs)], "reciprocal"
    )
    uniform = (np.arange(256) * np.array([0.8567, 0.7338, 0.6287, 0.5386])[:, None] + 0.5) % 1.0
    target = -math.log(seconds(TRUTH, 500, 300))
    inside = 0
    for model in fits:
        drawn = coefficient_draws(model, uniform)
        low, high = np.quantile(-np.log(seconds(drawn.T, 500, 300)), [0.05, 0.95])
        inside += low <= target <= high
    assert abs(inside / runs - nominal) < 4 * math.sqrt(nominal * (1 - nominal) / runs)


def test_errors_have_the_shape_of_the_lengths_and_grow_far_from_the_rows():
    model = fitted(factors=np.exp(np.random.default_rng(8).normal(0, 0.1, len(LENGTHS))))
    wide = model.log_stderr(np.array([500, 5000, 500_000]), np.array([[300], [3]]))
    assert wide.shape == (2, 3)
    assert float(model.log_stderr(5000, 3)) == pytest.approx(wide[1, 1], rel=1e-12)
    assert wide[0, 0] < wide[0, 2]
    assert isinstance(float(model.log_stderr(500, 300)), float)


def test_models_are_equal_and_hashed_by_their_numbers():
    assert fitted() == fitted()
    assert hash(fitted()) == hash(fitted())
    other = fitted().with_fitted((1e-5, 0.0, 0.0))
    assert other != fitted()
    assert other.fitted == (1e-5, 0.0, 0.0)
    assert fit_throughput(rows(), "x") != fitted()


@pytest.mark.parametrize("length", [0.0, -1.0, math.inf])
def test_lengths_are_checked(length):
    with pytest.raises(InputError, match="positive finite lengths"):
        fitted().predict(length, 300)
