"""Shares of the classes of a fleet: that they sum to one, also where some of them are an axis."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.scenarios.query_class import REST, ROUNDING, QueryClass
from wattquery.specs.axis_sizes import check_count
from wattquery.specs.containers import is_listlike, items
from wattquery.specs.scalars import finite, shown

__all__ = ["SUFFIX", "checked_share_axis", "share_table", "summing_to_one", "with_shares"]

SUFFIX = "_share"
"""What the axis of a class's share is called: the name of the class and this."""

Array = NDArray[np.float64]


def summing_to_one(classes: Mapping[str, QueryClass]) -> dict[str, float]:
    """Return the share of each class.

    Raises
    ------
    InputError
        If shares do not sum to one, or more than one class takes the rest.
    """
    stated = {name: float(each.share) for name, each in classes.items() if each.share != REST}
    rest = [name for name, each in classes.items() if each.share == REST]
    total = sum(stated.values())
    if len(rest) > 1:
        raise InputError(f"One class at most must take the rest, got {listed(rest)}. Give the others a number.")
    if rest:
        if total > 1.0 + ROUNDING:
            raise InputError(
                f"The shares {_words(stated)} must sum to at most 1, got {total:.10g}, which leaves nothing for "
                f"{rest[0]!r}. Correct them."
            )
        stated[rest[0]] = max(0.0, 1.0 - total)
    elif abs(total - 1.0) > ROUNDING:
        raise InputError(
            f"The shares {_words(stated)} must sum to 1, got {total:.10g}. Correct them, or give one class the share "
            f"{REST!r}."
        )
    return {name: stated[name] for name in classes}


def checked_share_axis(axis: str, values: object, classes: Mapping[str, QueryClass]) -> tuple[str, tuple[float, ...]]:
    """Return the class that an axis of shares belongs to, and its labels.

    Raises
    ------
    InputError
        If there is no such class, or a share is not allowed.
    """
    check_count(axis, values)
    name = axis.removesuffix(SUFFIX)
    if name not in classes:
        known = [label + SUFFIX for label in classes]
        raise InputError(
            f"The axis {axis!r} is the share of no class; those are {listed(known)}. Correct the name, or leave it "
            f"out.{did_you_mean(axis, known)}"
        )
    if not is_listlike(values) or not items(values, axis):
        raise InputTypeError(f"{axis} must be a list of shares, got {shown(values)}. Write for example [0, 0.1, 1].")
    shares = tuple(finite(share, axis) for share in items(values, axis))
    if min(shares) < 0.0 or max(shares) > 1.0 + ROUNDING or len(set(shares)) < len(shares):
        raise InputError(f"{axis} must be different shares from 0 to 1, got {shown(values)}. Write 10 % as 0.1.")
    return name, tuple(min(share, 1.0) for share in shares)


def share_table(classes: Mapping[str, QueryClass], swept: Mapping[str, Sequence[float]]) -> Array:
    """Return the share of each class at every point of the axes of shares, classes along the last dimension.

    What a point leaves goes to the class that takes the rest, or else to all other classes in their proportions.

    Raises
    ------
    InputError
        If shares at a point sum to more than one, or nobody is there to take the rest.
    """
    base = summing_to_one(classes)
    names = list(classes)
    others = [name for name in names if name not in swept]
    rest = next((name for name in others if classes[name].share == REST), None)
    weights = {name: 1.0 if name == rest else 0.0 if rest else base[name] for name in others}
    rows = []
    for point in itertools.product(*swept.values()):
        shares = dict(zip(swept, point, strict=True))
        shares |= {name: base[name] for name in others if rest and name != rest}
        left = 1.0 - sum(shares.values())
        if left < -ROUNDING:
            raise InputError(
                f"The shares {_words(shares)} must sum to at most 1, got {1.0 - left:.10g}. Leave the point out."
            )
        total = sum(weights.values())
        if left > ROUNDING and total == 0.0:
            raise InputError(
                f"The shares {_words(shares)} leave {left:.10g} to no class. Give one class the share {REST!r}."
            )
        shares |= {name: shares.get(name, 0.0) + max(left, 0.0) * weights[name] / (total or 1.0) for name in others}
        rows.append([shares[name] for name in names])
    return np.array(rows).reshape((*(len(labels) for labels in swept.values()), len(names)))


def with_shares(classes: Mapping[str, QueryClass], fixed: Mapping[str, object]) -> dict[str, QueryClass]:
    """Return classes with other shares, lists of one by axis: what these leave goes to others as in `share_table`."""
    swept = dict(checked_share_axis(axis, values, classes) for axis, values in fixed.items())
    shares = share_table(classes, swept).ravel().tolist()
    return {
        name: query_class if query_class.share == REST else replace(query_class, share=share)
        for (name, query_class), share in zip(classes.items(), shares, strict=True)
    }


def _words(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{name} = {share:.10g}" for name, share in shares.items())
