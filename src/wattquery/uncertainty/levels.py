"""Intervals by their probability: what `level` says, and the quantile levels at which such intervals end."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from wattquery.errors import InputError, InputTypeError
from wattquery.specs.arguments import Levels
from wattquery.specs.containers import is_listlike, numbers
from wattquery.specs.scalars import finite, shown
from wattquery.sweeps.settings import MOST_LEVELS, RAREST_LEVEL

__all__ = ["Intervals", "checked_intervals", "checked_level", "interval_ends"]


@dataclass(frozen=True)
class Intervals:
    """Central intervals, checked.

    Attributes
    ----------
    levels
        Their probabilities, increasing.
    quantiles
        The probability levels at which they end, and that of the median, increasing.
    """

    levels: tuple[float, ...]
    quantiles: tuple[float, ...]

    @property
    def largest(self) -> float:
        """The probability of the widest one."""
        return self.levels[-1]


def checked_intervals(level: float | Levels, name: str = "level") -> Intervals:
    """Return the intervals of one probability, or of several.

    Raises
    ------
    InputError
        If a probability does not lie between 0 and 1, or comes twice.

    Examples
    --------
    >>> checked_intervals(0.9).quantiles
    (0.05, 0.5, 0.95)
    >>> checked_intervals([0.9, 0.5]).quantiles
    (0.05, 0.25, 0.5, 0.75, 0.95)
    """
    if not is_listlike(level):
        levels: tuple[float, ...] = (checked_level(level, name),)
    else:
        levels = tuple(sorted(checked_level(one, name) for one in numbers(level, name)))
    if not levels or len(set(levels)) < len(levels) or len(levels) > MOST_LEVELS:
        raise InputError(
            f"{name} must be one probability or a list of different ones, up to {MOST_LEVELS:,}, got {shown(level)}. "
            f"Pass for example {name}=[0.5, 0.9]."
        )
    ends = {end for one in levels for end in interval_ends(one)}
    return Intervals(levels, tuple(sorted({*ends, 0.5})))


def checked_level(level: object, name: str = "level") -> float:
    """Return the probability of an interval, or say what is wrong with it."""
    if is_listlike(level):
        raise InputTypeError(f"{name} must be one probability here, got {shown(level)}. Pass for example {name}=0.9.")
    probability = finite(level, name)
    if not 0.0 < probability < 1.0:
        raise InputError(
            f"{name} must lie between 0 and 1, got {shown(level)}: it is the probability of an interval. "
            f"Write 95 % as {name}=0.95."
        )
    if 1.0 - probability < 2.0 * RAREST_LEVEL or probability < 2.0 * RAREST_LEVEL:
        raise InputError(
            f"{name} must be at least {2.0 * RAREST_LEVEL:g} away from 0 and 1, got {shown(level)}. No method tells "
            "rarer ends apart. Pass a level nearer to the middle."
        )
    return probability


def interval_ends(level: float) -> tuple[float, float]:
    """Return the probability levels at which a central interval ends, in decimals: 0.05 and 0.95 for 0.9."""
    # In binary, half of 1 - 0.9 is not 0.05, and results are selected by these numbers.
    probability = Decimal(repr(level))
    return float((1 - probability) / 2), float((1 + probability) / 2)
