"""The intervals of a total: against closed forms, simulations in NumPy, `nested`, sweeps and blends."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy.special import ndtri

import wattquery as wq
from wattquery import catalog, scenarios
from wattquery.fleets.evaluation import Evaluation
from wattquery.fleets.intervals import epistemic
from wattquery.fleets.settings import fleet_settings
from wattquery.sweeps.frontier import frontier_models
from wattquery.throughput import fit_throughput
from wattquery.uncertainty.throughput_draws import DEFAULT_LOG_SIGMA

MODEL = "Llama 3.1 405B"
PUE, POWER = wq.LogNormal(1.05, 1.6), wq.LogNormal(0.4, 0.9)
NUMBERS = {"pue": 1.2, "power_utilization": 0.6}
OVERHEAD = 1.10 * 1.076 * 1.12


def one(model: Any = MODEL, **arguments: Any) -> dict[str, Any]:
    return {"classes": {"chat": {"share": 1, "model": model, **arguments}}, "queries_per_day": 1e9}


def fleet(scenario: Any = None, **arguments: Any) -> xr.Dataset:
    return wq.fleet(scenario, **{"structural": False, **arguments})


def ends(ds: xr.Dataset, interval: str) -> list[float]:
    return [float(end) for end in ds["energy_interval"].sel(interval=interval).values]


# What is shared


def test_one_lognormal_factor_has_a_closed_form() -> None:
    ds = fleet(**one(), power_utilization=0.6, throughput_fit=False, shared_draws=2**14)
    per_unit = fleet(**one(), power_utilization=0.6, pue=1.0, throughput_fit=False)["energy_per_day"].item()
    tails = np.exp(PUE.mu + PUE.sigma * ndtri([0.025, 0.975]))
    for interval in ("shared_factors", "epistemic"):
        np.testing.assert_allclose(ends(ds, interval), per_unit * tails, rtol=1e-12)
    quantiles = np.exp(PUE.mu + PUE.sigma * ndtri(ds["credible"].values))
    np.testing.assert_allclose(ds["energy_credible"], per_unit * quantiles, rtol=1e-12)
    assert not ds["energy_credible_stderr"].values.any()
    assert not ds["energy_interval_stderr"].sel(interval=["shared_factors", "epistemic"]).values.any()


def test_several_lognormal_factors_in_common_have_a_closed_form() -> None:
    """Two classes and three models; the thin fit of DeepSeek-R1 is one more lognormal factor."""
    ds = fleet("mixed", levers="serving")
    serving = wq.LogNormal(1.5, 5)
    sigma = math.sqrt(PUE.sigma**2 + POWER.sigma**2 + serving.sigma**2)
    tails = np.array(ends(ds, "shared_factors"))
    mean = ds["energy_per_day"].item()
    np.testing.assert_allclose(tails, mean * np.exp(-0.5 * sigma**2 + sigma * ndtri([0.025, 0.975])), rtol=1e-12)
    assert (ds["energy_interval_stderr"].sel(interval="epistemic") > 0.0).all()  # three fits, one of them bent
    alone = fleet(**one("DeepSeek-R1"))
    sigma = math.sqrt(PUE.sigma**2 + POWER.sigma**2 + DEFAULT_LOG_SIGMA**2)
    low, high = ends(alone, "epistemic")
    assert math.log(high / low) == pytest.approx(2.0 * sigma * ndtri(0.975), rel=1e-12)
    assert not alone["energy_interval_stderr"].sel(interval="epistemic").values.any()


@pytest.mark.parametrize(
    "distribution", [wq.Uniform(1.1, 1.5), wq.Empirical([1.1, 1.2, 1.4]), wq.Triangular(1, 1.2, 2)]
)
def test_one_unknown_of_any_kind_has_a_closed_form(distribution: Any) -> None:
    pue = fleet(**one(), power_utilization=0.6, pue=distribution, throughput_fit=False)
    per_unit = fleet(**one(), power_utilization=0.6, pue=1.0, throughput_fit=False)["energy_per_day"].item()
    np.testing.assert_allclose(ends(pue, "epistemic"), per_unit * distribution.ppf([0.025, 0.975]), rtol=1e-12)
    lever = fleet(**one(levers=wq.Lever("own", distribution)), **NUMBERS, throughput_fit=False)
    without = fleet(**one(), **NUMBERS, throughput_fit=False)["energy_per_day"].item()
    np.testing.assert_allclose(ends(lever, "epistemic"), without / distribution.ppf([0.975, 0.025]), rtol=1e-12)
    for ds in (pue, lever):
        assert not ds["energy_credible_stderr"].values.any()
    both = fleet(**one(levers=wq.Lever("own", distribution)), pue=distribution, power_utilization=0.6)
    assert (both["energy_credible_stderr"] > 0.0).all()


def test_classes_with_a_share_of_zero_take_no_closed_form_away() -> None:
    """Two PUEs are one unknown, at one quantile level; power on top makes a sum of two lognormals."""
    chat = {"share": 0.5, "model": MODEL}
    classes = {"a": chat, "b": {**chat, "pue": wq.LogNormal(1.05, 1.2)}}
    given: dict[str, Any] = {"classes": classes, "queries_per_day": 1e9}
    ds = fleet(**given, shares={"a": [0.0, 0.5, 1.0]}, throughput_fit=False)
    errors = ds["energy_credible_stderr"].values
    assert not errors[[0, 2]].any()
    assert (errors[1] > 0.0).all()
    comonotone = fleet(**given, power_utilization=0.6, throughput_fit=False)
    assert not comonotone["energy_credible_stderr"].values.any()


def of_improved(seed: int, shared_draws: int) -> tuple[np.ndarray, np.ndarray]:
    """Return quantiles of the improved mixed fleet per query [Wh], whose levers differ by class, and their errors."""
    evaluation = Evaluation(scenarios.load("mixed-improved"), catalog.preset("v2-code"), {})
    settings = fleet_settings(
        level=(0.9, 0.95),
        scopes=None,
        throughput_fit=True,
        shared_draws=shared_draws,
        seed=seed,
        threads=1,
        progress=None,
    )
    found = epistemic(evaluation, settings)
    parts = found.known_fits, found.drawn_fits
    values, errors = (np.concatenate([getattr(one, name).ravel() for one in parts]) for name in ("values", "stderr"))
    return values, errors


def test_stated_errors_cover_what_repeated_seeds_do() -> None:
    """40 seeds: nominal intervals of 95 % cover at least that, less three standard errors; and are not idle."""
    truth = np.mean([of_improved(seed, 2**15)[0] for seed in (1001, 1002)], axis=0)
    values, errors = (np.array(one) for one in zip(*(of_improved(seed, 1024) for seed in range(40)), strict=True))
    covered = np.mean(np.abs(values - truth) < 1.96 * errors, axis=0)
    assert (covered > 0.95 - 3.0 * math.sqrt(0.05 * 0.95 / 40)).all(), covered
    assert covered.mean() > 0.93
    assert (np.mean(errors, axis=0) < 2.0 * np.std(values, axis=0)).all()


def test_few_draws_beyond_an_end_tell_no_error() -> None:
    ds = fleet("mixed-improved", shared_draws=256, level=(0.5, 0.96))
    assert np.isinf(ds["energy_interval_stderr"].sel(interval=["shared_factors", "epistemic"])).all()
    assert ds["credible"].values.tolist() == [0.02, 0.25, 0.5, 0.75, 0.98]
    assert np.isinf(ds["energy_credible_stderr"].values).tolist() == [True, False, False, False, True]
    assert "not known for some" in ds.attrs["notes"]
    assert not ds["energy_interval_stderr"].sel(interval="sampling").values.any()
    sampled = fleet("traditional", method="monte_carlo", draws=1000, shared_draws=256)
    stated = sampled["energy_interval_stderr"].sel(interval="sampling").values
    assert stated.tolist() == [sampled["energy_per_day_stderr"].item()] * 2


@pytest.mark.parametrize("scenario", ["traditional", "mixed"])
def test_without_unknown_shared_factors_there_is_no_width(scenario: str) -> None:
    ds = fleet(scenario, **NUMBERS, throughput_fit=False)
    total = ds["energy_per_day"].item()
    for interval in ("shared_factors", "epistemic"):
        low, high = ends(ds, interval)
        assert low == high == pytest.approx(total, rel=1e-12)
    assert ds["variance_shared"].item() == 0.0
    assert ds["variance_query"].item() > 0.0


def test_a_factor_drawn_per_query_averages_out() -> None:
    shared = fleet("mixed-improved", throughput_fit=False)
    one_less = fleet("mixed-improved", throughput_fit=False, scopes={"levers": "query"})
    per_query = {"pue": "query", "power_utilization": "query", "levers": "query"}
    none = fleet("mixed-improved", throughput_fit=False, scopes=per_query)
    widths = [np.diff(ends(ds, "epistemic")).item() for ds in (shared, one_less, none)]
    assert widths[0] > widths[1] > widths[2] == pytest.approx(0.0, abs=1e-12)
    for ds in (one_less, none):
        assert ds["energy_per_day"].item() == pytest.approx(shared["energy_per_day"].item(), rel=1e-12)
        assert ds["variance_total"].item() == pytest.approx(shared["variance_total"].item(), rel=1e-12)
    assert none["variance_shared"].item() == 0.0


def test_the_law_of_total_variance() -> None:
    """The total is that of queries of which everything is drawn anew: an exact sweep, mixed by hand."""
    ds = fleet("mixed", throughput_fit=False)
    parts = wq.sweep(list(frontier_models()), output_tokens=["traditional", "long"], method="exact")
    weights = xr.DataArray([0.9, 0.1], dims="output_tokens") / 3.0
    mean = (weights * parts["energy_mean"]).sum()
    square = (weights * (parts["energy_std"] ** 2 + parts["energy_mean"] ** 2)).sum()
    total = ((square - mean**2) * OVERHEAD**2).item()
    assert ds["variance_total"].item() == pytest.approx(total, rel=1e-8)
    by_parts = (ds["variance_query"] + ds["variance_shared"]).item()
    assert by_parts == pytest.approx(ds["variance_total"].item(), rel=1e-12)
    # All members have PUE and PU in common, so that the mean given them is a product.
    sigma = math.hypot(PUE.sigma, POWER.sigma)
    shared = ds["energy_per_day"].item() ** 2 * math.expm1(sigma**2)
    assert ds["variance_shared"].item() == pytest.approx(shared, rel=1e-9)


def test_the_interval_has_the_variance_that_is_stated() -> None:
    """Levers differ by class here; a lattice of 2**16 draws knows the variance to a percent."""
    levels = (np.arange(1, 400, 2) / 400).tolist()
    ds = fleet("mixed-improved", throughput_fit=False, shared_draws=2**16, level=levels)
    quantiles = ds["energy_credible"].drop_sel(credible=0.5)
    assert np.var(quantiles) == pytest.approx(ds["variance_shared"].item(), rel=0.03)


def simulated(draws: int, seed: int, *, fits: bool) -> np.ndarray:
    """Return totals of the paper's improved mixed fleet [GWh/day] from the documentation alone."""
    rng = np.random.default_rng(seed)
    z_pue, z_power, z_lever = rng.standard_normal((3, draws))
    total = np.zeros(draws)
    preset = catalog.preset("v2-code")
    factor = np.exp(PUE.mu + PUE.sigma * z_pue + POWER.mu + POWER.sigma * z_power)
    levers = {"traditional": wq.LogNormal(1.5, 3.5), "long": wq.LogNormal(1.5, 3.0)}
    tokens = np.unique(np.geomspace(1, 120_000, 3000).round())
    for model in frontier_models():
        rows = catalog.load("oviedo2026").deployment(model).rows
        fit = fit_throughput(rows, model)
        b = np.array([[fit.intercept, fit.ln_input, fit.ln_output]]).repeat(draws, axis=0)
        scale = np.ones(draws)
        if fits and fit.degrees_of_freedom:
            nu = fit.degrees_of_freedom
            root = np.linalg.cholesky(np.array(fit.coefficient_covariance))
            widths = fit.residual_standard_error / np.sqrt(rng.chisquare(nu, draws) / nu)
            b = b + widths[:, None] * (rng.standard_normal((draws, 3)) @ root.T)
        elif fits:
            scale = np.exp(DEFAULT_LOG_SIGMA * rng.standard_normal(draws))
        power = preset.node_power_by_model.get(model, preset.node_power)
        for name, share in (("traditional", 0.9), ("long", 0.1)):
            mean_length = {"traditional": 300, "long": 5000}[name] / math.log(2.0)
            edges = np.append(0.0, np.append(0.5 * (tokens[1:] + tokens[:-1]), np.inf))
            weights = -np.diff(np.exp(-edges / mean_length))
            rate = np.minimum(b[:, :1] + b[:, 1:2] * math.log(500.0) + b[:, 2:] * np.log(tokens), fit.ln_maximum)
            seconds = (tokens * np.exp(-rate)) @ weights
            lever = np.exp(levers[name].mu + levers[name].sigma * z_lever)
            total += share / 3.0 * power / 3.6 * factor * scale * seconds / lever
    return total * OVERHEAD


@pytest.mark.parametrize("fits", [False, True])
def test_the_interval_is_that_of_a_simulation_in_numpy(fits: bool) -> None:
    """Levels of 4,000 draws at four standard errors, plus one for the lattice."""
    draws = 4000
    ds = fleet("mixed-improved", shared_draws=2**13, throughput_fit=fits)
    totals = simulated(draws, 1, fits=fits)
    for level, found in zip(ds["credible"].values, ds["energy_credible"].values, strict=True):
        below = np.mean(totals < found)
        assert abs(below - level) < 5.0 * math.sqrt(level * (1.0 - level) / draws), level


@pytest.mark.parametrize("model", [MODEL, "DeepSeek-R1"])
def test_one_class_on_one_model_is_nested(model: str) -> None:
    """Quantiles of 2**14 draws on a lattice: 0.3 % at most, in repeated runs, of what is exact for DeepSeek-R1."""
    found = wq.sensitivity.nested(model, throughput_fit=True, shared_draws=2**12, level=0.9)
    ds = fleet(**one(model), shared_draws=2**14, level=0.9)
    stderr = np.hypot(found["energy_mean_stderr"].values, 0.003 * found["energy_mean"].values)
    off = np.abs(ds["energy_credible"].values - found["energy_mean"].values)
    assert (off < 4.0 * stderr).all()


def test_the_same_seed_gives_the_same_digits_and_a_grid_changes_none() -> None:
    asked: dict[str, Any] = {"shared_draws": 512, "seed": 7}
    grid = fleet("mixed", levers=["none", "model", "serving+hardware"], pue=[1.1, PUE], **asked)
    alone = fleet("mixed", levers="serving+hardware", pue=PUE, **asked)
    cell = grid.sel(levers="serving+hardware", pue=PUE.label)
    np.testing.assert_array_equal(cell["energy_credible"], alone["energy_credible"])
    np.testing.assert_allclose(cell["energy_interval"], alone["energy_interval"], rtol=1e-15)
    other = fleet("mixed", levers="serving+hardware", pue=PUE, shared_draws=512, seed=8)
    assert not np.array_equal(other["energy_credible"], alone["energy_credible"])


def test_levels_are_as_asked() -> None:
    wide, narrow = (fleet("mixed", level=level) for level in (0.95, 0.5))
    for interval in ("sampling", "shared_factors", "epistemic"):
        (low, high), (inner_low, inner_high) = ends(wide, interval), ends(narrow, interval)
        assert low < inner_low < inner_high < high
    assert ends(narrow, "epistemic") == narrow["energy_credible"].sel(credible=[0.25, 0.75]).values.tolist()
    assert narrow["credible"].values.tolist() == [0.25, 0.5, 0.75]


def test_several_levels_are_the_ends_of_all_and_the_interval_is_the_largest() -> None:
    ds = fleet("mixed-improved", shared_draws=1024)
    assert ds["credible"].values.tolist() == [0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975]
    assert ends(ds, "epistemic") == ds["energy_credible"].sel(credible=[0.025, 0.975]).values.tolist()
    stated = ds["energy_interval_stderr"].sel(interval="epistemic").values
    assert stated.tolist() == ds["energy_credible_stderr"].sel(credible=[0.025, 0.975]).values.tolist()
    assert ds.attrs["level"] == 0.95
    for level in (0.5, 0.9, 0.95):
        alone = fleet("mixed-improved", shared_draws=1024, level=level)
        np.testing.assert_array_equal(
            alone["energy_credible"], ds["energy_credible"].sel(credible=alone["credible"].values)
        )
        assert alone.attrs["level"] == level


# What is chosen


# What is refused


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "Either a scenario or classes must be given, got neither"),
        ({"scenario": "mixed", **one()}, "Either a scenario or classes must be given, got both"),
        ({"classes": one()["classes"]}, "queries_per_day is missing"),
        ({"scenario": []}, "must be one or more different scenarios"),
        ({"scenario": ["mixed", "mixed"]}, "must be one or more different scenarios"),
        ({"scenario": ["mixed", "long-share"]}, "must have the same axes"),
        ({"scenario": "mixed", "queries_per_day": -1}, "queries_per_day must be above 0, .*got -1"),
        ({"scenario": "mixed", "shares": {"lng": 0.1}}, "Did you mean 'long'"),
        ({"scenario": "mixed", "shares": {"long": 1.1}}, "from 0 to 1"),
        ({"scenario": "mixed", "shares": 0.1}, "must be a dict of shares"),
        ({"scenario": "mixed", "levers": "serving+serving"}, "names 'serving' more than once"),
        ({"scenario": "mixed", "levers": "servng"}, "Did you mean 'serving'"),
        ({"scenario": "mixed", "preset": "v3"}, "preset must be one of .*got 'v3'"),
        ({"scenario": "mixed", "preset": ["v1", "v1"]}, "must name each preset once"),
        ({"scenario": "mixed", "preset": []}, "must be a name or a list of names"),
        ({"scenario": "mixed", "boundary": "nod"}, "Did you mean 'node'"),
        ({"scenario": "mixed", "boundary": "facility+factor_1"}, "more than once"),
        ({"scenario": "mixed", "boundary": "node", "pue": 1.1}, "where no boundary counts it"),
        ({"scenario": "mixed", "load_profile": [1] * 23}, "Fill the gap"),
        ({"scenario": "mixed", "occupancy": 1.2}, "occupancy must be .*got 1.2"),
        ({"scenario": "mixed", "level": 95}, "level must lie between 0 and 1, got 95"),
        (
            {"scenario": "mixed", "method": "quasi_monte_carlo"},
            "must be one of 'exact', 'monte_carlo', got 'quasi",
        ),
        ({"scenario": "mixed", "shared_draws": 1000}, "shared_draws=1024"),
        ({"scenario": "mixed", "scopes": {"pu": "query"}}, "no random factor of this fleet"),
        ({"scenario": "mixed", "scopes": {"pue": "each"}}, "must be one of 'query', 'shared', got 'each'"),
        ({"scenario": "mixed", "scopes": {"output_tokens": "shared"}}, "lengths always differ between queries"),
        ({"scenario": "mixed", "carbon_intensity": -1}, "must be 0 or more"),
        ({"scenario": "mixed", "node_time_levers": ["servng"]}, "Did you mean 'serving'"),
        (one("Llama 3.1 405"), "model.*'Llama 3.1 405'.*Did you mean 'Llama 3.1 405B'"),
        (one(precision="FP4"), "precision.*'FP4'"),
        (one("Mistral Large", precision="FP8"), "has no rows of 'Mistral Large' for this class"),
        (one(lever_factors={"servng": 2.0}), "lever_factors names 'servng'.*Did you mean 'serving'"),
        (one("frontier") | {"catalog": "CATALOG"}, "neither a shipped name nor the path"),
    ],
)
def test_bad_input_is_one_sentence_with_the_fix(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(wq.InputError, match=said):
        fleet(**arguments)


@pytest.mark.parametrize("form", ["log_linear", "reciprocal"])
def test_a_fit_so_steep_that_a_mean_overflows_warns_nobody(tmp_path: Any, form: str) -> None:
    """Four rows leave one degree of freedom; a warning is an error here."""
    lines = [
        "Model,Hardware,Quantization,Tokens per Second (TPS),Input Length,Output Length,Power for Node (kW),Serving"
    ]
    rows = ["1000,100,100", "3000,100,1000", "900,1000,300", "1500,500,900"]
    (tmp_path / "own.csv").write_text("\n".join([*lines, *(f"Mine,H100,FP8,{row},7.5,vLLM" for row in rows)]))
    low, high = ends(fleet(**one("Mine"), catalog=tmp_path / "own.csv", throughput_model=form), "epistemic")
    assert 0.0 < low < high < math.inf


def test_what_is_held_at_a_time_and_kept_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"shares": {"long": [0.0, 0.1, 0.5, 0.9]}, "input_tokens": list(range(300, 310)), "shared_draws": 256}
    names = ["energy_interval", "energy_credible"]
    whole = fleet("mixed", **asked)[names]
    monkeypatch.setattr("wattquery.fleets.quantiles.AT_A_TIME", 600)
    monkeypatch.setattr("wattquery.fleets.class_draws.FEWEST_KEPT", 2)
    monkeypatch.setattr("wattquery.fleets.class_draws.MOST_KEPT", 0)
    xr.testing.assert_allclose(fleet("mixed", **asked)[names], whole, rtol=1e-12)
