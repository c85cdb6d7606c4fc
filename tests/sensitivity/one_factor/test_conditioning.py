"""Conditional distributions against sweeps and the law of total probability; moment-independent indices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

import wattquery as wq
from wattquery.histograms import Histogram
from wattquery.sensitivity import given, moment_independent
from wattquery.sensitivity.one_factor.moment_independence import ks_noise

FIXED_LENGTHS: dict[str, Any] = {"model": "DeepSeek-R1", "output_tokens": 300}
POWER, PUE = wq.LogNormal(0.4, 0.9), wq.LogNormal(1.05, 1.6)


@pytest.mark.parametrize("factor", ["output_tokens", "input_tokens", "pue", "lever:serving", "power_utilization"])
def test_bins_add_up_to_the_whole(factor: str) -> None:
    """Law of total probability, with bins of unequal probability."""
    grid: dict[str, Any] = {"model": ["DeepSeek-R1", "Llama 3.1 405B"], "levers": "serving", "prefill_weight": 0.1}
    if factor == "input_tokens":
        grid |= {"input_tokens": wq.Uniform(100, 900), "output_tokens": 300}
    edges = [0, 0.05, 0.5, 0.8, 1]
    ds = given(**grid, factor=factor, bins=edges, keep_histogram=True)
    whole = wq.sweep(**grid, method="exact")
    for model in grid["model"]:
        masses = np.diff(edges) @ ds["histogram"].sel(model=model).values
        together = Histogram(int(ds["bin"][0]), masses)
        np.testing.assert_allclose(together.quantiles(whole["quantile"]), whole["energy"].sel(model=model), rtol=2e-4)
        assert together.mean() == pytest.approx(whole["energy_mean"].sel(model=model).item(), rel=1e-4)


def test_a_known_length_is_a_truncated_one() -> None:
    length = wq.Exponential(300)
    ds = given("DeepSeek-R1", factor="output_tokens", bins=[0, 0.5, 0.9, 1])
    assert ds["factor_bin"].values == pytest.approx([0.25, 0.7, 0.95])
    cut = wq.Truncated(length, low=float(length.ppf(0.5)), high=float(length.ppf(0.9)))
    expected = wq.sweep("DeepSeek-R1", output_tokens=cut, method="exact")["energy"]
    np.testing.assert_allclose(ds["energy"].isel(factor_bin=1), expected, rtol=2e-4)


def test_a_known_lever_is_a_truncated_one() -> None:
    lever = wq.LogNormal(1.5, 5)
    ds = given("DeepSeek-R1", factor="lever:own", levers=wq.Lever("own", lever), bins=3, quantiles=[0.25, 0.5, 0.9])
    cut = wq.Truncated(lever, low=float(lever.ppf(1 / 3)), high=float(lever.ppf(2 / 3)))
    sampled = wq.sweep("DeepSeek-R1", levers=wq.Lever("own", cut), quantiles=[0.25, 0.5, 0.9], draws=400_000)
    z = (sampled["energy"] - ds["energy"].isel(factor_bin=1)) / sampled["energy_stderr"]
    assert abs(z).max() < 4.5


@pytest.mark.parametrize("factor", ["output_tokens", "pue"])
def test_sampled_quantiles_agree_within_their_error(factor: str) -> None:
    exact = given("DeepSeek-R1", factor=factor, bins=3)
    sampled = given("DeepSeek-R1", factor=factor, bins=3, method="monte_carlo", draws=200_000)
    assert (exact["energy_stderr"] == 0.0).all()
    z = (sampled["energy"] - exact["energy"]) / sampled["energy_stderr"]
    assert 0.1 < abs(z).max() < 4.5


def test_a_discrete_length_is_cut_within_a_value() -> None:
    """Values 10 and 1000, equally likely, in bins of a third: the middle one holds half of each."""
    ds = given(
        "Llama-3.1 Nemotron Ultra 253B",
        output_tokens=wq.Empirical(samples=[10, 1000]),
        power_utilization=0.7,
        pue=1.2,
        factor="output_tokens",
        bins=3,
    )
    means = ds["energy_mean"].values
    assert means[1] == pytest.approx((means[0] + means[2]) / 2, rel=1e-3)
    assert means[2] / means[0] == pytest.approx(100, rel=2e-3)


def test_cells_without_the_factor_are_the_same_in_all_bins() -> None:
    ds = given(["DeepSeek-R1", "Mistral Large"], levers=["none", "serving"], factor="lever:serving", bins=2)
    none = ds["energy"].sel(model="DeepSeek-R1", levers="none").values
    np.testing.assert_array_equal(none[0], none[1])
    assert np.isnan(ds["energy"].sel(model="Mistral Large")).all()


def normal_delta(share: float) -> float:
    """Return Borgonovo's delta of a factor with this share of the variance of a sum of normals.

    Given the factor at z deviations, Y is N(r z, 1 - r^2) with r^2 the share; total variation by fine sums.
    """
    levels = (np.arange(2000) + 0.5) / 2000
    y = np.linspace(-8, 8, 4001)
    given_z = stats.norm.pdf(y, np.sqrt(share) * stats.norm.ppf(levels)[:, None], np.sqrt(1 - share))
    return float(0.5 * np.abs(given_z - stats.norm.pdf(y)).sum(axis=1).mean() * (y[1] - y[0]))


def normal_pawn(share: float) -> float:
    """Return the median Kolmogorov-Smirnov distance, which is that at the quartile of the factor."""
    y = np.linspace(-8, 8, 4001)
    z = np.sqrt(share) * stats.norm.ppf(0.75)
    return float(np.abs(stats.norm.cdf(y) - stats.norm.cdf(y, z, np.sqrt(1 - share))).max())


def test_normal_closed_form() -> None:
    whole = POWER.sigma**2 + PUE.sigma**2
    ds = moment_independent(**FIXED_LENGTHS, bins=64)
    assert (ds["delta_noise"] == 0.0).all()
    for name, one in (("power_utilization", POWER), ("pue", PUE)):
        truth = normal_delta(one.sigma**2 / whole)
        here = ds.sel(factor=name)
        delta, error = here["delta"].item(), here["delta_bin_error"].item()
        assert delta - 1e-4 <= truth <= delta + error + 2e-3
        assert here["pawn"].item() == pytest.approx(normal_pawn(one.sigma**2 / whole), abs=0.01)


def test_the_error_of_bins_is_what_halving_them_loses() -> None:
    fine, coarse = (moment_independent("DeepSeek-R1", bins=bins) for bins in (16, 8))
    np.testing.assert_allclose(fine["delta_bin_error"], fine["delta"] - coarse["delta"], atol=2e-4)
    assert (fine["delta_bin_error"] > 0.0).all()


def test_sampled_distances_agree_within_what_they_say() -> None:
    exact = moment_independent("DeepSeek-R1", bins=16)
    sampled = moment_independent("DeepSeek-R1", bins=16, method="monte_carlo", draws=200_000)
    assert (sampled["delta"] - exact["delta"] <= sampled["delta_noise"] + 1e-3).all()
    assert (exact["delta"] - sampled["delta"] <= 5e-3).all()
    np.testing.assert_allclose(sampled["pawn"], exact["pawn"], atol=5e-3)


def test_a_single_random_factor_tells_everything() -> None:
    ds = moment_independent("DeepSeek-R1", power_utilization=0.7, pue=1.2, bins=64)
    assert ds["factor"].values.tolist() == ["output_tokens"]
    assert ds["delta"].item() == pytest.approx(1.0, abs=0.05)


def test_absent_factors_tell_nothing() -> None:
    ds = moment_independent("DeepSeek-R1", levers=["none", "serving"], factors=["lever:serving"], bins=4)
    assert ds["delta"].sel(levers="none").item() == 0.0
    assert ds["delta"].sel(levers="serving").item() > 0.05


def test_the_number_of_bins_that_distances_depend_on_is_said():
    found = {bins: moment_independent("DeepSeek-R1", bins=bins) for bins in (8, 16, 32)}
    for coarse, fine in ((8, 16), (16, 32)):
        for name in ("pawn", "pawn_max"):
            moved = found[fine][name] - found[coarse][name]
            np.testing.assert_allclose(found[fine][f"{name}_bin_error"], moved, atol=2e-3)
        assert (found[fine]["pawn_max"] > found[coarse]["pawn_max"]).all()
    assert "32 equally likely bins" in found[32].attrs["notes"]
    assert (found[32]["pawn_max_noise"] == 0.0).all()


def test_few_draws_say_that_distances_may_be_noise():
    ds = moment_independent("DeepSeek-R1", bins=16, method="monte_carlo", draws=100)
    assert (ds["pawn_max_noise"] > ds["pawn_noise"]).all()
    assert ds["pawn_max_noise"].sel(factor="pue") > ds["pawn_max"].sel(factor="pue")
    assert "pawn_max is not above its noise in some cells for" in ds.attrs["notes"]
    many = moment_independent("DeepSeek-R1", bins=16, method="monte_carlo", draws=10_000)
    np.testing.assert_allclose(many["pawn_max_noise"], ds["pawn_max_noise"] / 10.0)


@pytest.mark.parametrize("bins", [2, 8, 32])
def test_distances_of_a_dummy_stay_below_the_noise_that_is_stated(bins: int):
    """1,000 dummies of 500 draws a bin: 95 % less three standard errors."""
    rng, draws, repeats = np.random.default_rng(5), 500, 1000
    counts = rng.multinomial(draws, np.full(400, 1 / 400), size=(repeats, bins)) / draws
    apart = np.abs(np.cumsum(counts - counts.mean(axis=1, keepdims=True), axis=2)).max(axis=2)
    of_median, of_largest = ks_noise(bins, draws)
    for statistic, limit in ((np.median(apart, axis=1), of_median), (apart.max(axis=1), of_largest)):
        assert np.mean(statistic <= limit) > 0.95 - 3.0 * np.sqrt(0.05 * 0.95 / repeats)
    if bins > 2:  # of two bins, both are as far from the whole
        assert np.mean(apart.max(axis=1) <= 0.8 * of_largest) < 0.9
    assert ks_noise(bins, 0) == (0.0, 0.0)


def test_histograms_of_a_grid_without_data_have_no_bins():
    ds = given("Mistral Large", factor="pue", keep_histogram=True)
    assert dict(ds.sizes) == {"factor_bin": 4, "quantile": 5, "bin": 0}
    assert ds["energy"].isnull().all()
