"""`convergence` against its definition, and against sweeps with as many draws as it asks for."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

import wattquery as wq
from wattquery.sensitivity import convergence

MODELS = ["DeepSeek-R1", "Llama 3.1 405B"]


def test_every_statistic_is_judged_by_its_relative_error():
    ds = wq.sweep(MODELS, output_tokens=["traditional", "long"], draws=20_000, seed=1)
    report = convergence(ds, 0.01)
    table = report.table
    assert table["statistic"].values.tolist() == ["p5", "p25", "p50", "p75", "p95", "mean"]
    relative = (ds["energy_stderr"] / ds["energy"]).values
    np.testing.assert_allclose(table["relative_stderr"].values[..., :5], relative, rtol=1e-12)
    mean = (ds["energy_mean_stderr"] / ds["energy_mean"]).values
    np.testing.assert_allclose(table["relative_stderr"].sel(statistic="mean"), mean, rtol=1e-12)
    np.testing.assert_array_equal(table["enough"].values[..., :5], relative <= 0.01)
    needed = np.ceil(20_000 * (relative / 0.01) ** 2 - 1e-9)
    np.testing.assert_array_equal(table["draws_needed"].values[..., :5], needed)
    place = np.unravel_index(np.argmax(relative[..., 0]), relative.shape[:-1])
    cell = f"{ds['model'].values[place[0]]} / {ds['output_tokens'].values[place[1]]}"
    assert table["worst_cell"].sel(statistic="p5").item() == cell
    assert report.ok == bool((table["relative_stderr"] <= 0.01).all())


def test_as_many_draws_as_asked_for_reach_the_target():
    target, draws = 0.004, 40_000
    levels = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
    first = convergence(wq.sweep("Llama 3.1 405B", draws=draws, seed=2), target)
    assert not first.ok
    for place, level in enumerate(levels):
        needed = int(first.table["draws_needed"].values[place])
        second = convergence(wq.sweep("Llama 3.1 405B", draws=needed, seed=3), target)
        reached = second.table["relative_stderr"].values[place] / target
        # Relative errors of both estimates: one over the root of the draws between the quantiles that each is read off.
        noise = [1.0 / math.sqrt(2.0 * math.sqrt(n * level * (1.0 - level))) for n in (draws, needed)]
        assert abs(reached - 1.0) < 3.5 * math.hypot(*noise)


def test_the_mean_has_the_error_that_repetition_shows():
    means = [wq.sweep("Llama 3.1 405B", draws=1_000, seed=seed)["energy_mean"].item() for seed in range(200)]
    claimed = convergence(wq.sweep("Llama 3.1 405B", draws=1_000, seed=0)).table["relative_stderr"].values[-1]
    seen = np.std(means, ddof=1) / np.mean(means)
    assert abs(seen / claimed - 1.0) < 3.3 / math.sqrt(2 * 199) + 0.1  # 0.1: the claim is from one sample of 1,000


def test_exact_results_have_nothing_to_converge():
    report = convergence(wq.sweep(MODELS, method="exact"))
    assert report.ok
    assert not report.table["draws_needed"].any()
    assert "no sampling error" in str(report)


def test_quasi_random_points_are_not_promised_a_square_root():
    ds = wq.sweep("Llama 3.1 405B", draws=1_000).assign_attrs(method="quasi_monte_carlo")
    assert "does not follow the square root" in str(convergence(ds))
    assert "upper limit" in str(convergence(ds))


def test_fewer_quasi_random_points_than_were_made_are_not_promised_to_do():
    report = convergence(wq.sweep("Llama 3.1 405B", method="quasi_monte_carlo", draws=4096))
    assert report.ok
    assert (report.table["draws_needed"] == 4096).all()


def test_targets_beyond_the_lattice_are_told():
    ds = wq.sweep("Llama 3.1 405B", draws=1_000)
    assert "lattice" in str(convergence(ds, 1e-4))
    assert "lattice" not in str(convergence(ds, 1e-3))


def test_cells_without_data_are_not_counted_and_not_enough():
    report = convergence(wq.sweep(wq.ALL, draws=1_000_000), 0.5)
    assert report.ok
    assert not report.table["enough"].sel(model="Mistral Large").any()
    assert np.isnan(report.table["draws_needed"].sel(model="Mistral Large")).all()


def test_the_mean_of_a_blend_has_an_error_too():
    ds = wq.sweep(MODELS, draws=10_000, keep_histogram=True)
    blended = wq.blend(ds)
    table = convergence(blended).table
    relative = (blended["energy_mean_stderr"] / blended["energy_mean"]).item()
    assert table["relative_stderr"].sel(statistic="mean").item() == pytest.approx(relative, rel=1e-12)
    without = convergence(blended.drop_vars("energy_mean_stderr"))
    assert "mean" not in without.table["statistic"].values
    assert "left out" in str(without)


def test_quasi_random_means_are_judged_by_their_replicates():
    """Standard deviation over root n would be 45 times the truth, and its verdict NO."""
    arguments = {"model": "Llama 3.1 405B", "method": "quasi_monte_carlo", "draws": 8192}
    ds = wq.sweep(**arguments)
    report = convergence(ds, 1e-3)
    stated = report.table["relative_stderr"].sel(statistic="mean").item()
    assert report.table["enough"].sel(statistic="mean").item()
    assert stated < ds["energy_std"].item() / ds["energy_mean"].item() / math.sqrt(8192) / 10


@pytest.mark.parametrize("method", ["monte_carlo", "quasi_monte_carlo"])
def test_a_quantile_without_information_is_never_enough(method):
    draws = 2**13 if method == "quasi_monte_carlo" else 100_000
    ds = wq.sweep("Llama 3.1 405B", method=method, draws=draws, quantiles=[0.5, 1 - 1e-6])
    report = convergence(ds, 0.5)
    assert report.table["enough"].values.tolist() == [True, False, True]
    assert report.table["draws_needed"].sel(statistic="p99.9999").item() == pytest.approx(1e7, rel=1e-6)
    assert "no information" in str(report)
    told = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert told["statistics"]["p99.9999"]["worst_relative_stderr"] is None
    assert told["statistics"]["p99.9999"]["draws_needed"] >= 10**7
    assert not told["ok"]


def test_the_report_is_plain_data_too():
    report = convergence(wq.sweep(MODELS, draws=1_000, seed=5), 0.01)
    told = json.loads(json.dumps(report.to_dict()))
    assert told["ok"] is False
    assert told["statistics"]["p50"]["draws_needed"] > 1_000
    assert set(told["statistics"]["p50"]) == {"enough", "worst_relative_stderr", "worst_cell", "draws_needed"}
    assert "not enough" in str(report)


@pytest.mark.parametrize("target", [0, 1, -0.1, float("nan")])
def test_targets_that_make_no_sense_are_refused(target):
    with pytest.raises(wq.InputError, match=r"Write 1 % as 0\.01"):
        convergence(wq.sweep("Llama 3.1 405B", method="exact"), target)


def test_other_input_is_refused():
    ds = wq.sweep("Llama 3.1 405B", method="exact")
    with pytest.raises(wq.InputTypeError, match="must be a number, got"):
        convergence(ds, "0.01")
    with pytest.raises(wq.InputError, match=r"must have the dimension .quantile."):
        convergence(ds.sel(quantile=0.5))
    with pytest.raises(wq.InputError, match="energy_stderr"):
        convergence(ds.drop_vars("energy_stderr"))
    with pytest.raises(wq.InputError, match="nothing to judge"):
        convergence(wq.sweep("Mistral Large", method="exact"))


def test_targets_and_errors_that_no_number_of_draws_meets():
    ds = wq.sweep("Llama 3.1 405B", draws=2_000, quantiles=[0.05, 0.5], seed=1)
    with pytest.raises(wq.InputError, match="got 1e-300, which is too close to 0"):
        convergence(ds, 1e-300)
    assert "e+6" in str(convergence(ds, 1e-30))
    unknown = convergence(ds.assign(energy_stderr=math.nan * ds["energy_stderr"]))
    assert not unknown.ok
    assert unknown.to_dict()["statistics"]["p50"]["draws_needed"] is None
    assert "no information" in str(unknown)
