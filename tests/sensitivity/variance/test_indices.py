"""`sobol` against closed forms: ln E of one deployment is a sum of independent terms, E a product."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from scipy import stats

import wattquery as wq
from closed_forms import product_indices, squared_variations, sum_indices
from wattquery.methods import pick_freeze
from wattquery.sensitivity import sobol

PAPER: dict[str, Any] = {"model": "DeepSeek-R1", "levers": "model+serving+hardware"}
NAMES = ["output_tokens", "power_utilization", "pue", "lever:model", "lever:serving", "lever:hardware"]
# Wide enough for all comparisons of this file together to fail by chance once in some thousand runs.
SURE = 0.999_99


def closed_forms(**arguments: Any) -> dict[str, dict[str, np.ndarray]]:
    logs, energies = squared_variations(**arguments)
    return {"energy": product_indices(energies), "log_energy": sum_indices(logs)}


def covered(ds: Any, name: str, truth: np.ndarray) -> np.ndarray:
    """Return whether the intervals of an index hold the truth."""
    return (ds[f"{name}_low"].values <= truth) & (truth <= ds[f"{name}_high"].values)


def test_the_papers_cell_is_additive_in_log_energy() -> None:
    ds = sobol(**PAPER, draws=2**17).sel(scale="log_energy")
    truth = closed_forms(**PAPER)["log_energy"]["first_order"]
    assert ds["factor"].values.tolist() == NAMES
    assert ds["first_order"].sum().item() == pytest.approx(1.0, abs=1e-3)
    np.testing.assert_allclose(ds["first_order"], truth, atol=1e-3)
    assert covered(ds, "interaction", np.zeros(6)).all()
    np.testing.assert_allclose(ds["interaction"], 0.0, atol=1e-5)


@pytest.mark.parametrize("method", ["quasi_monte_carlo", "monte_carlo"])
@pytest.mark.parametrize("estimator", ["azzini_2021", "jansen_1999", "saltelli_2010", "janon_2014"])
def test_every_estimator_meets_the_closed_forms(estimator: Any, method: Any) -> None:
    ds = sobol(**PAPER, estimator=estimator, method=method, draws=2**16, level=SURE, second_order=True)
    for scale, truths in closed_forms(**PAPER).items():
        here = ds.sel(scale=scale)
        for name in ("first_order", "total_order"):
            assert covered(here, name, truths[name]).all(), (scale, name)
        assert covered(here, "interaction", truths["total_order"] - truths["first_order"]).all(), scale
        pairs = truths.get("second_order", np.where(np.eye(6), np.nan, 0.0))
        assert (covered(here, "second_order", pairs) | np.eye(6, dtype=bool)).all(), scale
    assert np.isnan(np.diagonal(ds["second_order"].values, axis1=-2, axis2=-1)).all()


@pytest.mark.parametrize("method", ["quasi_monte_carlo", "monte_carlo"])
def test_intervals_cover_as_often_as_they_say(method: Any) -> None:
    """90 % intervals over 100 seeds: factors and orders of one seed are dependent, so seeds are what is counted."""
    truths = closed_forms(**PAPER)
    seeds = 100
    hits = np.zeros((2, 2, 6))
    for seed in range(seeds):
        ds = sobol(**PAPER, method=method, draws=2**13, level=0.9, seed=seed)
        for i, scale in enumerate(("energy", "log_energy")):
            for j, name in enumerate(("first_order", "total_order")):
                hits[i, j] += covered(ds.sel(scale=scale), name, truths[scale][name])
    # Each count against the binomial, at a level of 1e-6 for each of the 24; heavy tails may cost E 4 %.
    assert hits[1].min() >= stats.binom.ppf(1e-6, seeds, 0.9)
    assert hits[0].min() >= stats.binom.ppf(1e-6, seeds, 0.86)
    assert hits.max() <= stats.binom.ppf(1.0 - 1e-9, seeds, 0.9) + 1
    assert hits.mean() / seeds == pytest.approx(0.9, abs=0.05)


def test_variance_has_its_unit() -> None:
    ds = sobol(**PAPER, draws=2**16, level=SURE)
    exact = wq.sweep(**PAPER, method="exact")
    assert covered(ds.sel(scale="energy"), "variance", np.array(exact["energy_std"].item() ** 2))
    logs, _ = squared_variations(**PAPER)
    assert covered(ds.sel(scale="log_energy"), "variance", np.array(sum(logs.values())))


def test_two_random_lengths_interact() -> None:
    """Against brute force: indices of a function of two lengths by two-dimensional quadrature in probability."""
    lengths = {"output_tokens": wq.LogNormal(p5=150, p95=600), "input_tokens": wq.LogNormal(p5=300, p95=1500)}
    fixed = {"power_utilization": 0.7, "pue": 1.2, "prefill_weight": 0.2, "round_tokens": False}
    ds = sobol("Llama 3.1 405B", **lengths, **fixed, draws=2**16, level=SURE)
    u = (np.arange(2000) + 0.5) / 2000
    catalog = wq.catalog.load("oviedo2026")
    from wattquery.throughput import fit_throughput

    model = fit_throughput(catalog.deployment("Llama 3.1 405B").rows, "Llama 3.1 405B")
    out, in_ = np.meshgrid(lengths["output_tokens"].ppf(u), lengths["input_tokens"].ppf(u), indexing="ij")
    energy = (out + 0.2 * in_) / model.predict(in_, out)
    for scale, values in (("energy", energy), ("log_energy", np.log(energy))):
        first = np.array([values.mean(axis=1).var(), values.mean(axis=0).var()]) / values.var()
        here = ds.sel(scale=scale)
        np.testing.assert_allclose(here["first_order"], first, atol=0.01)
        np.testing.assert_allclose(here["total_order"], 1.0 - first[::-1], atol=0.01)
    assert ds["interaction"].sel(scale="log_energy").min() > 0.005


def test_the_same_digits_on_any_threads_and_in_any_grid() -> None:
    one = sobol("DeepSeek-R1", levers=["serving"], draws=2**12, threads=1)
    many = sobol(
        ["Mixtral 8x22B", "DeepSeek-R1"], levers=["none", "model+serving", "serving"], draws=2**12, threads=3
    ).sel(model="DeepSeek-R1", levers=["serving"])
    for name in ("first_order", "total_order_high", "variance"):
        same = many[name].sel(factor=one["factor"]) if "factor" in many[name].dims else many[name]
        np.testing.assert_array_equal(one[name], same)


def test_a_seed_changes_the_points() -> None:
    first, second = (sobol("DeepSeek-R1", draws=2**12, seed=seed)["first_order"].values for seed in (1, 2))
    assert (first != second).all()


def test_cells_without_the_factor_without_data_and_without_chance() -> None:
    ds = sobol(
        ["DeepSeek-R1", "Mistral Large"],
        output_tokens={"random": wq.Exponential(300), "known": 300},
        power_utilization=0.7,
        pue={"random": wq.LogNormal(1.05, 1.6), "known": 1.2},
        draws=2**12,
    )
    here = ds.sel(model="DeepSeek-R1")
    alone = here.sel(output_tokens="random", pue="known")
    assert alone["first_order"].sel(scale="energy").values == pytest.approx([1.0, 0.0], abs=1e-6)
    assert alone["first_order_high"].sel(factor="pue").values.tolist() == [0.0, 0.0]
    assert np.isnan(here["first_order"].sel(output_tokens="known", pue="known")).all()
    assert here["variance"].sel(output_tokens="known", pue="known", scale="energy").item() == pytest.approx(0.0)
    assert ds["supported"].sel(model="DeepSeek-R1").all()
    assert not ds["supported"].sel(model="Mistral Large").any()
    assert np.isnan(ds["first_order"].sel(model="Mistral Large")).all()


def test_groups_are_picked_together() -> None:
    groups = {"levers": ["lever:model", "lever:serving", "lever:hardware"], "site": ["pue", "power_utilization"]}
    ds = sobol(**PAPER, groups=groups, draws=2**15)
    assert ds["factor"].values.tolist() == ["output_tokens", "site", "levers"]
    assert ds.attrs["group_site"] == "power_utilization, pue"
    logs, energies = squared_variations(**PAPER)
    sums = [
        logs["output_tokens"],
        logs["pue"] + logs["power_utilization"],
        sum(logs[f"lever:{i}"] for i in PAPER["levers"].split("+")),
    ]
    np.testing.assert_allclose(ds["first_order"].sel(scale="log_energy"), np.array(sums) / sum(sums), atol=3e-3)
    joint = (1 + energies["pue"]) * (1 + energies["power_utilization"]) - 1
    whole = np.prod([1 + one for one in energies.values()]) - 1
    assert ds["first_order"].sel(scale="energy", factor="site").item() == pytest.approx(joint / whole, abs=3e-3)


def test_one_group_of_everything_explains_everything() -> None:
    ds = sobol(**PAPER, groups={"all": NAMES}, draws=2**12)
    np.testing.assert_allclose(ds["first_order"], 1.0, atol=1e-6)
    np.testing.assert_allclose(ds["total_order"], 1.0, atol=1e-6)


def test_factors_that_are_not_asked_for_stay_random() -> None:
    some = sobol(**PAPER, factors=["pue", "output_tokens"], draws=2**13)
    full = sobol(**PAPER, draws=2**13).sel(factor=["output_tokens", "pue"])
    np.testing.assert_array_equal(some["first_order"], full["first_order"])


def test_memory_beside_the_result_does_not_grow_with_the_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pick_freeze, "CELLS_AT_A_TIME", 16)

    def taken(cells: int) -> tuple[int, int]:
        """Return the size of a result, and how much more the work took at its worst."""
        pue = [wq.LogNormal(p5=1.05, p95=1.2 + 0.001 * i) for i in range(cells)]
        tracemalloc.start()
        try:
            ds = wq.sensitivity.sobol("DeepSeek-R1", pue=pue, draws=1024, threads=1)
            return ds.nbytes, tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    taken(16)
    (small, least), (large, most) = taken(50), taken(400)
    # Sums of all cells would be 40 times as large as what is made of them.
    assert most - least < 4 * (large - small)
