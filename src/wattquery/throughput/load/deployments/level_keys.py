"""Whose the residuals of each level are, and how much of them operating points at different loads share.

A level that changes along the load has the kernel exp(-(x - y)^2 / 2 r^2), x = ln B. It is that of a sum of independent
normals, each with a bump of its own place u on the axis, exp(-(x - u)^2 / r^2), and these are a distance of r apart:
their shares at x are its loadings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.residuals import LEVELS, Places
from wattquery.throughput.load.residuals.levels import ROW

__all__ = ["ALONG_LOAD", "Part", "along_load", "level_parts"]

Array = NDArray[np.float64]

ALONG_LOAD = next(reach for level in LEVELS for name, reach in level.along if name == "log_load")
"""Distance in ln B over which residuals change."""

_BUMPS = ALONG_LOAD * np.arange(-1, 8)
"""Their places: up to a batch of 8,000 or so, beyond which all is as there."""

_ACROSS_INPUTS = 0.4
"""Of what changes along the input, the share that inputs of different size have in common: that of two which differ by
a factor of 8."""

_SIZE_OF_INPUTS = 1.5
"""Width of a class of inputs in the logarithm: they share all of it, if their load is the same."""

_SEPARATOR = "|"

_LABELS = ("architecture", "hardware", "stack", "precision", "configuration", "lengths")

_NAMES = {
    "architecture": "architecture",
    "architecture along load and input": "architecture",
    "accelerator": "hardware",
    "precision": "precision",
    "deployment along load and input": "stack",
    "deployment along date": "stack",
    "configuration": "configuration",
    "configuration along load": "configuration",
    "lengths": "lengths",
    "lengths in a configuration": "lengths",
    ROW.name: "run",
}
"""Which effect each level belongs to."""


@dataclass(frozen=True, eq=False)
class Part:
    """A part of ln E that is normal, along one or more directions of its name and key.

    Attributes
    ----------
    name, key
        Whose it is.
    along
        Standard deviations along the directions: the first for what does not change with the load, or the only one.
    """

    name: str
    key: str
    along: Array

    @classmethod
    def alone(cls, name: str, key: str, variance: float) -> Self:
        """Return a part with one direction."""
        return cls(name, key, np.array([np.sqrt(variance)]))


def along_load(batch: float) -> Array:
    """Return the shares of the bumps at a batch; their squares sum to 1."""
    place = np.clip(np.log(batch), _BUMPS[0], _BUMPS[-1])
    bumps = np.exp(-(((place - _BUMPS) / ALONG_LOAD) ** 2))
    found: Array = bumps / np.linalg.norm(bumps)
    return found


def level_parts(places: Places, pair: int, batch: float, variances: Array) -> Iterator[Part]:
    """Yield what each level adds to ln E at one operating point.

    Parameters
    ----------
    places, pair
        Where the pair of an instance and lengths stands.
    batch
        Running sequences [1].
    variances
        Of each level, the row's own last.
    """
    labels = {name: str(getattr(places, name)[pair]) for name in _LABELS}
    size = f"input {round(float(places.log_input[pair]) / _SIZE_OF_INPUTS)}"
    for level, variance in zip(LEVELS, variances, strict=False):
        name = _NAMES[level.name]
        # A configuration has its architecture among its labels.
        own = () if "configuration" in level.labels else (labels["architecture"],)
        key = _SEPARATOR.join((*own, *(labels[label] for label in level.labels)))
        if not any(coordinate == "log_load" for coordinate, _ in level.along):
            yield Part.alone(name, key, float(variance))
            continue
        shares = np.concatenate([[0.0], along_load(batch)])
        if not any(coordinate == "log_input" for coordinate, _ in level.along):
            yield Part(name, key, np.sqrt(variance) * shares)
            continue
        yield Part(name, key, np.sqrt(_ACROSS_INPUTS * variance) * shares)
        yield Part(name, _SEPARATOR.join((key, size)), np.sqrt((1.0 - _ACROSS_INPUTS) * variance) * shares)
    key = _SEPARATOR.join((labels["configuration"], labels["lengths"], f"{batch:.6g} running"))
    yield Part.alone(_NAMES[ROW.name], key, float(variances[-1]))
