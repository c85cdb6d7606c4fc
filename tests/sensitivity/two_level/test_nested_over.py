"""`nested` with an axis that queries are spread over, and what it refuses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy.optimize import brentq
from scipy.special import ndtri

import wattquery as wq
from wattquery.errors import InputError
from wattquery.throughput import fit_throughput

PUE, POWER = wq.LogNormal(1.05, 1.6), wq.LogNormal(0.4, 0.9)
FRONTIER = ["DeepSeek-R1", "Llama 3.1 405B", "Llama-3.1 Nemotron Ultra 253B"]
LATTICE = 1e-3
CREDIBLE = (0.05, 0.5, 0.95)


def nested(model: Any, **arguments: Any) -> xr.Dataset:
    """Return the two levels with throughputs taken as known, where a test does not say otherwise."""
    return wq.sensitivity.nested(model, **{"throughput_fit": False, **arguments})


def test_a_mixture_with_all_factors_per_query_is_the_blend() -> None:
    ds = nested(FRONTIER, over="model", scopes={"pue": "query", "power_utilization": "query"})
    blend = wq.blend(wq.sweep(FRONTIER, method="exact", keep_histogram=True))
    assert ds["energy"].dims == ("quantile", "credible")
    for level in CREDIBLE:
        np.testing.assert_allclose(ds["energy"].sel(credible=level), blend["energy"], rtol=LATTICE)
    assert math.sqrt(ds["variance_total"].item()) == pytest.approx(blend["energy_std"].item(), rel=LATTICE)


def test_factors_that_all_labels_share_move_the_whole_mixture() -> None:
    ds = nested(FRONTIER, over={"model": dict(zip(FRONTIER, (0.5, 0.3, 0.2), strict=True))})
    rest = wq.sweep(FRONTIER, pue=1.0, power_utilization=1.0, method="exact", keep_histogram=True)
    blend = wq.blend(rest, labels=FRONTIER, weights=(0.5, 0.3, 0.2))["energy"]
    for level in CREDIBLE:
        factor = math.exp(PUE.mu + POWER.mu + math.hypot(PUE.sigma, POWER.sigma) * ndtri(level))
        np.testing.assert_allclose(ds["energy"].sel(credible=level), blend * factor, rtol=LATTICE)
    assert ds.attrs["shared_draws"] == 0
    assert "DeepSeek-R1 = 0.5" in ds.attrs["weights_model"]


def test_labels_with_factors_of_their_own_are_moved_apart() -> None:
    """Two sites: the PUE of one is known. The median of the mixture is a function of the other's, which is increasing.

    So its quantiles are the function at the quantiles of that PUE.
    """
    second = wq.Uniform(1.2, 2.4)
    arguments = {"power_utilization": 0.6}
    ds = nested(
        "DeepSeek-R1", pue={"a": 1.1, "b": second}, over="pue", quantiles=[0.5], shared_draws=2**10, **arguments
    )
    one = wq.sweep("DeepSeek-R1", pue=1.0, method="exact", quantiles=np.arange(1, 1000) / 1000, **arguments)["energy"]

    def median(pue: float) -> float:
        def below(energy: float) -> float:
            return sum(float(np.interp(energy / x, one.values, one["quantile"])) for x in (1.1, pue)) - 1.0

        return float(brentq(below, 0.01, 10.0))

    for level in CREDIBLE:
        assert ds["energy"].sel(credible=level).item() == pytest.approx(median(second.ppf(level)), rel=5e-3)
    parts = wq.sweep("DeepSeek-R1", pue=1.0, method="exact", **arguments)
    first, other = parts["energy_mean"].item(), parts["energy_std"].item() ** 2 + parts["energy_mean"].item() ** 2
    mean, square = (1.1 + 1.8) / 2.0, (1.1**2 + 1.8**2 + 1.2**2 / 12.0) / 2.0
    assert ds["variance_total"].item() == pytest.approx(square * other - (mean * first) ** 2, rel=5e-3)


def test_one_fit_is_drawn_once_for_labels_of_one_deployment() -> None:
    arguments: dict[str, Any] = {"throughput_fit": True, "shared_draws": 256, "power_utilization": 0.6}
    mixed = nested("Llama 3.1 405B", pue=[1.2, 1.2000001], over="pue", **arguments)
    alone = nested("Llama 3.1 405B", pue=1.2, **arguments)
    np.testing.assert_allclose(mixed["energy"], alone["energy"], rtol=LATTICE)
    np.testing.assert_allclose(mixed["energy_mean"], alone["energy_mean"], rtol=LATTICE)


def test_fits_of_different_deployments_average_out() -> None:
    one = nested("DeepSeek-R1", throughput_fit=True, power_utilization=0.6, pue=1.2)
    three = nested(FRONTIER, throughput_fit=True, power_utilization=0.6, pue=1.2, over="model", shared_draws=256)
    assert str(three["throughput_fit"].values).startswith("default(log_sigma=0.362); student_t")

    def width(ds: Any) -> float:
        ends = np.log(ds["energy"].sel(quantile=0.5, credible=[0.05, 0.95]).values)
        return float(ends[1] - ends[0])

    assert width(three) < 0.85 * width(one)


def test_the_frontier_blend_against_a_simulation_of_all_that_is_shared() -> None:
    rng = np.random.default_rng(1)
    catalog = wq.catalog.load("oviedo2026")
    lengths = np.maximum(1.0, np.rint(wq.Exponential(300).ppf((np.arange(400) + 0.5) / 400)))
    parts, runs = [], 4000
    for name, power in zip(FRONTIER, (12.8, 10.2, 10.2), strict=True):
        fit = fit_throughput(catalog.deployment(name).rows, name)
        coefficients = np.tile([fit.intercept, fit.ln_input, fit.ln_output], (runs, 1))
        factor = np.ones(runs)
        if fit.degrees_of_freedom:
            scale = np.sqrt(fit.degrees_of_freedom / rng.chisquare(fit.degrees_of_freedom, runs))
            shifts = rng.multivariate_normal(np.zeros(3), np.array(fit.coefficient_covariance), runs)
            coefficients += fit.residual_standard_error * scale[:, None] * shifts
        else:
            factor = np.exp(0.362 * rng.normal(size=runs))
        b0, b1, b2 = coefficients.T[..., None]
        rates = np.exp(np.minimum(b0 + b1 * math.log(500) + b2 * np.log(lengths), fit.ln_maximum))
        parts.append(power / 3.6 * lengths / rates / factor[:, None])
    medians = np.median(np.concatenate(parts, axis=1), axis=1) * PUE.ppf(rng.random(runs)) * POWER.ppf(rng.random(runs))
    ds = nested(FRONTIER, over="model", throughput_fit=True, quantiles=[0.5])
    batches = np.quantile(medians.reshape(20, -1), CREDIBLE, axis=1)
    stderr = np.hypot(batches.std(axis=1, ddof=1) / math.sqrt(20), ds["energy_stderr"].values[0])
    assert np.max(np.abs(np.quantile(medians, CREDIBLE) - ds["energy"].values[0]) / stderr) < 4
    assert ds["variance_total"].isnull()


def test_a_shared_length_may_be_common_to_the_labels() -> None:
    arguments = {"pue": 1.2, "power_utilization": 0.6, "output_tokens": wq.Empirical(samples=[100, 900])}
    ds = nested(FRONTIER[:2], over="model", scopes={"output_tokens": "shared"}, level=0.5, **arguments)
    each = wq.sweep(FRONTIER[:2], method="exact", **{**arguments, "output_tokens": [100, 900]})["energy_mean"]
    ends = ds["energy_mean"].sel(credible=[0.25, 0.75])
    np.testing.assert_allclose(ends, each.mean("model"), rtol=LATTICE)


WRONG = [
    ({"scopes": {"pu": "query"}}, "scopes must name random factors, got 'pu'. .* Did you mean 'pue'"),
    ({"scopes": {"lever:serving": "query"}}, "must name random factors, got 'lever:serving'"),
    (
        {"scopes": {"pue": "per query"}},
        r"scopes\['pue'\] must be 'query' .*, got 'per query'.* Did you mean 'query'",
    ),
    ({"scopes": {"input_tokens": "query"}}, "gives 'input_tokens' a scope, but no cell has it as a random factor"),
    ({"scopes": {"levers": "query"}}, "gives 'levers' a scope, but no cell has it as a random factor"),
    ({"scopes": {"throughput_fit": "shared"}}, "taken as known. Pass throughput_fit=True"),
    ({"scopes": {"throughput_fit": "query"}, "throughput_fit": True}, "must be 'shared', got 'query'"),
    ({"scopes": ["pue"]}, "must be a dict of scopes"),
    ({"throughput_fit": -1.0}, "throughput_fit must be True, False, or a standard deviation .* got -1.0"),
    ({"throughput_fit": "yes"}, "throughput_fit must be .* got 'yes'"),
    ({"shared_draws": 1000}, "shared_draws must be a power of two .* got 1000. Use shared_draws=1024"),
    ({"shared_draws": 16}, "Use shared_draws=256"),
    ({"shared_draws": 1e3}, "shared_draws must be a whole number, got 1000.0"),
    ({"level": 90}, "level must lie between 0 and 1, got 90.*Write 95 % as level=0.95"),
    ({"level": [0.5, 0.5]}, "one probability or a list of different ones"),
    ({"outer": 1024}, "is now called 'shared_draws'"),
    ({"credible": [0.05, 0.5, 0.95]}, "is now called 'level'. Give the probability of an interval"),
    ({"quantiles": [0.0]}, "quantiles must be probability levels"),
    ({"pu": 1.2}, r"nested\(\) has no argument 'pu'.* Did you mean 'pue'"),
    ({"over": "pue"}, "over = 'pue' is an axis of length one"),
    ({"pue": 1.2, "power_utilization": 0.6, "output_tokens": 300}, "No cell has a random factor"),
    ({"pue": wq.Uniform(1, 2), "scopes": {"pue": "query"}, "method": "exact"}, "cannot take pue"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG)
def test_what_it_refuses(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        nested("DeepSeek-R1", **arguments)
