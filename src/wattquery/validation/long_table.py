"""Predictions as a table, a row for each measured number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load import QUANTITIES, Observations
from wattquery.throughput.load.shipped_rows import NODE_BOUNDARY
from wattquery.validation.load_model import PredictedRows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LEVELS", "has_flag", "long_table", "scored", "without_measurements"]

LEVELS = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
"""Columns of quantiles, and their levels."""

_OF_ACCELERATORS = ("power_w_per_accelerator", "joules_per_output_token")


def has_flag(rows: Observations, flag: str) -> NDArray[np.bool_]:
    """Return which rows have a flag."""
    return np.array([flag in flags.split("|") for flags in rows.flags], dtype=bool)


def scored(rows: Observations, quantity: str) -> NDArray[np.bool_]:
    """Return of which rows a quantity was measured, at the boundary at which it is predicted.

    Power and energy are predicted of the accelerators alone: those of whole nodes are no measurement of them.
    """
    measured = rows.measured(quantity)
    found = np.isfinite(measured) & (measured > 0.0)
    if quantity in _OF_ACCELERATORS:
        found &= ~has_flag(rows, NODE_BOUNDARY)
    return np.asarray(found)


def without_measurements(rows: Observations) -> Observations:
    """Return rows of which nothing was measured: what a model may see of those that it predicts."""
    return replace(rows, **{quantity: np.full(len(rows), np.nan) for quantity in QUANTITIES})


def long_table(
    predicted: PredictedRows, rows: Observations, columns: Mapping[str, object] | None = None
) -> pd.DataFrame:
    """Return what is predicted and what was measured, side by side.

    Parameters
    ----------
    predicted
        What a model says of these rows.
    rows
        Operating points with what was measured.
    columns
        More columns, which come first, each with one value for all rows.

    Returns
    -------
    pandas.DataFrame
        A row for each number that was measured: ``row_id``, ``quantity``, ``measured``, ``q05``, ``q25``, ``q50``,
        ``q75`` and ``q95`` in the unit of the quantity (`wattquery.throughput.load.QUANTITIES`), NaN where nothing is
        predicted, and ``support``.
    """
    import pandas as pd

    parts = []
    for quantity in QUANTITIES:
        which = np.flatnonzero(scored(rows, quantity))
        content: dict[str, object] = dict(columns or {})
        content |= {"row_id": rows.row_id[which], "quantity": quantity, "measured": rows.measured(quantity)[which]}
        content |= {name: predicted.quantile(quantity, level)[which] for name, level in LEVELS.items()}
        parts.append(pd.DataFrame({**content, "support": predicted.support[which]}))
    return pd.concat(parts, ignore_index=True)
