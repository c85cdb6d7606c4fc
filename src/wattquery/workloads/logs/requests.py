"""Columns of a block to the lengths of requests, and what is left out of it and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wattquery.specs.distributions.base import FloatArray
from wattquery.specs.joint_lengths.rows import HIGHEST
from wattquery.workloads.logs.names import Columns

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["REASONS", "Requests", "numbers_of", "requests_of"]

Mask = NDArray[np.bool_]

REASONS = {
    "malformed": "that are no rows",
    "failed": "that failed",
    "unknown": "without a number of tokens",
    "not_a_number": "with something else than a number of tokens",
    "negative": "with negative tokens",
    "no_output": "without output tokens",
    "no_input": "without input tokens",
    "too_many": f"with more than {HIGHEST:g} tokens",
    "cached_above": "with more cached than input tokens",
}
"""Why a row is left out, in the order in which it is looked at: each row counts once."""

_FAILED = re.compile(r"fail|error|exception|time.?out|timed.out|abort|cancel|reject|denied", re.IGNORECASE)
_NO_ERROR = ("", "none", "null", "nan", "false", "0", "ok", "no")
_ERRORS = ("error", "exception", "errortype")
"""Names of columns of which anything says that there was an error."""


@dataclass(frozen=True)
class Requests:
    """Requests of a block.

    Attributes
    ----------
    output, input, cached
        Their lengths [tokens].
    frame
        Their times and sessions.
    left_out
        How many rows were left out, by the keys of `REASONS`.
    """

    output: FloatArray
    input: FloatArray
    cached: FloatArray
    frame: pd.DataFrame
    left_out: Counter[str]


def requests_of(frame: pd.DataFrame, columns: Columns) -> Requests:
    """Return the requests that the rows of a table are."""
    output, is_text = _sum(frame, columns.output)
    inputs, is_other = _sum(frame, columns.input)
    cached, is_wrong = _sum(frame, columns.cached)
    cached[np.isnan(cached) & ~is_wrong] = 0.0  # most logs say nothing where nothing was cached
    tests: dict[str, Mask] = {
        "failed": _failed(frame, columns.status),
        "not_a_number": is_text | is_other | is_wrong,
        "unknown": np.isnan(output) | np.isnan(inputs) | np.isnan(cached),
        "negative": (output < 0.0) | (inputs < 0.0) | (cached < 0.0),
        "no_output": output == 0.0,
        "no_input": inputs == 0.0,
        "too_many": (output > HIGHEST) | (inputs > HIGHEST),
        "cached_above": cached > inputs,
    }
    kept, left_out = np.ones(len(frame), bool), Counter[str]()
    for reason, test in tests.items():
        left_out[reason] += int((kept & test).sum())
        kept &= ~test
    rest = frame[list(dict.fromkeys(name for name in (columns.time, columns.session) if name is not None))]
    return Requests(output[kept], inputs[kept], cached[kept], rest if kept.all() else rest[kept], left_out)


def _sum(frame: pd.DataFrame, names: Sequence[str]) -> tuple[FloatArray, Mask]:
    """Return the sum of some columns, NaN where none has a number; and where one has something else."""
    total, is_other = np.zeros(len(frame)), np.zeros(len(frame), bool)
    known = np.zeros(len(frame), bool)
    for name in names:
        numbers, other = numbers_of(frame[name])
        total += np.where(np.isnan(numbers), 0.0, numbers)
        known |= ~np.isnan(numbers)
        is_other |= other
    total[~known] = np.nan
    return total, is_other


def numbers_of(column: pd.Series) -> tuple[FloatArray, Mask]:
    """Return a column as numbers, NaN where there is none; and where there is something else, such as text."""
    import pandas as pd

    there = column.notna().to_numpy(bool)
    if column.dtype.kind == "b":
        return np.full(len(column), np.nan), there
    if column.dtype.kind not in "iuf":
        column = column.astype(object)
        column = column.where(~column.map(lambda one: isinstance(one, bool)), "a flag")
        try:
            column = pd.to_numeric(column, errors="coerce")
        except (OverflowError, TypeError, ValueError):  # whole numbers of hundreds of digits
            column = column.map(_number)
    numbers = np.array(column, np.float64)
    other = (there & np.isnan(numbers)) | np.isinf(numbers)
    numbers[other] = np.nan
    return numbers, other


def _number(value: Any) -> float:
    try:
        return float(value)
    except (OverflowError, TypeError, ValueError):
        return np.nan


def _failed(frame: pd.DataFrame, names: Sequence[str]) -> Mask:
    """Return which rows say that their request failed."""
    failed = np.zeros(len(frame), bool)
    for name in names:
        plain = re.sub(r"[\s._\-]+", "", name).casefold()
        values, places = _distinct(frame[name])
        test = _has_error if plain in _ERRORS else _not_true if plain == "success" else _says_failed
        failed |= np.array([test(value) for value in values], bool)[places]
    return failed


def _distinct(column: pd.Series) -> tuple[list[Any], NDArray[np.intp]]:
    import pandas as pd

    places, values = pd.factorize(column.map(str) if column.dtype == object else column, use_na_sentinel=False)
    return list(values), places


def _says_failed(value: Any) -> bool:
    """Return whether a status is a failure: words, or codes of HTTP, gRPC and OpenTelemetry."""
    number = _number(value)
    if np.isfinite(number):
        return 2.0 <= number < 100.0 or number >= 400.0
    return bool(_FAILED.search(str(value)))


def _has_error(value: Any) -> bool:
    return str(value).strip().casefold() not in _NO_ERROR


def _not_true(value: Any) -> bool:
    return str(value).strip().casefold() in ("false", "0", "0.0", "no", "f", "n")
