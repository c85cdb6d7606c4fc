"""Intervals before and after each measurement."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from wattquery.errors import InputError
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.bars import bar_handles
from wattquery.plot.selection import check_variables, context, only
from wattquery.plot.style import (
    DARK,
    INK,
    LIGHT,
    explained,
    figure_for_rows,
    label_rows,
    log_scale,
    plain_frame,
    points,
    quantity_label,
    room,
    row_height,
    scale,
    titled,
    value_texts,
    wrapped_label,
)
from wattquery.specs.display_names import display_name
from wattquery.specs.scalars import is_number

__all__ = ["worth_measuring"]

BOUNDS = ("lower", "upper")

NEEDED = {
    "interval_before": ("bound",),
    "expected_interval": ("measurement", "bound"),
    "narrower": ("measurement",),
}


@refuses_unknown
def worth_measuring(ds: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Draw how far the answer is open before and after each measurement.

    Parameters
    ----------
    ds
        Result of `wattquery.sensitivity.worth_measuring` for one cell: ``interval_before`` (bound) and
        ``expected_interval`` (measurement, bound) [Wh], and ``narrower`` (measurement).
    ax
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        What narrows most on top and all measurements together at the bottom, energies on a logarithmic axis. Of what
        nothing is said there is no row.

    Raises
    ------
    InputError
        If the dataset is another one, or has axes of the grid left.
    """
    ds = check_variables(ds, NEEDED, "sensitivity.worth_measuring", ("interval_before", "expected_interval"))
    ds = only(ds, "expected_interval", ("measurement", "bound"))
    ds = _with_rows(ds)
    labels = _labels(ds)
    ax = figure_for_rows(ax, labels, extra=1.9, row=0.44)
    rows = np.arange(len(labels))
    low, high = np.sort(ds["interval_before"].values.astype(np.float64))
    after = np.sort(ds["expected_interval"].transpose("measurement", "bound").values.astype(np.float64), axis=1)
    ax.barh(rows, high - low, left=low, height=0.72, color=LIGHT, hatch="////", edgecolor=INK, linewidth=0.6)
    ax.barh(rows, after[:, 1] - after[:, 0], left=after[:, 0], height=0.36, color=DARK, edgecolor=INK, linewidth=0.6)
    log_scale(ax)
    label_rows(ax, labels)
    share = min(0.3, points(0.6) / room(ax))
    margin = np.exp(share / (1.0 - 1.3 * share) * max(float(np.log(high / low)), 0.1))
    ax.set_xlim(low / margin**0.3, high * margin)
    _write_gains(ax, ds["narrower"].values.astype(np.float64), high)
    ax.set_ylim(-0.6, len(labels) - 0.4)
    of = str(ds.attrs.get("of", "mean"))
    ds["interval_before"] = ds["interval_before"].assign_attrs(long_name=f"{of} energy per query")
    ax.set_xlabel(wrapped_label(ax, quantity_label(ds, "interval_before")))
    plain_frame(ax)
    level = ds.attrs.get("level")
    explained(ax, bar_handles([("as it is", LIGHT, "////"), ("expected once that is measured", DARK, "")]))
    said = context(ds, "measurement", "bound")
    what = f"{100 * level:g} % interval" if is_number(level) else "credible interval"
    ends = " to ".join(value_texts([low, high]))
    held = f"{what} of the {of} over queries, {ends} Wh"
    titled(ax, "What to measure next", "; ".join(filter(None, [said, held])))
    return ax


def _with_rows(ds: xr.Dataset) -> xr.Dataset:
    """Return the measurements of which something is said, the first one last: it is drawn on top."""
    if ds.sizes["bound"] != len(BOUNDS):
        raise InputError(
            f"expected_interval must have both ends of 'bound', got {ds.sizes['bound']}. Pass the result of "
            "sensitivity.worth_measuring."
        )
    known = np.isfinite(ds["expected_interval"].transpose("measurement", "bound").values).all(axis=1)
    if not known.any():
        raise InputError(
            "expected_interval is NaN: there is no data for this cell, or nothing of it can be measured. Select "
            "another one."
        )
    return ds.isel(measurement=np.flatnonzero(known)[::-1])


def _labels(ds: xr.Dataset) -> Sequence[str]:
    """Return what each row is, with the error that it is measured to."""
    names = [display_name(name) for name in ds["measurement"].values.tolist()]
    if "measured_to" not in ds.coords:
        return names
    errors = ds["measured_to"].values.astype(np.float64).tolist()
    return [
        f"{name}, to {100 * e:.2g}\u00a0%" if np.isfinite(e) else name for name, e in zip(names, errors, strict=True)
    ]


def _write_gains(ax: Axes, narrower: np.ndarray, high: float) -> None:
    """Write beside each bar by how much it is narrower."""
    size = min(points(8.0), row_height(ax, narrower.size) / 1.3)
    for row, share in enumerate(narrower.tolist()):
        text = "0 %" if abs(share) < 5e-4 else f"\N{MINUS SIGN}{100 * share:.2g} %"
        said = ax.annotate(text, (high, row), (5 * scale(), 0), textcoords="offset points")
        said.set(ha="left", va="center", fontsize=size, color=INK)
