"""The one door from what a user writes for an uncertain number to a distribution."""

from __future__ import annotations

from collections.abc import Mapping

from wattquery.errors import InputError, InputTypeError
from wattquery.specs.containers import check_unmasked
from wattquery.specs.distributions.base import Distribution
from wattquery.specs.distributions.fixed import Fixed
from wattquery.specs.scalars import finite, is_number, shown

__all__ = ["as_distribution"]


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
        If the number is not finite, or the mapping does not describe a distribution.

    Examples
    --------
    >>> as_distribution(1.1, "pue")
    Fixed(value=1.1)
    >>> as_distribution({"distribution": "Exponential", "median": 300}, "output_tokens")
    Exponential(median=300.0)
    """
    check_unmasked(value, name)
    if isinstance(value, Distribution):
        return _settled(value)
    if is_number(value):
        return Fixed(finite(value, name))
    if isinstance(value, Mapping) and "distribution" in value:
        try:
            return _settled(Distribution.from_dict(value))
        except InputError as error:
            raise type(error)(f"{name}: {error}") from error
    kinds = ", ".join(sorted(Distribution.by_name))
    fix = " Write the number without quotes." if isinstance(value, str) else ""
    raise InputTypeError(
        f"{name} = {shown(value)} is neither a number nor a distribution. Allowed are a finite number, "
        f"a distribution ({kinds}), or a dict with the key 'distribution'. "
        f"Write for example 1.2 or LogNormal(p5=1.05, p95=1.6).{fix}"
    )


def _settled(distribution: Distribution) -> Distribution:
    """Return `Fixed` for a distribution of which one value is left, such as a sample cut to its largest value."""
    return distribution if distribution.is_random else Fixed(distribution.support()[0])
