"""Measured points in words and as records, for users and for JSON."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from wattquery.throughput.load.observations import Observations

__all__ = ["deployments_in_words", "rows_as_dicts"]

_WORDS = {
    "tpot_s": "time per output token",
    "ttft_s": "time to first token",
    "output_tps_per_accelerator": "rate",
    "power_w_per_accelerator": "power",
    "joules_per_output_token": "energy",
}


def deployments_in_words(rows: Observations) -> list[str]:
    """Return a line for each deployment: what it is, at how many points and of what."""
    columns = (rows.architecture, rows.hardware, rows.serving, rows.precision, rows.accelerators)
    places: dict[tuple[object, ...], list[int]] = {}
    for place, key in enumerate(zip(*(one.tolist() for one in columns), strict=True)):
        places.setdefault(tuple(None if one != one else one for one in key), []).append(place)
    lines = []
    for (model, hardware, serving, precision, count), mine in places.items():
        part = rows.take(np.array(mine))
        what = [word for name, word in _WORDS.items() if np.isfinite(part.measured(name)).any()]
        size = "" if count is None else f"{count:g} x "
        points = f"{len(mine)} point{'' if len(mine) == 1 else 's'}"
        lines.append(f"{model}, {precision}, on {size}{hardware}, {serving}: {points} of {', '.join(what)}")
    return lines


def rows_as_dicts(rows: Observations) -> list[dict[str, Any]]:
    """Return a record for each row, by the fields of `Observations`, of what is known of it."""
    columns = {one.name: getattr(rows, one.name).tolist() for one in fields(rows)}
    return [
        {name: values[row] for name, values in columns.items() if _is_known(values[row])} for row in range(len(rows))
    ]


def _is_known(value: object) -> bool:
    return value not in ("", False) and value == value
