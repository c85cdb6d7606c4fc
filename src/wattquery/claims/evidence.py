"""Figures that comparisons rest on beside the claims, from the file that ships with them. Nothing is compared here."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

__all__ = ["LowBatch", "batch_in_words", "evidence", "low_batch"]


@dataclass(frozen=True)
class LowBatch:
    """By how much an output token costs more at a small batch than at the best one [1].

    Attributes
    ----------
    batch
        The batch that it is for.
    low, median, high
        P5, median and P95 over measured configurations. Below the smallest measured batch b, ``low`` and ``median``
        are those of b and ``high`` is a bound: a step of the model takes no more energy with fewer queries in it.
    measured_at
        The batch that was measured.
    """

    batch: float
    low: float
    median: float
    high: float
    measured_at: float


@cache
def evidence() -> Mapping[str, Any]:
    """Return the figures as the file has them."""
    return tomllib.loads(files(__package__).joinpath("evidence.toml").read_text(encoding="utf-8"))


def low_batch(batch: float) -> LowBatch:
    """Return what is known for a batch, from the largest measured one that is no larger; see `LowBatch`.

    Examples
    --------
    >>> from wattquery.claims.evidence import low_batch
    >>> low_batch(8).median, round(low_batch(1).high, 1)
    (7.77, 127.2)
    """
    measured = evidence()["low_batch"]["at"]
    fitting = [one for one in measured if one["batch"] <= batch]
    row = fitting[-1] if fitting else measured[0]
    bound = max(row["batch"] / batch, 1.0)
    return LowBatch(batch, row["p5"], row["median"], row["p95"] * bound, row["batch"])


def batch_in_words(factor: float) -> str:
    """Return at which batch an output token has been measured to cost so many times the best one, at the median.

    Examples
    --------
    >>> from wattquery.claims.evidence import batch_in_words
    >>> batch_in_words(4.0), batch_in_words(20.0), batch_in_words(1.5)
    ('a batch of about 21', 'a batch below 8', 'a batch above 64')
    """
    measured = evidence()["low_batch"]["at"]
    batches = np.log([row["batch"] for row in measured])
    medians = np.log([row["median"] for row in measured])  # fall as the batch grows
    if math.log(factor) > medians[0]:
        return f"a batch below {measured[0]['batch']:g}"
    if math.log(factor) < medians[-1]:
        return f"a batch above {measured[-1]['batch']:g}"
    return f"a batch of about {math.exp(np.interp(-math.log(factor), -medians, batches)):.0f}"
