"""What the load model leaves open as factors, in every analysis: beside PUE and lengths, under a name of its own."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri

import wattquery as wq
from load_effects import HARDWARE, MODEL, MODELS, covariance, run_of
from wattquery.plans.variants import changed, ordered_by_energy, without
from wattquery.sensitivity import anova, convergence, elasticity, given, moment_independent, spider, tornado

BOTH = ["accelerator", "facility"]


def sds(run: Any, number: int) -> dict[str, float]:
    """Return the standard deviation in ln E of each factor of a cell but lengths."""
    return {name: math.sqrt(one[0, 0]) for name, one in covariance([run.cells[number]]).items()}


class TestPlans:
    def test_names_are_those_of_all_cells_in_the_order_of_their_factors(self) -> None:
        run = run_of(MODELS, load=[0.1, 1.0], boundary=BOTH, levers="serving", **HARDWARE)
        names = run.factor_names
        assert names[:3] == ("output_tokens", "pue", "lever:serving")
        assert {one.name for cell in run.cells.values() for one in cell.factors} == set(names)
        alone = run_of(MODELS, load=0.5, boundary="accelerator", **HARDWARE).factor_names
        assert "load_model:node" in names
        assert {"pue", "load_model:node"}.isdisjoint(alone)

    def test_a_name_with_several_keys_is_one_factor_of_an_analysis(self) -> None:
        run = run_of(MODEL, load=0.5, **HARDWARE)
        (cell,) = run.cells.values()
        several = [one.name for one in cell.factors]
        (twice,) = {name for name in several if several.count(name) > 1 and name == "load_model:lengths"}
        (joined,) = run.having(twice).values()
        assert joined.distribution.sigma == pytest.approx(sds(run, 0)[twice])

    def test_without_them_the_units_of_the_cell_are_left(self) -> None:
        run = run_of(MODELS, load=0.5, boundary=BOTH, **HARDWARE)
        of_model = [name for name in run.factor_names if name.startswith("load_model:")]
        bare = without(run.plan, of_model)
        for number, cell in run.cells.items():
            left = bare.cell(number)
            own = [one for one in cell.factors if one.name == "pue"]
            assert left.sigma == pytest.approx(math.hypot(*(one.distribution.sigma for one in own)), abs=1e-12)
            assert left.log_factors == pytest.approx(cell.log_factors, abs=1e-12)  # their medians are 1
        as_it_was, cell = changed(run.plan, "load_model:nothing", None).cell(0), run.plan.cell(0)
        assert (as_it_was.log_factors, as_it_was.sigma) == pytest.approx((cell.log_factors, cell.sigma), rel=1e-9)

    def test_nodes_in_the_order_of_energy_are_those_of_what_is_counted(self) -> None:
        run = run_of(MODEL, load=[0.05, 1.0], workload="azure_code", boundary=["accelerator", "node"], **HARDWARE)
        groups = list(ordered_by_energy(run.plan))
        assert sorted(number for _, cells in groups for number in cells.tolist()) == run.plan.cells.tolist()
        for plan, cells in groups:
            assert plan.is_load
            for number in cells.tolist():
                assert np.all(np.diff(plan.cell(number).log_node_part()) >= 0.0)


class TestOneFactor:
    def test_the_median_moves_with_each_as_its_quantiles_do(self) -> None:
        run = run_of(MODELS, load=0.5, boundary=BOTH, **HARDWARE)
        ds = tornado(MODELS, load=0.5, boundary=BOTH, **HARDWARE)
        medians = ds["median"].transpose("model", "boundary", "factor", "end").values.reshape(4, -1, 2)
        for number in range(4):
            own = sds(run, number)
            for i, name in enumerate(ds["factor"].values.tolist()[1:], start=1):
                expected = math.exp(2.0 * ndtri(0.95) * own.get(name, 0.0))
                assert medians[number, i, 1] / medians[number, i, 0] == pytest.approx(expected, rel=1e-9), name
        swing = ds["swing"].sel(boundary="facility", model=MODEL).to_series().drop("output_tokens")
        own = sds(run, 1)
        assert list(swing.sort_values().index) == sorted(own, key=lambda name: own[name])

    def test_along_a_factor(self) -> None:
        ds = spider(MODEL, load=0.5, factors=["load_model:stack"], levels=[0.25, 0.75], **HARDWARE)
        own = sds(run_of(MODEL, load=0.5, **HARDWARE), 0)["load_model:stack"]
        one, other = ds["median"].values[0]
        assert other / one == pytest.approx(math.exp(2.0 * own * ndtri(0.75)), rel=1e-9)
        assert math.sqrt(one * other) == pytest.approx(float(ds["baseline"]), rel=0.01)

    def test_given_its_bin_the_rest_is_as_it_was(self) -> None:
        known = given(MODEL, load=0.5, factor="load_model:architecture", bins=8, **HARDWARE)
        whole = wq.sweep(MODEL, load=0.5, method="exact", **HARDWARE)
        assert float(known["energy_mean"].mean()) == pytest.approx(whole["energy_mean"].item(), rel=1e-3)
        assert np.all(np.diff(known["energy"].sel(quantile=0.5)) > 0.0)

    def test_distances_are_larger_where_more_is_left_open(self) -> None:
        ds = moment_independent(MODEL, load=0.5, boundary="accelerator", **HARDWARE)["delta"].to_series()
        own = sds(run_of(MODEL, load=0.5, boundary="accelerator", **HARDWARE), 0)
        found = ds.drop("output_tokens").sort_values().index.tolist()
        order = sorted(own, key=lambda name: own[name])
        assert (found[0], found[-1]) == (order[0], order[-1])
        assert ds["output_tokens"] > 3.0 * ds[found[-1]]

    def test_bins_of_a_workload_are_those_of_its_energy_at_each_boundary(self) -> None:
        arguments: dict[str, Any] = {"workload": "azure_code", "load": 0.1, "boundary": ["accelerator", "node"]}
        halves = given(MODEL, factor="workload", bins=2, **arguments, **HARDWARE)
        whole = wq.sweep(MODEL, method="exact", **arguments, **HARDWARE)
        np.testing.assert_allclose(halves["energy_mean"].mean("factor_bin"), whole["energy_mean"], rtol=1e-3)
        run = run_of(MODEL, **arguments, **HARDWARE)
        for number, boundary in enumerate(arguments["boundary"]):
            cell = run.cells[number]
            parts, weights = cell.log_node_part(), cell.joint.arrays[2]
            order = np.argsort(parts)
            shares = np.clip(0.5 - np.append(0.0, np.cumsum(weights[order])[:-1]), 0.0, weights[order])
            scale = cell.log_factors + 0.5 * cell.sigma**2
            expected = 2.0 * float(shares @ np.exp(parts[order] + scale))
            found = halves["energy_mean"].sel(boundary=boundary).isel(factor_bin=0)
            assert float(found) == pytest.approx(expected, rel=2e-3)


class TestElasticity:
    def test_parameters_are_those_of_a_load(self) -> None:
        ds = elasticity(MODEL, load=[0.2, 0.5], boundary=BOTH, levers="serving", **HARDWARE)
        names = ds["parameter"].values.tolist()
        assert names == ["output_tokens", "input_tokens", "load", "pue", "lever:serving"]
        assert ds["elasticity"].sel(parameter="pue").values.tolist() == [[0.0, 1.0], [0.0, 1.0]]
        assert (ds["elasticity"].sel(parameter="lever:serving") == -1.0).all()
        with pytest.raises(wq.InputError, match="parameters must name what the grid has, got 'node_power'"):
            elasticity(MODEL, load=0.5, parameters=["node_power"], **HARDWARE)

    @pytest.mark.parametrize(("name", "at"), [("load", [0.2, 0.5, 1.0]), ("concurrency", [0.5, 4.0])])
    def test_to_the_load_it_is_the_slope_between_neighbours(self, name: str, at: list[float]) -> None:
        found = elasticity(MODEL, parameters=[name], **{name: at}, **HARDWARE)["elasticity"].values[:, 0]
        for value, slope in zip(at, found, strict=True):
            ends = [0.99 * value, min(1.01 * value, 1.0) if name == "load" else 1.01 * value]
            medians = wq.sweep(MODEL, method="exact", quantiles=[0.5], round_tokens=False, **{name: ends}, **HARDWARE)
            logs = np.log(medians["energy"].values[:, 0])
            assert slope == pytest.approx((logs[1] - logs[0]) / math.log(ends[1] / ends[0]), abs=2e-3)
        assert np.all(found < 0.0)

    def test_of_lengths_it_is_that_of_one_query_in_the_same_batch(self) -> None:
        found = elasticity(MODEL, load=0.5, output_tokens=400, input_tokens=800, **HARDWARE)["elasticity"]
        (cell,) = run_of(MODEL, load=0.5, output_tokens=400, input_tokens=800, **HARDWARE).cells.values()

        def slope(output: float, input_: float) -> float:
            ends = [
                cell.log_length_part(np.array([400.0 * step**output]), np.array([800.0 * step**input_])).item()
                for step in (1.0 / 1.001, 1.001)
            ]
            return (ends[1] - ends[0]) / (2.0 * math.log(1.001))

        assert found.values[:2] == pytest.approx([slope(1, 0), slope(0, 1)], abs=1e-4)
        assert 0.5 < found.values[:2].sum() < 1.2


def test_axes_of_a_load_explain_a_grid() -> None:
    grid = wq.sweep(MODELS, hardware=["H100 SXM", "B200"], load=[0.1, 0.5, 1.0], method="exact", keep_histogram=True)
    ds = anova(grid, within=True)
    assert ds["share"].sum().item() == pytest.approx(1.0)
    assert ds["axis"].values.tolist() == ["model", "hardware", "load"]
    assert (ds["share"].sel(effect=["model", "hardware", "load"]) > 0.05).all()
    assert 0.0 < ds["within_share"].item() < 1.0
    assert anova(grid, "throughput")["share"].sum().item() == pytest.approx(1.0)


def test_convergence_takes_a_sweep_under_load() -> None:
    assert convergence(wq.sweep(MODEL, load=0.5, method="exact", **HARDWARE)).ok


def test_results_say_what_the_load_model_assumes_and_which_levers_overlap_it() -> None:
    for ds in (
        tornado(MODEL, load=0.5, levers="serving", factors=["pue"], **HARDWARE),
        wq.sensitivity.nested(MODEL, load=0.5, levers="serving", **HARDWARE),
    ):
        assert "lever 'serving' overlaps the load model" in ds.attrs["load_notes"]


def test_cells_that_do_not_fit_are_nan_in_every_analysis() -> None:
    arguments: dict[str, Any] = {"accelerators": [1, 4], "precision": "BF16", "load": 0.5, **HARDWARE}
    found = {
        "energy": wq.sensitivity.nested(MODEL, **arguments),
        "first_order": wq.sensitivity.sobol(MODEL, draws=2**10, **arguments),
        "median": tornado(MODEL, **arguments),
        "elasticity": elasticity(MODEL, **arguments),
        "delta": moment_independent(MODEL, factors=["pue"], **arguments),
    }
    for name, ds in found.items():
        assert ds[name].sel(accelerators=1).isnull().all(), name
        assert ds[name].sel(accelerators=4).notnull().all(), name


def test_what_needs_numbers_says_why_there_are_none() -> None:
    large, of = (
        "Llama 3.1 405B",
        {"load": [0.1, 0.5], "accelerators": 1, "method": "exact", "precision": "FP8", **HARDWARE},
    )
    why = "Of the first one nothing is predicted: its weights take 408 GB"
    with pytest.raises(wq.InputError, match=why):
        anova(wq.sweep([MODEL, large], **of))
    nothing = wq.sweep([large, "DeepSeek-V3"], **of)
    with pytest.raises(wq.InputError, match=r"nothing to explain\. Nothing is predicted of the first one: its weights"):
        anova(nothing)
    with pytest.raises(wq.InputError, match=f"nothing to judge. {why}"):
        convergence(nothing)
    assert "load_notes" in anova(wq.sweep(MODEL, **of)).attrs
