"""Sobol' indices under a load against closed forms: ln E is a sum of normals and a part of the lengths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wattquery as wq
from load_effects import HARDWARE, MODEL, MODELS, covariance, lengths_of, run_of
from wattquery.plans.cell import Cell
from wattquery.sensitivity import sobol

RANKED = [MODEL, "Qwen3-235B-A22B"]


def moments(cell: Cell) -> tuple[float, float]:
    logs, weights = lengths_of(cell)
    mean = float(logs @ weights)
    return mean, float((logs - mean) ** 2 @ weights)


def within(ds: Any, name: str, factor: str, expected: float) -> bool:
    low, high = (float(ds[f"{name}_{end}"].sel(factor=factor)) for end in ("low", "high"))
    return low <= expected <= high


@pytest.mark.parametrize("method", ["quasi_monte_carlo", "monte_carlo"])
@pytest.mark.parametrize("boundary", ["accelerator", "facility"])
def test_shares_of_a_cell_are_those_of_its_variances(boundary: str, method: Any) -> None:
    arguments: dict[str, Any] = {"load": 0.5, "boundary": boundary, **HARDWARE}
    ds = sobol(MODEL, draws=2**14, level=0.9999, method=method, **arguments).sel(scale="log_energy")
    (cell,) = run_of(MODEL, **arguments).cells.values()
    variances = {name: one[0, 0] for name, one in covariance([cell]).items()}
    variances["output_tokens"] = moments(cell)[1]
    total = sum(variances.values())
    assert set(variances) == set(ds["factor"].values.tolist())
    assert ("pue" in variances) == (boundary == "facility")
    assert ("load_model:node" in variances) == (boundary == "facility")
    for name, variance in variances.items():
        assert within(ds, "first_order", name, variance / total), name
        assert within(ds, "total_order", name, variance / total), name


def test_effects_are_ranked_beside_pue_and_lengths() -> None:
    ds = sobol(RANKED, load=0.5, draws=2**14, precision="FP8", **HARDWARE).sel(scale="log_energy")
    cells = list(run_of(RANKED, load=0.5, precision="FP8", **HARDWARE).cells.values())
    table = covariance(cells)
    for i, model in enumerate(RANKED):
        shares = ds["first_order"].sel(model=model).to_series().sort_values(ascending=False)
        by_hand = sorted(table, key=lambda name: -table[name][i, i])
        assert shares.index[0] == "output_tokens"
        found = [name for name in shares.index if name != "output_tokens"]
        assert set(found[:3]) == set(by_hand[:3])


def test_a_choice_of_models_has_effects_of_their_own() -> None:
    """First order: the variance of the mean over models. Total: the mean over models of the variance.

    With one draw for both models, whatever their key, first order and total would be nearly the same number.
    """
    weights = np.array([0.7, 0.3])
    arguments: dict[str, Any] = {"load": 0.5, **HARDWARE}
    over = {"model": dict(zip(MODELS, weights, strict=True))}
    ds = sobol(MODELS, over=over, draws=2**16, level=0.9999, **arguments).sel(scale="log_energy")
    cells = list(run_of(MODELS, **arguments).cells.values())
    table = covariance(cells)
    means, lengths = zip(*(moments(cell) for cell in cells), strict=True)
    each = np.array([sum(one[i, i] for one in table.values()) + lengths[i] for i in range(2)])
    of_choice = float(weights @ np.array(means) ** 2 - (weights @ np.array(means)) ** 2)
    total = float(weights @ each) + of_choice
    assert float(ds["variance"]) == pytest.approx(total, rel=0.02)
    for name, one in table.items():
        assert within(ds, "first_order", name, float(weights @ one @ weights) / total), name
        assert within(ds, "total_order", name, float(weights @ np.diag(one)) / total), name
    assert within(ds, "first_order", "model", of_choice / total)
    ours = table["load_model:architecture"]
    assert float(weights @ ours @ weights) < 0.7 * float(weights @ np.diag(ours))
    common = table["load_model:parameters"]
    assert common[0, 1] != 0.0


def test_loads_of_one_configuration_have_most_in_common() -> None:
    loads = [0.4, 0.5]
    ds = sobol(MODEL, load=loads, over="load", draws=2**14, level=0.9999, **HARDWARE).sel(scale="log_energy")
    cells = list(run_of(MODEL, load=loads, **HARDWARE).cells.values())
    table = covariance(cells)
    half = np.array([0.5, 0.5])
    means, lengths = zip(*(moments(cell) for cell in cells), strict=True)
    total = sum(float(half @ np.diag(one)) for one in table.values()) + np.mean(lengths) + np.var(means)
    for name in ("load_model:configuration", "load_model:architecture", "load_model:run"):
        assert within(ds, "first_order", name, float(half @ table[name] @ half) / total), name
    ratio = [float(ds["first_order"].sel(factor=f"load_model:{name}")) for name in ("architecture", "run")]
    totals = [float(ds["total_order"].sel(factor=f"load_model:{name}")) for name in ("architecture", "run")]
    assert ratio[0] > 0.9 * totals[0]
    assert ratio[1] < 0.7 * totals[1]


def test_many_keys_need_no_more_dimensions_than_the_lattice_has() -> None:
    models = [MODEL, "gpt-oss-120b", "Qwen3-235B-A22B", "Llama 3.1 8B", "Llama 3.1 405B", "gpt-oss-20b"]
    ds = sobol(models, over="model", load=0.5, draws=2**12, accelerators=8, precision="FP8", **HARDWARE)
    assert float(ds["first_order"].sel(scale="log_energy").sum()) == pytest.approx(1.0, abs=0.15)


def test_a_workload_and_groups() -> None:
    arguments: dict[str, Any] = {"load": 0.5, "workload": "azure_code", **HARDWARE}
    (cell,) = run_of(MODEL, **arguments).cells.values()
    names = sorted({one.name for one in cell.factors if one.name.startswith("load_model:")})
    ds = sobol(MODEL, groups={"load model": names}, draws=2**14, level=0.9999, **arguments).sel(scale="log_energy")
    assert ds["factor"].values.tolist() == ["workload", "pue", "load model"]
    table, parts = covariance([cell]), cell.log_node_part()
    shares = cell.joint.arrays[2]
    of_lengths = float(shares @ parts**2 - (shares @ parts) ** 2)
    of_model = sum(table[name][0, 0] for name in names)
    total = of_lengths + of_model + table["pue"][0, 0]
    assert within(ds, "first_order", "load model", of_model / total)
    assert within(ds, "first_order", "workload", of_lengths / total)


def test_indices_of_the_energy_are_those_of_a_product() -> None:
    arguments: dict[str, Any] = {"load": 0.5, "output_tokens": 300, **HARDWARE}
    ds = sobol(MODEL, draws=2**14, level=0.9999, **arguments).sel(scale="energy")
    (cell,) = run_of(MODEL, **arguments).cells.values()
    squared = {name: float(np.expm1(one[0, 0])) for name, one in covariance([cell]).items()}
    whole = float(np.prod([1.0 + one for one in squared.values()])) - 1.0
    for name, one in squared.items():
        assert within(ds, "first_order", name, one / whole), name


def test_what_is_no_factor_is_named_in_the_message() -> None:
    with pytest.raises(wq.InputError, match=r"factors names 'load_model:stak'.* Did you mean 'load_model:stack'"):
        sobol(MODEL, load=0.5, factors=["load_model:stak"], **HARDWARE)
