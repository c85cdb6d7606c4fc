"""All rows of a table of measurements to operating points, and why some of them, or of their values, cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import quoted
from wattquery.measured.tables.cells import Cells, cells_of
from wattquery.measured.tables.own import NOTHING_OWN, Own
from wattquery.measured.tables.row import Row
from wattquery.measured.tables.setting import setting_of
from wattquery.measured.tables.values import measured_in, values_of
from wattquery.throughput.load.observations import QUANTITIES, Observations
from wattquery.throughput.load.row_columns import observations_of

__all__ = ["MeasuredTable", "measured_table", "read_cells"]


@dataclass(frozen=True, eq=False)
class MeasuredTable:
    """A table of measurements, read.

    Attributes
    ----------
    row_ids
        Of all rows, as they stand; where there is none, ``"row N"``, counted from 1 without the header.
    observations
        The rows that can be used.
    places
        Which of all rows these are.
    reasons
        Of all rows: why a row is not used, or what it is used without; empty for most.
    notes
        What is to be said of the columns.
    """

    row_ids: tuple[str, ...]
    observations: Observations
    places: NDArray[np.int64]
    reasons: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.row_ids)


def measured_table(table: object, owner: str = "table") -> MeasuredTable:
    """Return the rows of a user's table of measurements.

    Parameters
    ----------
    table
        The path of a CSV file, or a DataFrame, in the columns of ``measured_energy.csv``, ``measured_energy_2.csv`` and
        ``serving_points.csv``, any of them beside each other.
    owner
        What the argument is called, for messages.

    Raises
    ------
    InputError, InputTypeError
        If there is no such table in it at all; what is wrong with a row is its reason, and no error.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"model": "Qwen/Qwen3-32B", "hardware": "H100", "n_gpus": 2, "batch_size_avg": 64, "precision": "bf16"}
    >>> table = pd.DataFrame([{**row, "output_tokens_per_s": 1900.0}, {**row, "n_gpus": "two"}])
    >>> read = measured_table(table)
    >>> read.observations.architecture[0], float(read.observations.output_tps_per_accelerator[0])
    ('qwen3-32b', 950.0)
    >>> read.row_ids, read.reasons[1]
    (('row 1', 'row 2'), "n_gpus 'two' is not a number: write digits with a decimal point, or leave it empty.")
    """
    return read_cells(cells_of(table, owner))


def read_cells(cells: Cells, own: Own = NOTHING_OWN) -> MeasuredTable:
    """Return the rows of a table whose cells are known.

    Parameters
    ----------
    cells
        Its known columns, as text.
    own
        Models and accelerators that are known before those of the catalog.
    """
    seen: dict[tuple[str, ...], str] = {}
    ids: list[str] = []
    reasons: list[str] = []
    used: list[Mapping[str, Any]] = []
    places: list[int] = []
    for place, one in enumerate(cells.rows):
        row_id, fields, reason = _read(cells, one, cells.names[place] if cells.names else f"row {place + 1}", seen, own)
        ids.append(row_id)
        reasons.append(reason)
        if fields is not None:
            used.append(fields)
            places.append(place)
    observations = observations_of(len(used), {name: [row.get(name) for row in used] for name in _names(used)})
    return MeasuredTable(tuple(ids), observations, np.array(places, dtype=np.int64), tuple(reasons), cells.notes)


def _names(rows: list[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _read(
    cells: Cells, one: tuple[str, ...] | str, number: str, seen: dict[tuple[str, ...], str], own: Own
) -> tuple[str, Mapping[str, Any] | None, str]:
    """Return the id of a row, what it says where it can be used, and the reason if it cannot, or not in full."""
    if isinstance(one, str):
        return number, None, f"{one[:1].upper()}{one[1:]}"
    row = Row(cells.headers, one)
    row_id = row.word("row_id") or number
    if one in seen:
        return row_id, None, f"The row stands in the table before, as {quoted(seen[one])}: it counts once."
    seen[one] = row_id
    values = values_of(row)
    setting = setting_of(row, values, own)
    measured = measured_in(row, values, setting)
    if row.wrong:
        return row_id, None, " ".join(dict.fromkeys(row.wrong))
    return (
        row_id,
        {**setting, "row_id": row_id, **{name: measured[name] for name in QUANTITIES}},
        " ".join(row.unscored),
    )
