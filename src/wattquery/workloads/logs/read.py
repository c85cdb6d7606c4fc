"""`read_requests`: a request log to a workload of bounded size."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from wattquery.errors import InputError, InputTypeError, quoted
from wattquery.inputs.arguments import refuses_unknown
from wattquery.inputs.files import as_path
from wattquery.inputs.names import clean_name
from wattquery.specs.joint_lengths.partition import compressed
from wattquery.specs.joint_lengths.rows import merged
from wattquery.specs.scalars import shown
from wattquery.specs.workload import MOST_NODES, Workload
from wattquery.workloads.logs.formats import Table, tables
from wattquery.workloads.logs.hours import UNITS, Hours
from wattquery.workloads.logs.names import Columns, columns_of
from wattquery.workloads.logs.request_log import RequestLog
from wattquery.workloads.logs.requests import REASONS, requests_of
from wattquery.workloads.logs.sessions import Sessions
from wattquery.workloads.logs.tally import LengthTally

__all__ = ["read_requests"]

MOST_ABOVE = 0.01
"""Share of the rows that may have more cached than input tokens: more do not happen by mistake."""

Names = str | Sequence[str] | None


@refuses_unknown
def read_requests(
    path: str | os.PathLike[str],
    *,
    input: Names = None,  # noqa: A002 - the field's word
    output: Names = None,
    cached: Names = None,
    time: str | None = None,
    session: str | None = None,
    status: Names = None,
    time_unit: str | None = None,
    name: str | None = None,
) -> RequestLog:
    """Return the workload of a request log: which lengths come together in a request, and how often.

    The file may have any number of rows and is read in blocks, with bounded memory. Which lengths come together is
    kept: up to 1,024 different rows as they are, of more as many nodes, with a stated error of their quantiles.

    Parameters
    ----------
    path : path
        A CSV file, also packed with gzip, JSON with an object per line (also gzip), or Parquet (with pyarrow).
    input, output : str or list of str, optional
        Columns of prompt tokens, cached ones included, and of generated tokens [tokens]. Of several the sum is taken.
        Left out, they are found by the names that common logs have: OpenTelemetry, vLLM, LiteLLM, Azure LLM inference
        traces, Mooncake, BurstGPT.
    cached : str or list of str, optional
        Column of cached prompt tokens [tokens]; a row without a number has none.
    time : str, optional
        Column of times: dates in ISO 8601, in UTC where they say nothing else, or numbers.
    session : str, optional
        Column of the session, or conversation, that a request belongs to.
    status : str or list of str, optional
        Columns that say whether a request failed; such rows are left out.
    time_unit : str, optional
        What times that are numbers count: ``"s"``, ``"ms"``, ``"us"`` or ``"ns"``. Of times since 1970 it is seen.
    name : str, optional
        What results call it; the name of the file, without what follows the first dot, when left out.

    Returns
    -------
    RequestLog
        A `Workload` that says more: ``load_profile``, ``sessions``, ``requests_per_session``, ``cached_share``, and in
        ``left_out`` and ``notes`` which rows were not taken.

    Raises
    ------
    InputError, InputTypeError
        If the file cannot be read, lacks a column or has two that may be meant, or no row is left.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import wattquery as wq
    >>> rows = "prompt_tokens,completion_tokens", "2000,100", "2000,100", "50,400", "60,0"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "mine.csv")
    ...     _ = path.write_text(chr(10).join(rows))
    ...     log = wq.read_requests(path)
    >>> log, round(log.mean("output_tokens")), log.notes
    (Workload('mine', 2 nodes), 200, ('1 row without output tokens left out',))
    """
    where = as_path(path)
    file = quoted(str(where), 300)
    if time_unit is not None and not (isinstance(time_unit, str) and time_unit in UNITS):
        raise InputError(f"time_unit must be one of {', '.join(map(repr, UNITS))}, got {shown(time_unit)}: write one.")
    if name is not None and not isinstance(name, str):
        raise InputTypeError(f"name must be text, got {shown(name)}: write it in quotes.")
    named = {"input": input, "output": output, "cached": cached, "time": time, "session": session, "status": status}
    read = _Read(file, time_unit)
    for table in tables(str(where), file, partial(columns_of, named=named, file=file)):
        read.add(table)
    label = clean_name(name, "name") if name is not None else where.name.split(".")[0].strip() or "log"
    return read.log(label, where.name)


class _Read:
    """What has been read of a log."""

    def __init__(self, file: str, time_unit: str | None) -> None:
        self._file, self._time_unit = file, time_unit
        self._columns: Columns | None = None
        self._left_out: Counter[str] = Counter()
        self._alone, self._together = LengthTally(), LengthTally()
        self._sessions = Sessions()
        self._hours = Hours()
        self._midnight = False
        self._fractions = 0

    def add(self, table: Table) -> None:
        """Add some rows."""
        columns = table.columns
        is_first, self._columns = self._columns is None, columns
        if is_first:
            unit, self._midnight = columns.relative_times
            self._hours = Hours(self._time_unit, relative=unit)
        found = requests_of(table.frame, columns)
        self._left_out.update({"malformed": table.malformed})
        self._left_out.update(found.left_out)
        self._fractions += found.fractions
        if not len(found.output):
            return
        if columns.time is not None:
            self._hours.add(found.frame[columns.time])
        if columns.session is None:
            self._alone.add(found.output, found.input, found.cached)
            return
        inside = self._sessions.add(found.frame[columns.session])
        for tally, which in ((self._together, inside), (self._alone, ~inside)):
            if which.any():
                tally.add(found.output[which], found.input[which], found.cached[which])

    def log(self, name: str, file: str) -> RequestLog:
        """Return the workload of all that was read."""
        together, alone = self._together.requests, self._alone.requests
        self._check(together + alone)
        assert self._columns is not None
        said = {"output": self._columns.output, "input": self._columns.input, "cached": self._columns.cached}
        origin = ", ".join([file, *(f"{name} from {' + '.join(found)}" for name, found in said.items() if found)])
        inside = _workload(self._together, f"{name} (in sessions)", origin) if together else None
        self._alone.join(self._together)
        made = _workload(self._alone, name, origin) if alone or inside is None else {**inside, "name": name}
        hourly = self._hours.by_hour_of_day()
        whole = None if inside is None else Workload(**inside) if alone else Workload(**made)
        return RequestLog(
            **made,
            notes=(*self._notes(together, alone), *self._columns.notes),
            requests=together + alone,
            left_out={reason: number for reason, number in self._left_out.items() if number},
            hourly=hourly,
            sessions=self._sessions.number if together else None,
            in_sessions=whole,
            session_requests=together,
            reasons=self._reasons(),
        )

    def _check(self, requests: int) -> None:
        rows = requests + self._left_out.total()
        above = self._left_out["cached_above"]
        if above > MOST_ABOVE * (requests + above):
            raise InputError(
                f"{self._file} has more cached than input tokens in {above:,} of {rows:,} rows, and cached tokens are "
                "part of the input: where the input counts new tokens alone, name both columns with input."
            )
        if not requests:
            said = ", ".join(_said(reason, number) for reason, number in self._left_out.items() if number)
            raise InputError(
                f"{self._file} has no request with output and input tokens{f' ({said})' if said else ''}: check which "
                "columns hold them, and name these with output and input."
            )

    def _notes(self, together: int, alone: int) -> list[str]:
        notes = [f"{_said(reason, self._left_out[reason])} left out" for reason in REASONS if self._left_out[reason]]
        if together and alone:
            notes.append(f"{_counted(alone)} in no session")
        if self._sessions.is_estimated:
            notes.append(f"the number of sessions is estimated, to within {100.0 * self._sessions.stderr:.2g} %")
        if self._fractions:
            notes.append(
                f"{_counted(self._fractions)} with lengths that are no whole numbers, taken as they are: check that "
                "their points do not stand between thousands"
            )
        if (apart := self._hours.far_apart) is not None:
            notes.append(
                f"times reach over {apart[0]:,.3g} hours, and all but 1 % of requests are within {apart[1]:,.3g}: "
                "check the others, as requests per hour are means over all these hours"
            )
        if self._hours.timed and self._hours.untimed:
            notes.append(f"{_counted(self._hours.untimed)} without a time that can be read")
        if self._hours.timed and not self._hours.is_epoch and not self._midnight:
            notes.append("hours are counted from the first one of the log")
        return notes

    def _reasons(self) -> Mapping[str, str]:
        """Return why hours or sessions are not known."""
        assert self._columns is not None
        reasons = {}
        if self._columns.session is None or not self._sessions.number:
            reasons["sessions"] = (
                f"{self._file} does not say which session a request belongs to: name its column with session."
            )
        if self._columns.time is None:
            reasons["hours"] = f"{self._file} has no column that is known to hold times: name one with time."
        elif self._hours.unknown_unit:
            reasons["hours"] = (
                f"{self._file} has times that are numbers of an unknown unit: say it with time_unit, as in "
                "time_unit='ms'."
            )
        elif not self._hours.timed:
            reasons["hours"] = f"{self._file} has no time that can be read: dates in ISO 8601 are, and numbers."
        else:
            reasons["hours"] = (
                f"{self._file} covers {self._hours.span:.3g} hours, and the course of a day is known from 24 on: take "
                "a longer log, or give 24 numbers."
            )
        return reasons


def _counted(requests: int) -> str:
    return f"{requests:,} {'request' if requests == 1 else 'requests'}"


def _said(reason: str, number: int) -> str:
    noun = "line" if reason == "malformed" else "row"
    return f"{number:,} {noun if number == 1 else f'{noun}s'} {REASONS[reason]}"


def _workload(tally: LengthTally, name: str, origin: str) -> dict[str, Any]:
    """Return the arguments of a workload of what was counted."""
    rows = merged(tally.rows())
    error = 0.0
    if len(rows) > MOST_NODES:
        rows, error = compressed(rows, MOST_NODES, margins=tally.margins())
    columns = dict(zip(("output_tokens", "input_tokens", "cached_tokens"), rows.lengths, strict=True))
    return {**columns, "weights": rows.weights, "name": name, "quantile_error": error + tally.width, "origin": origin}
