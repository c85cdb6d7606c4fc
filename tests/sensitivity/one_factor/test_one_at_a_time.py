"""Tornado, spider and elasticities against plain sweeps in which the factor is that number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wattquery as wq
from wattquery.sensitivity import elasticity, spider, tornado

PUE, POWER, LENGTH = wq.LogNormal(1.05, 1.6), wq.LogNormal(0.4, 0.9), wq.Exponential(300)
SERVING = wq.LogNormal(1.5, 5)
MODELS = ["DeepSeek-R1", "Llama 3.1 405B"]


def median(**arguments: Any) -> Any:
    arguments = {"model": MODELS, "levers": "serving", "method": "exact", **arguments}
    return wq.sweep(**arguments, quantiles=[0.5])["energy"].isel(quantile=0).values


def test_tornado_is_the_sweep_with_the_factor_fixed() -> None:
    ds = tornado(MODELS, levers="serving")
    assert ds.attrs["method"] == "exact"
    assert ds["end"].values.tolist() == ["p5", "p95"]
    np.testing.assert_allclose(ds["baseline"], median(), rtol=1e-12)
    for i, level in enumerate((0.05, 0.95)):
        fixed = {
            "output_tokens": median(output_tokens=round(float(LENGTH.ppf(level)))),  # whole tokens, as they are drawn
            "power_utilization": median(power_utilization=float(POWER.ppf(level))),
            "pue": median(pue=float(PUE.ppf(level))),
            "lever:serving": median(levers=wq.Lever("serving", float(SERVING.ppf(level)))),
        }
        for name, expected in fixed.items():
            np.testing.assert_allclose(ds["median"].isel(end=i).sel(factor=name), expected, rtol=1e-9)
    np.testing.assert_allclose(ds["swing"], ds["median"].isel(end=1) - ds["median"].isel(end=0))
    assert (ds["swing"].sel(factor="lever:serving") < 0).all()
    assert (ds["swing"].sel(factor=["output_tokens", "pue"]) > 0).all()


def test_sampled_medians_agree_within_their_error() -> None:
    exact = tornado(MODELS, levers="serving")
    sampled = tornado(MODELS, levers="serving", method="monte_carlo", draws=200_000)
    z = (sampled["median"] - exact["median"]) / sampled["median_stderr"]
    assert abs(z).max() < 5


def test_factors_that_are_not_lognormal_are_sampled() -> None:
    ds = tornado("DeepSeek-R1", pue=wq.Uniform(1.1, 1.5), draws=100_000)
    assert ds.attrs["method"] == "monte_carlo"
    swing = ds["swing"].sel(factor="pue").item()
    # The median of the rest times the ends of the factor, exactly: both come from one run.
    high, low = ds["median"].sel(factor="pue", end=["p95", "p5"]).values
    assert high / low == pytest.approx(1.48 / 1.12, rel=1e-12)
    assert swing == pytest.approx(high - low)


def test_two_random_lengths_are_sampled() -> None:
    ds = tornado("Llama 3.1 405B", input_tokens=wq.Uniform(100, 900), draws=100_000)
    assert ds.attrs["method"] == "monte_carlo"
    assert (ds["swing"] > 0.0).all()


def test_absent_factors_do_not_swing_and_missing_data_is_nan() -> None:
    ds = tornado(["DeepSeek-R1", "Mistral Large"], levers=["none", "serving"], node_power=wq.LogNormal(8, 12))
    assert ds["swing"].sel(model="DeepSeek-R1", levers="none", factor="lever:serving").item() == 0.0
    assert np.isnan(ds["swing"].sel(model="Mistral Large")).all()
    assert (ds["swing"].sel(model="DeepSeek-R1", levers="serving") != 0.0).all()


def test_spider_goes_through_the_tornado() -> None:
    legs = spider(MODELS, levels=[0.05, 0.5, 0.95], factors=["pue", "output_tokens"])
    ends = tornado(MODELS, factors=["output_tokens", "pue"])
    np.testing.assert_array_equal(legs["median"].isel(factor_level=[0, 2]), ends["median"])
    assert legs["factor"].values.tolist() == ["output_tokens", "pue"]
    assert (np.diff(legs["median"], axis=-1) > 0).all()


def elasticity_by_sweeps(high: dict[str, Any], low: dict[str, Any]) -> np.ndarray:
    return np.log(median(**high, round_tokens=False) / median(**low, round_tokens=False)) / np.log(1.01 / 0.99)


@pytest.mark.parametrize(
    ("parameter", "arguments"),
    [
        ("node_power", lambda k: {"node_power": 10 * k}),
        ("pue", lambda k: {"pue": wq.LogNormal(1.05 * k, 1.6 * k)}),
        ("power_utilization", lambda k: {"power_utilization": wq.LogNormal(0.4 * k, 0.9 * k)}),
        ("output_tokens", lambda k: {"output_tokens": wq.Exponential(300 * k)}),
        ("input_tokens", lambda k: {"input_tokens": 900 * k}),
        ("prefill_weight", lambda k: {"prefill_weight": 0.1 * k}),
        ("lever:own", lambda k: {"levers": wq.Lever("own", wq.LogNormal(2 * k, 3 * k))}),
        (
            "power_utilization:span",
            lambda k: {"power_utilization": wq.ThroughputProportional(base=0.24, span=0.56 * k)},
        ),
        (
            "power_utilization:base",
            lambda k: {"power_utilization": wq.ThroughputProportional(base=0.24 * k, span=0.56)},
        ),
    ],
)
def test_elasticity_is_what_two_sweeps_say(parameter: str, arguments: Any) -> None:
    base = {"input_tokens": 900, "prefill_weight": 0.1}
    expected = elasticity_by_sweeps({**base, **arguments(1.01)}, {**base, **arguments(0.99)})
    here = {"levers": "serving", **base, **arguments(1.0)}
    ds = elasticity(MODELS, **here)
    np.testing.assert_allclose(ds["elasticity"].sel(parameter=parameter), expected, atol=1e-3)


def test_elasticities_of_what_is_not_there_are_zero() -> None:
    ds = elasticity(["DeepSeek-R1", "Mistral Large"], levers=["none", "serving"])["elasticity"]
    assert ds.sel(model="DeepSeek-R1", parameter="lever:serving").values.tolist() == [0.0, -1.0]
    assert (ds.sel(model="DeepSeek-R1", parameter="prefill_weight") == 0.0).all()
    assert np.isnan(ds.sel(model="Mistral Large")).all()
    sampled = elasticity("DeepSeek-R1", method="monte_carlo", draws=300_000)["elasticity"]
    exact = elasticity("DeepSeek-R1")["elasticity"]
    np.testing.assert_allclose(sampled.sel(parameter="output_tokens"), exact.sel(parameter="output_tokens"), atol=0.02)


@pytest.mark.parametrize(
    "length",
    [
        wq.LogNormal(100, 900),
        wq.Uniform(100, 900),
        wq.Triangular(100, 300, 900),
        wq.Truncated(wq.Normal(300, 50), low=100),
        wq.Empirical(samples=[100, 250, 900]),
        wq.Empirical(probabilities=[0, 0.5, 1], values=[100, 250, 900]),
    ],
    ids=lambda one: type(one).__name__,
)
def test_every_length_can_be_scaled(length: Any) -> None:
    """With a throughput that knows no lengths and no prefill, E is in proportion to the output length."""
    ds = elasticity("Llama-3.1 Nemotron Ultra 253B", output_tokens=length, parameters=["output_tokens"])
    assert ds["elasticity"].item() == pytest.approx(1.0, abs=1e-6)
