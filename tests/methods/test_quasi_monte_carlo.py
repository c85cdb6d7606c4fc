"""Quasi-Monte Carlo against the exact method and against plain draws: right, honest about its error, and cheaper."""

import numpy as np
import pytest
from scipy import stats

import wattquery as wq
from wattquery.methods.quasi_monte_carlo import MOST_DRAWS, REPLICATES, nearest_draws

FAMILY_WISE = 1e-3
RESOLUTION = 1e-6
"""Where nothing is left to chance, the nodes of the normal still show so much."""

CASES = {
    "paper": {"model": wq.ALL, "output_tokens": ["traditional", "long"], "levers": ["none", "serving"]},
    "lengths of all kinds": {
        "model": "Llama 3.1 405B",
        "output_tokens": [300, wq.LogNormal(p5=50, p95=2000), wq.Empirical(samples=[1, 2, 40, 700])],
        "input_tokens": [wq.Uniform(100, 900), wq.Empirical(samples=[100, 500, 3000])],
        "prefill_weight": 1 / 30,
    },
    "continuous": {
        "model": "DeepSeek-R1",
        "output_tokens": [wq.LogNormal(p5=50, p95=4000), wq.Uniform(10, 900)],
        "power_utilization": {"own": 0.5, "following": wq.ThroughputProportional(base=0.24, span=0.56)},
        "round_tokens": False,
    },
    "narrow normals": {
        "model": "DeepSeek-R1",
        "power_utilization": 0.5,
        "pue": [1.1, wq.LogNormal(p5=1.1, p95=1.1001), wq.LogNormal(p5=1.1, p95=1.11), wq.LogNormal(p5=1.1, p95=1.2)],
    },
}


def quasi(**arguments):
    return wq.sweep(method="quasi_monte_carlo", **arguments)


def energies(ds):
    supported = ds["supported"].values
    return ds["energy"].values[supported], ds["energy_stderr"].values[supported]


@pytest.mark.parametrize("common", [True, False])
@pytest.mark.parametrize("case", CASES)
def test_agrees_with_exact_within_its_error(case, common):
    # Student's t with R - 1 degrees of freedom; Bonferroni over the quantiles of the case.
    arguments = CASES[case]
    exact, _ = energies(wq.sweep(method="exact", **arguments))
    found, stderr = energies(quasi(draws=16_384, seed=5, common_random_numbers=common, **arguments))
    limit = stats.t.isf(0.5 * FAMILY_WISE / exact.size, REPLICATES - 1)
    assert np.all(np.abs(found - exact) <= limit * stderr + RESOLUTION * exact)
    assert np.median(stderr / exact) < 1e-3


def test_moments_agree_with_exact():
    exact, found = (
        wq.sweep(method=method, **CASES["paper"]).where(lambda ds: ds["supported"])
        for method in ("exact", "quasi_monte_carlo")
    )
    np.testing.assert_allclose(found["energy_mean"], exact["energy_mean"], rtol=1e-3)
    np.testing.assert_allclose(found["energy_std"], exact["energy_std"], rtol=5e-3)


@pytest.mark.parametrize(
    "arguments",
    [
        {"output_tokens": "long"},
        {"output_tokens": "traditional", "input_tokens": wq.Uniform(100, 2000), "prefill_weight": 1 / 30},
    ],
)
def test_the_stated_error_is_honest(arguments):
    # 300 seeds: the mean of squares is known to 10 % (t with 15 degrees of freedom has a variance of 15 / 13), and a
    # share of 5 % to 1.3 %, even if the quantiles of a seed all err alike. A small surplus is by design.
    exact, _ = energies(wq.sweep("DeepSeek-R1", method="exact", **arguments))
    z = []
    for seed in range(300):
        found, stderr = energies(quasi(model="DeepSeek-R1", draws=4096, seed=seed, **arguments))
        z.append((found - exact) / stderr)
    spread = np.mean(np.square(z), axis=0) / (15 / 13)
    assert np.all(spread < 1.7)
    assert np.median(spread) > 0.5
    assert np.mean(np.abs(z) > stats.t.isf(0.025, REPLICATES - 1)) < 0.08


@pytest.mark.parametrize("draws", [16, 32, 64, 256])
def test_few_points_say_so_or_are_right(draws):
    """Over 150 seeds intervals cover 95 % less three standard errors, and those without an end cover all."""
    cell = {"model": "DeepSeek-R1", "quantiles": [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]}
    exact = energies(wq.sweep(method="exact", **cell))[0]
    limit, seeds = stats.t.isf(0.025, REPLICATES - 1), 150
    covered, bounded = np.zeros(7), 0.0
    for seed in range(seeds):
        found, stderr = energies(quasi(draws=draws, seed=seed, **cell))
        covered += (np.abs(found - exact) <= limit * stderr)[0]
        bounded += np.isfinite(stderr).mean()
    assert covered.min() / seeds >= 0.95 - 3.0 * np.sqrt(0.95 * 0.05 / seeds)
    assert bounded == 0.0 if draws == 16 else bounded > 0.0


def test_levels_that_no_number_of_points_can_tell_have_no_error():
    ds = quasi(model="DeepSeek-R1", quantiles=[1e-15, 2e-15, 0.5])
    assert np.all(np.isinf(ds["energy_stderr"].isel(quantile=[0, 1])))
    assert ds["energy_stderr"].sel(quantile=0.5) < 1e-3 * ds["energy"].sel(quantile=0.5)


@pytest.mark.parametrize("draws", [256, 1024])
def test_two_factors_that_are_drawn_are_known_better_than_by_plain_draws(draws):
    """Output tokens and a power utilization not lognormal were one coordinate. 40 seeds tell a ratio to 16 %."""
    cell = {"model": "DeepSeek-R1", "power_utilization": wq.Uniform(0.2, 0.9), "pue": wq.Triangular(1.05, 1.1, 1.6)}
    truth = quasi(draws=2**17, **cell)
    errors = {}
    for method in ("monte_carlo", "quasi_monte_carlo"):
        found = [wq.sweep(method=method, draws=draws, seed=seed, **cell) for seed in range(40)]
        relative = [
            [*(ds["energy"] / truth["energy"] - 1), ds["energy_mean"] / truth["energy_mean"] - 1] for ds in found
        ]
        errors[method] = np.sqrt(np.mean(np.square(np.array(relative, dtype=np.float64)), axis=0))
    assert np.all(errors["quasi_monte_carlo"] < errors["monte_carlo"])
    assert np.median(errors["quasi_monte_carlo"] / errors["monte_carlo"]) < 0.7


def test_ten_thousand_draws_do_the_work_of_a_million():
    # P50 of a paper cell. The plain error is what a million draws state, checked against exact elsewhere; the quasi
    # error is measured over 30 seeds. 30 squared errors tell their mean to a factor of 1.7 (99.9 %), far from 20.
    cell = {"model": "DeepSeek-R1", "output_tokens": "traditional", "preset": "v2-code", "quantiles": [0.5]}
    exact = energies(wq.sweep(method="exact", **cell))[0].item()
    plain = energies(wq.sweep(method="monte_carlo", draws=1_000_000, **cell))[1].item()
    errors = [energies(quasi(draws=8192, seed=seed, **cell))[0].item() - exact for seed in range(30)]
    assert np.sqrt(np.mean(np.square(errors))) < plain / 20


@pytest.mark.parametrize("common", [True, False])
@pytest.mark.parametrize("draws", [1024, 2**14])
def test_the_same_numbers_on_any_number_of_threads_and_in_any_grid(common, draws):
    models = ["DeepSeek-R1", "Llama 3.1 405B"]
    arguments = {
        "pue": [wq.Triangular(1.05, 1.1, 1.6), 1.1, wq.LogNormal(p5=1.05, p95=1.6)],
        "levers": ["none", "serving"],
        "draws": draws,
        "seed": 8,
        "common_random_numbers": common,
    }
    one = quasi(model=models, threads=1, keep_histogram=True, **arguments)
    assert quasi(model=models, threads=3, keep_histogram=True, **arguments).identical(one)
    alone = quasi(model=[models[1]], threads=2, **arguments)
    part = one.sel(model=[models[1]])
    for name in ("energy", "energy_stderr", "energy_mean", "energy_std"):
        np.testing.assert_array_equal(alone[name], part[name])
    different = quasi(model=models, threads=1, **{**arguments, "seed": 9})
    assert np.all(different["energy"].values != one["energy"].values)


def test_cells_share_their_points_or_do_not():
    arguments = {"model": "DeepSeek-R1", "levers": ["none", "hardware"], "draws": 256, "quantiles": [0.5]}
    exact = wq.sweep(method="exact", **{k: v for k, v in arguments.items() if k != "draws"})
    for common in (True, False):
        ratios = []
        for seed in range(20):
            error = quasi(seed=seed, common_random_numbers=common, **arguments)["energy"] / exact["energy"]
            ratios.append(error.values[:, 0] - 1.0)
        correlation = np.corrcoef(np.transpose(ratios))[0, 1]
        # Of 20 independent pairs the correlation stays below 0.68 with 99.9 %.
        assert correlation > 0.9 if common else correlation < 0.68


def test_factors_that_exact_refuses_agree_with_plain_draws():
    arguments = {
        "model": "DeepSeek-R1",
        "pue": wq.Triangular(1.05, 1.1, 1.6),
        "power_utilization": wq.Uniform(0.4, 0.9),
        "node_power": wq.Normal(mu=12, sigma=0.5),
        "levers": wq.Lever("cap", wq.Uniform(1.5, 3)),
    }
    found, stderr = energies(quasi(draws=16_384, **arguments))
    plain, plain_stderr = energies(wq.sweep(draws=1_000_000, **arguments))
    limit = stats.t.isf(0.5 * FAMILY_WISE / found.size, REPLICATES - 1)
    assert np.all(np.abs(found - plain) <= limit * np.hypot(stderr, plain_stderr))
    # Without a normal to integrate points are counted; 8 is what 16,384 of them gain over as many plain draws.
    assert np.median(stderr / plain_stderr) < np.sqrt(1_000_000 / 16_384) / 2


def test_histograms_hold_the_quantiles():
    arguments = {**CASES["narrow normals"], "draws": 16_384, "keep_histogram": True}
    ds = quasi(**arguments)
    assert np.all(ds["histogram"] >= 0.0)
    np.testing.assert_allclose(ds["histogram"].sum("bin"), 1.0, rtol=1e-12)
    below = (ds["histogram"] * (ds["bin_upper"] <= ds["energy"])).sum("bin")
    above = (ds["histogram"] * (ds["bin_lower"] < ds["energy"] * np.exp(2 / 1024))).sum("bin")
    assert np.all(below <= ds["quantile"] + 1e-9)
    assert np.all(above >= ds["quantile"] - 1e-9)
    mean = (ds["histogram"] * np.sqrt(ds["bin_lower"] * ds["bin_upper"])).sum("bin")
    np.testing.assert_allclose(mean, ds["energy_mean"], rtol=1e-6)


@pytest.mark.parametrize(
    ("draws", "nearest"),
    [(1, "draws=16."), (17, "draws=16 or draws=32"), (10_000, "draws=8_192 or draws=16_384"), (10**9, "16_777_216.")],
)
def test_draws_that_break_the_lattice_are_refused(draws, nearest):
    with pytest.raises(wq.InputError, match="16 randomizations") as caught:
        quasi(model="DeepSeek-R1", draws=draws)
    assert nearest in str(caught.value)


def test_the_nearest_draws():
    assert nearest_draws(16) == (16,)
    assert nearest_draws(8192) == (8192,)
    assert nearest_draws(MOST_DRAWS) == (MOST_DRAWS,)
    assert nearest_draws(MOST_DRAWS - 1) == (MOST_DRAWS // 2, MOST_DRAWS)


def test_too_many_dimensions_are_refused():
    levers = [wq.Lever(f"l{i}", wq.Uniform(1.1, 1.2)) for i in range(40)]
    with pytest.raises(wq.InputError, match="40 of levers"):
        quasi(model="DeepSeek-R1", levers=[tuple(levers)], draws=16)


def test_what_it_was_is_told():
    ds = quasi(model=["DeepSeek-R1", "Mistral Large"])
    assert (ds.attrs["method"], ds.attrs["draws"], ds.attrs["randomizations"]) == ("quasi_monte_carlo", 8192, 16)
    assert np.isnan(ds["energy"].sel(model="Mistral Large")).all()


def test_nothing_random_has_no_error():
    ds = quasi(model="DeepSeek-R1", output_tokens=300, draws=16)
    assert np.all(ds["energy_stderr"] < 1e-12 * ds["energy"])


def test_progress_grows_to_the_end():
    seen = []
    quasi(model="DeepSeek-R1", pue=[1.1, 1.2, wq.LogNormal(p5=1.05, p95=1.6)], progress=seen.append, threads=2)
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0)
