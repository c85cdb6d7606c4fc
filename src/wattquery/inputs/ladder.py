"""The ladder of what an energy counts, accelerator < node < facility, and what lies between two rungs.

Nothing else says which boundaries there are and in what order: specs, plans, fleets and claims read
it here.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ACCELERATOR", "CLAIM_LADDER", "FACILITY", "LADDER", "NODE", "Rung", "counts"]


@dataclass(frozen=True)
class Rung:
    """One boundary of the ladder, which counts all that the one below it does, and more.

    Attributes
    ----------
    name
        What a user calls it.
    counted
        What is counted, in words.
    adds
        What it counts beyond the rung below, as a part of the energy.
    factor
        The factor between it and the rung below; empty for the lowest rung.
    is_share
        Whether the factor is the share of this rung's energy that the rung below has, and so divides on the way up;
        any other factor multiplies.
    """

    name: str
    counted: str
    adds: str
    factor: str = ""
    is_share: bool = False

    def up(self, value: float) -> float:
        """Return what an energy at the rung below is multiplied by, where the factor has this value [1]."""
        return 1.0 / value if self.is_share else value


ACCELERATOR = Rung("accelerator", "the accelerators alone", "accelerator")
NODE = Rung("node", "accelerators, host, fans and power supplies", "host", "accelerator_share", is_share=True)
FACILITY = Rung("facility", "the node, and the site's cooling and losses", "facility_overhead", "pue")

LADDER = (ACCELERATOR, NODE, FACILITY)
"""What can be counted, each within the next."""

CLAIM_LADDER = (
    *LADDER,
    Rung("facility+idle_reserve", "the facility, with its share of nodes that stand ready", *("idle_reserve",) * 2),
)
"""What public claims count: one step of a boundary is common enough among them to be a rung."""

_FACTORS_UP_TO = {
    rung.name: frozenset(one.factor for one in CLAIM_LADDER[: place + 1]) for place, rung in enumerate(CLAIM_LADDER)
}


def counts(rung: str, factor: str) -> bool:
    """Return whether a rung counts what lies below this factor of the ladder and what the factor adds.

    Examples
    --------
    >>> [rung.name for rung in LADDER if counts(rung.name, "pue")]
    ['facility']
    """
    return factor in _FACTORS_UP_TO[rung]
