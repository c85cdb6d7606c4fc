"""`nested` against sweeps, closed forms, and a simulation of a regression's coefficients in NumPy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy.special import ndtri

import wattquery as wq
from wattquery.throughput import fit_throughput
from wattquery.uncertainty.throughput_draws import DEFAULT_LOG_SIGMA

PUE, POWER, LENGTH = wq.LogNormal(1.05, 1.6), wq.LogNormal(0.4, 0.9), wq.Exponential(300)
LEVER = wq.Lever("serving", wq.LogNormal(1.5, 5))
MODELS = ["DeepSeek-R1", "Mistral Large", "Llama 3.1 405B"]
MODEL = "Llama 3.1 405B"
CREDIBLE = (0.05, 0.5, 0.95)
ALL_PER_QUERY = {"pue": "query", "power_utilization": "query", "levers": "query"}


def nested(model: Any, **arguments: Any) -> xr.Dataset:
    """Return the two levels with throughputs taken as known, where a test does not say otherwise."""
    return wq.sensitivity.nested(model, **{"throughput_fit": False, **arguments})


def exact(model: Any = MODEL, **arguments: Any) -> xr.Dataset:
    return wq.sweep(model, method="exact", **arguments)


def worst(found: Any, expected: Any, stderr: Any) -> float:
    return float(np.max(np.abs(np.asarray(found) - np.asarray(expected)) / np.asarray(stderr)))


def test_with_all_factors_per_query_it_is_the_sweep() -> None:
    arguments = {"levers": ["none", LEVER], "pue": [1.2, PUE]}
    ds, plain = nested(MODELS, scopes=ALL_PER_QUERY, **arguments), exact(MODELS, **arguments)
    assert ds["energy"].dims == ("model", "pue", "levers", "quantile", "credible")
    for level in CREDIBLE:
        np.testing.assert_allclose(ds["energy"].sel(credible=level), plain["energy"], rtol=1e-9)
        np.testing.assert_allclose(ds["energy_mean"].sel(credible=level), plain["energy_mean"], rtol=1e-9)
    np.testing.assert_allclose(ds["variance_query"], plain["energy_std"] ** 2, rtol=1e-9)
    assert np.nanmax(ds["variance_shared"]) == 0.0
    assert not ds["supported"].sel(model="Mistral Large").any()
    assert ds["energy"].sel(model="Mistral Large").isnull().all()
    assert ds["energy"].sel(model=["DeepSeek-R1", MODEL]).notnull().all()


def test_lognormal_shared_factors_have_a_closed_form() -> None:
    ds = nested(MODELS, levers=LEVER)
    rest = exact(MODELS, pue=1.0, power_utilization=1.0)
    mu = PUE.mu + POWER.mu - LEVER.distribution.mu
    sigma = math.sqrt(PUE.sigma**2 + POWER.sigma**2 + LEVER.distribution.sigma**2)
    for level in CREDIBLE:
        factor = math.exp(mu + sigma * ndtri(level))
        np.testing.assert_allclose(ds["energy"].sel(credible=level), rest["energy"] * factor, rtol=1e-12)
        np.testing.assert_allclose(ds["energy_mean"].sel(credible=level), rest["energy_mean"] * factor, rtol=1e-12)
    assert (ds.attrs["shared_draws"], ds.attrs["shared_draws_method"]) == (0, "closed form")
    assert ds.attrs["throughput_fit"] == "taken as known"
    # The parts of the variance add up to that of a sweep, in which all factors are mixed.
    # Where a wide normal follows, the exact method takes long outputs as continuous, not as whole tokens: 1e-9.
    total = exact(MODELS, levers=LEVER)["energy_std"] ** 2
    np.testing.assert_allclose(ds["variance_total"], total, rtol=1e-8)
    np.testing.assert_allclose(ds["variance_query"] + ds["variance_shared"], total, rtol=1e-8)
    assert (ds["variance_shared"].sel(model=MODEL) > 0.05 * total.sel(model=MODEL)).all()


def test_some_levers_may_be_per_query() -> None:
    second = wq.Lever("other", wq.LogNormal(1.1, 2.0))
    scopes = {"levers": "query", "lever:other": "shared", "pue": "query"}
    ds = nested(MODEL, levers=[[LEVER, second]], scopes=scopes).isel(levers=0)
    rest = exact(levers=LEVER, power_utilization=1.0)["energy"]
    sigma = math.hypot(POWER.sigma, second.distribution.sigma)
    for level in CREDIBLE:
        factor = math.exp(POWER.mu - second.distribution.mu + sigma * ndtri(level))
        np.testing.assert_allclose(ds["energy"].sel(credible=level), rest * factor, rtol=1e-9)


def test_with_all_shared_and_lengths_fixed_queries_are_alike() -> None:
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    ds = nested(MODEL, output_tokens=300, level=(0.5, 0.9))
    expected = exact(output_tokens=300)["energy"].values
    for level in levels:
        np.testing.assert_allclose(ds["energy"].sel(quantile=level), expected, rtol=1e-9)
    assert ds["variance_query"] == pytest.approx(0.0, abs=1e-20)


def test_the_law_of_total_variance_holds_within_its_error_where_draws_are_made() -> None:
    ds = nested(MODEL, scopes={"output_tokens": "shared"}, levers=["none", LEVER], shared_draws=2**12)
    plain = exact(levers=["none", LEVER])
    assert ds.attrs["shared_draws"] == 2**12
    assert worst(ds["variance_total"], plain["energy_std"] ** 2, ds["variance_total_stderr"]) < 4
    assert (ds["variance_total_stderr"] < 0.1 * ds["variance_total"]).all()
    # With nothing left per query, beliefs are the sweep.
    for level in CREDIBLE:
        found = ds.sel(credible=level)
        assert worst(found["energy"].sel(quantile=0.5), plain["energy"].sel(quantile=level), 0.01) < 4
        z = worst(
            found["energy"].sel(quantile=0.5),
            plain["energy"].sel(quantile=level),
            found["energy_stderr"].sel(quantile=0.5),
        )
        assert z < 4


def test_factors_of_other_kinds_are_drawn() -> None:
    low, high = 1.1, 1.9
    ds = nested(MODEL, pue=wq.Uniform(low, high), power_utilization=0.6, shared_draws=2**12)
    rest = exact(pue=1.0, power_utilization=0.6)
    assert ds.attrs["method"] == "exact"
    for level in CREDIBLE:
        found = ds.sel(credible=level)
        expected = rest["energy"] * (low + (high - low) * level)
        np.testing.assert_allclose(found["energy"], expected, rtol=1e-3)
        assert worst(found["energy"], expected, found["energy_stderr"]) < 4
    mean, variance = (low + high) / 2.0, (high - low) ** 2 / 12.0
    within, between = (mean**2 + variance) * rest["energy_std"] ** 2, variance * rest["energy_mean"] ** 2
    for name, expected in (("query", within), ("shared", between), ("total", within + between)):
        found = ds[f"variance_{name}"]
        assert found == pytest.approx(expected.item(), rel=1e-3)
        assert worst(found, expected, ds[f"variance_{name}_stderr"]) < 4


def test_what_the_exact_method_cannot_take_is_sampled_per_query() -> None:
    pue = wq.Triangular(1.1, 1.2, 1.6)
    ds = nested(MODEL, pue=pue, scopes={"pue": "query"}, draws=200_000)
    assert ds.attrs["method"] == "monte_carlo"
    rest = wq.sweep(MODEL, pue=pue, power_utilization=1.0, draws=4_000_000, seed=1)
    for level in CREDIBLE:
        found, factor = ds.sel(credible=level), math.exp(POWER.mu + POWER.sigma * ndtri(level))
        assert worst(found["energy"], rest["energy"] * factor, found["energy_stderr"]) < 4
    # The error of the inner draws counts beside that of shared ones.
    low, high = 0.5, 0.8
    ds = nested(MODEL, pue=pue, scopes={"pue": "query"}, power_utilization=wq.Uniform(low, high), draws=4_000)
    for level in CREDIBLE:
        found, expected = ds.sel(credible=level), rest["energy"] * (low + (high - low) * level)
        assert worst(found["energy"], expected, found["energy_stderr"]) < 4
        assert worst(found["energy"], expected, found["energy"]) > 0.005


def test_both_lengths_may_be_random_with_one_of_them_shared() -> None:
    arguments = {"input_tokens": wq.Empirical(samples=[200, 800]), "pue": 1.2, "power_utilization": 0.6}
    ds = nested(MODEL, scopes={"input_tokens": "shared"}, level=0.5, shared_draws=256, **arguments)
    each = exact(**{**arguments, "input_tokens": [200, 800]})["energy"]
    np.testing.assert_allclose(ds["energy"].sel(credible=0.25), each.isel(input_tokens=0), rtol=1e-9)
    np.testing.assert_allclose(ds["energy"].sel(credible=0.75), each.isel(input_tokens=1), rtol=1e-9)
    total = exact(**arguments)["energy_std"].item() ** 2
    assert abs(ds["variance_total"].item() - total) < 1e-9 * total + 4 * ds["variance_total_stderr"].item()


def test_the_fit_is_a_multivariate_t() -> None:
    """Against least squares and inverse-gamma variances in NumPy, and quantiles over 2,000 lengths."""
    rows = wq.catalog.load("oviedo2026").deployment(MODEL).rows
    design = np.array([[1.0, math.log(row.input_tokens), math.log(row.output_tokens)] for row in rows])
    logs = np.log([row.tokens_per_second for row in rows])
    fitted = np.linalg.lstsq(design, logs, rcond=None)[0]
    freedom = len(rows) - 3
    residual = float(np.sum((logs - design @ fitted) ** 2))
    rng = np.random.default_rng(3)
    runs = 40_000
    variance = residual / rng.chisquare(freedom, runs)
    shifts = rng.multivariate_normal(np.zeros(3), np.linalg.inv(design.T @ design), runs)
    coefficients = fitted + np.sqrt(variance)[:, None] * shifts
    lengths = np.maximum(1.0, np.rint(LENGTH.ppf((np.arange(2000) + 0.5) / 2000)))
    medians = np.empty(runs)
    for i, (b0, b1, b2) in enumerate(coefficients):
        rate = np.minimum(b0 + b1 * math.log(500) + b2 * np.log(lengths), logs.max())
        medians[i] = np.median(lengths / np.exp(rate))
    medians *= 1.2 * 0.6 * 10.2 / 3.6
    levels = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
    ds = nested(
        MODEL,
        pue=1.2,
        power_utilization=0.6,
        throughput_fit=True,
        quantiles=[0.5],
        level=[0.9, 0.5],
        shared_draws=2**12,
    )
    assert str(ds["throughput_fit"].values) == f"student_t(degrees_of_freedom={freedom})"
    assert ds.attrs["inner_solutions"] == 2**12
    assert "throughput_fit = shared" in ds.attrs["scopes"]
    batches = np.quantile(medians.reshape(20, -1), levels, axis=1)
    stderr = np.hypot(batches.std(axis=1, ddof=1) / math.sqrt(20), ds["energy_stderr"].values[0])
    assert worst(ds["energy"].values[0], np.quantile(medians, levels), stderr) < 4
    assert (stderr < 0.03 * ds["energy"].values[0]).all()
    # Throughput has no moments under a t of its logarithm.
    assert ds["variance_shared"].isnull()


def test_without_degrees_of_freedom_a_named_default_is_used() -> None:
    ds = nested(["DeepSeek-R1", "Llama-3.1 Nemotron Ultra 253B", MODEL], throughput_fit=True, shared_draws=256)
    fits = ds["throughput_fit"].values.tolist()
    assert fits == [f"default(log_sigma={DEFAULT_LOG_SIGMA})"] * 2 + ["student_t(degrees_of_freedom=4)"]
    assert ds.attrs["throughput_fit_default_log_sigma"] == DEFAULT_LOG_SIGMA
    rest = exact(["DeepSeek-R1", "Llama-3.1 Nemotron Ultra 253B"], pue=1.0, power_utilization=1.0)["energy"]
    sigma = math.sqrt(PUE.sigma**2 + POWER.sigma**2 + DEFAULT_LOG_SIGMA**2)
    for level in CREDIBLE:
        factor = math.exp(PUE.mu + POWER.mu + sigma * ndtri(level))
        np.testing.assert_allclose(ds["energy"].sel(credible=level)[:2], rest * factor, rtol=1e-9)
    own = nested("DeepSeek-R1", throughput_fit=0.1)
    assert str(own["throughput_fit"].values) == "default(log_sigma=0.1)"


def test_the_default_is_the_pooled_residual_standard_error() -> None:
    catalog = wq.catalog.load("oviedo2026")
    found = (catalog.deployment(name) for name in catalog.labels("model"))
    fits = [fit_throughput(one.rows, one.model) for one in found if one is not None]
    pooled = [(one.degrees_of_freedom, one.residual_standard_error) for one in fits if one.degrees_of_freedom]
    freedom = sum(nu for nu, _ in pooled)
    assert freedom == 8
    assert math.sqrt(sum(nu * s**2 for nu, s in pooled) / freedom) == pytest.approx(DEFAULT_LOG_SIGMA, abs=5e-4)


def test_cells_with_the_same_shape_share_their_solutions() -> None:
    arguments = {"throughput_fit": True, "shared_draws": 256, "power_utilization": 0.6}
    ds = nested(MODEL, pue=[1.1, 1.3], levers=["none", LEVER], **arguments)
    assert ds.attrs["inner_solutions"] == 256
    np.testing.assert_allclose(ds["energy"].sel(pue=1.3) / ds["energy"].sel(pue=1.1), 1.3 / 1.1, rtol=1e-12)
    xr.testing.assert_identical(
        ds["energy"][0, 0].drop_vars(["pue", "levers"]),
        nested(MODEL, pue=1.1, **arguments)["energy"].drop_vars(["pue", "levers"]),
    )


@pytest.mark.parametrize("arguments", [{}, {"over": "model"}, {"input_tokens": wq.Uniform(100, 900), "draws": 4096}])
def test_threads_change_no_digit(arguments: dict[str, Any]) -> None:
    models = ["DeepSeek-R1", MODEL]
    arguments = {"throughput_fit": True, "shared_draws": 256, **arguments}
    one, three = nested(models, threads=1, **arguments), nested(models, threads=3, **arguments)
    xr.testing.assert_identical(one, three)
    other = nested(models, seed=1, **arguments)["energy"]
    assert not np.allclose(other.values, one["energy"].values, rtol=1e-6)


def relative_errors(arguments: Any, seeds: int, count: int, truth: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Return by seed the relative errors of the median over queries at each credible level, and their z values."""
    found = [nested(MODEL, shared_draws=count, seed=seed, quantiles=[0.5], **arguments) for seed in range(seeds)]
    errors = np.array([(one["energy"] / truth["energy"] - 1.0).values[0] for one in found])
    stated = np.array([(one["energy_stderr"] / one["energy"]).values[0] for one in found])
    return errors, errors / stated


@pytest.mark.parametrize("count", [256, 1024])
def test_few_shared_draws_are_worth_more_than_plain_ones_and_say_how_far_they_are_off(count: int) -> None:
    """Three shared factors that are drawn: 80 seeds tell a ratio to 11 % and a mean square of z to 17 %."""
    lever = wq.Lever("own", wq.Uniform(1.5, 3))
    factors = {"power_utilization": wq.Uniform(0.4, 0.9), "pue": wq.Triangular(1.05, 1.1, 1.6), "levers": lever}
    errors, z = relative_errors(factors, 80, count, nested(MODEL, shared_draws=2**16, quantiles=[0.5], **factors))
    rng = np.random.default_rng(4)
    product = np.log(rng.uniform(0.4, 0.9, (400, count)) * rng.triangular(1.05, 1.1, 1.6, (400, count)))
    plain = np.std(np.quantile(product - np.log(rng.uniform(1.5, 3, (400, count))), CREDIBLE, axis=1), axis=1)
    assert np.all(np.sqrt(np.mean(errors**2, axis=0)) < plain)
    assert np.sqrt(np.mean(errors[:, 1] ** 2)) < 0.8 * plain[1]
    # t with 15 degrees of freedom has a variance of 15 / 13.
    assert np.all(np.mean(z**2, axis=0) < 15 / 13 * (1.0 + 4 * 0.17))


def test_credible_levels_beyond_the_draws_have_no_error() -> None:
    ds = nested(MODEL, pue=wq.Uniform(1.1, 1.9), power_utilization=0.6, shared_draws=256, level=[0.98, 0.998])
    assert np.isinf(ds["energy_stderr"].sel(credible=[0.001, 0.01, 0.99, 0.999])).all()
    assert np.isinf(ds["energy_mean_stderr"].sel(credible=[0.001, 0.01, 0.99, 0.999])).all()
    assert (ds["energy_stderr"].sel(credible=0.5) < 0.01 * ds["energy"].sel(credible=0.5)).all()


def test_means_of_drawn_queries_err_with_them() -> None:
    """The closed form over shared factors is exact, but not what it multiplies."""
    arguments = {"pue": wq.Triangular(1.1, 1.2, 1.6), "scopes": {"pue": "query"}}
    found = [nested(MODEL, draws=4_000, seed=seed, **arguments) for seed in range(30)]
    means = np.array([one["energy_mean"].sel(credible=0.5).item() for one in found])
    stated = np.array([one["energy_mean_stderr"].sel(credible=0.5).item() for one in found])
    assert 0.6 < means.std(ddof=1) / stated.mean() < 1.5
    assert np.isinf(found[0]["variance_query_stderr"])
    assert (nested(MODEL)["energy_mean_stderr"] == 0.0).all()
