"""A load model that says the same of each row, for tests of what is done with its predictions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from wattquery.throughput.load import QUANTITIES

MEDIANS = dict(zip(QUANTITIES, (0.02, 0.5, 400.0, 500.0, 1.25), strict=True))
SPREAD = 0.2


@dataclass
class KnownPredictions:
    medians: dict
    support: np.ndarray
    reason: np.ndarray

    def quantile(self, quantity, probability):
        return np.where(self.support == "none", np.nan, self.medians[quantity] * np.exp(SPREAD * ndtri(probability)))


class KnownModel:
    """Predicts `MEDIANS`; no time to first token where requests are queued, and nothing of models without a size."""

    def predict(self, rows, *, given=None):
        for quantity in QUANTITIES:
            assert np.isnan(rows.measured(quantity)).all(), "what was measured must be hidden"
        medians = {quantity: np.full(len(rows), median) for quantity, median in MEDIANS.items()}
        medians["ttft_s"][rows.at_maximum_load] = np.nan
        own = [one.partition(" ")[0] for one in rows.architecture]
        known = ["-" in one or size > 0.0 for one, size in zip(own, rows.total_params_b, strict=True)]
        support = np.where(known, "supported", "none").astype(object)
        reason = np.where(known, "", "The size of the model is not known.").astype(object)
        if given is not None:
            for quantity in QUANTITIES:
                for row, architecture in enumerate(rows.architecture):
                    same = given.measured(quantity)[given.architecture == architecture]
                    if np.isfinite(same).any():
                        medians[quantity][row] = np.nanmedian(same)
                        support[row] = "measured"
        return KnownPredictions(medians, support, reason)
