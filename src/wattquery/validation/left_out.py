"""A fit without one fold, and what it says of the rows of the fold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load import Observations
from wattquery.validation.folds import Fold
from wattquery.validation.load_model import Fit, PredictsRows
from wattquery.validation.long_table import long_table, without_measurements
from wattquery.validation.measured_points import calibrating

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CALIBRATED", "left_out"]

CALIBRATED = "architecture"
"""Kind of folds of which measured points calibrate as well: the hardest one for which a user has points."""


def left_out(
    rows: Observations,
    fold: Fold,
    fit: Fit,
    start: Any = None,
    configurations: NDArray[np.object_] | None = None,
    points: Sequence[int] = (),
) -> pd.DataFrame:
    """Return what a fit without a fold says of its rows; see `wattquery.validation.cross_validate`."""
    import pandas as pd

    model = fit(rows.take(fold.rest(len(rows))), start=start)
    mine = rows.take(fold.rows)
    parts = [_predicted(model, mine, fold)]
    if configurations is not None and fold.by == CALIBRATED:
        keys = configurations[fold.rows]
        given = {count: calibrating(mine, keys, count) for count in points}
        parts += [_calibrated(model, mine, fold, keys, *pair) for pair in given.items() if pair[1].size]
    return pd.concat(parts, ignore_index=True)


def _predicted(model: PredictsRows, asked: Observations, fold: Fold) -> pd.DataFrame:
    predicted = model.predict(without_measurements(asked))
    return long_table(predicted, asked, {"by": fold.by, "fold": fold.name, "points": 0})


def _calibrated(
    model: PredictsRows, mine: Observations, fold: Fold, keys: NDArray[np.object_], points: int, which: NDArray[np.intp]
) -> pd.DataFrame:
    """Return predictions of the other rows of the configurations that have measured points."""
    others = np.isin(keys.astype(str), keys[which].astype(str))
    others[which] = False
    asked = mine.take(np.flatnonzero(others))
    predicted = model.predict(without_measurements(asked), given=mine.take(which))
    return long_table(predicted, asked, {"by": fold.by, "fold": fold.name, "points": points})
