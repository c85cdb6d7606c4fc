"""Nested quantiles: lines end where the credible intervals of the Dataset do."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

import wattquery as wq
from wattquery import plot


@pytest.fixture(scope="module")
def ds():
    return wq.sensitivity.nested(
        ["DeepSeek-R1", "Llama 3.1 405B", "Mistral Large"], throughput_fit=False, level=(0.5, 0.9)
    )


def ends_of(ax, number):
    return np.array([path.vertices[:, 0] for path in ax.collections[number].get_paths()])


def test_each_quantile_has_its_intervals_and_its_median(ds, readable):
    one = ds.sel(model="DeepSeek-R1")
    ax = plot.nested(one)
    rows = np.vstack([one["energy"].transpose("quantile", "credible"), one["energy_mean"].values[None]])
    np.testing.assert_allclose(ends_of(ax, 0), rows[:, [0, 4]])
    np.testing.assert_allclose(ends_of(ax, 1), rows[:, [1, 3]])
    np.testing.assert_allclose(ax.lines[0].get_xdata(), rows[:, 2])
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["P5", "P25", "P50", "P75", "P95", "mean"]
    said = readable(ax).replace("\n", " ")
    assert "energy per query [Wh, facility]" in said
    assert "90 % and 50 % credible intervals" in said
    assert ax.get_xscale() == "log"


def test_labels_stand_side_by_side_and_one_without_data_is_said(ds, readable):
    ax = plot.nested(ds)
    for number, model in ((0, "DeepSeek-R1"), (2, "Llama 3.1 405B")):
        one = ds.sel(model=model)
        np.testing.assert_allclose(ends_of(ax, number)[:5], one["energy"].values[:, [0, 4]])
    assert ax.lines[0].get_ydata()[0] > ax.lines[1].get_ydata()[0] > 0.0 - 0.5
    assert "Mistral Large (no data)" in readable(ax)
    assert ax.lines[0].get_marker() != ax.lines[1].get_marker()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda ds: ds.sel(model="Mistral Large"), "energy is NaN"),
        (lambda ds: ds.isel(credible=[0, 1], model=0), "both ends of an interval"),
        (lambda ds: ds.drop_vars("energy_mean"), "sensitivity.nested"),
        (lambda ds: ds.expand_dims(pue=[1.1, 1.2]), r"ds.sel\(model='DeepSeek-R1'\)"),
        (lambda ds: wq.sensitivity.reduction(), "sensitivity.nested"),
        (lambda ds: ds.assign_coords(credible=list("abcde")), "probability levels"),
        (lambda ds: ds.assign_coords(quantile=list("abcde")), "probability levels"),
        (lambda ds: 3, "of type int"),
    ],
)
def test_refusals(ds, change, named):
    with pytest.raises(wq.InputError, match=named) as error:
        plot.nested(change(ds))
    assert str(error.value).count("\n") == 0
    assert not plt.get_fignums()


def test_over_is_an_axis_and_labels_are_few(ds):
    with pytest.raises(wq.InputError, match="Did you mean 'model'"):
        plot.nested(ds, "modl")
    many = ds.isel(model=[0] * 9).assign_coords(model=[f"m{k}" for k in range(9)])
    with pytest.raises(wq.InputError, match="at most 8 labels"):
        plot.nested(many)
