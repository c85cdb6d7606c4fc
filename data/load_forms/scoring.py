"""How far off each form is, and how sure its difference to the form that ships is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from load_forms.forms import SHIPPED
from wattquery.throughput.load.observations import QUANTITIES, Observations
from wattquery.validation.bootstrap import resampled
from wattquery.validation.groups import kinds, regimes
from wattquery.validation.long_table import scored

__all__ = ["GROUPS", "scores"]

Numbers = NDArray[np.float64]

GROUPS = (
    ("tpot_s", "serving point"),
    ("output_tps_per_accelerator", "serving point"),
    ("ttft_s", "serving point"),
    ("output_tps_per_accelerator", "maximum load"),
    ("joules_per_output_token", "all"),
    ("joules_per_output_token", "dense"),
    ("joules_per_output_token", "MoE"),
    ("power_w_per_accelerator", "all"),
)
"""Quantities, and the rows of which each is scored: all, those of one kind of experts, or measured in one way."""


def scores(rows: Observations, predicted: Mapping[str, Numbers]) -> Iterator[dict[str, Any]]:
    """Yield how far off each form is in each group that has rows, and how much more so than the one that ships.

    Errors are median absolute log errors, their standard errors those of resamples of whole architectures, the same
    ones for all forms.

    Parameters
    ----------
    rows
        What was measured.
    predicted
        Logarithms of `QUANTITIES` by form, (rows, 5); NaN where a row was in no fold.
    """
    kind, regime = kinds(rows), regimes(rows)
    for quantity, group in GROUPS:
        which = scored(rows, quantity)
        if group != "all":
            which = which & ((kind == group) | (regime == group))
        which = which & np.isfinite(predicted[SHIPPED][:, 0])
        here = np.flatnonzero(which)
        if not len(here):
            continue
        measured, place = np.log(rows.measured(quantity)[here]), QUANTITIES.index(quantity)
        off = np.abs(np.stack([one[here, place] for one in predicted.values()]) - measured)
        medians, errors = np.median(off, axis=1), _medians(off, rows.architecture[here])
        ships = list(predicted).index(SHIPPED)
        for number, form in enumerate(predicted):
            yield {
                "quantity": quantity,
                "group": group,
                "form": form,
                "rows": len(here),
                "architectures": len(set(rows.architecture[here])),
                "error": medians[number],
                "stderr": np.std(errors[:, number], ddof=1),
                "difference": medians[number] - medians[ships],
                "difference_stderr": np.std(errors[:, number] - errors[:, ships], ddof=1),
            }


def _medians(off: Numbers, architecture: NDArray[np.object_]) -> Numbers:
    """Return the medians of each resample of architectures, (resamples, forms)."""
    names, cluster = np.unique(architecture.astype(str), return_inverse=True)
    return np.array([np.median(np.repeat(off, counts[cluster], axis=1), axis=1) for counts in resampled(len(names))])
