"""What was measured in a user's table and what is predicted for it, side by side: rows, reasons and scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wattquery.measured.tables import MeasuredTable
from wattquery.throughput.load import QUANTITIES, Observations
from wattquery.validation.groups import kinds, load_bands
from wattquery.validation.load_model import PredictedRows
from wattquery.validation.long_table import LEVELS
from wattquery.validation.scores import scores

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "rows_of", "summary_of"]

Flags = Mapping[str, NDArray[np.bool_]]
"""By quantity, a flag for each row."""

COLUMNS: Mapping[str, str] = {
    "joules_per_output_token": "joules_per_output_token",
    "power_w_per_accelerator": "avg_power_w_per_gpu",
    "output_tps_per_accelerator": "output_tps_per_accel",
    "tpot_s": "tpot_mean_s",
    "ttft_s": "ttft_mean_s",
}
"""What quantities of `wattquery.throughput.load.QUANTITIES` are called in tables of measurements."""

GROUPS = ("overall", "hardware", "serving", "kind", "load", "support")
"""By which rows are scored, those of low confidence left out; these stand under ``confidence`` alone."""


def rows_of(read: MeasuredTable, rows: Observations, predicted: PredictedRows, calibrating: Flags) -> pd.DataFrame:
    """Return a row for each quantity that is predicted of each row, and one for each row without; see `Comparison`.

    Parameters
    ----------
    read
        The table of a user.
    rows
        Those of its rows that can be used.
    predicted
        What is predicted for these.
    calibrating
        Which measured numbers calibrated the predictions: they are not scored.
    """
    import pandas as pd

    quantiles = {quantity: _quantiles(predicted, quantity) for quantity in QUANTITIES}
    whole = {quantity: np.asarray(((q > 0.0) & np.isfinite(q)).all(axis=0)) for quantity, q in quantiles.items()}
    labels = _labels(rows)
    parts = []
    for quantity, column in COLUMNS.items():
        which = np.flatnonzero(whole[quantity])
        measured = rows.measured(quantity)[which]
        content: dict[str, Any] = {
            "place": read.places[which],
            "support": predicted.support[which],
            "quantity": column,
            "measured": measured,
            **dict(zip(LEVELS, quantiles[quantity][:, which], strict=True)),
            "log_error": np.log(quantiles[quantity][2, which] / measured),
            "scored": np.isfinite(measured) & ~calibrating[quantity][which],
            **{name: words[which] for name, words in labels.items()},
        }
        parts.append(pd.DataFrame(content))
    found = pd.concat(parts, ignore_index=True)
    unused = sorted(set(range(len(read))) - set(found["place"].tolist()))
    if unused:
        nothing = {"place": unused, "support": "none", "quantity": "", "scored": False, **dict.fromkeys(labels, "")}
        found = pd.concat([found, pd.DataFrame(nothing)], ignore_index=True)
    places = found["place"].to_numpy(dtype=np.int64)
    found.insert(1, "row_id", np.array(read.row_ids, dtype=object)[places])
    found.insert(3, "reason", np.array(_reasons(read, rows, predicted, whole, calibrating), dtype=object)[places])
    return found.sort_values("place", kind="stable", ignore_index=True)


def _labels(rows: Observations) -> dict[str, NDArray[np.object_]]:
    """Return what rows are told apart by in scores."""
    own = {name: getattr(rows, name) for name in ("architecture", "hardware", "serving", "confidence")}
    return {**own, "kind": kinds(rows), "load": load_bands(rows)}


def _quantiles(predicted: PredictedRows, quantity: str) -> NDArray[np.float64]:
    """Return quantiles, shape (levels, rows)."""
    return np.array([predicted.quantile(quantity, level) for level in LEVELS.values()], dtype=np.float64)


def _reasons(
    read: MeasuredTable, rows: Observations, predicted: PredictedRows, whole: Flags, calibrating: Flags
) -> list[str]:
    """Return why a row of the table is not used, or is not used in full."""
    reasons = list(read.reasons)
    told = getattr(predicted, "reason", np.full(len(rows), "", dtype=object))
    for i, place in enumerate(read.places):
        said = [reasons[place]] if reasons[place] else []
        if not any(whole[quantity][i] for quantity in QUANTITIES):
            said.append(str(told[i]) or "Nothing can be predicted for it.")
        else:
            for quantity, column in COLUMNS.items():
                if np.isfinite(rows.measured(quantity)[i]) and not whole[quantity][i]:
                    said.append(f"{column} was measured, and is not predicted for it.")
            if columns := [COLUMNS[quantity] for quantity in QUANTITIES if calibrating[quantity][i]]:
                said.append(f"It is one of the points that calibrate: {', '.join(columns)} count in no score.")
        reasons[place] = " ".join(said)
    return reasons


def summary_of(found: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of all groups, overall first, of what `rows_of` returns."""
    import pandas as pd

    scored = found[found["scored"].astype(bool)].assign(overall="all")
    scored = scored.assign(confidence=scored["confidence"].replace("", "not stated"))
    trusted = scored[scored["confidence"] != "low"]
    parts = []
    for group in (*GROUPS, "confidence"):
        part = scores(scored if group == "confidence" else trusted, ("quantity", group))
        part = part.rename(columns={group: "label"})
        part.insert(1, "group", group)
        parts.append(part)
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else parts[0]
