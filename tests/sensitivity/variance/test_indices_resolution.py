"""Indices of narrow factors: right as far as rounding goes, NaN where it has eaten the variance, never in between."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import wattquery as wq
from wattquery.sensitivity import sobol, sobol_of
from wattquery.specs.distributions.lognormal import Z95

ESTIMATORS = ["azzini_2021", "jansen_1999", "saltelli_2010", "janon_2014"]
METHODS = ["quasi_monte_carlo", "monte_carlo"]
INDICES = ("first_order", "total_order", "interaction", "variance")


def narrow(sigma: float, median: float) -> wq.LogNormal:
    return wq.LogNormal(p5=median * math.exp(-Z95 * sigma), p95=median * math.exp(Z95 * sigma))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_two_lognormals_of_equal_spread_have_a_half_each(estimator: Any, method: Any) -> None:
    """On both scales, down to spreads far below those of single precision about 1; 0.02 is some 4 standard errors."""
    for sigma in (1e-3, 1e-7, 1e-8, 1e-11):
        ds = sobol(
            "DeepSeek-R1",
            output_tokens=300,
            pue=narrow(sigma, 1.2),
            power_utilization=narrow(sigma, 0.6),
            estimator=estimator,
            method=method,
            draws=2**13,
        )
        np.testing.assert_allclose(ds["first_order"], 0.5, atol=0.03)
        np.testing.assert_allclose(ds["total_order"], 0.5, atol=0.03)
        assert ds["variance"].sel(scale="log_energy").item() == pytest.approx(2 * sigma**2, rel=0.1)


@pytest.mark.parametrize("over", [None, "levers"])
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_what_single_precision_cannot_tell_is_nan(estimator: Any, over: Any) -> None:
    """Uniform factors are drawn in single precision: at a width of 1e-7 a few values are left of them."""
    arguments = {"output_tokens": 300, "estimator": estimator, "draws": 2**11}
    if over:
        arguments |= {"levers": {"a": "none", "b": "none"}, "over": over}
    for width, known in ((1e-2, True), (1e-7, False), (1e-9, False), (1e-15, False)):
        factors = {
            "pue": wq.Uniform(1.2, 1.2 * (1.0 + width)),
            "power_utilization": wq.Uniform(0.6, 0.6 * (1.0 + width)),
        }
        ds = sobol("DeepSeek-R1", **factors, **arguments).sel(factor=["pue", "power_utilization"])
        if known:
            np.testing.assert_allclose(ds["first_order"], 0.5, atol=0.06)
        else:
            assert all(ds[f"{name}{end}"].isnull().all() for name in INDICES for end in ("", "_low", "_high"))


def test_a_narrow_factor_beside_a_wide_one_explains_nothing() -> None:
    ds = sobol("DeepSeek-R1", pue=narrow(1e-9, 1.2), draws=2**11)
    assert ds["first_order"].sel(factor="output_tokens", scale="log_energy").item() > 0.8
    assert (ds["first_order_high"].sel(factor="pue") < 1e-5).all()
    assert (ds["first_order_high"].sel(factor="pue") >= 1e-6).all()


def test_narrow_lengths_are_told_or_not() -> None:
    for sigma, known in ((1e-4, True), (1e-8, False)):
        lengths = {"output_tokens": narrow(sigma, 300), "input_tokens": narrow(sigma, 900), "round_tokens": False}
        fixed = {"power_utilization": 0.7, "pue": 1.2, "prefill_weight": 1 / 3, "draws": 2**12}
        ds = sobol("Llama 3.1 405B", **lengths, **fixed)
        assert bool(ds["first_order"].notnull().all()) is known
        if known:
            np.testing.assert_allclose(ds["first_order"].sum("factor"), 1.0, atol=0.01)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_functions_are_judged_by_their_own_rounding(estimator: Any, method: Any) -> None:
    """About 1000 in double precision: a spread of 1e-8 of it is told, 1e-15 is not, and none at all is refused."""
    for width, known in ((1e-8, True), (1e-14, False), (1e-15, False)):
        factors = {"x": wq.Uniform(0.0, 1.0), "y": wq.Uniform(0.0, 1.0)}
        ds = sobol_of(
            lambda x, y, width=width: 1000.0 * (1.0 + width * (x + y)),
            factors,
            estimator=estimator,
            method=method,
            draws=2**12,
        )
        if known:
            np.testing.assert_allclose(ds["first_order"], 0.5, atol=0.05)
        else:
            assert all(ds[name].isnull().all() for name in INDICES)
    with pytest.raises(wq.InputError, match="same value at all points"):
        sobol_of(lambda x: 0.0 * x + 3.0, {"x": wq.Uniform(0, 1)}, draws=2**11)
