"""`nested` under a load: what the load model leaves open is shared, with what is common to cells common."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri

import wattquery as wq
from load_effects import HARDWARE, MODEL, MODELS, lengths_of, run_of, shared_draws
from wattquery.sensitivity import nested

CREDIBLE = (0.05, 0.5, 0.95)
LATTICE = 1e-3
ALL_PER_QUERY = {"load_model": "query", "pue": "query"}


def exact(model: Any = MODEL, **arguments: Any) -> Any:
    return wq.sweep(model, method="exact", **HARDWARE, **arguments)


def test_all_that_the_load_model_leaves_open_is_shared() -> None:
    ds = nested(MODELS, load=[0.1, 1.0], **HARDWARE)
    scopes = dict(one.split(" = ") for one in ds.attrs["scopes"].split("; "))
    of_model = [name for name in scopes if name.startswith("load_model:")]
    assert {"load_model:parameters", "load_model:architecture", "load_model:configuration"} <= set(of_model)
    assert {scopes[name] for name in (*of_model, "pue")} == {"shared"}
    assert scopes["output_tokens"] == "query"
    assert "load_model:NAME" in ds.attrs["throughput_fit"]
    assert "throughput_fit" not in ds
    assert ds.attrs["shared_draws"] == 0


def test_the_interval_is_that_of_the_normal_that_the_sweep_draws() -> None:
    ds = nested(MODELS, load=[0.1, 1.0], boundary=["accelerator", "facility"], quantiles=[0.5], **HARDWARE)
    plan = run_of(MODELS, load=[0.1, 1.0], boundary=["accelerator", "facility"], **HARDWARE).plan
    sigmas = plan.factors(plan.places(np.arange(plan.size)))[1].reshape(2, 2, 2)
    energy = np.log(ds["energy"].isel(quantile=0))
    for level in (0.05, 0.95):
        moved = (energy.sel(credible=level) - energy.sel(credible=0.5)).values
        np.testing.assert_allclose(moved, sigmas * ndtri(level), rtol=1e-9)


def test_both_parts_of_the_variance_make_up_that_of_the_sweep() -> None:
    arguments: dict[str, Any] = {"load": [0.05, 0.5], "boundary": ["accelerator", "node", "facility"]}
    ds, plain = nested(MODELS, **HARDWARE, **arguments), exact(MODELS, **arguments)
    np.testing.assert_allclose(ds["variance_query"] + ds["variance_shared"], ds["variance_total"], rtol=1e-12)
    np.testing.assert_allclose(ds["variance_total"], plain["energy_std"] ** 2, rtol=1e-6)
    assert bool((ds["variance_shared"] > 0.01 * ds["variance_total"]).all())


@pytest.mark.parametrize("lengths", [{}, {"workload": "azure_code"}], ids=["named", "joint"])
def test_with_all_factors_per_query_it_is_the_sweep(lengths: dict[str, Any]) -> None:
    ds = nested(MODEL, load=0.5, scopes=ALL_PER_QUERY, **lengths, **HARDWARE)
    plain = exact(load=0.5, **lengths)
    for level in CREDIBLE:
        np.testing.assert_allclose(ds["energy"].sel(credible=level), plain["energy"], rtol=1e-9)
    assert ds["variance_shared"].item() == 0.0


def test_one_factor_may_be_per_query_and_the_others_shared() -> None:
    scopes = {"load_model": "query", "load_model:stack": "shared", "pue": "query"}
    ds = nested(MODEL, load=0.5, scopes=scopes, quantiles=[0.5], **HARDWARE)
    (cell,) = run_of(MODEL, load=0.5, **HARDWARE).cells.values()
    sigma = math.hypot(*(one.distribution.sigma for one in cell.factors if one.name == "load_model:stack"))
    ends = np.log(ds["energy"].sel(credible=[0.05, 0.95]).values[0])
    assert ends[1] - ends[0] == pytest.approx(2.0 * sigma * ndtri(0.95), rel=1e-9)


def test_a_mixture_of_models_against_a_simulation_of_all_that_is_shared() -> None:
    """Models have independent effects, the same PUE, and parameters that go together: three answers in one."""
    rng, runs = np.random.default_rng(2), 4000
    cells = list(run_of(MODELS, load=0.5, **HARDWARE).cells.values())
    shared = shared_draws(cells, runs, rng)
    tables = [lengths_of(cell) for cell in cells]
    # One grid of ln E for both, on which distribution functions are moved and mixed.
    places = np.linspace(-12.0, 5.0, 6000)
    below = []
    for logs, weights in tables:
        order = np.argsort(logs)
        below.append((logs[order], np.cumsum(weights[order])))
    medians, means = np.empty(runs), np.empty(runs)
    for i in range(runs):
        moved = [np.interp(places - shared[j, i], *below[j]) for j in range(2)]
        medians[i] = np.interp(0.5, 0.5 * (moved[0] + moved[1]), places)
        means[i] = 0.5 * sum(math.exp(shared[j, i]) * float(np.exp(tables[j][0]) @ tables[j][1]) for j in range(2))
    ds = nested(MODELS, over="model", load=0.5, quantiles=[0.5], shared_draws=2**12, **HARDWARE)
    for found, errors, simulated in (
        (ds["energy"].values[0], ds["energy_stderr"].values[0], np.exp(medians)),
        (ds["energy_mean"].values, ds["energy_mean_stderr"].values, means),
    ):
        batches = np.quantile(simulated.reshape(20, -1), CREDIBLE, axis=1)
        stderr = np.hypot(batches.std(axis=1, ddof=1) / math.sqrt(20), errors)
        assert np.max(np.abs(np.quantile(simulated, CREDIBLE) - found) / stderr) < 4.0
    alone = nested(MODEL, load=0.5, **HARDWARE)["energy_mean"]
    assert ds["variance_shared"] > 0.0
    # Independent effects average out: the blend is better known than the model that makes most of it.
    width = [np.ptp(np.log(one.sel(credible=[0.05, 0.95]).values)) for one in (ds["energy_mean"], alone)]
    assert width[0] < width[1]


def test_loads_of_one_configuration_mixed_are_hardly_better_known_than_each() -> None:
    # With 1,024 draws the width is known to some 2 %, and it is within 1 % of the upper bound.
    mixed = nested(MODEL, over="load", load=[0.4, 0.5], shared_draws=4096, **HARDWARE)["energy_mean"]
    each = nested(MODEL, load=[0.4, 0.5], **HARDWARE)["energy_mean"]
    widths = [np.ptp(np.log(one.sel(credible=[0.05, 0.95]).values), axis=-1) for one in (mixed, each)]
    assert 0.9 * widths[1].min() < widths[0] < widths[1].max()


def test_a_blend_of_equal_labels_is_the_cell_itself() -> None:
    """All keys are the same, so that the shared factors of both are: nothing averages out, and nothing is drawn."""
    mixed = nested(MODEL, over="pue", pue={"a": 1.2, "b": 1.2}, load=0.5, **HARDWARE)
    alone = nested(MODEL, pue=1.2, load=0.5, **HARDWARE)
    assert mixed.attrs["shared_draws"] == 0
    np.testing.assert_allclose(mixed["energy"], alone["energy"], rtol=LATTICE)


def test_a_shared_length_is_that_of_the_query_and_not_of_the_batch() -> None:
    length = wq.Empirical(samples=[100, 900])
    arguments: dict[str, Any] = {"load": 0.5, "pue": 1.2, "output_tokens": length, **HARDWARE}
    ds = nested(MODEL, scopes={"output_tokens": "shared", "load_model": "query"}, level=0.5, **arguments)
    (cell,) = run_of(MODEL, **arguments).cells.values()
    expected = np.exp(cell.log_factors + 0.5 * cell.sigma**2 + cell.log_length_part(np.array([100.0, 900.0]), 500.0))
    np.testing.assert_allclose(ds["energy_mean"].sel(credible=[0.25, 0.75]), expected, rtol=1e-6)


WRONG = [
    ({"throughput_fit": False}, "throughput_fit must be left out under a load, got False"),
    ({"throughput_fit": 0.2}, "throughput_fit must be left out under a load, got 0.2"),
    ({"scopes": {"throughput_fit": "shared"}}, "under a load nothing is fitted by deployment. Name 'load_model'"),
    (
        {"scopes": {"load_model:architectur": "query"}},
        "must name random factors.* Did you mean 'load_model:architecture'",
    ),
    ({"scopes": {"power_utilization": "query"}}, "'power_utilization' a scope, but no cell has it"),
    ({"scopes": {"load_model": "per query"}}, r"scopes\['load_model'\] must be 'query'"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG)
def test_what_it_refuses(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(wq.InputError, match=message):
        nested(MODEL, load=0.5, **HARDWARE, **arguments)


def test_without_a_load_there_is_nothing_of_the_load_model() -> None:
    with pytest.raises(wq.InputError, match="gives 'load_model' a scope, but no cell has it"):
        nested("DeepSeek-R1", scopes={"load_model": "query"})
