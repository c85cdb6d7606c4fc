"""Pick-freeze sums of all cells of a plan, kept: the package keeps what it makes of them alone."""

from __future__ import annotations

from wattquery.methods.pick_freeze import SCALES, PickFreeze, Sums, SumsOfCells
from wattquery.plans.designed_plan import DesignedPlan

__all__ = ["KeptSums"]


class KeptSums:
    """Takes the sums of some cells at a time.

    Parameters
    ----------
    method, plan
        What they are of.
    """

    def __init__(self, method: PickFreeze, plan: DesignedPlan) -> None:
        self.sums: Sums = method.zeros(plan.design, (plan.size, SCALES, method.replicates))

    def put(self, block: SumsOfCells) -> None:
        """Enter some cells."""
        for name in ("whole", "by_group", "by_pair", "present", "random", "centres", "resolution"):
            getattr(self.sums, name)[block.start : block.stop] = getattr(block.sums, name)
