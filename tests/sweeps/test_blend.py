"""`blend` against the mixture of independently calculated distributions, and against plain NumPy samples."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy import stats
from scipy.optimize import brentq

import naive
import wattquery as wq

LEVEL = 1e-3
TRIM = (0.14, 0.86)
LATTICE = 1e-4  # relative: bins are 0.1 % wide, and the mass inside one is taken as even
# Input tokens, output tokens, tokens/s per node: the FP8 rows of the shipped table.
RATES = {
    "DeepSeek-R1": naive.least_squares([(1024, 1024, 886.00), (500, 2000, 1300.00), (5000, 500, 378.00)]),
    "Llama 3.1 405B": naive.least_squares(
        [
            (128, 128, 3732.40),
            (2048, 128, 448.89),
            (5000, 500, 579.14),
            (500, 2000, 3661.85),
            (128, 2048, 4572.23),
            (500, 2000, 2050.00),
            (5000, 500, 480.00),
        ]
    ),
    "Llama-3.1 Nemotron Ultra 253B": naive.least_squares([(500, 2000, 5200.00), (5000, 500, 720.00)]),
}
FRONTIER = list(RATES)
CELLS = [
    naive.Cell(
        rate,
        12.8 if model == "DeepSeek-R1" else 10.2,
        naive.Exponential(300),
        pue=naive.LogNormal(1.05, 1.6),
        power=naive.LogNormal(0.4, 0.9),
    )
    for model, rate in RATES.items()
]
SERVING = naive.LogNormal(1.5, 5)


def mixture_cdf(x: float, trim: tuple[float, float], weights: list[float], cells: list[naive.Cell] = CELLS) -> float:
    shares = [(naive.cdf(cell, x) - trim[0]) / (trim[1] - trim[0]) for cell in cells]
    return sum(weight * min(max(share, 0.0), 1.0) for weight, share in zip(weights, shares, strict=True))


def solve(cdf: Callable[[float], float], level: float, near: float) -> float:
    low, high = math.log(near) - 0.01, math.log(near) + 0.01
    return math.exp(brentq(lambda y: cdf(math.exp(y)) - level, low, high, xtol=1e-9))


@pytest.fixture(scope="module")
def exact() -> Any:
    return wq.sweep(wq.ALL, output_tokens=["traditional", "long"], method="exact", keep_histogram=True)


@pytest.fixture(scope="module")
def sampled() -> Any:
    return wq.sweep(
        FRONTIER, draws=200_000, seed=3, keep_histogram=True, common_random_numbers=False, output_tokens=["traditional"]
    )


@pytest.fixture(scope="module", autouse=True)
def _room_for_every_cell() -> Any:
    """Keep all three cells of the reference in its cache: each is asked for many times in turn."""
    assert naive.pairs.cache_info().maxsize >= len(CELLS)
    yield
    naive.pairs.cache_clear()


@pytest.mark.parametrize("weights", [None, [0.5, 0.3, 0.2], [1.0, 0.0, 0.0]])
@pytest.mark.parametrize("trim", [None, TRIM, (0.0, 0.5), (0.05, 0.95)])
def test_the_exact_blend(exact: Any, trim: tuple[float, float] | None, weights: list[float] | None) -> None:
    blended = wq.blend(exact.sel(output_tokens="traditional"), labels=FRONTIER, trim=trim, weights=weights)
    assert blended["energy"].dims == ("quantile",)
    assert not blended["energy_stderr"].values.any()
    shares = weights or [1 / 3] * 3
    for level in blended["quantile"].values.tolist():
        ours = blended["energy"].sel(quantile=level).item()
        expected = solve(lambda x: mixture_cdf(x, trim or (0.0, 1.0), shares), level, ours)
        assert ours == pytest.approx(expected, rel=LATTICE), level
    if trim is None:
        moments = np.array([naive.moments(cell) for cell in CELLS])
        mean = np.array(shares) @ moments[:, 0]
        assert blended["energy_mean"].item() == pytest.approx(mean, rel=LATTICE)
        square = np.array(shares) @ (moments**2).sum(axis=1)
        assert blended["energy_std"].item() == pytest.approx(math.sqrt(square - mean**2), rel=LATTICE)


def test_levers_are_applied_after_the_trim() -> None:
    """P(E / M <= x) = E[P(E <= x M)], with E trimmed before: not what trimming E / M would give."""
    ds = wq.sweep(FRONTIER, output_tokens=wq.Exponential(30), method="exact", keep_histogram=True)
    blended = wq.blend(ds, trim=TRIM, levers=["none", "serving"]).sel(levers="serving")
    cells = [dataclasses.replace(cell, output=naive.Exponential(30)) for cell in CELLS]
    z = np.linspace(-7.0, 7.0, 561)
    levers, density = np.exp(SERVING.mu + SERVING.sigma * z), stats.norm.pdf(z)

    def cdf(x: float) -> float:
        divided = [mixture_cdf(x * lever, TRIM, [1 / 3] * 3, cells) for lever in levers.tolist()]
        return float(np.trapezoid(divided * density, z))

    for level in (0.05, 0.5, 0.95):
        ours = blended["energy"].sel(quantile=level).item()
        assert cdf(ours * (1 - 3 * LATTICE)) < level < cdf(ours * (1 + 3 * LATTICE))


def test_the_same_members_for_every_cell(exact: Any) -> None:
    by_number, by_name = (wq.blend(exact, labels=models, trim=TRIM) for models in (3, FRONTIER))
    assert set(by_number.attrs["blend_members"].split(" | ")) == set(FRONTIER)
    np.testing.assert_allclose(by_number["energy"], by_name["energy"], rtol=1e-12)
    assert by_number["energy"].dims == ("output_tokens", "quantile")
    one = wq.blend(exact.sel(output_tokens="long"), labels=FRONTIER, trim=TRIM)
    np.testing.assert_allclose(by_name["energy"].sel(output_tokens="long"), one["energy"], rtol=1e-12)


def test_levers_become_an_axis_or_a_scalar(exact: Any) -> None:
    axis = wq.blend(exact, labels=FRONTIER, levers=["none", "model", "model+serving"])
    assert axis["energy"].dims == ("output_tokens", "levers", "quantile")
    assert axis["levers"].values.tolist() == ["none", "model", "model+serving"]
    scalar = wq.blend(exact, labels=FRONTIER, levers="model")
    assert scalar["levers"].item() == "model"
    np.testing.assert_allclose(scalar["energy"], axis["energy"].sel(levers="model"), rtol=1e-12)
    own = wq.blend(exact, labels=FRONTIER, levers=wq.Lever("mine", 2.0))
    plain = wq.blend(exact, labels=FRONTIER)
    np.testing.assert_allclose(own["energy_mean"], plain["energy_mean"] / 2.0, rtol=1e-3)


def test_a_lever_before_or_after_an_untrimmed_blend_is_the_same() -> None:
    before = wq.blend(wq.sweep(FRONTIER, levers="serving", method="exact", keep_histogram=True))
    after = wq.blend(wq.sweep(FRONTIER, method="exact", keep_histogram=True), levers="serving")
    np.testing.assert_allclose(after["energy"], before["energy"], rtol=LATTICE)
    np.testing.assert_allclose(after["energy_mean"], before["energy_mean"], rtol=LATTICE)


def test_what_a_blend_holds(exact: Any) -> None:
    blended = wq.blend(exact, labels=FRONTIER, trim=TRIM)
    assert "model" not in blended.coords
    assert "node_power" not in blended.coords
    assert blended["output_tokens"].values.tolist() == ["traditional", "long"]
    np.testing.assert_allclose(blended["histogram"].sum("bin"), 1.0, rtol=1e-12)
    assert blended["energy"].attrs["units"] == "Wh"
    assert blended.attrs["blend_over"] == "model"
    assert blended.attrs["catalog"] == "oviedo2026"
    assert blended["supported"].all()


def test_a_blend_over_another_dimension() -> None:
    ds = wq.sweep("DeepSeek-R1", output_tokens=["traditional", "long"], method="exact", keep_histogram=True)
    mixed = wq.blend(ds, over="output_tokens", weights=[0.9, 0.1])
    expected = 0.9 * ds["energy_mean"].sel(output_tokens="traditional") + 0.1 * ds["energy_mean"].sel(
        output_tokens="long"
    )
    assert mixed["energy_mean"].item() == pytest.approx(expected.item(), rel=1e-6)


@pytest.mark.parametrize("trim", [None, TRIM])
@pytest.mark.parametrize("levers", [None, "serving"])
def test_the_sampled_blend_agrees_with_plain_samples(
    sampled: Any, trim: tuple[float, float] | None, levers: str | None
) -> None:
    """Sort, cut, pool, divide, sort again; both sides are samples. Level 1e-3 over four cases (Bonferroni)."""
    draws = 200_000
    ours = wq.blend(sampled, trim=trim, levers=levers).squeeze("output_tokens")
    low, high = trim or (0.0, 1.0)
    rng = np.random.default_rng([51, trim is None, levers is None])
    kept = [np.sort(naive.simulate(cell, draws, rng))[round(low * draws) : round(high * draws)] for cell in CELLS]
    pool = np.concatenate(kept)
    if levers:
        pool = pool / SERVING.draw(rng, pool.size)
    levels = ours["quantile"].values
    # A drawn lever makes the plain samples somewhat noisier than ours: at most as if it were the only noise.
    extra = 1.3 if levers else 1.0
    scale = ours["energy_stderr"].values * math.sqrt(1.0 + extra**2)
    z = (ours["energy"].values - np.quantile(pool, levels)) / np.hypot(scale, 1e-4 * ours["energy"].values)
    assert np.abs(z).max() < stats.norm.isf(LEVEL / (4 * levels.size) / 2), z


def test_the_sampled_blend_agrees_with_the_exact_one() -> None:
    """z over 16 seeds and five quantiles: largest by Bonferroni and spread by chi-square, each at 1e-3."""
    exact = wq.blend(wq.sweep(FRONTIER, method="exact", keep_histogram=True), trim=TRIM)["energy"].values
    rows = []
    for seed in range(16):
        ds = wq.sweep(FRONTIER, draws=20_000, seed=seed, keep_histogram=True, common_random_numbers=False)
        ours = wq.blend(ds, trim=TRIM)
        rows.append((ours["energy"].values - exact) / ours["energy_stderr"].values)
    z = np.array(rows)
    assert np.abs(z).max() < stats.norm.isf(LEVEL / z.size / 2)
    low, high = stats.chi2.ppf([LEVEL / 10, 1 - LEVEL / 10], len(rows))
    spread = (z**2).sum(axis=0)
    assert np.all((spread > low) & (spread < high)), spread / len(rows)


def test_shared_random_numbers_make_a_blend_less_certain() -> None:
    shared, own = (
        wq.blend(wq.sweep(FRONTIER, draws=20_000, keep_histogram=True, common_random_numbers=common), trim=TRIM)
        for common in (True, False)
    )
    # In the tails one model has nearly all of the mixture, so that there is little to share.
    assert (shared["energy_stderr"] > 1.2 * own["energy_stderr"]).sel(quantile=[0.25, 0.5]).all()


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ({"over": "modle"}, "Did you mean 'model'"),
        ({"over": "quantile"}, "must be a dimension"),
        ({"labels": ["DeepSeek"]}, "Did you mean 'DeepSeek-R1'"),
        ({"labels": ["DeepSeek-R1", "DeepSeek-R1"]}, "twice"),
        ({"labels": "DeepSeek-R1"}, "list of labels"),
        ({"labels": 0}, "must be 1 to 5"),
        ({"labels": 6}, "must be 1 to 5"),
        ({"labels": []}, "list of labels"),
        ({"labels": FRONTIER, "trim": (0.9, 0.1)}, "0 <= low < high <= 1"),
        ({"labels": FRONTIER, "trim": 0.1}, "pair of quantiles"),
        ({"labels": FRONTIER, "weights": [0.5, 0.5]}, "each of the 3 labels .*got 2 shares"),
        ({"labels": FRONTIER, "weights": [0.5, 0.6, -0.1]}, "none negative"),
        ({"labels": FRONTIER, "levers": "servng"}, "Did you mean 'serving'"),
        ({"labels": ["Mistral Large", "DeepSeek-R1"]}, "No cell has data"),
    ],
)
def test_bad_input_is_refused(exact: Any, argument: dict[str, Any], message: str) -> None:
    with pytest.raises(wq.InputError, match=message):
        wq.blend(exact, **argument)


def test_a_dataset_without_histograms_is_refused() -> None:
    with pytest.raises(wq.InputError, match="keep_histogram=True"):
        wq.blend(wq.sweep(FRONTIER, method="exact"))


def test_levers_are_not_applied_twice() -> None:
    ds = wq.sweep(FRONTIER, levers=["none", "model"], method="exact", keep_histogram=True)
    with pytest.raises(wq.InputError, match="dimension levers already"):
        wq.blend(ds, levers="serving")


def test_quasi_random_draws_count_for_what_they_are_worth():
    """Their blend agrees with the exact one within its error, which is far below that of as many plain draws."""
    quasi, plain, exact = (
        wq.blend(wq.sweep(FRONTIER, method=method, draws=8192, keep_histogram=True), labels=3, trim=TRIM)
        for method in ("quasi_monte_carlo", "monte_carlo", "exact")
    )
    error = np.abs(quasi["energy"] - exact["energy"])
    assert np.all(error <= stats.norm.isf(LEVEL / 2 / error.size) * quasi["energy_stderr"] + LATTICE * exact["energy"])
    assert np.all(quasi["energy_stderr"] > 0.0)
    # They gain least at P5, a factor of ten over plain draws, and that is what all levels are judged by.
    assert np.all(quasi["energy_stderr"] < plain["energy_stderr"] / 4)


def test_known_levers_divide_as_one_number(exact: Any) -> None:
    """Not rounded to the lattice, one by one or together: all is what it is without, over the product."""
    factors = [1.1, 1.23, 1.37, 2.01, 3.3]
    levers = [tuple(wq.Lever(f"known {factor}", factor) for factor in factors)]
    for trim in (None, TRIM):
        plain = wq.blend(exact, labels=FRONTIER, trim=trim)
        divided = wq.blend(exact, labels=FRONTIER, trim=trim, levers=levers).squeeze("levers")
        for name in ("energy", "energy_mean", "energy_std"):
            np.testing.assert_allclose(divided[name], plain[name] / math.prod(factors), rtol=1e-12)
        held = (divided["histogram"] * np.sqrt(divided["bin_lower"] * divided["bin_upper"])).sum("bin")
        np.testing.assert_allclose(held, divided["energy_mean"], rtol=1e-6)


def test_narrow_levers_lose_nothing_to_the_lattice(exact: Any) -> None:
    plain = wq.blend(exact, labels=FRONTIER)
    narrow = wq.blend(exact, labels=FRONTIER, levers=wq.Lever("narrow", wq.LogNormal(p5=1.4, p95=1.4001)))
    np.testing.assert_allclose(narrow["energy_mean"], plain["energy_mean"] / math.sqrt(1.4 * 1.4001), rtol=2e-6)
    np.testing.assert_allclose(narrow["energy"], plain["energy"] / math.sqrt(1.4 * 1.4001), rtol=1e-5)


@pytest.mark.parametrize("method", ["monte_carlo", "quasi_monte_carlo"])
def test_a_blend_of_one_member_states_its_errors(method: str) -> None:
    ds = wq.sweep(["DeepSeek-R1"], method=method, draws=8192, keep_histogram=True)
    blended, one = wq.blend(ds), ds.squeeze("model")
    # Plain draws: whether the farther end of an interval counts may turn on half a draw.
    tolerance = 0.1 if method == "monte_carlo" else 0.02
    np.testing.assert_allclose(blended["energy_stderr"], one["energy_stderr"], rtol=tolerance)
    np.testing.assert_allclose(blended["energy_mean_stderr"], one["energy_mean_stderr"], rtol=1e-3)


def test_quasi_random_errors_of_a_blend_are_those_of_its_replicates(tmp_path: Any) -> None:
    """Against 12 seeds: the spread of P50 tells the error to 21 %. They survive a file, and a further blend."""
    arguments = {
        "model": FRONTIER,
        "output_tokens": ["traditional", "long"],
        "method": "quasi_monte_carlo",
        "draws": 1024,
    }
    medians = []
    for seed in range(12):
        ds = wq.sweep(**arguments, keep_histogram=True, seed=seed)
        blended = wq.blend(ds, trim=TRIM, levers="serving")
        medians.append(blended["energy"].sel(quantile=0.5).values)
    stated = blended["energy_stderr"].sel(quantile=0.5).values
    ratio = stated / np.std(medians, axis=0, ddof=1)
    assert np.all((ratio > 0.5) & (ratio < 3.0)), ratio
    path = tmp_path / "sweep.nc"
    ds.to_netcdf(path)
    with xr.open_dataset(path) as opened:
        again = wq.blend(opened, trim=TRIM, levers="serving")
    np.testing.assert_array_equal(again["energy_stderr"], blended["energy_stderr"])
    further = wq.blend(blended, over="output_tokens")
    assert np.isfinite(further["energy_stderr"].sel(quantile=[0.25, 0.5, 0.75])).all()
    assert np.isinf(wq.blend(ds.drop_vars("replicate_deviation"))["energy_stderr"]).all()


def test_a_blend_of_blended_plain_draws_says_that_it_knows_nothing(sampled: Any) -> None:
    further = wq.blend(wq.blend(sampled), over="output_tokens")
    assert np.isinf(further["energy_stderr"]).all()
    assert np.isinf(further["energy_mean_stderr"]).all()


def test_the_mean_of_a_blend_has_its_error() -> None:
    exact = wq.blend(wq.sweep(FRONTIER, method="exact", keep_histogram=True), trim=TRIM)
    assert exact["energy_mean_stderr"].item() == 0.0
    z = []
    for seed in range(30):
        ds = wq.sweep(FRONTIER, draws=4000, seed=seed, keep_histogram=True, common_random_numbers=False)
        ours = wq.blend(ds, trim=TRIM)
        z.append(((ours["energy_mean"] - exact["energy_mean"]) / ours["energy_mean_stderr"]).item())
    low, high = stats.chi2.ppf([LEVEL / 2, 1 - LEVEL / 2], len(z))
    assert low < np.sum(np.square(z)) < high
