"""What a user writes for a factor of the equation, checked: one converter each, with what its physics allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.names import clean_name
from wattquery.specs.distributions import Distribution, Fixed
from wattquery.specs.lever import Lever
from wattquery.specs.power import ThroughputProportional
from wattquery.specs.ranges import bounded_product, ranged
from wattquery.specs.scalars import shown

__all__ = ["LeverSet", "lever_set", "node_power", "power_utilization", "pue", "tokens"]

DEEPEST = 3
"""Levels of lists in lists of levers."""


def tokens(name: str) -> Callable[[object], Distribution]:
    """Return the converter of a length [tokens]: positive, and at least 1 where it is a number."""

    def convert(value: object) -> Distribution:
        length = ranged(name, value)
        if isinstance(length, Fixed) and length.value < 1.0:
            raise InputError(f"{name} must be at least 1 token, got {length}. Give it in tokens per query.")
        return length

    return convert


def power_utilization(value: object) -> Distribution | ThroughputProportional:
    """Return a power utilization: a share of the node power rating, or a power that follows throughput."""
    if isinstance(value, ThroughputProportional):
        return value
    if isinstance(value, Mapping) and "power_utilization" in value:
        return ThroughputProportional.from_dict(value)
    return ranged("power_utilization", value)


def pue(value: object) -> Distribution:
    """Return a power usage effectiveness: facility energy over node energy, so 1 or more."""
    return ranged("pue", value)


def node_power(value: object) -> Distribution:
    """Return a node power rating [kW]."""
    return ranged("node_power", value)


@dataclass(frozen=True)
class LeverSet:
    """A combination of levers, each of which divides the energy; empty for none."""

    levers: tuple[Lever, ...] = ()

    def __post_init__(self) -> None:
        names = [lever.name for lever in self.levers]
        twice = [name for i, name in enumerate(names) if name in names[:i]]
        if twice:
            raise InputError(
                f"levers = {self.label!r} names {listed(twice)} more than once; a combination takes each lever once. "
                "Remove it, or give the second one a name of its own with wq.Lever(name, distribution)."
            )
        bounded_product(f"levers = {self.label!r}", (lever.largest for lever in self.levers))

    @property
    def label(self) -> str:
        """The names joined by ``+``, or ``none``."""
        return "+".join(lever.name for lever in self.levers) or "none"


def lever_set(known: Mapping[str, Lever]) -> Callable[[object], LeverSet]:
    """Return the converter of a lever combination, with the levers that names may refer to.

    A combination is ``"none"``, a name, several joined by ``+``, a `Lever` of the user's own, or a list of these.
    """

    def convert(value: object) -> LeverSet:
        return LeverSet(tuple(_levers(value)))

    def _levers(value: object, depth: int = 0) -> list[Lever]:
        if isinstance(value, Lever):
            return [value]
        if isinstance(value, LeverSet):
            return list(value.levers)
        if isinstance(value, Mapping):
            return [Lever.from_dict(value)]
        if isinstance(value, (list, tuple)) and depth < DEEPEST:
            return [lever for part in value for lever in _levers(part, depth + 1)]
        if not isinstance(value, str):
            raise InputTypeError(
                f"levers must be names or levers, got {shown(value)}. Pass one of {listed(['none', *known])}, several "
                "joined by '+', or wq.Lever(name, distribution)."
            )
        value = clean_name(value, "levers")
        if value == "none":
            return []
        return [_named(part.strip(), value) for part in value.split("+")]

    def _named(name: str, written: str) -> Lever:
        if name not in known:
            raise InputError(
                f"levers = {written!r} names the unknown lever {name!r}. Known are {listed(['none', *known])}; pass "
                f"wq.Lever({name!r}, distribution) for one of your own.{did_you_mean(name, known)}"
            )
        return known[name]

    return convert
