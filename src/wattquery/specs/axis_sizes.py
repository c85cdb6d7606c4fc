"""How many labels an axis has, and cells a grid, looked at before any is built.

Nothing here needs a look at the machine: whether a result fits is another question.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping

import numpy as np

from wattquery.errors import InputError
from wattquery.specs.containers import is_listlike

__all__ = ["MOST_CELLS", "MOST_LABELS", "SPEC_KEYS", "check_count", "check_size", "is_several", "label_count"]

_OF_MODELS = ("config", "total_parameters")
_OF_ACCELERATORS = ("memory_gb", "bandwidth_tbps", "fp16_tflops", "tdp_w")
SPEC_KEYS = frozenset(
    {"distribution", "power_utilization", "lever", "boundary", "output_tokens", "file", *_OF_MODELS, *_OF_ACCELERATORS}
)
"""Keys of dicts that describe one value, and so are not labels of an axis."""

MOST_LABELS = 1_000_000

MOST_CELLS = 1_000_000_000
"""Bounds that need no look at the machine: the result of so many cells takes hundreds of gigabytes."""


def label_count(value: object) -> int:
    """Return how many labels `parse_axis` would make of a value, without looking at any."""
    if isinstance(value, np.ndarray):
        return value.size
    if not is_several(value):
        return 1
    try:
        return len(value)  # type: ignore[arg-type]  # whatever is several has a length
    except OverflowError:  # range(10**30)
        return sys.maxsize


def check_count(name: str, value: object) -> None:
    """Refuse an axis of more labels than any grid can have, before it is built.

    Raises
    ------
    InputError
        If it has more than `MOST_LABELS`.
    """
    count = label_count(value)
    if count > MOST_LABELS:
        raise InputError(
            f"{name} has {_counted(count)} labels; an axis may have at most {MOST_LABELS:,}. Pass fewer: a "
            "distribution, such as wq.Uniform(low, high), has all values between two."
        )


def check_size(values: Mapping[str, object]) -> None:
    """Refuse a grid of more cells than any machine holds, before its axes are built.

    Parameters
    ----------
    values
        What a user passed for each axis, by name.

    Raises
    ------
    InputError
        If there are more than `MOST_CELLS`.
    """
    counts = {}
    for name, value in values.items():
        check_count(name, value)
        counts[name] = label_count(value)
    cells = math.prod(counts.values())
    if cells > MOST_CELLS:
        axes = " x ".join(f"{count:,} {name}" for name, count in counts.items() if count > 1)
        raise InputError(
            f"The grid would have {_counted(cells)} cells ({axes}); at most {MOST_CELLS:,} are allowed. Shorten an "
            "axis, give a distribution in the place of its values, or run the grid in parts."
        )


def is_several(value: object) -> bool:
    """Return whether `parse_axis` would make a dimension of a value."""
    if isinstance(value, Mapping):
        return SPEC_KEYS.isdisjoint(value)
    return is_listlike(value) and getattr(value, "ndim", 1) > 0


def _counted(count: int) -> str:
    return f"{count:,}" if count < 10**15 else f"about 10**{len(str(count)) - 1}"
