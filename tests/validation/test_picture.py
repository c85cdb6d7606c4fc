"""Four panels of predicted over measured: what is drawn, on which axes, in which colours."""

from __future__ import annotations

import numpy as np
import pytest

from wattquery.errors import InputError
from wattquery.validation.picture import PANELS, predicted_against_measured

pytest.importorskip("matplotlib")


def test_each_panel_has_the_points_of_its_quantity_by_experts(by_architecture):
    figure = predicted_against_measured(by_architecture)
    assert [ax.get_title() for ax in figure.axes] == list(PANELS.values())
    for ax, quantity in zip(figure.axes, PANELS, strict=True):
        mine = by_architecture[by_architecture["quantity"] == quantity]
        for dots, kind in zip(ax.collections, ("dense", "MoE"), strict=True):
            of_kind = mine[mine["kind"] == kind]
            np.testing.assert_allclose(dots.get_offsets(), of_kind[["measured", "q50"]])
            assert dots.get_label() == f"{kind} ({len(of_kind):,})"
        colours = {tuple(dots.get_facecolor()[0]) for dots in ax.collections}
        assert len(colours) == 2


def test_axes_are_logarithmic_and_alike_with_the_line_where_predictions_are_right(by_architecture):
    for ax in predicted_against_measured(by_architecture).axes:
        assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
        assert ax.get_xlim() == ax.get_ylim()
        (line,) = ax.lines
        np.testing.assert_array_equal(line.get_xdata(), line.get_ydata())


def test_what_is_not_predicted_is_not_drawn(by_architecture):
    without = by_architecture.copy()
    without.loc[without["quantity"] == "tpot_s", "q50"] = np.nan
    figure = predicted_against_measured(without)
    assert [len(ax.collections) for ax in figure.axes] == [2, 2, 2, 0]


def test_without_matplotlib_the_extra_is_named(by_architecture, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"wattquery\[plot\]"):
        predicted_against_measured(by_architecture)
