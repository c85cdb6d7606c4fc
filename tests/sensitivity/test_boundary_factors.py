"""The accelerator share and the steps of a boundary are factors like any other, and PUE is one where it is counted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import closed_forms
import wattquery as wq
from wattquery.plans.build import lower
from wattquery.plans.variants import changed, without
from wattquery.sensitivity import elasticity, given, moment_independent, nested, sobol, spider, tornado
from wattquery.specs.grid import factor_names
from wattquery.sweeps.study import study
from wattquery.uncertainty.shared_draws import LAST, dimensions

MODEL = "DeepSeek-R1"
SHARE = wq.LogNormal(0.55, 0.73)
IDLE = wq.Step("idle", wq.LogNormal(1.05, 1.3))
OWN = wq.Boundary("accelerator", SHARE, [IDLE])
BOUNDARIES = ["node", OWN, "facility+idle_reserve"]


def lowered(**arguments: Any) -> Any:
    asked = study(MODEL, **arguments)
    return asked.grid, lower(asked.grid, asked.catalog, asked.node_powers, seed=0, common_random_numbers=True)


def test_factors_of_each_cell_are_what_terms_merge() -> None:
    grid, found = lowered(boundary=BOUNDARIES, levers=["none", "serving"])
    names = []
    for number in found.plan.cells.tolist():
        cell = found.plan.cell(number)
        signed = [one for one in cell.factors if one.sign]
        assert cell.constant + sum(one.sign * one.distribution.mu for one in signed) == pytest.approx(cell.log_factors)
        assert sum(one.distribution.sigma**2 for one in signed) == pytest.approx(cell.sigma**2, abs=1e-12)
        names.append([one.name for one in cell.factors][1:])
    assert names[:3] == [
        ["power_utilization"],
        ["power_utilization", "accelerator_share", "step:idle"],
        ["power_utilization", "pue"],
    ]
    assert factor_names(grid)[-4:] == ("pue", "lever:serving", "accelerator_share", "step:idle")
    assert "pue" not in factor_names(lowered(boundary=["node", "accelerator"])[0])


def test_a_changed_plan_has_another_factor_where_it_is_random_and_nothing_else() -> None:
    grid, found = lowered(boundary=[*BOUNDARIES, OWN.counted], levers="serving")
    plan = found.plan
    fixed = changed(plan, "step:idle", lambda _: wq.Fixed(2.0))
    assert fixed.cell(1).log_factors - plan.cell(1).log_factors == pytest.approx(np.log(2.0) - IDLE.factor.mu)
    assert [fixed.cell(i) == plan.cell(i) for i in range(4)] == [True, False, True, True]
    bare = without(plan, ["accelerator_share", "step:idle", "pue", "lever:serving"])
    power = grid.power_utilization.values[0]
    for number, constant in enumerate((0.0, 0.0, np.log(1.1), 0.0)):
        cell = bare.cell(number)
        assert cell.sigma == pytest.approx(power.sigma)
        assert cell.log_factors == pytest.approx(power.mu + np.log(12.8 / 3.6) + constant)


@pytest.mark.parametrize("scale", ["log_energy", "energy"])
def test_sobol_indices_are_those_of_the_closed_form(scale: str) -> None:
    ds = sobol(MODEL, boundary=OWN, draws=2**14, level=0.9999).sel(scale=scale)
    logs, variations = closed_forms.squared_variations(MODEL, boundary=OWN)
    assert list(logs) == ds["factor"].values.tolist()
    assert "pue" not in logs
    expected = closed_forms.sum_indices(logs) if scale == "log_energy" else closed_forms.product_indices(variations)
    for name in ("first_order", "total_order"):
        assert np.all(ds[f"{name}_low"] <= expected[name])
        assert np.all(ds[f"{name}_high"] >= expected[name])
        # Not zero: the interval tells it cell.
        assert ds[f"{name}_low"].sel(factor="accelerator_share") > 0.0 or scale == "energy"


@pytest.mark.parametrize("method", ["quasi_monte_carlo", "monte_carlo"])
def test_an_index_is_zero_where_the_factor_is_not_counted(method: Any) -> None:
    ds = sobol(MODEL, boundary=BOUNDARIES, draws=2**12, method=method)["first_order"].sel(scale="log_energy")
    for factor, has in (("pue", [False, False, True]), ("accelerator_share", [False, True, False])):
        assert (ds.sel(factor=factor) != 0.0).values.tolist() == has


def test_the_boundary_can_be_the_random_choice() -> None:
    ds = sobol(MODEL, boundary=["accelerator", "facility"], over="boundary", draws=2**12)
    assert ds["total_order"].sel(factor="boundary", scale="log_energy") > 0.01
    assert ds["variance"].attrs["boundary"] == "several: see attribute 'weights_boundary'"
    assert ds.attrs["weights_boundary"] == "accelerator = 0.5; facility = 0.5"


def test_one_at_a_time() -> None:
    ds = tornado(MODEL, boundary=BOUNDARIES)
    ends = {"pue": wq.LogNormal(1.05, 1.6), "accelerator_share": SHARE, "step:idle": IDLE.factor}
    zero = {"pue": [0, 1], "accelerator_share": [0, 2], "step:idle": [0, 2]}
    for name, one in ends.items():
        medians = ds["median"].sel(factor=name).values
        np.testing.assert_array_equal(ds["swing"].sel(factor=name)[zero[name]], 0.0)
        (place,) = set(range(3)) - set(zero[name])
        assert medians[place, 1] / medians[place, 0] == pytest.approx(float(one.ppf(0.95) / one.ppf(0.05)), rel=1e-9)
    assert ds["swing"].attrs["boundary"] == "see coordinate 'boundary'"
    along = spider(MODEL, boundary=OWN, factors=["accelerator_share"], levels=[0.05, 0.95])
    np.testing.assert_allclose(
        along["median"][0, 1] / along["median"][0, 0], SHARE.ppf(0.95) / SHARE.ppf(0.05), rtol=1e-9
    )
    assert along["baseline"].attrs["boundary"] == "accelerator+idle"


def test_elasticities_are_one_where_it_is_counted() -> None:
    ds = elasticity(MODEL, boundary=BOUNDARIES, levers=["none", "serving"])["elasticity"].isel(levers=1)
    names = ["pue", "accelerator_share", "step:idle", "step:idle_reserve", "lever:serving", "node_power"]
    table = ds.sel(parameter=names).transpose("boundary", "parameter").values
    assert table.tolist() == [[0, 0, 0, 0, -1, 1], [0, 1, 1, 0, -1, 1], [1, 0, 0, 1, -1, 1]]
    with pytest.raises(wq.InputError, match="parameters must name what the grid has, got 'pue'"):
        elasticity(MODEL, boundary="node", parameters=["pue"])


def test_conditional_distributions() -> None:
    ds = given(MODEL, factor="accelerator_share", boundary=["node", OWN], bins=2)
    lower_half, upper_half = (ds["energy"].sel(quantile=0.5).isel(factor_bin=i).values for i in (0, 1))
    assert lower_half[0] == upper_half[0]
    assert upper_half[1] > 1.1 * lower_half[1]
    delta = moment_independent(MODEL, boundary=["node", OWN])["delta"].sel(factor="accelerator_share").values
    assert delta[0] == 0.0
    assert delta[1] > 0.01


class TestNested:
    def test_shared_by_default_with_a_closed_form(self) -> None:
        ds = nested(MODEL, boundary=["node", OWN], throughput_fit=False)
        assert "accelerator_share = shared; step:idle = shared" in ds.attrs["scopes"]
        middle = ds["energy"].sel(credible=0.5)
        ratio = np.exp(SHARE.mu + IDLE.factor.mu)
        np.testing.assert_allclose(middle[1], ratio * middle[0], rtol=1e-9)
        assert ds["energy"].attrs["boundary"] == ds["variance_query"].attrs["boundary"] == "see coordinate 'boundary'"

    def test_per_query_it_is_the_sweep(self) -> None:
        scopes = dict.fromkeys(["accelerator_share", "step:idle", "power_utilization"], "query")
        ds = nested(MODEL, boundary=OWN, scopes=scopes, throughput_fit=False)
        plain = wq.sweep(MODEL, boundary=OWN, method="exact")
        np.testing.assert_allclose(ds["energy"].sel(credible=0.5), plain["energy"], rtol=1e-9)

    def test_drawn_where_it_is_not_lognormal(self) -> None:
        even = wq.Boundary("facility", steps=[wq.Step("idle", wq.Uniform(1.0, 1.6))])
        known = {"pue": 1.1, "power_utilization": 0.6, "throughput_fit": False}
        ds = nested(MODEL, boundary=even, quantiles=(0.5,), **known)
        node = wq.sweep(MODEL, pue=1.1, power_utilization=0.6, method="exact", quantiles=(0.5,))["energy"].item()
        z = (ds["energy"].values[0] / node - [1.03, 1.3, 1.57]) / (ds["energy_stderr"].values[0] / node)
        assert np.abs(z).max() < 5.0

    def test_refused(self) -> None:
        with pytest.raises(wq.InputError, match="gives 'accelerator_share' a scope, but no cell has it"):
            nested(MODEL, scopes={"accelerator_share": "query"})
        with pytest.raises(wq.InputError, match="gives 'pue' a scope, but no cell has it"):
            nested(MODEL, boundary="node", scopes={"pue": "query"})
        with pytest.raises(wq.InputError, match="over must not be 'boundary'"):
            nested(MODEL, boundary=["node", "facility"], over="boundary")

    def test_dimensions_of_the_lattice_are_their_own(self) -> None:
        names = ["pue", "lever:a", "accelerator_share", "step:b", "accelerator_share"]
        found = dimensions(names, 1)
        assert [found[name] for name in names[1:4]] == [9, LAST - 1, LAST - 2]
        assert len(set(found.values())) == len(found)
        # Where fits take all, what is left is drawn independently.
        assert dimensions(["accelerator_share"], 7)["accelerator_share"] == LAST
