"""`read_measured`: whatever holds measurements to points that calibrate."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeGuard

import numpy as np

from wattquery.catalog.own import Accelerator, Model
from wattquery.catalog.table import Catalog
from wattquery.errors import InputError, InputTypeError, quoted
from wattquery.inputs.arguments import refuses_unknown
from wattquery.measured.beside import Beside
from wattquery.measured.files import points_of_catalog, points_of_file, points_of_table
from wattquery.measured.in_the_fit import rows_in_the_fit
from wattquery.measured.points import MeasuredPoints, row_contents
from wattquery.measured.power import MeasuredPower
from wattquery.measured.reading import Reading
from wattquery.measured.usable import counted
from wattquery.throughput.load.known import Known
from wattquery.throughput.load.row_columns import observations_of

__all__ = ["check_usable", "points_in", "read_measured"]

_MOST = 10_000
_FIX = "pass the path of a file, a catalog or a DataFrame."


@refuses_unknown
def read_measured(
    source: object,
    *,
    hardware: str | Accelerator | None = None,
    accelerators: int | None = None,
    precision: str | None = None,
    serving: str | None = None,
    model: str | Model | None = None,
) -> MeasuredPoints:
    """Read measurements of your own, as what the load model is calibrated by.

    Each row becomes an operating point of one serving instance: a rate of a node is taken back to the accelerators that
    ran, and shared among instances where there were several. Several concurrencies of a deployment are its curve, and
    repeated runs count each.

    Parameters
    ----------
    source
        Files that benchmarks wrote, as `read_benchmarks` takes them; a catalog, or the CSV file of one; a table in the
        columns that `wattquery.validation.compare` takes, as CSV file or DataFrame; a `MeasuredPower`; or a list of
        any of these. `MeasuredPoints` are returned as they are.
    hardware
        The accelerator, where a source does not say it: its name, or a description of one that the tables do not have.
    accelerators
        How many a run had, all instances together [1].
    precision, serving
        The precision of the weights and the serving system, where a source does not say them.
    model
        What the model is called in the catalog ``default``, or a description of one that it does not have; wins over
        the name in the source.

    Returns
    -------
    MeasuredPoints
        The rows that can be used, and of each other one where it stands and why it cannot.

    Raises
    ------
    InputError, InputTypeError
        If a file cannot be read, or nothing can be used.

    Examples
    --------
    >>> import pandas as pd
    >>> import wattquery as wq
    >>> row = {"model": "Qwen/Qwen3-32B", "n_gpus": 2, "concurrency": 64, "input_tokens": 1000, "output_tokens": 300}
    >>> table = pd.DataFrame([{**row, "output_tokens_per_s": 1900.0}, {**row, "output_tokens_per_s": None}])
    >>> points = wq.read_measured(table, hardware="H100", precision="FP8", serving="vLLM")
    >>> print(points)
    1 measured point, 1 refused
    qwen3-32b, FP8, on 2 x H100 SXM, vLLM: 1 point of rate
    note: row 1: speculative decoding is not stated, and taken to be as asked for, off by default.
    refused: row 2: it has no rate, time, power or energy: nothing was measured.
    """
    beside = Beside.of(model=model, hardware=hardware, accelerators=accelerators, precision=precision, serving=serving)
    points = points_in(source, beside)
    check_usable(points)
    return points


def check_usable(points: MeasuredPoints) -> None:
    """Refuse points of which none can be used, with the first reason why.

    Raises
    ------
    InputError
        In one sentence.
    """
    if len(points) or points.idle_watts or points.saturated_watts:
        return
    where, reason = points.refused[0] if points.refused else ("source", "it holds nothing.")
    many = f" (and {len(points.refused) - 1:,} more)" if len(points.refused) > 1 else ""
    raise InputError(f"nothing in the source can be used: {where}{many}: {reason}")


def points_in(source: object, beside: Beside | None = None) -> MeasuredPoints:
    """Return what `read_measured` returns, also where nothing of it can be used.

    Parameters
    ----------
    source
        Whatever holds measurements.
    beside
        What is said beside it.
    """
    reading = Reading(beside or Beside())
    if not _is_list(source):
        return source if isinstance(source, MeasuredPoints) else _once(_part(source, reading), reading)
    parts = []
    for one in source:
        parts.append(_part(one, reading))
        if len(parts) > _MOST:
            raise InputError(
                f"source has more than {_MOST:,} parts: read them in several calls, and pass what they give."
            )
    if not parts:
        raise InputError(f"source is empty, and at least one measurement is needed: {_FIX}")
    return _once(MeasuredPoints.joined(parts), reading)


def _is_list(source: object) -> TypeGuard[Iterable[object]]:
    return isinstance(source, Iterable) and not isinstance(
        source, (str, bytes, os.PathLike, dict, Catalog, MeasuredPoints, *_frames())
    )


def _frames() -> tuple[type, ...]:
    pandas = sys.modules.get("pandas")
    return () if pandas is None else (pandas.DataFrame, pandas.Series)


def _part(source: object, reading: Reading) -> MeasuredPoints:
    if isinstance(source, MeasuredPoints):
        return source
    if isinstance(source, MeasuredPower):
        return _of_power(source)
    if isinstance(source, Catalog):
        return points_of_catalog(source, reading)
    if isinstance(source, (str, os.PathLike)) and isinstance(os.fspath(source), str):
        return points_of_file(os.fspath(source), reading)
    if _frames() and isinstance(source, _frames()[0]):
        return points_of_table(source, reading)
    raise InputTypeError(f"source must hold measurements, got {quoted(source)}: {_FIX}")


def _of_power(metered: MeasuredPower) -> MeasuredPoints:
    error = metered.relative_error or 0.0
    return MeasuredPoints(
        observations=observations_of(0, {}),
        idle_watts={} if metered.idle is None else {metered.hardware: (metered.idle, error)},
        saturated_watts={} if metered.saturated is None else {metered.hardware: (metered.saturated, error)},
        known=Known.of(hardware=() if metered.own is None else (metered.own,)),
    )


def _once(points: MeasuredPoints, reading: Reading) -> MeasuredPoints:
    """Return points without those that are the same in everything that was measured: a copy is no repeated run."""
    rows = points.observations
    first: dict[str, str] = {}
    keep = np.ones(len(rows), dtype=bool)
    refused = list(points.refused)
    for place, content in enumerate(row_contents(rows)):
        name = rows.row_id[place]
        if content in first:
            keep[place] = False
            refused.append((name, f"it is the same as {first[content]} in every digit, and counts once."))
        first.setdefault(content, name)
    rows = rows.take(keep)
    count = rows_in_the_fit(rows) if len(rows) else 0
    notes = [*points.notes, *counted(reading.remarks)]
    notes += [f"{'1 row stands' if count == 1 else f'{count:,} rows stand'} {_TWICE}"] if count else []
    return replace(points, observations=rows, refused=tuple(refused), notes=tuple(notes))


_TWICE = "in what the load model was fitted to, and would count twice: leave out what is not your own."
