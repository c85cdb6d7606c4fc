"""`reduction` and `shapley` against closed forms, plain NumPy samples, and the axioms of Shapley values."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import wattquery as wq
from wattquery.sensitivity import reduction, shapley
from wattquery.sensitivity.levers.shapley_shares import shapley_values
from wattquery.sweeps.dataset import histogram_of

Z = 1.645
LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]
RANGES = {"model": (1.5, 10.0), "serving": (1.5, 5.0), "hardware": (1.5, 2.5)}
MU = {name: (math.log(a) + math.log(b)) / 2 for name, (a, b) in RANGES.items()}
SIGMA = {name: math.log(b / a) / (2 * Z) for name, (a, b) in RANGES.items()}
UNIFORM = wq.Lever("uniform", wq.Uniform(low=1.5, high=4.0))
TRIANGLE = wq.Lever("triangle", wq.Triangular(low=1.0, mode=1.5, high=3.0))


def lognormal(mu: float, variance: float) -> np.ndarray:
    return np.exp(mu + math.sqrt(variance) * stats.norm.ppf(LEVELS))


def copula(levers: list[wq.Lever], rho: float, size: int) -> np.ndarray:
    """Draws of ln M from a Gaussian copula, by NumPy and SciPy alone."""
    matrix = np.full((len(levers), len(levers)), rho) + (1 - rho) * np.eye(len(levers))
    scores = np.random.default_rng(7).multivariate_normal(np.zeros(len(levers)), matrix, size)
    chances = stats.norm.cdf(scores)
    return np.stack([np.log(one.distribution.ppf(chances[:, i])) for i, one in enumerate(levers)], axis=1)


def test_lognormal_levers_are_exact():
    found = reduction()
    expected = lognormal(sum(MU.values()), sum(s**2 for s in SIGMA.values()))
    np.testing.assert_allclose(found["reduction"].values, expected, rtol=1e-12)
    assert found["calculation"].item() == "closed form"
    mean = math.exp(sum(MU.values()) + sum(s**2 for s in SIGMA.values()) / 2)
    assert found["reduction_mean"].item() == pytest.approx(mean, rel=1e-12)
    assert found["remaining_mean"].item() == pytest.approx(
        math.exp(-sum(MU.values()) + sum(s**2 for s in SIGMA.values()) / 2), rel=1e-12
    )
    np.testing.assert_allclose(histogram_of(found).quantiles(LEVELS), expected, rtol=2e-6)


def test_correlated_lognormal_levers_are_exact_too():
    found = reduction(correlation={("model", "serving"): 0.5, "serving+hardware": -0.3})
    assert found["dependence"].values.tolist() == ["independent", "correlated"]
    variance = sum(s**2 for s in SIGMA.values())
    variance += 2 * 0.5 * SIGMA["model"] * SIGMA["serving"] - 2 * 0.3 * SIGMA["serving"] * SIGMA["hardware"]
    np.testing.assert_allclose(
        found["reduction"].sel(dependence="correlated"), lognormal(sum(MU.values()), variance), rtol=1e-12
    )
    np.testing.assert_array_equal(found["reduction"].sel(dependence="independent"), reduction()["reduction"])


def test_the_same_from_a_sweep_and_from_the_paper():
    """The median of energy falls by the median of the reduction, where energy is lognormal itself."""
    ds = wq.sweep("Llama 3.1 405B", output_tokens=300, levers=["none", "model+serving+hardware"], method="exact")
    median = ds["energy"].sel(quantile=0.5)
    ratio = (median.sel(levers="none") / median.sel(levers="model+serving+hardware")).item()
    assert reduction()["reduction"].sel(quantile=0.5).item() == pytest.approx(ratio, rel=1e-6)
    assert reduction().attrs["published_low"] == 8.0
    assert reduction().attrs["published_high"] == 20.0


def test_independent_levers_of_other_kinds_are_convolved():
    three = ["serving", UNIFORM, TRIANGLE]
    found = reduction({"all": three}, quantiles=LEVELS)
    assert found["calculation"].values.tolist() == ["lattice"]
    size = 400_000
    lever = wq.Lever("serving", wq.LogNormal(1.5, 5))
    draws = np.exp(copula([lever, UNIFORM, TRIANGLE], 0.0, size).sum(axis=1))
    assert stats.kstest(draws, lambda x: np.interp(x, *_cdf(found.isel(levers=0)))).pvalue > 1e-3
    logs = np.log(draws)
    z = (logs.mean() - found["log_reduction_mean"].item()) / (logs.std() / math.sqrt(size))
    assert abs(z) < 3.5


def _cdf(ds):
    histogram = histogram_of(ds)
    return histogram.edges, histogram.cumulative


def test_one_lever_has_its_own_quantiles():
    found = reduction({"one": [UNIFORM]}, quantiles=[0.1, 0.5, 0.9])
    np.testing.assert_allclose(found["reduction"].values[0], UNIFORM.distribution.ppf([0.1, 0.5, 0.9]), rtol=1e-6)


def test_known_numbers_multiply_exactly():
    doubled = reduction({"both": [UNIFORM, wq.Lever("two", 2)]})["reduction"].values
    np.testing.assert_allclose(doubled, 2 * reduction({"one": [UNIFORM]})["reduction"].values, rtol=1e-12)
    only = reduction({"both": [wq.Lever("three", 3), wq.Lever("two", 2)]})
    np.testing.assert_allclose(only["reduction"].values, 6.0, rtol=1e-12)


@pytest.mark.parametrize("rho", [0.6, -0.6])
def test_correlated_levers_of_other_kinds_are_sampled_within_their_error(rho):
    found = reduction({"all": [UNIFORM, TRIANGLE]}, correlation={"uniform+triangle": rho}, draws=200_000, seed=3)
    cell = found.sel(dependence="correlated").isel(levers=0)
    assert cell["calculation"].item() == "sampled"
    assert found.attrs["draws"] == 200_000
    size = 800_000
    draws = np.exp(copula([UNIFORM, TRIANGLE], rho, size).sum(axis=1))
    expected = np.quantile(draws, LEVELS)
    error = cell["reduction_stderr"].values * math.sqrt(1 + 200_000 / size)
    assert np.all(error > 0)
    assert np.all(np.abs(cell["reduction"].values - expected) < 3.9 * error + 1e-4 * expected)
    again = reduction({"all": [UNIFORM, TRIANGLE]}, correlation={"uniform+triangle": rho}, draws=200_000, seed=3)
    assert again.identical(found)


def test_full_correlation_moves_levers_together():
    found = reduction({"all": [UNIFORM, TRIANGLE]}, correlation={"uniform+triangle": 1.0}, draws=200_000)
    together = UNIFORM.distribution.ppf(LEVELS) * TRIANGLE.distribution.ppf(LEVELS)
    cell = found.sel(dependence="correlated").isel(levers=0)
    assert np.all(np.abs(cell["reduction"] - together) < 3.9 * cell["reduction_stderr"] + 1e-3 * together)


def test_a_list_is_an_axis_of_combinations():
    found = reduction(["model", "serving+model"], correlation={"model+serving": 0.5})
    assert found["reduction"].dims == ("levers", "dependence", "quantile")
    alone = found["reduction"].sel(levers="model")
    np.testing.assert_array_equal(alone.sel(dependence="correlated"), alone.sel(dependence="independent"))


@pytest.mark.parametrize("function", [reduction, shapley])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"levers": "model+modell"}, "unknown lever 'modell'.*Did you mean 'model'"),
        ({"levers": "model+model"}, "more than once"),
        ({"levers": "none"}, "no lever"),
        ({"correlation": {"model+servin": 0.5}}, "Did you mean 'serving'"),
        ({"correlation": {"model+model": 0.5}}, "two different levers"),
        ({"correlation": {"model+serving": 0.5, ("serving", "model"): 0.4}}, "pair of two different levers once"),
        ({"correlation": {"model+serving": 1.5}}, "between -1 and 1"),
        ({"correlation": {"model+serving": "high"}}, "between -1 and 1"),
        (
            {"correlation": {"model+serving": 0.9, "serving+hardware": 0.9, "model+hardware": -0.9}},
            "not positive definite",
        ),
        ({"correlation": [[1.0, 0.5], [0.5, 1.0]]}, "3 x 3 matrix"),
        ({"correlation": [[1, 0.5, 0], [0.4, 1, 0], [0, 0, 1]]}, "3 x 3 matrix"),
        ({"correlation": "strong"}, "square matrix"),
        ({"levers": ["model", wq.Lever("two", 2)][1], "correlation": {"two+two": 0.5}}, "two different levers"),
        ({"quantiles": [0.5, 0.1]}, "increasing"),
        ({"draws": 1.5}, "whole number"),
    ],
)
def test_bad_input_is_told_with_the_fix(function, arguments, message):
    with pytest.raises(wq.InputError, match=message):
        function(**arguments)


def test_a_known_number_cannot_be_correlated():
    with pytest.raises(wq.InputError, match="known number"):
        reduction({"all": ["model", wq.Lever("two", 2)]}, correlation={"model+two": 0.5})


# Shapley values


def worths(players: int, seed: int) -> np.ndarray:
    worth = np.random.default_rng(seed).normal(size=(2**players, 2))
    worth[0] = 0.0
    return worth


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_shapley_values_are_the_mean_over_all_orders(players, seed):
    worth = worths(players, seed)
    expected = np.zeros((players, 2))
    orders = list(permutations(range(players)))
    for order in orders:
        there = 0
        for player in order:
            expected[player] += (worth[there | 1 << player] - worth[there]) / len(orders)
            there |= 1 << player
    found = shapley_values(worth, players)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    np.testing.assert_allclose(found.sum(axis=0), worth[-1], atol=1e-12)


CASES = {
    "closed form": {"levers": "model+serving+hardware"},
    "correlated": {"levers": "model+serving+hardware", "correlation": {"model+serving": 0.6}},
    "lattice": {"levers": {"all": ["serving", UNIFORM]}},
    "sampled": {"levers": {"all": ["serving", UNIFORM]}, "correlation": {"serving+uniform": 0.5}, "draws": 50_000},
}


def attributed(name: str, *extra: wq.Lever):
    arguments = dict(CASES[name])
    levers = arguments.pop("levers")
    parts = levers["all"] if isinstance(levers, dict) else [levers]
    joined = parts[0] if len(parts) == 1 and not extra else wq_levers(parts, extra)
    return shapley(joined, queries_per_day=1e9, baseline=0.73, **arguments)


def wq_levers(parts, extra):
    from wattquery.specs.converters import lever_set
    from wattquery.sweeps.study import preset_levers

    return lever_set(preset_levers(wq.catalog.preset("v2-code")))([*parts, *extra])


@pytest.mark.parametrize("name", CASES)
def test_contributions_add_up_to_what_all_levers_achieve(name):
    found = attributed(name)
    for one in ("log_reduction_mean", "log_reduction_variance", "log_reduction", "saved_mean", "saved"):
        np.testing.assert_allclose(found[one].sum("lever"), found[f"total_{one}"], rtol=1e-9)
    assert found["share"].sum("lever").values == pytest.approx(1.0)


@pytest.mark.parametrize("name", CASES)
def test_a_lever_that_does_nothing_gets_nothing(name):
    found = attributed(name, wq.Lever("idle", 1))
    before = attributed(name)
    for one in ("log_reduction_mean", "log_reduction_variance", "log_reduction", "saved_mean", "saved"):
        assert np.all(np.abs(found[one].sel(lever="idle")) < 1e-12)
        np.testing.assert_allclose(found[one].sel(lever=before["lever"].values), before[one], rtol=1e-9)


@pytest.mark.parametrize(
    ("distribution", "correlation"),
    [(wq.LogNormal(1.5, 5), None), (wq.LogNormal(1.5, 5), {"serving+twin": 0.4}), (UNIFORM.distribution, None)],
)
def test_levers_that_do_the_same_get_the_same(distribution, correlation):
    pair = wq_levers([wq.Lever("serving", distribution), wq.Lever("twin", distribution)], ["model"])
    found = shapley(pair, queries_per_day=1e9, baseline=0.73, correlation=correlation)
    for one in ("log_reduction_mean", "log_reduction_variance", "log_reduction", "saved_mean", "saved"):
        np.testing.assert_allclose(found[one].sel(lever="serving"), found[one].sel(lever="twin"), rtol=1e-9)


def test_contributions_in_closed_form():
    rho = 0.5
    found = shapley("model+serving", queries_per_day=2e9, baseline=0.5, correlation={"model+serving": rho})
    np.testing.assert_allclose(found["log_reduction_mean"], [[MU["model"], MU["serving"]]] * 2, rtol=1e-12)
    shared = rho * SIGMA["model"] * SIGMA["serving"]
    expected = [SIGMA["model"] ** 2 + shared, SIGMA["serving"] ** 2 + shared]
    np.testing.assert_allclose(found["log_reduction_variance"].sel(dependence="correlated"), expected, rtol=1e-12)

    def saved(mu: float, variance: float) -> float:
        return 2e9 * 0.5 * 1e-9 * (1 - math.exp(-mu + variance / 2))

    model, serving = (saved(MU[name], SIGMA[name] ** 2) for name in ("model", "serving"))
    both = saved(MU["model"] + MU["serving"], sum(expected))
    assert found["total_saved_mean"].sel(dependence="correlated").item() == pytest.approx(both, rel=1e-12)
    assert found["saved_mean"].sel(dependence="correlated", lever="model").item() == pytest.approx(
        (model + both - serving) / 2, rel=1e-12
    )


def test_sampled_contributions_agree_within_their_error():
    """A uniform lever correlated with a lognormal one by next to nothing is sampled, and must give what is exact."""
    exact = attributed("lattice")
    found = shapley(
        wq_levers(["serving"], [UNIFORM]),
        queries_per_day=1e9,
        baseline=0.73,
        correlation={"serving+uniform": 1e-9},
        draws=200_000,
        seed=4,
    ).sel(dependence="correlated")
    for one in ("log_reduction_mean", "log_reduction_variance", "log_reduction", "saved_mean", "saved"):
        error = found[f"{one}_stderr"]
        assert np.all(np.abs(found[one] - exact[one]) < 4.2 * error + 1e-3 * np.abs(exact[one]))
        assert np.all(error > 0)


def test_a_fleet_needs_both_of_its_numbers():
    with pytest.raises(wq.InputError, match=r"baseline .* is missing"):
        shapley(queries_per_day=1e9)
    with pytest.raises(wq.InputError, match="above 0"):
        shapley(queries_per_day=1e9, baseline=-1)
    with pytest.raises(wq.InputTypeError, match="must be a number above 0"):
        shapley(queries_per_day="1e9", baseline=1)
    assert "saved" not in shapley()


def test_too_many_levers_are_refused():
    many = wq_levers([], [wq.Lever(f"lever {i}", 2) for i in range(13)])
    with pytest.raises(wq.InputError, match="at most 12, got 13"):
        shapley(many)


TWO = [wq.Lever("batching", wq.LogNormal(p5=1.5, p95=5)), wq.Lever("kernels", 2.0)]


@pytest.mark.parametrize(
    ("levers", "names"),
    [
        (TWO, ["batching", "kernels"]),
        (tuple(TWO), ["batching", "kernels"]),
        (np.array(TWO, dtype=object), ["batching", "kernels"]),
        ([*TWO, "model+hardware"], ["batching", "kernels", "model", "hardware"]),
        ([TWO[0].to_dict(), "model"], ["batching", "model"]),
        ({"first": TWO[0], "second": "serving"}, ["first", "second"]),
        ({"all": [*TWO, "serving"]}, ["batching", "kernels", "serving"]),
        (TWO[0], ["batching"]),
        (["model", "serving"], ["model", "serving"]),
    ],
)
def test_shapley_takes_several_levers_together(levers, names):
    found = shapley(levers, queries_per_day=1e9, baseline=0.73)
    assert found["lever"].values.tolist() == names
    assert found["share"].sum().item() == pytest.approx(1.0)
    if isinstance(levers, np.ndarray):
        levers = levers.tolist()
    together = reduction({"all": list(levers.values()) if isinstance(levers, dict) else levers})
    total = together["log_reduction_mean"].item()
    assert found["total_log_reduction_mean"].item() == pytest.approx(total, rel=1e-6)


def test_names_of_a_dict_of_levers_can_be_correlated():
    found = shapley({"a": "model", "b": "serving"}, correlation={"a+b": 0.5})
    reference = shapley("model+serving", correlation={"model+serving": 0.5})
    np.testing.assert_allclose(found["log_reduction_variance"], reference["log_reduction_variance"])


@pytest.mark.parametrize(
    ("levers", "message"),
    [
        ([], "no lever"),
        ({}, "is empty"),
        ({"a": "none", "b": "model"}, "no lever"),
        ({"a": "model+serving", "b": "hardware"}, "must have one lever in each"),
        ([TWO[0], TWO[0]], "more than once"),
        ({"model", "serving"}, "has no order"),
        ([1, 2], "must be names or levers"),
    ],
)
def test_levers_that_are_no_combination_are_refused(levers, message):
    with pytest.raises(wq.InputError, match=message):
        shapley(levers)
