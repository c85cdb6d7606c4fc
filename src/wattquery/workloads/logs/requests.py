"""Columns of a block to the lengths of requests, and what is left out of it and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
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
    "malformed": "that cannot be read",
    "failed": "that failed",
    "answered": "answered from a cache of answers",
    "sums": "of agents or tools, which sum up the requests of others",
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
_ERRORS = ("error", "exception", "errortype", "errormessage")
"""Names of columns of which anything says that there was an error."""

_TRUE = ("true", "1", "1.0", "yes", "t", "y")
_SUMS = ("create_agent", "invoke_agent", "invoke_workflow", "execute_tool")
"""Operations of OpenTelemetry whose spans hold those of requests, and may repeat their tokens."""


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
    fractions
        How many of the requests have lengths that are no whole numbers.
    """

    output: FloatArray
    input: FloatArray
    cached: FloatArray
    frame: pd.DataFrame
    left_out: Counter[str]
    fractions: int = 0


def requests_of(frame: pd.DataFrame, columns: Columns) -> Requests:
    """Return the requests that the rows of a table are."""
    output, is_text = _sum(frame, columns.output)
    inputs, is_other = _sum(frame, columns.input)
    cached, is_wrong = _sum(frame, columns.cached)
    cached[np.isnan(cached) & ~is_wrong] = 0.0  # most logs say nothing where nothing was cached
    tests: dict[str, Mask] = {
        **_said(frame, columns.status),
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
    lengths = output[kept], inputs[kept], cached[kept]
    fractions = np.any([one != np.floor(one) for one in lengths], axis=0)
    return Requests(*lengths, rest if kept.all() else rest[kept], left_out, int(fractions.sum()))


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


def _said(frame: pd.DataFrame, names: Sequence[str]) -> dict[str, Mask]:
    """Return which rows say that no model answered a request of their own, by reason."""
    found = {reason: np.zeros(len(frame), bool) for reason in ("failed", "answered", "sums")}
    for name in names:
        reason, test = _test_of(re.sub(r"[\s._\-]+", "", name.removeprefix("attributes.")).casefold())
        values, places = _distinct(frame[name])
        found[reason] |= np.array([test(value) for value in values], bool)[places]
    return found


def _test_of(plain: str) -> tuple[str, Callable[[Any], bool]]:
    """Return what a column of such a name says, and of which values it says it."""
    if plain == "cachehit":
        return "answered", lambda value: str(value).strip().casefold() in _TRUE
    if plain == "genaioperationname":
        return "sums", lambda value: str(value).strip().casefold() in _SUMS
    return "failed", _has_error if plain in _ERRORS else _not_true if plain == "success" else _says_failed


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
