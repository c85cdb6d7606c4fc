"""What the load model predicts of some rows: a distribution of each quantity, its support, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.observations import QUANTITIES
from wattquery.throughput.load.residuals import Calibration

__all__ = ["Predictions"]

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Predictions:
    """Predictions of some rows, of the accelerators alone.

    Attributes
    ----------
    log_medians, log_sds
        Median and standard deviation of the logarithms of `QUANTITIES`, (rows, 5); NaN where nothing is predicted.
    support
        One of `wattquery.throughput.load.support.SUPPORTS`, by row.
    reason
        Why nothing is predicted, empty elsewhere.
    calibration
        Factors of the standard deviations, by class of interval and quantity.
    interval_class
        See `wattquery.throughput.load.support.Seen.interval_class`; the support where it is not given.
    """

    log_medians: Numbers
    log_sds: Numbers
    support: NDArray[np.object_]
    reason: NDArray[np.object_]
    calibration: Calibration
    interval_class: NDArray[np.object_] | None = None

    def __len__(self) -> int:
        return len(self.support)

    def log_median(self, quantity: str) -> Numbers:
        """Return the logarithm of the median of a quantity, by row."""
        return self.log_medians[:, QUANTITIES.index(quantity)]

    def log_sd(self, quantity: str) -> Numbers:
        """Return the standard deviation of the logarithm of a quantity before its calibration, by row."""
        return self.log_sds[:, QUANTITIES.index(quantity)]

    def quantile(self, quantity: str, probability: float) -> Numbers:
        """Return a quantile of a quantity in its unit, by row."""
        classes = self.support if self.interval_class is None else self.interval_class
        score = self.calibration.scores(probability, classes, quantity)
        found: Numbers = np.exp(self.log_median(quantity) + score * self.log_sd(quantity))
        return found
