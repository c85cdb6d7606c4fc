"""What validation asks of a load model, so that it can be tried on any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load import Observations

__all__ = ["Configuration", "Fit", "PredictedRows", "PredictsRows"]

Configuration = Callable[[Observations], NDArray[np.object_]]
"""Returns the key of the configuration of each row: all that is told of it but its load."""


class PredictedRows(Protocol):
    """What is predicted for some rows."""

    @property
    def support(self) -> NDArray[np.object_]:
        """``"measured"``, ``"supported"``, ``"extrapolated"`` or ``"none"``, by row."""

    def quantile(self, quantity: str, probability: float) -> NDArray[np.float64]:
        """Return a quantile of a quantity by row, in its unit, NaN where nothing is predicted."""


class PredictsRows(Protocol):
    """A fitted model. What rows measured is hidden from it, but for those that are given to calibrate."""

    def predict(self, rows: Observations, *, given: Observations | None = None) -> PredictedRows:
        """Predict all quantities of some rows, calibrated by measured rows of their configurations."""


class Fit(Protocol):
    """Fits a model. Where it is to run in other processes, it must be a function of a module."""

    def __call__(self, rows: Observations, *, start: Any = None) -> PredictsRows:
        """Fit to some rows, from a model whose parameters are where the search begins, and no more than that."""
