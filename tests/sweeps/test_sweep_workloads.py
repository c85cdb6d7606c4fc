"""Workloads in every method, against the energies of their pairs added up one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

import wattquery as wq
from correlated import MODEL, PAIRS, THROUGHPUT, WEIGHT, WORKLOAD, mixture_quantiles, node_energies, smallest_quantiles
from reciprocal_models import RATE, give_all
from wattquery import workloads
from wattquery.specs.distributions.lognormal import Z95

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
FIXED: dict[str, Any] = {"pue": 1.1, "power_utilization": 0.5, "prefill_weight": WEIGHT}
BIN = 1.0 / 1024.0
SAMPLED: dict[str, dict[str, Any]] = {
    "monte_carlo": {"method": "monte_carlo", "draws": 200_000},
    "quasi_monte_carlo": {"method": "quasi_monte_carlo"},
    "to_precision": {"relative_stderr": 0.01},
    "quasi_to_precision": {"method": "quasi_monte_carlo", "relative_stderr": 0.003},
}


def swept(**arguments: Any) -> xr.Dataset:
    return wq.sweep(**{"model": MODEL, "workload": WORKLOAD, **FIXED, **arguments})


def test_exact_quantiles_and_moments_of_pairs_alone() -> None:
    values, weights = node_energies()
    ds = swept(method="exact")
    np.testing.assert_allclose(ds["energy"], smallest_quantiles(values, weights, LEVELS), rtol=1e-10)
    assert ds["energy_mean"].item() == pytest.approx(weights @ values, rel=1e-12)
    assert ds["energy_std"].item() == pytest.approx(np.sqrt(weights @ values**2 - (weights @ values) ** 2), rel=1e-10)


def test_exact_quantiles_with_a_lognormal_factor() -> None:
    factor = wq.LogNormal(0.4, 0.6)
    values, weights = node_energies(power=factor.ppf(0.5))
    sigma = np.log(0.6 / 0.4) / (2.0 * Z95)
    ds = swept(power_utilization=factor, method="exact")
    np.testing.assert_allclose(ds["energy"], mixture_quantiles(np.log(values), weights, sigma, LEVELS), rtol=1e-8)
    assert ds["energy_mean"].item() == pytest.approx(weights @ values * np.exp(sigma**2 / 2), rel=1e-10)


@pytest.mark.parametrize("how", SAMPLED)
@pytest.mark.parametrize("prefill_weight", [0.0, WEIGHT])
def test_sampled_quantiles_are_those_of_the_pairs_within_their_errors(how: str, prefill_weight: float) -> None:
    arguments = {"power_utilization": wq.LogNormal(0.4, 0.6), "prefill_weight": prefill_weight}
    exact = swept(**arguments, method="exact")
    ds = swept(**arguments, **SAMPLED[how], seed=3)
    away = np.abs(ds["energy"] - exact["energy"]) - BIN * exact["energy"]
    assert np.all(away < 4.5 * ds["energy_stderr"])
    assert abs(ds["energy_mean"] - exact["energy_mean"]) < 4.5 * ds["energy_mean_stderr"] + 1e-3 * exact["energy_mean"]


@pytest.mark.parametrize("how", ["exact", "monte_carlo", "quasi_monte_carlo"])
def test_power_that_follows_throughput(how: str) -> None:
    ds = swept(power_utilization=wq.ThroughputProportional(0.24, 0.56), **SAMPLED.get(how, {"method": how}))
    values, weights = node_energies(power=1.0)
    share = THROUGHPUT.predict(PAIRS[1], PAIRS[0]) / THROUGHPUT.maximum
    mean = weights @ (values * (0.24 + 0.56 * share))
    assert abs(ds["energy_mean"].item() - mean) < 4.5 * ds["energy_mean_stderr"].item() + 1e-3 * mean


@pytest.mark.parametrize("how", ["exact", "monte_carlo", "quasi_monte_carlo"])
@pytest.mark.parametrize("power", [0.5, wq.ThroughputProportional(0.24, 0.56)])
def test_a_reciprocal_throughput(how: str, power: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    give_all(monkeypatch, RATE)
    outputs, inputs, weights = PAIRS
    rate = 1.0 / (RATE.a + RATE.b * (inputs + outputs / 2.0) + RATE.c * inputs / outputs)
    share = power if isinstance(power, float) else 0.24 + 0.56 * np.minimum(rate / RATE.maximum, 1.0)
    values = 1.1 * 10.2 * share * (outputs + WEIGHT * inputs) / (3.6 * rate)
    ds = swept(power_utilization=power, node_power=10.2, **SAMPLED.get(how, {"method": how}))
    mean = weights @ values / weights.sum()
    assert abs(ds["energy_mean"].item() - mean) < 4.5 * ds["energy_mean_stderr"].item() + 1e-3 * mean
    if how == "exact":
        expected = smallest_quantiles(values, weights / weights.sum(), LEVELS)
        np.testing.assert_allclose(ds["energy"], expected, rtol=1e-9)


def test_the_order_of_nodes_lets_a_lattice_converge() -> None:
    """One dimension picks the pair, nearly in the order of energies: 64 times the points divide the error by more
    than eight, as plain draws would."""
    arguments = {"method": "quasi_monte_carlo", "pue": wq.Triangular(1.05, 1.1, 1.6)}
    few, many = (swept(**arguments, draws=16 * 2**power)["energy_mean_stderr"].item() for power in (6, 12))
    assert many < few / 12.0


@pytest.mark.parametrize(
    "how", [{"method": "exact"}, *(SAMPLED[name] for name in ("monte_carlo", "quasi_monte_carlo"))]
)
def test_a_workload_of_one_pair_is_that_pair(how: dict[str, Any]) -> None:
    """Bit for bit where draws are counted, to rounding where sums have another order."""
    arguments = {"power_utilization": wq.LogNormal(0.4, 0.6), "levers": ["none", "serving"], **how}
    one = wq.sweep(MODEL, workload=wq.Workload([300.5], [900]), prefill_weight=WEIGHT, **arguments)
    fixed = wq.sweep(MODEL, output_tokens=300.5, input_tokens=900, prefill_weight=WEIGHT, **arguments)
    for name in ("energy", "energy_mean", "energy_stderr", "throughput", "extrapolated"):
        if how["method"] == "exact":
            np.testing.assert_allclose(one[name], fixed[name], rtol=1e-13)
        else:
            np.testing.assert_array_equal(one[name], fixed[name])


@pytest.mark.parametrize("sigma", [0.0, 0.1, 1e-4])
def test_one_input_and_many_outputs_are_an_empirical_length(sigma: float) -> None:
    outputs = [30.0, 80.0, 80.0, 300.0, 2000.0]
    power = wq.LogNormal(0.5 * np.exp(-Z95 * sigma), 0.5 * np.exp(Z95 * sigma)) if sigma else 0.5
    arguments = {"power_utilization": power, "pue": 1.1, "method": "exact", "prefill_weight": WEIGHT}
    joint = wq.sweep(MODEL, workload=wq.Workload(outputs, 500), **arguments)
    single = wq.sweep(MODEL, output_tokens=wq.Empirical(samples=outputs), input_tokens=500, **arguments)
    for name in ("energy", "energy_mean", "energy_std", "throughput"):
        np.testing.assert_allclose(joint[name], single[name], rtol=1e-9)


@pytest.mark.parametrize("common", [True, False])
@pytest.mark.parametrize("how", ["exact", "monte_carlo", "quasi_monte_carlo"])
def test_a_cell_does_not_depend_on_its_grid(how: str, common: bool) -> None:
    grid: dict[str, Any] = {
        "model": ["DeepSeek-R1", MODEL],
        "workload": {"mine": WORKLOAD, "short": wq.Workload([20, 90], [40, 300]), "one": wq.Workload([300], [500])},
        "pue": [1.1, wq.LogNormal(1.05, 1.6)],
        "levers": ["none", "serving"],
    }
    settings = SAMPLED.get(how, {"method": how}) | ({} if how == "exact" else {"draws": 4096})
    settings |= {"common_random_numbers": common}
    ds = wq.sweep(**grid, **settings)
    assert ds["energy"].dims == ("model", "workload", "pue", "levers", "quantile")
    cell = ds.sel(model=MODEL, workload="short", levers="serving").isel(pue=1)
    alone = wq.sweep(
        MODEL, workload={"short": grid["workload"]["short"]}, pue=grid["pue"][1], levers="serving", **settings
    )
    np.testing.assert_array_equal(cell["energy"], alone["energy"].squeeze("workload"))
    assert ds["supported"].all()
    assert "output_tokens" not in ds.coords
    assert "input_tokens" not in ds.coords


def test_independent_streams_are_keyed_by_the_label() -> None:
    labels = {"a": WORKLOAD, "b": WORKLOAD}
    apart = swept(workload=labels, draws=4000, common_random_numbers=False)["energy_mean"]
    together = swept(workload=labels, draws=4000)["energy_mean"]
    assert apart[0] != apart[1]
    assert together[0] == together[1]


def test_margins_instead_of_pairs_are_another_distribution() -> None:
    """The pairs matter: short answers to long prompts and long answers to short ones are as rare as they are."""
    exact = swept(method="exact")["energy"].values
    outputs, inputs, weights = PAIRS
    crossed = wq.Workload.from_pairs(
        np.repeat(outputs, 60), np.tile(inputs, 60), weights=np.outer(weights, weights).ravel(), nodes=1024
    )
    independent = swept(workload=crossed, method="exact")["energy"].values
    assert np.max(np.abs(independent / exact - 1.0)) > 0.2


def test_names_lists_tables_and_all() -> None:
    every = wq.sweep(MODEL, workload=wq.ALL, method="exact")
    assert tuple(every["workload"].values) == workloads.names()
    assert np.isfinite(every["energy"]).all()
    table = {"output_tokens": [100, 300], "input_tokens": [1000, 10]}
    several = wq.sweep(MODEL, workload=["azure_code", table, WORKLOAD], method="exact")
    labels = several["workload"].values.tolist()
    assert (labels[0], labels[2]) == ("azure_code", "correlated")
    np.testing.assert_array_equal(several["energy"][0], every["energy"].sel(workload="azure_code"))
    assert wq.sweep(MODEL, workload="Azure_Code", method="exact")["workload"].item() == "azure_code"
    with pytest.raises(wq.InputError, match="more than once"):
        wq.sweep(MODEL, workload=["azure_code", "azure_code"])


@pytest.mark.parametrize("how", ["exact", *SAMPLED])
def test_azure_conversations(how: str) -> None:
    """P25, P50 and P95 of the 19,365 pairs are 0.1167, 0.4043 and 0.9014 Wh; of independent margins 0.156, 0.280 and
    1.108. Few queries have an energy about the median, so that its sampling error is large."""
    given = {"workload": "azure_conversation", "quantiles": (0.25, 0.5, 0.95)}
    exact = swept(**given, method="exact")["energy"].values
    assert np.round(exact, 3).tolist() == [0.117, 0.404, 0.901]
    ds = swept(**given, **SAMPLED.get(how, {"method": how}))
    assert np.all(np.abs(ds["energy"].values - exact) <= 4.5 * ds["energy_stderr"].values + 5e-4 * exact)
    assert abs(ds["energy"].values[1] / 0.280 - 1.0) > 0.3


def test_attributes_say_what_has_to_be_known() -> None:
    ds = wq.sweep(MODEL, workload=["azure_conversation", "agent"], method="exact")
    notes = ds.attrs["workload_notes"]
    assert (
        "azure_conversation: its 1,024 pairs of lengths stand for more, and move quantiles P5 to P95 by up to about"
        in notes
    )
    assert "agent: output and input lengths are taken as independent" in notes
    assert "of its input tokens are cached, and count as input: this method knows no cache" in notes
    assert "workload_notes" not in wq.sweep(MODEL, method="exact").attrs
    assert any("cached" in note for note in wq.estimate(MODEL, workload="agent", method="exact").notes)


def test_a_result_survives_a_file_and_a_blend(tmp_path) -> None:
    ds = wq.sweep(MODEL, workload=["azure_conversation", WORKLOAD], method="exact", keep_histogram=True)
    ds.to_netcdf(tmp_path / "grid.nc")
    with xr.open_dataset(tmp_path / "grid.nc") as read:
        xr.testing.assert_identical(read["energy"].load(), ds["energy"])
        assert read.attrs["workload_notes"] == ds.attrs["workload_notes"]
        mixed = wq.blend(read.load(), over="workload", weights={"azure_conversation": 0.25, "correlated": 0.75})
    mean = 0.25 * ds["energy_mean"][0] + 0.75 * ds["energy_mean"][1]
    assert mixed["energy_mean"].item() == pytest.approx(mean.item(), rel=1e-5)
