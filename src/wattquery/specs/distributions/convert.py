"""The one door from what a user writes for an uncertain number to a distribution."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from wattquery.errors import InputError, InputTypeError
from wattquery.inputs.arguments import refuses_unknown
from wattquery.quantities import LARGEST, UncheckedNumber
from wattquery.specs.containers import check_unmasked
from wattquery.specs.distributions.base import Distribution
from wattquery.specs.distributions.fixed import Fixed
from wattquery.specs.scalars import finite, is_number, shown, unquoted

__all__ = ["NEVER_DRAWN", "as_distribution", "read_distribution", "unchecked"]

NEVER_DRAWN = 2.0**-53
"""Probability below which no run of this package will see a value."""


def as_distribution(value: object, name: str) -> Distribution:
    """Return the distribution that a value stands for: `Fixed` where only one value is possible.

    Parameters
    ----------
    value : float, Distribution or mapping
        A number stands for `Fixed`, a mapping with the key ``distribution`` for what `to_dict` made it from.
    name : str
        What the user calls the value, for messages.

    Raises
    ------
    InputTypeError
        If the value is of another kind.
    InputError
        If the number is not finite, the mapping does not describe a distribution, or draws can exceed any magnitude
        that is allowed.

    Examples
    --------
    >>> as_distribution(1.1, "pue")
    Fixed(value=1.1)
    >>> as_distribution({"distribution": "Exponential", "median": 300}, "output_tokens")
    Exponential(median=300.0)
    """
    return _reached(_settled(read_distribution(value, name)), name)


def read_distribution(value: object, name: str) -> Distribution:
    """Return the distribution that a value stands for, whatever it reaches: one that is to be truncated."""
    check_unmasked(value, name)
    if is_number(value):
        number = Fixed(finite(value, name))
        return number.unchecked() if isinstance(value, UncheckedNumber) else number
    if isinstance(value, Mapping) and "distribution" in value:
        try:
            value = Distribution.from_dict(value)
        except InputError as error:
            raise type(error)(f"{name}: {error}") from error
    if isinstance(value, Distribution):
        return value
    kinds = ", ".join(sorted(Distribution.by_name))
    fix = f" {unquoted(value)}" if isinstance(value, str) else ""
    raise InputTypeError(
        f"{name} must be a finite number, a distribution ({kinds}), or a dict with the key 'distribution', got "
        f"{shown(value)}. Write for example 1.2 or LogNormal(p5=1.05, p95=1.6).{fix}"
    )


@refuses_unknown
def unchecked(value: float | Distribution | Mapping[str, Any]) -> Distribution:
    """Return a number or distribution that is taken as it is, where the physical range of its quantity would refuse it.

    For what you know and the range does not: a node of 3000 kW. The result says so. The bound on magnitudes stays.

    Parameters
    ----------
    value : float, Distribution or mapping
        As wherever a distribution is taken.

    Raises
    ------
    InputError, InputTypeError
        If it is none.

    Examples
    --------
    >>> import wattquery as wq
    >>> round(wq.estimate("Llama 3.1 405B", node_power=wq.unchecked(3000), method="exact").quantiles[0.5])
    115
    """
    return as_distribution(value, "unchecked").unchecked()


def _reached(distribution: Distribution, name: str) -> Distribution:
    """Return the distribution, or raise `InputError` if draws of it exceed the largest magnitude."""
    low, high = distribution.support()
    low = low if math.isfinite(low) else float(distribution.ppf(NEVER_DRAWN))
    high = high if math.isfinite(high) else float(distribution.isf(NEVER_DRAWN))
    largest = max(abs(low), abs(high))
    if not largest <= LARGEST:
        raise InputError(
            f"{name} must stay within magnitudes up to {LARGEST:g}, got {distribution}, which reaches {largest:.3g}. "
            "Check its units and exponents, or cut it: wq.Truncated(..., high=...)."
        )
    return distribution


def _settled(distribution: Distribution) -> Distribution:
    """Return `Fixed` for a distribution of which one value is left, such as a sample cut to its largest value."""
    if distribution.is_random:
        return distribution
    value = Fixed(distribution.support()[0])
    return value.unchecked() if distribution.outside_range else value
