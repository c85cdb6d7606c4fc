"""What is asked of a capacity, beside what a study takes: targets, what is minimised, and the reserve."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import ndtri

from wattquery.capacity.demand import Demand
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.specs.scalars import finite, is_whole, shown
from wattquery.sweeps.targets import limits_of
from wattquery.uncertainty.levels import checked_level, interval_ends

__all__ = ["MINIMIZE", "Asked", "checked_chance", "checked_minimize", "checked_reserve"]

MINIMIZE = ("energy", "nodes")
"""What may be least; the other one decides between equals."""

MOST_RESERVE = 100_000


@dataclass(frozen=True, eq=False)
class Asked:
    """What a capacity has to do.

    Attributes
    ----------
    demand
        The rate of requests.
    targets
        By name, as in `wattquery.sweeps.targets.TARGETS`.
    chance
        The probability with which each of them is met, at least, by what the load model leaves open [1].
    minimize
        One of `MINIMIZE`.
    reserve
        Nodes beside those that are needed.
    level
        Of all intervals [1].
    """

    demand: Demand
    targets: dict[str, float]
    chance: float
    minimize: str
    reserve: int
    level: float

    @property
    def limits(self) -> dict[str, float]:
        """The most that each latency may be [s]."""
        return limits_of(self.targets)

    @property
    def sigmas(self) -> float:
        """By how many standard deviations a latency may lie above its median so that the chance is reached [1]."""
        return float(ndtri(self.chance))

    @property
    def ends(self) -> tuple[float, float]:
        """The probability levels at which intervals end."""
        return interval_ends(checked_level(self.level))


def checked_chance(value: object) -> float:
    """Return the probability with which targets are to be met.

    Raises
    ------
    InputError, InputTypeError
        If it is no number from 0.5 to 0.999.
    """
    chance = finite(value, "chance")
    if not 0.5 <= chance <= 0.999:
        raise InputError(
            f"chance must be a probability from 0.5 to 0.999, got {shown(value)}: 0.5 asks that the median meets each "
            "target, 0.9 that it is met with 90 %."
        )
    return chance


def checked_minimize(value: object) -> str:
    """Return what is to be least."""
    if not isinstance(value, str) or value not in MINIMIZE:
        raise InputError(
            f"minimize must be one of {listed(MINIMIZE)}, got {shown(value)}: write one of these."
            f"{did_you_mean(value, MINIMIZE)}"
        )
    return value


def checked_reserve(value: object) -> int:
    """Return a number of nodes."""
    if not is_whole(value) or not 0 <= value <= MOST_RESERVE:
        raise InputTypeError(
            f"reserve must be a whole number of nodes from 0 to {MOST_RESERVE:,}, got {shown(value)}: N+1 is reserve=1."
        )
    return int(value)
