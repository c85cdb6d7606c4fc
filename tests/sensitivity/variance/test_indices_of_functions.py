"""The estimators on functions whose indices are known, and beside SciPy and SALib."""

from __future__ import annotations

import importlib.util
from functools import partial
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtri

import wattquery as wq
from closed_forms import ishigami, ishigami_indices, sobol_g, sobol_g_indices
from wattquery.plans.build import lower
from wattquery.sensitivity import sobol, sobol_of
from wattquery.sweeps.study import study

SURE = 0.999_99
ESTIMATORS = ["azzini_2021", "jansen_1999", "saltelli_2010", "janon_2014"]
CIRCLE = dict.fromkeys(("x1", "x2", "x3"), wq.Uniform(-np.pi, np.pi))
A = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0])


def assert_covered(ds: Any, truths: dict[str, np.ndarray]) -> None:
    for name, truth in truths.items():
        inside = (ds[f"{name}_low"].values <= truth) & (truth <= ds[f"{name}_high"].values)
        assert (inside | np.isnan(truth)).all(), (name, ds[name].values, truth)


@pytest.mark.parametrize("method", ["quasi_monte_carlo", "monte_carlo"])
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_ishigami(estimator: Any, method: Any) -> None:
    ds = sobol_of(ishigami, CIRCLE, estimator=estimator, method=method, second_order=True, level=SURE)
    assert_covered(ds, ishigami_indices())
    accuracy = 5e-3 if method == "quasi_monte_carlo" else 5e-2
    np.testing.assert_allclose(ds["first_order"], ishigami_indices()["first_order"], atol=accuracy)


@pytest.mark.parametrize("method", ["quasi_monte_carlo", "monte_carlo"])
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_sobol_g(estimator: Any, method: Any) -> None:
    factors = {f"x{i}": wq.Uniform(0, 1) for i in range(A.size)}
    ds = sobol_of(partial(sobol_g, A), factors, estimator=estimator, method=method, second_order=True, level=SURE)
    assert_covered(ds, sobol_g_indices(A))


def test_a_large_mean_costs_no_digits() -> None:
    def shifted(x1: np.ndarray, x2: np.ndarray, x3: np.ndarray) -> np.ndarray:
        return ishigami(x1, x2, x3) + 1e7

    for estimator in ESTIMATORS:
        plain, far = (sobol_of(one, CIRCLE, estimator=estimator, draws=2**12) for one in (ishigami, shifted))
        np.testing.assert_allclose(plain["first_order"], far["first_order"], atol=1e-6)


def test_blocks_do_not_depend_on_how_many_points_come_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = set()

    def counted(**factors: np.ndarray) -> np.ndarray:
        sizes.add(factors["x1"].size)
        return ishigami(**factors)

    whole = sobol_of(counted, CIRCLE, draws=2**16)
    monkeypatch.setattr("wattquery.sensitivity.variance.indices_of_functions.BLOCK", 512)
    np.testing.assert_allclose(sobol_of(counted, CIRCLE, draws=2**16)["first_order"], whole["first_order"], atol=1e-12)
    assert sizes == {4096, 512}


def papers_cell() -> Any:
    asked = study("DeepSeek-R1", levers="model+serving+hardware")
    lowered = lower(asked.grid, asked.catalog, asked.node_powers, seed=0, common_random_numbers=True)
    return lowered.plan.cell(0)


def energies(cell: Any, u: np.ndarray) -> np.ndarray:
    """Return E of points in the unit cube (factors, points), by the equation written out once more."""
    model, tokens = cell.throughput, np.maximum(1.0, np.rint(cell.factors[0].distribution.ppf(u[0])))
    rate = model.intercept + model.ln_input * np.log(500.0) + model.ln_output * np.log(tokens)
    logs = cell.constant + np.log(tokens) - np.minimum(rate, model.ln_maximum)
    for row, one in zip(u[1:], cell.factors[1:], strict=True):
        logs = logs + one.sign * (one.distribution.mu + one.distribution.sigma * ndtri(row))
    return np.exp(logs)


def test_scipy_agrees_on_the_papers_cell() -> None:
    cell = papers_cell()
    rng = np.random.default_rng(1)
    theirs = stats.sobol_indices(func=lambda u: energies(cell, u)[None], n=2**12, dists=[stats.uniform()] * 6, rng=rng)
    spread = theirs.bootstrap(confidence_level=0.999, n_resamples=100)
    ours = sobol("DeepSeek-R1", levers="model+serving+hardware", draws=2**17, level=0.999).sel(scale="energy")
    for name, mine in (("first_order", "first_order"), ("total_order", "total_order")):
        interval = getattr(spread, name).confidence_interval
        assert (ours[f"{mine}_low"].values <= interval.high).all()
        assert (interval.low <= ours[f"{mine}_high"].values).all()


@pytest.mark.skipif(importlib.util.find_spec("SALib") is None, reason="SALib is not installed")
@pytest.mark.filterwarnings("ignore")
def test_salib_agrees_on_the_papers_cell() -> None:
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    cell = papers_cell()
    names = [one.name for one in cell.factors]
    problem = {"num_vars": 6, "names": names, "bounds": [[1e-12, 1 - 1e-12]] * 6}
    points = sampling.sample(problem, 2**14, calc_second_order=False, seed=1)
    theirs = analysis.analyze(problem, energies(cell, points.T), calc_second_order=False, conf_level=0.999, seed=1)
    ours = sobol("DeepSeek-R1", levers="model+serving+hardware", draws=2**17, level=0.999).sel(scale="energy")
    for name, key in (("first_order", "S1"), ("total_order", "ST")):
        apart = np.abs(ours[name].values - theirs[key])
        assert (apart <= theirs[f"{key}_conf"] + (ours[f"{name}_high"] - ours[name]).values).all()


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("method", ["quasi_monte_carlo", "monte_carlo"])
def test_what_few_points_meet_is_not_known_well(method: Any, estimator: Any) -> None:
    # f = b where a > 1 - p, else 0: both mixtures of a pair meet that in p^2 of all points, hence never.
    p, seeds = 0.003, 30
    truth = np.array([(p - p**2) / 4.0, p**2 / 12.0]) / (p / 3.0 - p**2 / 4.0)
    unit = {"a": wq.Uniform(0, 1), "b": wq.Uniform(0, 1)}
    covered = np.zeros(2)
    for seed in range(seeds):
        ds = sobol_of(lambda a, b: (a > 1.0 - p) * b, unit, draws=2**11, method=method, estimator=estimator, seed=seed)
        covered += (ds["first_order_low"].values <= truth) & (truth <= ds["first_order_high"].values)
    assert (covered / seeds >= 0.95 - 3.0 * np.sqrt(0.95 * 0.05 / seeds)).all(), covered


def test_single_precision_is_taken_as_such() -> None:
    unit = {"a": wq.Uniform(0, 1), "b": wq.Uniform(0, 1)}
    coarse = sobol_of(lambda a, b: (1e7 + a + b).astype(np.float32), unit, draws=2**11)
    assert np.isnan(coarse["first_order"]).all()
    assert np.isnan(coarse["variance"])
    enough = sobol_of(lambda a, b: (10.0 + a + b).astype(np.float32), unit, draws=2**11)
    assert_covered(enough, {"first_order": np.full(2, 0.5)})


def test_refused() -> None:
    with pytest.raises(wq.InputError, match="complex"):
        sobol_of(lambda x: x + 1j, {"x": wq.Uniform(0, 1)}, draws=2**10)
    with pytest.raises(wq.InputError, match="differ by so little"):
        sobol_of(lambda x: 1e-200 * x, {"x": wq.Uniform(0, 1)}, draws=2**10)
    with pytest.raises(wq.InputError, match="same value at all points"):
        sobol_of(lambda x: 0 * x, {"x": wq.Uniform(0, 1)}, draws=2**10)
    with pytest.raises(wq.InputError, match=r"shape \(\)"):
        sobol_of(lambda x: x.sum(), {"x": wq.Uniform(0, 1)}, draws=2**10)
    with pytest.raises(wq.InputError, match="not finite"):
        sobol_of(lambda x: np.full(x.shape, np.nan), {"x": 1}, draws=2**10)
    with pytest.raises(wq.InputTypeError, match=r"factors must be a dict .* got \{\}"):
        sobol_of(lambda: 1, {}, draws=2**10)
    with pytest.raises(wq.InputError, match="method='monte_carlo'"):
        sobol_of(lambda **x: x["x0"], {f"x{i}": wq.Uniform(0, 1) for i in range(21)}, draws=2**10)
