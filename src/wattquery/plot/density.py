"""Curves of a histogram for the eye: smoothed on a logarithmic scale, and cut where nothing can be seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from wattquery.histograms import BIN_WIDTH, Histogram
from wattquery.plot.style import Floats
from wattquery.specs.display_names import display_value
from wattquery.sweeps.dataset import histogram_of

__all__ = ["Curve", "curves", "seen"]

SEEN = (0.002, 0.998)
"""Quantiles between which a curve is drawn."""

POINTS = 240
BANDWIDTH = 0.06
"""Standard deviation of the kernel in ln E: it hides single tokens and the noise of a million draws, not shapes."""


@dataclass(frozen=True)
class Curve:
    """One labelled distribution.

    Attributes
    ----------
    key, label
        Its label on the axis, and as people read it.
    histogram
        Its masses, or ``None`` for a cell without data.
    x, density
        Values, and probability per unit of their logarithm.
    """

    key: object
    label: str
    histogram: Histogram | None
    x: Floats
    density: Floats


def curves(ds: xr.Dataset, over: str | None) -> list[Curve]:
    """Return the curve of each label of an axis, or of the only cell."""
    if over is None:
        return [_curve("", "", ds)]
    labels = ds[over].values.tolist()
    return [_curve(label, display_value(over, label), ds.sel({over: label})) for label in labels]


def _curve(key: object, label: str, cell: xr.Dataset) -> Curve:
    histogram = histogram_of(cell)
    if not histogram.total > 0.0:
        return Curve(key, label, None, np.empty(0), np.empty(0))
    low, high = np.log(histogram.quantiles(SEEN))
    logs = np.log(histogram.centres)
    # Bins are gathered to a tenth of the bandwidth first: a kernel over ten thousand of them would cost seconds.
    step = BANDWIDTH / 10.0
    first = logs[0] - 5.0 * BANDWIDTH
    places = np.round((logs - first) / step).astype(np.int64)
    gathered = np.bincount(places, histogram.masses / histogram.total, minlength=int(places[-1]) + 60)
    kernel = np.exp(-0.5 * (np.arange(-50, 51) / 10.0) ** 2)
    smooth = np.convolve(gathered, kernel / kernel.sum(), mode="same") / step
    x = np.linspace(low - 2.0 * BIN_WIDTH, high + 2.0 * BIN_WIDTH, POINTS)
    return Curve(key, label, histogram, np.exp(x), np.interp(x, first + step * np.arange(smooth.size), smooth))


def seen(found: list[Curve]) -> tuple[float, float]:
    """Return the range that holds every curve."""
    known = [one.x for one in found if one.x.size]
    return float(min(x[0] for x in known)), float(max(x[-1] for x in known))
