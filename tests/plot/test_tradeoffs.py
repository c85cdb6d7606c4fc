"""Energy against interactivity: points of the Dataset, and a frontier that nothing beats."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from wattquery import plot
from wattquery.plot.tradeoffs import frontier_of


@pytest.fixture(scope="module")
def ds():
    return wq.sweep("Llama 3.1 70B", hardware=["H200", "B200"], load=[0.05, 0.2, 0.5, 1.0], draws=2000)


def test_lines_are_energy_over_interactivity(ds, readable):
    ax = plot.tradeoff(ds)
    for line, hardware in zip(ax.lines[::3], ("H200", "B200"), strict=False):
        one = ds.sel(hardware=hardware)
        np.testing.assert_allclose(line.get_xdata(), one["interactivity"])
        np.testing.assert_allclose(line.get_ydata(), one["energy"].sel(quantile=0.5))
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    said = readable(ax).replace("\n", " ")
    assert "[Wh, facility]" in said
    assert "[tokens/s]" in said
    assert "frontier: least at this speed or faster" in said


def test_the_frontier_is_the_least_energy_at_a_speed_or_faster(ds):
    ax = plot.tradeoff(ds)
    x, y = ax.lines[-1].get_data()
    assert ax.lines[-1].get_drawstyle() == "steps-pre"
    speed = ds["interactivity"].values.ravel()
    energy = ds["energy"].sel(quantile=0.5).values.ravel()
    for at, least in zip(x, y, strict=True):
        assert least == pytest.approx(energy[speed >= at].min())
    assert x.max() == pytest.approx(speed.max())


def test_a_frontier_of_random_points_is_that_of_a_naive_search():
    points = np.random.default_rng(1).uniform(1.0, 2.0, (40, 2))
    points[5] = np.nan
    known = [one for one in points.tolist() if one[0] == one[0]]
    naive = sorted(p for p in known if not any(q != p and q[0] >= p[0] and q[1] <= p[1] for q in known))
    assert frontier_of(points).tolist() == naive
