"""One assumption that may differ between a claim and the model, and the gap that it is to close."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wattquery.catalog import PublicClaim
from wattquery.catalog.claim_columns import UNKNOWN
from wattquery.claims.conditions import Conditions

__all__ = ["GIVEN", "INFERENCE", "INFERRED", "STATED", "Assumption", "Gap"]

STATED, INFERENCE = "stated by the claim", "inference"
GIVEN = "given by you"
INFERRED = "inferred, not stated by the claim"
"""Of what the table of claims has as its reader's inference: said as such, and no reason against an explanation."""


@dataclass(frozen=True)
class Assumption:
    """One assumption that may differ between a claim and the model.

    Attributes
    ----------
    name
        ``"length"``, ``"batch"``, ``"utilization"``, ``"pue"``, ``"boundary"``, ``"statistic"``, or for a claim below
        the model ``"more efficient model"``, ``"more efficient serving"`` or ``"more efficient hardware"``.
    model_value
        What the model has, in words.
    needed
        What it would have to be for this assumption alone to close the gap, in words.
    needed_value
        The same as a number, in ``unit``; NaN where it has none.
    unit
        Its unit.
    low, high
        The smallest and largest factor on the model's energy that is plausible [1]: 1 or less, and 1 or more.
    enough
        Whether the gap lies between the two.
    basis
        Whether the plausible range follows from what the claim states or the user gave, or is inference; and whether
        what the claim has of it was inferred by the table of claims, which then bounds nothing.
    because
        Where the plausible range comes from.
    extrapolated
        Whether the needed value lies beyond the data that the model rests on.
    """

    name: str
    model_value: str
    needed: str
    needed_value: float
    unit: str
    low: float
    high: float
    enough: bool
    basis: str
    because: str
    extrapolated: bool = False


@dataclass(frozen=True)
class Gap:
    """What is to be explained: a claim over the model's mean or median.

    Attributes
    ----------
    claim
        The claim, with an energy.
    conditions
        What it is compared with.
    statistic
        ``"mean"`` or ``"median"``, of the model.
    model_wh
        That statistic [Wh].
    ratio
        The claim over it [1].
    """

    claim: PublicClaim
    conditions: Conditions
    statistic: str
    model_wh: float
    ratio: float

    def states(self, field: str) -> bool:
        """Return whether the claim states a field: it is neither unknown nor inferred."""
        return getattr(self.claim, field) not in (None, "", UNKNOWN) and field not in self.claim.inferred

    def basis(self, field: str) -> str:
        """Return on what the plausible range of a field rests."""
        if self.states(field):
            return STATED
        return INFERRED if field in self.claim.inferred and getattr(self.claim, field) is not None else INFERENCE

    def assumption(self, name: str, low: float, high: float, **words: Any) -> Assumption:
        """Return an assumption of this plausible range, which holds 1, and whether it is enough."""
        low, high = min(low, 1.0), max(high, 1.0)
        return Assumption(name=name, low=low, high=high, enough=low <= self.ratio <= high, **words)
