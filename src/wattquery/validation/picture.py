"""Predicted against measured, as a picture of four panels; needs the extra ``plot``."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import numpy as np

from wattquery.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["PANELS", "predicted_against_measured"]

PANELS = {
    "joules_per_output_token": "energy, accelerators alone [J per output token]",
    "power_w_per_accelerator": "mean power per accelerator [W]",
    "output_tps_per_accelerator": "output tokens per second and accelerator",
    "tpot_s": "mean time per output token [s]",
}

_MARKS = {"dense": ("#1b3a63", "o"), "MoE": ("#e08a1e", "^"), "unknown": ("#8a8a8a", "s")}
"""Colour and marker: apart from each other in grey and for colour-blind readers."""

_INK = "#222222"
_ROOM = 1.15
"""Factor that a panel reaches beyond its outermost number."""

_FEW_DECADES = 300.0
"""Axes that span less have numbers between powers of ten."""


def predicted_against_measured(labelled: pd.DataFrame) -> Figure:
    """Return a figure of predicted medians over what was measured, both on logarithmic axes.

    Parameters
    ----------
    labelled
        Predictions as `wattquery.validation.groups.with_groups` returns them, of one kind of folds and without measured
        points that calibrated.

    Returns
    -------
    matplotlib.figure.Figure
        A panel for each of `PANELS`, with dense models and mixtures of experts in colours of their own and the line
        on which predictions are right.

    Raises
    ------
    InputError
        If matplotlib is not installed.
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise InputError("The picture needs matplotlib, which is not installed. Run pip install 'wattquery[plot]'.")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 8.0), layout="constrained")
    for ax, (quantity, title) in zip(figure.subplots(2, 2).flat, PANELS.items(), strict=True):
        part = labelled[(labelled["quantity"] == quantity) & labelled["q50"].notna()]
        _draw(ax, part)
        ax.set_title(title, fontsize=9.5, color=_INK)
    return figure


def _draw(ax: Axes, part: pd.DataFrame) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    for kind, (colour, marker) in _MARKS.items():
        mine = part[part["kind"] == kind]
        if len(mine):
            label = f"{kind} ({len(mine):,})"
            style: dict[str, Any] = {"s": 9.0, "alpha": 0.35, "linewidths": 0.0, "rasterized": True}
            ax.scatter(mine["measured"], mine["q50"], color=colour, marker=marker, label=label, **style)
    ax.set_xlabel("measured", fontsize=9)
    ax.set_ylabel("predicted median", fontsize=9)
    ax.tick_params(labelsize=8)
    if part.empty:
        return
    ax.set_xscale("log")
    ax.set_yscale("log")
    numbers = part[["measured", "q50"]].to_numpy()
    ends = np.array([numbers.min() / _ROOM, numbers.max() * _ROOM])
    ax.plot(ends, ends, color=_INK, linewidth=0.9)
    ax.set(xlim=ends, ylim=ends, aspect="equal")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if ends[1] < _FEW_DECADES * ends[0] else (1.0,)))
        axis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:g}"))
        axis.set_minor_formatter(NullFormatter())
    legend = ax.legend(fontsize=8, frameon=False, loc="upper left", markerscale=1.8, handletextpad=0.2)
    for handle in filter(None, legend.legend_handles):
        handle.set_alpha(1.0)
