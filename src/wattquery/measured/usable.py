"""Which rows of a table of measurements calibrate, and of each other one why it does not."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wattquery.catalog.facts import architectures
from wattquery.errors import printable, quoted
from wattquery.measured.instances import divides, one_instance_each
from wattquery.measured.points import MeasuredPoints
from wattquery.measured.reading import Reading
from wattquery.measured.tables import MeasuredTable
from wattquery.measured.tables.sentences import one_sentence
from wattquery.throughput.load import QUANTITIES, Observations
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.known import Known

__all__ = ["counted", "points_of"]

_NEAREST = 3
_UNSTATED_SPECULATION = "speculative decoding is not stated, and taken to be as asked for, off by default"


def points_of(read: MeasuredTable, reading: Reading, where: str = "", said: Sequence[str] = ()) -> MeasuredPoints:
    """Return the rows that calibrate.

    Parameters
    ----------
    read
        A table of measurements.
    reading
        What is known beside the catalog; what was done with rows is added to its remarks.
    where
        What it is called, before the names of its rows.
    said
        What was done with each row, divided by ``"; "``.
    """
    rows, known = read.observations, reading.beside.own.known
    names = [printable(f"{where}{name}", keep="") for name in read.row_ids]
    reasons = list(read.reasons)
    used = np.zeros(len(read), dtype=bool)
    for place, why in zip(read.places.tolist(), _reasons(rows, known, reasons, read.places), strict=True):
        used[place] = why == ""
        reasons[place] = why or reasons[place]
    refused = [(names[i], one_sentence(reasons[i])) for i in np.flatnonzero(~used).tolist()]
    kept = np.flatnonzero(used).tolist()
    reading.remarks.extend((names[i], reasons[i]) for i in kept if reasons[i])
    reading.remarks.extend((names[i], one) for i in kept if said for one in said[i].split("; ") if one)
    points = _called(rows, [names[i] for i in read.places]).take(used[read.places])
    points, divided = one_instance_each(points, known)
    reading.remarks.extend(divided)
    reading.remarks.extend((name, _UNSTATED_SPECULATION) for name in points.row_id[points.speculation == "unknown"])
    return MeasuredPoints(observations=points, refused=tuple(refused), notes=read.notes, known=known)


def counted(notes: Iterable[tuple[str, str]]) -> list[str]:
    """Return notes with the row that each is of, or how many."""
    pairs = list(notes)
    counts = Counter(note for _, note in pairs)
    first = {note: where for where, note in reversed(pairs)}
    return [
        f"{first[note]}: {one_sentence(note)}" if count == 1 else f"{count:,} rows: {one_sentence(note)}"
        for note, count in counts.items()
    ]


def _called(rows: Observations, names: Sequence[str]) -> Observations:
    """Return rows with other names."""
    row_id = np.empty(len(rows), dtype=object)
    row_id[:] = names
    return replace(rows, row_id=row_id)


def _reasons(
    rows: Observations, known: Known, unscored: Sequence[str], places: NDArray[np.int64]
) -> NDArray[np.object_]:
    """Return why rows do not calibrate, empty where they do."""
    at = Conditions.of(rows, known=known)
    nothing = ~np.any([np.isfinite(rows.measured(one)) for one in QUANTITIES], axis=0)
    unknown = np.array([_is_unknown(rows, i, known) for i in range(len(rows))], dtype=bool)
    load = ~np.isnan(rows.concurrency) | ~np.isnan(rows.batch) | rows.at_maximum_load
    made = at.reason.copy()
    for i in np.flatnonzero(nothing).tolist():
        made[i] = unscored[places[i]] or "it has no rate, time, power or energy: nothing was measured."
    made[~divides(rows, at)] = _NO_DIVISION
    made[np.isnan(rows.input_tokens) | np.isnan(rows.output_tokens)] = _NO_LENGTHS
    made[~load] = _NO_LOAD
    for i in np.flatnonzero(unknown).tolist():
        made[i] = _unknown_model(rows.architecture[i], known)
    made[rows.disaggregated] = _APART
    return made


_NO_DIVISION = (
    "its accelerators are no whole number of copies of the model, or not those of tp x pp x dp: correct one of them."
)
_NO_LENGTHS = "it does not say its mean input and output lengths, which a point needs: add both."
_NO_LOAD = "it says neither a concurrency nor a mean batch, without which a rate is that of no load: add one."
_APART = "prefill ran on accelerators of its own, and tells nothing of instances that do both."


def _is_unknown(rows: Observations, row: int, known: Known) -> bool:
    return known.architecture(rows.architecture[row]) is None and np.isnan(rows.total_params_b[row])


def _unknown_model(name: str, known: Known) -> str:
    """Return that no model is called so, with those whose names are near."""
    called = {word.casefold(): word for one in architectures().values() for word in (one.model, *one.aliases)}
    short = name.rpartition("/")[2].casefold()
    near = difflib.get_close_matches(short[:200], called, n=_NEAREST, cutoff=0.5)
    names = " or ".join(repr(called[one]) for one in near)
    likely = f", such as {names}" if names else ""
    return f"model {quoted(name)} is not known: pass model= with one that is{likely}, or a wattquery.Model of your own."
