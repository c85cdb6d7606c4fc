"""`anova` against the definition of the decomposition, closed forms, and the law of total variance."""

from __future__ import annotations

import math
from itertools import chain, combinations, product

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import wattquery as wq
from wattquery.sensitivity import anova
from wattquery.sensitivity.grid_variance.decomposition import effects

MODELS = ["DeepSeek-R1", "Llama 3.1 405B", "Llama 3.1 70B"]
ODD_VALUES = (
    np.array([1.0, 2.0]),
    np.array(["a", "b"]),
    pd.NA,
    {1, 2},
    [pd.NA],
    {"pue": pd.NA},
    {pd.NA: [1, 2]},
)
PUE = wq.LogNormal(p5=1.05, p95=1.6)


def dataset(table: np.ndarray, names: str = "abcd") -> xr.Dataset:
    dims = list(names[: table.ndim])
    labels = {dim: [f"{dim}{i}" for i in range(size)] for dim, size in zip(dims, table.shape, strict=True)}
    return xr.Dataset({"energy": (dims, table)}, labels)


def subsets(items: tuple[int, ...]) -> list[tuple[int, ...]]:
    return list(chain.from_iterable(combinations(items, size) for size in range(len(items) + 1)))


def by_definition(table: np.ndarray, weights: list[np.ndarray]) -> dict[tuple[int, ...], float]:
    """Variance of each effect, cell by cell: f_u(x) = sum over v in u of (-1)^(|u| - |v|) E[f | x_v]."""
    axes = tuple(range(table.ndim))
    cells = list(product(*(range(size) for size in table.shape)))
    chance = {cell: math.prod(weights[i][k] for i, k in enumerate(cell)) for cell in cells}

    def conditional(v: tuple[int, ...], at: tuple[int, ...]) -> float:
        same = [cell for cell in cells if all(cell[i] == at[i] for i in v)]
        total = sum(chance[cell] for cell in same)
        return sum(chance[cell] * float(table[cell]) for cell in same) / total

    found = {}
    for u in subsets(axes)[1:]:
        values = {cell: sum((-1) ** (len(u) - len(v)) * conditional(v, cell) for v in subsets(u)) for cell in cells}
        found[u] = sum(chance[cell] * value**2 for cell, value in values.items())
    return found


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(2, 4), min_size=1, max_size=3), st.integers(0, 2**32 - 1), st.booleans())
def test_every_effect_is_that_of_the_definition(shape, seed, weighted):
    rng = np.random.default_rng(seed)
    table = rng.normal(size=shape)
    weights = [rng.uniform(0.1, 3.0, size) if weighted else np.ones(size) for size in shape]
    given_weights = {name: weight.tolist() for name, weight in zip("abc", weights, strict=False)} if weighted else None
    found = anova(dataset(table), scale="natural", weights=given_weights)
    expected = by_definition(table, [weight / weight.sum() for weight in weights])
    labels = [" x ".join("abc"[i] for i in u) for u in expected]
    assert found["effect"].values.tolist() == labels
    np.testing.assert_allclose(found["variance"].values, list(expected.values()), rtol=1e-9, atol=1e-12)
    assert found["share"].sum().item() == pytest.approx(1.0, abs=1e-12)
    assert found["total_variance"].item() == pytest.approx(sum(expected.values()), rel=1e-12)
    for i, name in enumerate("abc"[: len(shape)]):
        total = sum(value for u, value in expected.items() if i in u) / sum(expected.values())
        assert found["total_share"].sel(axis=name).item() == pytest.approx(total, rel=1e-9)


def test_a_product_is_known_in_closed_form():
    x, y = np.array([1.0, 2.0, 4.0]), np.array([1.0, 3.0])
    found = anova(dataset(np.outer(x, y)), scale="natural")
    expected = [np.var(x) * np.mean(y) ** 2, np.var(y) * np.mean(x) ** 2, np.var(x) * np.var(y)]
    np.testing.assert_allclose(found["variance"].values, expected, rtol=1e-12)
    logs = anova(dataset(np.outer(x, y)))
    np.testing.assert_allclose(logs["variance"].values, [np.var(np.log(x)), np.var(np.log(y)), 0.0], atol=1e-15)


def test_factors_that_multiply_do_not_interact_on_the_log_scale():
    ds = wq.sweep("Llama 3.1 405B", pue=[1.1, 1.3, 1.6], node_power=[8.0, 12.0], method="exact")
    shares = anova(ds)["share"]
    assert shares.sel(effect="pue x node_power").item() < 1e-20
    assert anova(ds, scale="natural")["share"].sel(effect="pue x node_power").item() > 1e-3


def test_whole_weights_stand_for_repeated_labels():
    table = np.random.default_rng(1).lognormal(size=(3, 2))
    weighted = anova(dataset(table), weights={"a": {"a0": 3, "a1": 1, "a2": 0}})
    repeated = anova(dataset(table[[0, 0, 0, 1]]))
    np.testing.assert_allclose(weighted["variance"], repeated["variance"], rtol=1e-12)


def test_higher_orders_are_summed_up():
    table = np.random.default_rng(2).lognormal(size=(2, 3, 4))
    full, two = anova(dataset(table)), anova(dataset(table), order=2)
    assert two["effect"].values.tolist()[-1] == "higher orders"
    assert two["order"].values.tolist() == [1, 1, 1, 2, 2, 2, 3]
    np.testing.assert_allclose(two["share"].values, full["share"].values, rtol=1e-9)
    one = anova(dataset(table), order=1)
    assert one["share"].sum().item() == pytest.approx(1.0, abs=1e-12)


def test_axes_left_out_are_kept():
    ds = wq.sweep(MODELS, output_tokens=["traditional", "long"], pue=[1.1, 1.5], method="exact")
    found = anova(ds, axes=["pue", "model"])
    assert found["share"].dims == ("output_tokens", "effect")
    for label in ("traditional", "long"):
        alone = anova(ds.sel(output_tokens=label), axes=["pue", "model"])
        np.testing.assert_allclose(found["share"].sel(output_tokens=label), alone["share"], rtol=1e-12)


@pytest.mark.parametrize("scale", ["natural", "log"])
def test_the_law_of_total_variance_holds(scale):
    ds = wq.sweep(MODELS, pue=[1.1, 1.5], method="exact", keep_histogram=True)
    found = anova(ds, "energy_mean", scale=scale)
    inside = found["within_variance"].item()
    if scale == "natural":
        mixed = wq.blend(wq.blend(ds, "model"), "pue")
        everything = mixed["energy_std"].item() ** 2
        assert inside + found["total_variance"].item() == pytest.approx(everything, rel=1e-5)  # of the lattice
    else:
        chance = ds["histogram"].mean(["model", "pue"])
        logs = (ds["bin"] + 0.5) / 1024
        mean = float((chance * logs).sum() / chance.sum())
        everything = float((chance * (logs - mean) ** 2).sum() / chance.sum())
    assert found["within_share"].item() == pytest.approx(inside / everything, rel=1e-5)


def test_what_lies_inside_is_left_out_or_refused_without_histograms():
    ds = wq.sweep(MODELS, method="exact")
    assert "within_share" not in anova(ds)
    assert "within_share" in anova(ds, scale="natural")
    assert "within_share" not in anova(ds, scale="natural", within=False)
    with pytest.raises(wq.InputError, match="keep_histogram=True"):
        anova(ds, within=True)
    with pytest.raises(wq.InputError, match="no distribution lies inside"):
        anova(ds, "throughput", within=True)


def test_the_sampling_error_is_told():
    ds = wq.sweep("Llama 3.1 405B", pue=[1.1, 1.1000001], draws=10_000, seed=3, common_random_numbers=False)
    found = anova(ds)
    # Two cells that are the same but for their noise: the variance of two is that of one draw of it, times 1/2.
    assert found["total_variance"].item() < 10 * found["sampling_variance"].item()
    np.testing.assert_allclose(found["sampling_variance"], found["cell_sampling_variance"].item() / 2.0)
    exact = anova(wq.sweep(MODELS, pue=[1.1, 1.5], method="exact"))
    assert exact["sampling_variance"].values.tolist() == [0.0] * 3
    assert exact.attrs["sampling_errors"] == "none: the statistic was not sampled"


def test_the_noise_of_an_effect_is_the_variance_times_df_over_cells():
    """Constant relative errors of independent cells: 2 x 3 x 4 labels."""
    ds = dataset(np.exp(np.random.default_rng(1).normal(size=(2, 3, 4)))).assign_attrs(common_random_numbers=0)
    ds["energy_stderr"] = 0.03 * ds["energy"]
    found = anova(ds)
    sizes = {"a": 2, "b": 3, "c": 4}
    for effect in found["effect"].values.tolist():
        df = np.prod([sizes[axis] - 1 for axis in effect.split(" x ")])
        assert found["sampling_variance"].sel(effect=effect).item() == pytest.approx(0.03**2 * df / 24), effect
    assert found["sampling_variance"].sum().item() == pytest.approx(0.03**2 * 23 / 24)
    assert found["cell_sampling_variance"].item() == pytest.approx(0.03**2)
    np.testing.assert_allclose(found["sampling_share"], found["sampling_variance"] / found["total_variance"])
    pairs = anova(ds, order=1)
    assert pairs["sampling_variance"].sum().item() == pytest.approx(0.03**2 * 23 / 24)
    assert found.attrs["sampling_errors"].startswith("expected")
    assert anova(ds.assign_attrs(common_random_numbers=1)).attrs["sampling_errors"].startswith("upper bound")


def test_unequal_weights_and_errors_without_information():
    rng = np.random.default_rng(3)
    ds = dataset(1.0 + rng.random((2, 3))).assign_attrs(common_random_numbers=0)
    errors = 0.01 * (1.0 + rng.random((2, 3)))
    ds["energy_stderr"] = ds["energy"].dims, errors
    weights = {"a": [0.3, 0.7], "b": [0.5, 0.2, 0.3]}
    found = anova(ds, scale="natural", weights=weights)
    noise = errors * rng.standard_normal((20_000, 2, 3))
    centred = noise - np.einsum("rab,a,b->r", noise, *weights.values())[:, None, None]
    of_a = np.einsum("rab,b->ra", centred, weights["b"])
    simulated = np.einsum("ra,a->r", of_a**2, weights["a"])
    error = simulated.std() / np.sqrt(simulated.size)
    assert abs(simulated.mean() - found["sampling_variance"].sel(effect="a").item()) < 4.0 * error
    ds["energy_stderr"][0, 0] = np.inf
    assert np.isinf(anova(ds, weights=weights)["sampling_variance"]).all()
    dropped = anova(ds, weights={"a": [0.5, 0.5], "b": [0.0, 0.5, 0.5]})
    assert np.isfinite(dropped["sampling_variance"]).all()


@pytest.mark.parametrize("common", [False, True])
def test_the_noise_of_effects_is_that_of_repeated_sweeps(common):
    """25 seeds: independent cells have the stated noise, those with common random numbers at most that."""
    axes = {"output_tokens": ["traditional", "long"], "pue": [1.1, 1.3, PUE], "levers": ["none", "serving"]}
    truth = np.log(wq.sweep(MODELS, **axes, method="exact")["energy"].sel(quantile=0.5))
    weights = [np.full(size, 1.0 / size) for size in truth.shape]
    simulated, stated = [], []
    for seed in range(25):
        ds = wq.sweep(MODELS, **axes, draws=10_000, seed=seed, common_random_numbers=common)
        errors = np.log(ds["energy"].sel(quantile=0.5).values) - truth.values
        by_effect = sorted(effects(errors, weights, 4), key=lambda one: (len(one[0]), one[0]))
        simulated.append([variance.item() for _, variance in by_effect])
        stated.append(anova(ds)["sampling_variance"].values)
    mean, expected = np.mean(simulated, axis=0), np.mean(stated, axis=0)
    error = np.std(simulated, axis=0, ddof=1) / np.sqrt(len(simulated))
    # The stated errors are estimates themselves, to some 10 % in their squares.
    assert (mean < 1.1 * expected + 4.0 * error).all()
    if not common:
        assert (mean > 0.9 * expected - 4.0 * error).all()


def test_missing_cells_are_listed_with_what_dropping_would_cost():
    ds = wq.sweep(wq.ALL, pue=[1.1, 1.5], method="exact")
    with pytest.raises(wq.InputError, match=r"2 of 12 cells are NaN.*'Mistral Large' \(100%\).*drop_labels") as caught:
        anova(ds)
    assert "pue" not in str(caught.value).partition("Labels")[2].partition("A decomposition")[0]
    found = anova(ds, missing="drop_labels")
    assert found.attrs["dropped"] == "model: Mistral Large"
    kept = ds.sel(model=[model for model in ds["model"].values if model != "Mistral Large"])
    np.testing.assert_allclose(found["share"], anova(kept)["share"], rtol=1e-12)


def test_labels_with_the_most_gaps_go_first():
    table = 1.0 + np.arange(20.0).reshape(5, 4)
    table[1, [0, 1, 2]] = np.nan
    table[3, 3] = np.nan
    found = anova(dataset(table), missing="drop_labels")
    # a1 misses three of four; then a3 and b3 one of four each: the later axis gives way.
    assert found.attrs["dropped"] == "a: a1; b: b3"


def test_a_slice_without_data_stays_nan_and_drops_nothing():
    table = np.arange(1.0, 13.0).reshape(2, 2, 3)
    table[:, :, 1] = np.nan
    found = anova(dataset(table), axes=["a", "b"])
    assert np.isnan(found["share"].sel(c="c1")).all()
    assert found["share"].sel(c=["c0", "c2"]).sum("effect").values == pytest.approx([1.0, 1.0])


def test_what_does_not_vary_has_no_shares():
    found = anova(dataset(np.full((2, 3), 0.1)))
    assert np.isnan(found["share"]).all()
    assert found["total_variance"].item() < 1e-30


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"variable": "energies"}, "Did you mean 'energy'"),
        ({"scale": "ln"}, "scale must be 'log' or 'natural', got 'ln'"),
        ({"axes": ["modl", "pue"]}, "Did you mean 'model'"),
        ({"axes": "model"}, r"axes=\['model'\]"),
        ({"axes": ["model", "model"]}, "twice"),
        ({"axes": []}, "no axis"),
        ({"order": 3}, "1 .main effects alone. to 2"),
        ({"order": 1.0}, "must be a whole number"),
        ({"quantile": 0.4}, "sweep with it among quantiles"),
        ({"weights": {"levers": [1, 2]}}, "must name axes of the decomposition, .* got 'levers'"),
        ({"weights": {"pue": {1.1: 1}}}, "one weight for each label, got none for 1.5"),
        ({"weights": {"pue": {1.1: 1, 1.5: 1, 2.0: 1}}}, "must name labels among .* got 2.0"),
        ({"weights": {"pue": [1, -1]}}, "none negative"),
        ({"weights": {"pue": [1, 0]}}, "at least two above 0"),
        ({"weights": {"pue": "equal"}}, "must be a list"),
        ({"missing": "drop"}, "missing must be one of 'raise', 'drop_labels', got 'drop'"),
        *(
            ({name: value}, name)
            for name in ("variable", "quantile", "axes", "order", "scale", "weights", "missing", "within")
            for value in ODD_VALUES
        ),
        *(({name: None}, name) for name in ("variable", "quantile", "scale", "missing")),
    ],
)
def test_bad_arguments_are_told_with_the_fix(arguments, message):
    ds = wq.sweep(MODELS, pue=[1.1, 1.5], method="exact")
    with pytest.raises(wq.InputError, match=message):
        anova(ds, **arguments)


def test_an_axis_of_one_label_is_refused_with_both_ways_out():
    ds = wq.sweep(MODELS, pue=[1.1], method="exact")
    with pytest.raises(wq.InputError, match=r"pue has 1 label.*axes=\['model'\].*ds.isel\(pue=0\)"):
        anova(ds)
    np.testing.assert_allclose(anova(ds, axes=["model"])["share"], [[1.0]], rtol=1e-12)
    np.testing.assert_allclose(anova(ds.isel(pue=0))["share"], [1.0], rtol=1e-12)


def test_logarithms_of_zero_are_refused():
    ds = dataset(np.array([[0.0, 1.0], [2.0, 3.0]]))
    with pytest.raises(wq.InputError, match="scale='natural'"):
        anova(ds)


def test_too_few_labels_left_is_told():
    table = np.array([[1.0, np.nan], [np.nan, 2.0]])
    with pytest.raises(wq.InputError, match="fewer than two"):
        anova(dataset(table), missing="drop_labels")
    with pytest.raises(wq.InputError, match="NaN in every cell"):
        anova(dataset(np.full((2, 2), np.nan)))


@pytest.mark.parametrize("ds", [None, 3, np.ones((2, 2)), xr.DataArray(np.ones((2, 2)), dims=["a", "b"]), pd.NA])
def test_what_is_no_dataset_is_refused(ds):
    with pytest.raises(wq.InputTypeError, match=r"must be an xarray\.Dataset"):
        anova(ds)


def test_errors_without_information_have_no_variance():
    ds = wq.sweep(["DeepSeek-R1", "Llama 3.1 405B"], draws=20, quantiles=[0.05], seed=1)
    with pytest.raises(wq.InputError, match="energy_stderr is infinite in 2 of 2 cells"):
        anova(ds, "energy_stderr", quantile=0.05)
