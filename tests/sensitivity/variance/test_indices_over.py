"""Axes that are random factors: against means and variances of the cells that they mix."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wattquery as wq
from wattquery.sensitivity import sobol

MODELS = ["DeepSeek-R1", "Llama 3.1 405B", "Mixtral 8x22B"]
SURE = 0.9999


def law_of_total_variance(means: np.ndarray, variances: np.ndarray, weights: np.ndarray) -> float:
    """Return the share of the variance that lies between cells."""
    between = weights @ (means - weights @ means) ** 2
    return float(between / (between + weights @ variances))


def log_moments(ds: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of ln E by model, from histograms."""
    histogram = ds["histogram"].values
    middle = np.log(ds["bin_lower"].values * ds["bin_upper"].values) / 2
    mean = histogram @ middle
    return mean, histogram @ middle**2 - mean**2


@pytest.mark.parametrize("weights", [None, {"DeepSeek-R1": 0.2, "Llama 3.1 405B": 0.5, "Mixtral 8x22B": 0.3}])
def test_the_choice_of_model(weights: dict[str, float] | None) -> None:
    ds = sobol(MODELS, over={"model": weights}, levers=["none", "serving"], draws=2**16, level=SURE)
    assert ds["first_order"].dims == ("levers", "scale", "factor")
    assert "model" not in ds.coords
    cells = wq.sweep(MODELS, levers="serving", method="exact", keep_histogram=True)
    shares = np.array([1 / 3] * 3 if weights is None else list(weights.values()))
    truths = {
        "energy": law_of_total_variance(cells["energy_mean"].values, cells["energy_std"].values ** 2, shares),
        "log_energy": law_of_total_variance(*log_moments(cells), shares),
    }
    for scale, truth in truths.items():
        here = ds.sel(scale=scale, factor="model", levers="serving")
        assert here["first_order_low"].item() <= truth <= here["first_order_high"].item()
        assert here["first_order"].item() == pytest.approx(truth, abs=0.01)
    mean, variance = log_moments(cells)
    whole = shares @ variance + shares @ (mean - shares @ mean) ** 2
    pue = wq.LogNormal(1.05, 1.6).sigma ** 2 / whole
    assert ds["first_order"].sel(scale="log_energy", factor="pue", levers="serving").item() == pytest.approx(
        pue, abs=1e-3
    )


def test_weights_of_zero_leave_a_label_out() -> None:
    some = sobol(MODELS, over={"model": {"DeepSeek-R1": 0.5, "Llama 3.1 405B": 0, "Mixtral 8x22B": 0.5}}, draws=2**12)
    two = sobol(["DeepSeek-R1", "Mixtral 8x22B"], over="model", draws=2**12)
    np.testing.assert_array_equal(some["first_order"], two["first_order"])
    assert some.attrs["weights_model"] == "DeepSeek-R1 = 0.5; Mixtral 8x22B = 0.5"


def test_a_mixture_of_one_and_the_same_is_that_one() -> None:
    """The slow path (members drawn) against the fast one: two labels that are alike change nothing."""
    pue = wq.LogNormal(1.05, 1.6)
    extra: dict[str, Any] = {
        "power_utilization": wq.ThroughputProportional(base=0.24, span=0.56),
        "prefill_weight": 0.05,
        "input_tokens": wq.Uniform(100, 900),
        "levers": "serving",
    }
    for method in ("quasi_monte_carlo", "monte_carlo"):
        mixed = sobol("Llama 3.1 405B", pue={"a": pue, "b": pue}, over="pue", method=method, draws=2**14, **extra)
        plain = sobol("Llama 3.1 405B", pue=pue, method=method, draws=2**14, **extra)
        assert mixed["factor"].values.tolist() == [*plain["factor"].values, "pue:label"]
        assert mixed["total_order"].sel(factor="pue:label").values == pytest.approx([0.0, 0.0], abs=1e-6)
        for name in ("first_order", "total_order", "interaction"):
            np.testing.assert_allclose(mixed[name].sel(factor=plain["factor"]), plain[name], atol=1e-6)


def test_several_axes_and_numbers_as_labels() -> None:
    """E is a product of two independent choices: closed form."""
    pues, powers = np.array([1.1, 1.3, 1.8]), np.array([5.0, 10.0])
    ds = sobol(
        "DeepSeek-R1",
        output_tokens=300,
        power_utilization=0.7,
        pue=pues.tolist(),
        node_power=powers.tolist(),
        over=["pue", "node_power"],
        second_order=True,
        draws=2**14,
        level=SURE,
    )
    assert ds["factor"].values.tolist() == ["pue", "node_power"]
    c = np.array([pues.var() / pues.mean() ** 2, powers.var() / powers.mean() ** 2])
    whole = np.prod(1 + c) - 1
    here = ds.sel(scale="energy")
    np.testing.assert_allclose(here["first_order"], c / whole, atol=2e-3)
    np.testing.assert_allclose(here["total_order"], c * (1 + c[::-1]) / whole, atol=2e-3)
    assert here["second_order_low"].values[0, 1] <= c.prod() / whole <= here["second_order_high"].values[0, 1]


def test_labels_without_data_are_refused() -> None:
    with pytest.raises(wq.InputError, match=r"over = 'model' averages over labels without data.*Mistral"):
        sobol(["DeepSeek-R1", "Mistral Large"], over="model")


@pytest.mark.slow
def test_intervals_of_small_indices_cover_as_often_as_they_say() -> None:
    """Over 300 seeds: the choice of model takes most of the variance of E, which is skewed; PUE has some 1 % of it."""
    seeds, level = 300, 0.95
    cells = wq.sweep(MODELS, method="exact", keep_histogram=True)
    means, stds = cells["energy_mean"].values, cells["energy_std"].values
    variance = np.mean(stds**2) + np.var(means)
    squared = {"pue": wq.LogNormal(1.05, 1.6), "power_utilization": wq.LogNormal(0.4, 0.9)}
    truths = {("energy", "model", "first_order"): np.var(means) / variance}
    log_means, log_variances = log_moments(cells)
    log_variance = np.mean(log_variances) + np.var(log_means)
    for factor, distribution in squared.items():
        spread = np.expm1(distribution.sigma**2)
        truths["energy", factor, "first_order"] = spread * means.mean() ** 2 / variance
        truths["energy", factor, "total_order"] = spread / (1 + spread) * (variance + means.mean() ** 2) / variance
        for order in ("first_order", "total_order"):
            truths["log_energy", factor, order] = distribution.sigma**2 / log_variance
    hits = dict.fromkeys(truths, 0)
    for seed in range(seeds):
        ds = sobol(MODELS, over="model", draws=2**14, seed=seed, level=level)
        for (scale, factor, order), truth in truths.items():
            here = ds.sel(scale=scale, factor=factor)
            hits[scale, factor, order] += here[f"{order}_low"].item() <= truth <= here[f"{order}_high"].item()
    least = level - 3.0 * np.sqrt(level * (1.0 - level) / seeds)
    assert min(hits.values()) / seeds >= least, hits
