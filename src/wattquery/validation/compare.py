"""A user's own measurements held against the load model."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError, quoted
from wattquery.inputs.arguments import refuses_unknown
from wattquery.measured.in_the_fit import in_the_fit
from wattquery.measured.tables import MeasuredTable, measured_table
from wattquery.throughput.load import QUANTITIES, Observations
from wattquery.validation.comparison import Comparison
from wattquery.validation.load_model import PredictedRows, PredictsRows
from wattquery.validation.long_table import without_measurements
from wattquery.validation.side_by_side import rows_of, summary_of

__all__ = ["compare"]


@refuses_unknown
def compare(table: object, *, given: object = None, model: PredictsRows | None = None) -> Comparison:
    """Hold measurements of your own against what the load model predicts for them.

    Parameters
    ----------
    table
        The path of a CSV file, or a pandas DataFrame, in the columns of ``measured_energy.csv``,
        ``measured_energy_2.csv`` or ``serving_points.csv``; the page on the command line lists them. What was measured
        is hidden from the model.
    given
        A second table, of measured points that calibrate: predictions of rows of the same configuration start from
        what was measured there. One point does. Its rows are not scored where they stand in ``table`` as well.
    model
        Another load model than the one that ships, with its method ``predict``.

    Returns
    -------
    Comparison
        A prediction with its quantiles for each row, and how far all of them are off. A row that cannot be used is in
        it with a reason.

    Raises
    ------
    InputError, InputTypeError
        If a table cannot be read, or none of the rows of ``given`` can be used.

    Examples
    --------
    >>> import pandas as pd
    >>> import wattquery as wq
    >>> row = {"model": "Qwen/Qwen3-32B", "hardware": "TPU v9", "joules_per_output_token": 0.4}
    >>> found = wq.validation.compare(pd.DataFrame([row]))
    >>> found.used, found.to_dict()["rows"][0]["reason"].partition(":")[0]
    (0, "hardware 'TPU v9' is not known")
    """
    if model is not None and not callable(getattr(model, "predict", None)):
        raise InputTypeError(
            f"model must be a load model with a method predict, got {quoted(model)}. Leave it out for the one that "
            "ships."
        )
    read = measured_table(table)
    points = None if given is None else _given(given)
    # Ids of a user's table may stand twice; labels of the scores go by ids that do not.
    rows = replace(read.observations, row_id=np.array([str(place) for place in read.places], dtype=object))
    notes = list(read.notes)
    if points is not None:
        notes += points.notes
        notes += [f"{points.row_ids[i]} does not calibrate: {points.reasons[i]}" for i in _left(points)]
    known = None if points is None else points.observations
    predicted: PredictedRows = _Nothing()
    if len(rows):
        predicted = (model or _shipped()).predict(without_measurements(rows), given=known)
    if model is None and len(rows):
        notes += _in_the_fit(rows)
    found = rows_of(read, rows, predicted, _standing_in(rows, known))
    used = found.loc[found["quantity"] != "", "place"].nunique()
    return Comparison(found, summary_of(found), tuple(notes), used, len(read) - used)


def _shipped() -> PredictsRows:
    """Return the load model that ships, imported when it is first needed."""
    return cast(PredictsRows, importlib.import_module("wattquery.throughput.load").shipped())


class _Nothing:
    """What is predicted for no rows."""

    @property
    def support(self) -> NDArray[np.object_]:
        return np.zeros(0, dtype=object)

    def quantile(self, quantity: str, probability: float) -> NDArray[np.float64]:
        return np.zeros(0)


def _given(given: object) -> MeasuredTable:
    """Return the points that calibrate."""
    points = measured_table(given, "given")
    if not len(points.observations):
        raise InputError(
            f"given has {len(points)} rows, and none of them can be used. At least one measured point is needed. "
            f"{points.row_ids[0]}: {points.reasons[0]}"
        )
    return points


def _left(points: MeasuredTable) -> list[int]:
    return sorted(set(range(len(points))) - set(points.places.tolist()))


_NO_SETTING = ("row_id", "source_id", "date", "confidence", "flags", *QUANTITIES)


def _standing_in(rows: Observations, known: Observations | None) -> Mapping[str, NDArray[np.bool_]]:
    """Return which measured numbers of some rows are those that calibrate, by quantity."""
    if known is None:
        return {quantity: np.zeros(len(rows), dtype=bool) for quantity in QUANTITIES}
    theirs, own = _settings(known), _settings(rows)
    found = {}
    for quantity in QUANTITIES:
        given = set(zip(theirs, known.measured(quantity).tolist(), strict=True))
        pairs = zip(own, rows.measured(quantity).tolist(), strict=True)
        found[quantity] = np.array([pair in given for pair in pairs], dtype=bool)
    return found


def _settings(rows: Observations) -> list[tuple[Any, ...]]:
    """Return all that tells operating points apart, but for what was measured; NaN is written so that it is one."""
    columns = [getattr(rows, name) for name in vars(rows) if name not in _NO_SETTING]
    return list(zip(*(np.nan_to_num(one, nan=-1.0) if one.dtype.kind == "f" else one for one in columns), strict=True))


def _in_the_fit(rows: Observations) -> list[str]:
    """Return a note on how many of the numbers the shipped model was fitted to, if it was to any."""
    count, every = in_the_fit(rows)
    if not count:
        return []
    return [
        f"{count:,} of {every:,} measured numbers stand in the rows that the shipped model was fitted to: how well "
        "it says these tells little of others."
    ]
