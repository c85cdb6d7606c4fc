"""What rows have in common, from the architecture down to one row, and the kernel of each level.

Every level lies inside one architecture, so that covariances are blocks by architecture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.residuals.places import Places

__all__ = ["LEVELS", "ROW", "Level", "level_codes", "level_kernel"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Level:
    """One sum of the process: effects that rows with the same labels share.

    Attributes
    ----------
    name
        As users and tables know it.
    labels
        Attributes of `Places` that rows must share, beside the architecture.
    along
        Attributes of `Places` along which the effect changes, each with the distance r over which it does:
        k(i, j) = exp(-sum ((x_i - x_j) / r)^2 / 2). None for an effect that is the same everywhere.
    guess
        Standard deviations of the three outputs before any data [1].
    """

    name: str
    labels: tuple[str, ...]
    along: tuple[tuple[str, float], ...]
    guess: tuple[float, float, float]


_DEPLOYMENT = ("hardware", "stack", "precision")
_LOAD = ("log_load", 1.5)
_LOAD_AND_INPUT = (_LOAD, ("log_input", 1.5))
_DATE = (("date", 0.15),)

LEVELS = (
    Level("architecture", (), (), (0.08, 0.15, 0.05)),
    Level("architecture along load and input", (), _LOAD_AND_INPUT, (0.12, 0.25, 0.07)),
    Level("accelerator", ("hardware",), (), (0.06, 0.10, 0.04)),
    Level("precision", ("precision",), (), (0.06, 0.10, 0.04)),
    Level("deployment along load and input", _DEPLOYMENT, _LOAD_AND_INPUT, (0.10, 0.25, 0.07)),
    Level("deployment along date", _DEPLOYMENT, _DATE, (0.10, 0.10, 0.05)),
    Level("configuration", ("configuration",), (), (0.10, 0.20, 0.06)),
    Level("configuration along load", ("configuration",), (_LOAD,), (0.07, 0.12, 0.03)),
    Level("lengths", ("lengths",), (), (0.03, 0.12, 0.02)),
    Level("lengths in a configuration", ("configuration", "lengths"), (), (0.02, 0.12, 0.02)),
)
"""All levels but the last, `ROW`, which a row shares with none. A deployment is all of a configuration but the division
of the instance and speculation. Effects of a date are builds: they change within two months, and nothing trends."""

ROW = Level("row", (), (), (0.06, 0.12, 0.04))


def level_codes(places: Places) -> Integers:
    """Return for each level, without `ROW`, numbers that are alike where rows share it: (levels, rows)."""
    words = {name: _numbered(getattr(places, name)) for level in LEVELS for name in level.labels}
    base = _numbered(places.architecture)
    every = []
    for level in LEVELS:
        codes = base
        for name in level.labels:
            codes = _numbered(codes * (1 + words[name].max(initial=0)) + words[name])
        every.append(codes)
    return np.array(every, dtype=np.int64).reshape(len(LEVELS), len(places))


def level_kernel(level: Level, codes: Integers, places: Places, rows: Integers, others: Integers) -> Array:
    """Return k(i, j) of a level between two choices of rows, from the numbers that are alike where rows share it."""
    kernel: Array = (codes[rows][:, None] == codes[others][None, :]).astype(np.float64)
    if level.along:
        apart = np.zeros_like(kernel)
        for name, reach in level.along:
            place = getattr(places, name) / reach
            apart += (place[rows][:, None] - place[others][None, :]) ** 2
        kernel *= np.exp(-0.5 * apart)
    return kernel


def _numbered(labels: NDArray[np.object_] | Integers) -> Integers:
    """Numbers 0, 1, ... in the order of the labels."""
    words = labels.astype(str) if labels.dtype == object else labels
    return np.unique(words, return_inverse=True)[1].astype(np.int64)
