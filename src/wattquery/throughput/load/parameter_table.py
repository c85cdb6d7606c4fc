"""The table of parameters: prior mean and deviation of each, and of its effects by hardware, stack and source."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from wattquery.throughput.load.stack_classes import is_old

__all__ = ["GROUPINGS", "LENGTH", "Parameter", "parameter_table", "task_lengths"]

GROUPINGS = ("hardware_family", "hardware", "stack", "source", "task")
"""By which parameters have effects: factors with a prior mean of 1, which a label that is not known has."""

LENGTH = "input_tokens"
"""The parameter whose effects by task are the lengths of tasks that no source states."""

_UNKNOWN_TASK_SD = 0.5
_RANDOM_TASK_SD = 0.1


@dataclass(frozen=True)
class Parameter:
    """One parameter: exp of a number that is fitted, with a normal prior.

    Attributes
    ----------
    name, unit, meaning
        What it is.
    mean
        Prior median, in its unit.
    sd
        Prior standard deviation of its logarithm; 0 where it is not fitted and carries effects alone [1].
    effects
        Prior standard deviation of the logarithm of its effects, by grouping [1]; see `GROUPINGS`.
    old_stack_sd
        That of effects of old and special stacks, where it differs; see `is_old` in ``stack_classes``.
    """

    name: str
    unit: str
    mean: float
    sd: float
    effects: Mapping[str, float]
    old_stack_sd: float | None
    meaning: str

    def effect(self, grouping: str, label: str) -> tuple[float, float]:
        """Return prior mean and standard deviation of the logarithm of an effect."""
        if grouping == "task":
            unknown = _RANDOM_TASK_SD if "random" in label else _UNKNOWN_TASK_SD
            length, sd = task_lengths().get(label, (self.mean, unknown))
            return math.log(length / self.mean), sd
        if grouping == "stack" and self.old_stack_sd is not None and is_old(label):
            return 0.0, self.old_stack_sd
        return 0.0, self.effects[grouping]


@cache
def parameter_table() -> Mapping[str, Parameter]:
    """Return all parameters by name, in the order of the table.

    Examples
    --------
    >>> parameter_table()["memory_efficiency"].mean
    0.8
    """
    return {row["name"]: _parameter(row) for row in _rows("parameters.csv")}


@cache
def task_lengths() -> Mapping[str, tuple[float, float]]:
    """Return the prior mean of the input length [tokens] and the deviation of its logarithm, by task."""
    return {row["task"]: (float(row["input_tokens"]), float(row["sd"])) for row in _rows("task_lengths.csv")}


def _parameter(row: Mapping[str, str]) -> Parameter:
    effects = {one: float(row[f"{one}_sd"]) for one in GROUPINGS if row[f"{one}_sd"]}
    return Parameter(
        name=row["name"],
        unit=row["unit"],
        mean=float(row["mean"]),
        sd=float(row["sd"]),
        effects=effects,
        old_stack_sd=float(row["old_stack_sd"]) if row["old_stack_sd"] else None,
        meaning=row["meaning"],
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text), strict=True))
