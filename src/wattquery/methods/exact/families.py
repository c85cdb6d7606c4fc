"""Cells that the exact method solves together: those of one family differ by a constant in ln E and by sigma only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.plans.plan import DEPLOYMENT, Deployed, Plan
from wattquery.specs.factors import LENGTHS
from wattquery.throughput.load_form import LoadForm
from wattquery.throughput.model import ThroughputModel

__all__ = ["Family", "families"]


@dataclass(frozen=True)
class Family:
    """What cells share that differ by a constant and by sigma only.

    Attributes
    ----------
    throughput
        The throughput model, or what a query takes under load.
    output_tokens, input_tokens
        Places in the plan's tables of lengths; cached tokens go with those of a workload.
    base, span
        Of a power that follows throughput; ``span`` is 0 for one that does not.
    """

    throughput: ThroughputModel | LoadForm
    output_tokens: int
    input_tokens: int
    base: float
    span: float


def families(plan: Plan, cells: NDArray[np.int64]) -> Iterator[tuple[Family, NDArray[np.int64]]]:
    """Yield each family among cells of one deployment and pair of lengths, and the positions of its members."""
    places = plan.places(cells)
    deployed = plan.deployments[int(places[DEPLOYMENT][0])]
    if deployed is None:
        raise LookupError(f"cell {cells[0]} has no data")
    found: dict[Family, list[int]] = {}
    outputs, inputs = (int(places[name][0]) for name in LENGTHS)
    if plan.counts_node:
        yield from _by_what_counts(deployed, (outputs, inputs), plan.kinds[places["boundary"]])
        return
    for power, following in enumerate(plan.terms["power_utilization"]):
        key = Family(deployed.at(True), outputs, inputs, following.base, following.span)
        found.setdefault(key, []).append(power)
    for family, members in found.items():
        if len(found) == 1:
            yield family, np.arange(cells.size)
        elif (at := np.flatnonzero(np.isin(places["power_utilization"], members))).size:
            yield family, at


def _by_what_counts(
    deployed: Deployed, lengths: tuple[int, int], kinds: NDArray[np.int64]
) -> Iterator[tuple[Family, NDArray[np.int64]]]:
    """Yield the families of one deployment under load: its accelerators alone (0), and its node (1)."""
    for kind in np.unique(kinds).tolist():
        yield Family(deployed.at(kind == 1), *lengths, 1.0, 0.0), np.flatnonzero(kinds == kind)
