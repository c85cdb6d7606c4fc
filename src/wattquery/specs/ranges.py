"""The physical range of a quantity: the one check of what users write, and the words for what lies outside.

The ranges themselves stand beside the units in `wattquery.quantities`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping

import numpy as np

from wattquery.errors import InputError
from wattquery.quantities import LARGEST, QUANTITIES, SMALLEST, UncheckedNumber
from wattquery.specs.distributions import Distribution, Empirical, Fixed, Truncated
from wattquery.specs.distributions.base import FloatArray
from wattquery.specs.distributions.convert import NEVER_DRAWN, as_distribution
from wattquery.specs.scalars import finite, shortest

__all__ = ["Outside", "bounded_product", "outside", "outside_in_words", "positive", "ranged", "ranged_number"]

WORTH_SAYING = 1e-4
"""Share outside that a result mentions: less is one draw in ten thousand, and no digit that is printed shows it."""

ROUNDING = 1e-9
"""What has 5 % outside by how it was written, such as Uniform(0.95, 1.95), may have an ulp more."""


@dataclasses.dataclass(frozen=True)
class Outside:
    """What part of a distribution lies outside the physical range of a quantity.

    Attributes
    ----------
    quantity
        The quantity's name in the table.
    below, above
        Probability of lying below the range, and above it [1].
    atom
        A single value outside that has a probability of its own, if there is one.
    """

    quantity: str
    below: float
    above: float
    atom: float | None = None

    @property
    def share(self) -> float:
        """Probability of lying outside [1]."""
        return self.below + self.above

    @property
    def is_refused(self) -> bool:
        """Whether that is more than tails, unless it was passed as unchecked."""
        most = QUANTITIES[self.quantity].most_outside * (1.0 + ROUNDING)
        return self.share > most or self.atom is not None

    def in_words(self) -> str:
        """Return the share and the ends that it passes, such as ``2.1 % below 1``."""
        quantity = QUANTITIES[self.quantity]
        parts = ((self.below, f"below {quantity.lowest:g}"), (self.above, f"above {quantity.highest:g}"))
        # What is a millionth of the rest is the other tail, which nobody wrote.
        return " and ".join(
            f"{100.0 * share:.{3 if share >= 0.995 else 2}g} % {end}"
            for share, end in parts
            if share > 1e-6 * self.share
        )


def outside(quantity: str, distribution: Distribution) -> Outside:
    """Return what part of a distribution lies outside the physical range of a quantity."""
    row = QUANTITIES[quantity]
    low, high = distribution.support()
    if row.lowest <= low and high <= row.highest:
        return Outside(quantity, 0.0, 0.0)
    atoms = _atoms(distribution)
    beyond = atoms[(atoms < row.lowest) | (atoms > row.highest)]
    with np.errstate(all="ignore"):
        # What is discrete is counted, and what is not has as much below a value as up to it.
        below = float(distribution.cdf(np.nextafter(row.lowest, -np.inf)))
    return Outside(quantity, below, float(distribution.sf(row.highest)), float(beyond[0]) if beyond.size else None)


def ranged(quantity: str, value: object, owner: str = "") -> Distribution:
    """Return the distribution of a quantity that a user wrote.

    Parameters
    ----------
    quantity
        Its name in the table of quantities.
    value
        A number, a distribution or a mapping.
    owner
        What the user calls it, if not by the quantity's name.

    Raises
    ------
    InputError, InputTypeError
        If it is none, draws can be zero or less, or too much lies outside the physical range.

    Examples
    --------
    >>> ranged("pue", 1.1)
    Fixed(value=1.1)
    >>> ranged("pue", 12)
    Traceback (most recent call last):
    wattquery.errors.InputError: pue must be within 1 to 4, got 12. Write 120 % as 1.2; to count the nodes alone, \
use 1. If it is meant, pass wq.unchecked(12).
    """
    row = QUANTITIES[quantity]
    # Axes have up to a million of these, of which nothing else is to be asked.
    if (type(value) is float or type(value) is int) and max(row.lowest, SMALLEST) <= value <= min(row.highest, LARGEST):
        return Fixed(value)
    name = owner or quantity
    distribution = positive(name, as_distribution(value, name))
    found = outside(quantity, distribution)
    if found.is_refused and not distribution.outside_range:
        raise InputError(_refusal(name, distribution, found))
    return distribution


def ranged_number(quantity: str, value: object, owner: str = "") -> float:
    """Return a quantity that is always a number.

    Raises
    ------
    InputError, InputTypeError
        If it is no finite number, or lies outside the physical range.

    Examples
    --------
    >>> ranged_number("prefill_weight", 0.03)
    0.03
    """
    name = owner or quantity
    if isinstance(value, Mapping):
        value = as_distribution(value, name)
    vouched = isinstance(value, UncheckedNumber)
    if isinstance(value, Fixed) and value.outside_range:
        value, vouched = value.value, True
    number = finite(value, name)
    row = QUANTITIES[quantity]
    if number == 0.0 and row.or_zero:
        return 0.0
    if number < 0.0 or (number == 0.0 and row.lowest > 0.0):
        least = "above 0" if row.lowest > 0.0 and not row.or_zero else "0 or more"
        raise InputError(
            f"{name} must be {least}, within {row.range_in_words}, got {shortest(number)}. {row.suggestion}."
        )
    found = outside(quantity, Fixed(number))
    if vouched:
        return UncheckedNumber(number)
    if found.is_refused:
        raise InputError(_refusal(name, Fixed(number), found))
    return number


def positive(name: str, distribution: Distribution) -> Distribution:
    """Return the distribution, or raise `InputError` if a draw of it can be zero or less, or next to it."""
    lowest = float(distribution.ppf(NEVER_DRAWN))
    if not lowest > 0.0:
        fix = "Give a number above 0." if isinstance(distribution, Fixed) else "Cut it: wq.Truncated(..., low=...)."
        reach = "" if isinstance(distribution, Fixed) else f", which can be as low as {lowest:g}"
        raise InputError(f"{name} must be above 0, got {distribution}{reach}. {fix}")
    if lowest < SMALLEST:
        raise InputError(
            f"{name} must have a magnitude from {SMALLEST:g}, got {distribution}, which can be as low as {lowest:.3g}. "
            "Cut it: wq.Truncated(..., low=...)."
        )
    return distribution


def bounded_product(name: str, factors: Iterable[Distribution]) -> None:
    """Raise `InputError` if the product of independent factors can exceed the largest magnitude."""
    logs = sum(abs(math.log(max(float(one.isf(NEVER_DRAWN)), SMALLEST))) for one in factors)
    if logs > math.log(LARGEST) + 1e-9:
        raise InputError(
            f"{name} must multiply to at most {LARGEST:g}, and multiplies up to 1e{logs / math.log(10.0):.0f}. Leave "
            "out some of its factors, or check them."
        )


def outside_in_words(given: Iterable[tuple[str, str, Distribution]]) -> str:
    """Return what a result says of values outside their physical ranges; empty where there is nothing to say.

    Parameters
    ----------
    given
        Name, quantity and distribution of each value.

    Examples
    --------
    >>> from wattquery.specs import LogNormal
    >>> outside_in_words([("pue", "pue", LogNormal(1.05, 1.6))])
    '2.1 % of pue below 1'
    """
    said = {}
    for name, quantity, distribution in given:
        found = outside(quantity, distribution)
        if found.is_refused:
            row = QUANTITIES[quantity]
            said[f"{name} = {distribution}"] = (
                f"{name} = {distribution} is not within {row.range_in_words}, and was passed as unchecked"
            )
        elif found.share >= WORTH_SAYING:
            share, _, end = found.in_words().partition(" % ")
            said[f"{name} {found.in_words()}"] = f"{share} % of {name} {end}"
    return "; ".join(said.values())


def _refusal(name: str, distribution: Distribution, found: Outside) -> str:
    row = QUANTITIES[found.quantity]
    if isinstance(distribution, Fixed):
        return row.refusal(name, str(distribution))
    fix = "it through wq.unchecked, or cut the rest with wq.Truncated"
    if found.atom is not None:
        return row.refusal(name, f"{distribution} with the value {found.atom:g}", fix=fix)
    limit = f" for all but {100.0 * row.most_outside:g} %"
    return row.refusal(name, f"{distribution} with {found.in_words()}", limit=limit, fix=fix)


def _atoms(distribution: Distribution) -> FloatArray:
    """Return the values that have a probability of their own."""
    found = distribution.atoms()
    if found is not None:
        return found[0]
    low, high = distribution.support()
    while isinstance(distribution, Truncated):
        distribution = distribution.distribution
    if not isinstance(distribution, Empirical) or distribution.values is None:
        return np.zeros(0)
    values = np.asarray(distribution.values)  # where a table repeats a quantile
    repeated = values[1:][np.diff(values) == 0.0]
    return np.asarray(repeated[(repeated >= low) & (repeated <= high)])
