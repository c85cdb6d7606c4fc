"""Spider: a line for each factor through the medians of the Dataset."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

import wattquery as wq
from wattquery import plot


@pytest.fixture(scope="module")
def ds():
    return wq.sensitivity.spider(["DeepSeek-R1", "Mistral Large"], levers="serving", levels=[0.1, 0.5, 0.9])


def test_lines_go_through_the_medians_the_widest_first(ds, readable):
    one = ds.sel(model="DeepSeek-R1")
    ax = plot.spider(one)
    across, *lines = ax.lines
    np.testing.assert_allclose(across.get_ydata(), float(one["baseline"]))
    order = ["output_tokens", "lever:serving", "power_utilization", "pue"]
    for line, factor in zip(lines, order, strict=True):
        np.testing.assert_allclose(line.get_ydata(), one["median"].sel(factor=factor))
        np.testing.assert_allclose(line.get_xdata(), [0.1, 0.5, 0.9])
    assert [line.get_label() for line in lines] == ["output tokens", "serving lever", "power utilization", "PUE"]
    said = readable(ax)
    assert "[Wh, facility]" in said
    assert "P10" in said
    assert ax.get_yscale() == "log"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda ds: ds, r"ds.sel\(model='DeepSeek-R1'\)"),
        (lambda ds: ds.sel(model="Mistral Large"), "median is NaN"),
        (lambda ds: ds.isel(model=0).assign_coords(factor_level=[1, 2, 3]), "probability levels"),
        (lambda ds: ds.rename(factor_level="end"), "'factor_level'"),
        (lambda ds: wq.sensitivity.reduction(), "sensitivity.spider"),
    ],
)
def test_refusals(ds, change, named):
    with pytest.raises(wq.InputError, match=named):
        plot.spider(change(ds))
    assert not plt.get_fignums()
