"""Rules that give the power a node draws, where it is not a distribution of its own."""

from __future__ import annotations

import dataclasses
from typing import Any

from wattquery.errors import InputError, did_you_mean
from wattquery.pages.cards import Carded, Part, fields_of
from wattquery.quantities import QUANTITIES
from wattquery.specs.entries import checked_entries
from wattquery.specs.scalars import finite, shortest, shown

__all__ = ["ThroughputProportional"]

_ROUNDING = 1e-12
"""What base + span may exceed 1 by: sums like 0.7 + 0.2 + 0.1 do."""


@dataclasses.dataclass(frozen=True)
class ThroughputProportional(Carded):
    """Power utilization that follows throughput instead of being independent of it.

    ``PU = base + span * TPS / TPS_max``

    Parameters
    ----------
    base : float
        Share of the node power rating that is drawn at no throughput [1], at least 0.001.
    span : float
        What the largest throughput adds to it [1], at least 0; base + span is at most 1.

    Raises
    ------
    InputError, InputTypeError
        If they are not finite numbers within these limits.

    References
    ----------
    Oviedo et al., Energy Use of AI Inference, supplement, https://arxiv.org/abs/2509.20241

    Examples
    --------
    >>> ThroughputProportional(base=0.24, span=0.56).label
    'ThroughputProportional(base=0.24, span=0.56)'
    """

    base: float
    span: float

    def __post_init__(self) -> None:
        for name in ("base", "span"):
            number = finite(getattr(self, name), f"ThroughputProportional: {name}")
            object.__setattr__(self, name, number)
        share = QUANTITIES["power_utilization"]
        if self.base < share.lowest or self.span < 0 or self.base + self.span > share.highest + _ROUNDING:
            raise InputError(
                f"ThroughputProportional needs base >= {share.lowest:g}, span >= 0 and base + span <= 1, got "
                f"{self.label}. They are shares of the node power rating, some of it drawn even when idle; the paper "
                "has base=0.24, span=0.56."
            )

    @property
    def label(self) -> str:
        """A short text that never changes: the call that makes this rule."""
        return f"ThroughputProportional(base={shortest(self.base)}, span={shortest(self.span)})"

    def _card(self) -> tuple[str, list[Part]]:
        return str(self), [fields_of(self)]

    def __str__(self) -> str:
        return self.label

    def to_dict(self) -> dict[str, Any]:
        """Return a dict of plain values that JSON and TOML can write, read back by `from_dict`."""
        return {"power_utilization": type(self).__name__, "base": self.base, "span": self.span}

    @classmethod
    def from_dict(cls, entries: object) -> ThroughputProportional:
        """Return the rule that `to_dict` wrote.

        Raises
        ------
        InputError, InputTypeError
            If it is not a mapping, a key is missing or unknown, or the rule is another one.
        """
        checked = checked_entries(entries, cls.__name__, ("power_utilization", "base", "span"))
        rule = checked["power_utilization"]
        if rule != cls.__name__:
            raise InputError(
                f"'power_utilization' must be {cls.__name__!r}, the one rule there is, got {shown(rule)}. Write "
                f"that.{did_you_mean(rule, [cls.__name__])}"
            )
        return cls(checked["base"], checked["span"])
