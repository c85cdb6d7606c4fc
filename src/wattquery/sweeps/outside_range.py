"""What of a grid lies outside the physical range of its quantity: tails, and what its user passed as unchecked."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from wattquery.catalog import Deployment
from wattquery.plans.build import Lowered
from wattquery.quantities import UncheckedNumber
from wattquery.specs import Distribution, Fixed
from wattquery.specs.factors import LEVER, kind_of
from wattquery.specs.grid import Grid
from wattquery.specs.ranges import outside_in_words
from wattquery.sweeps.load_levers import levers_of

__all__ = ["OUTSIDE_RANGE", "outside_range"]

OUTSIDE_RANGE = "outside_range"
"""The attribute of a result that says it."""

ROW_NUMBERS = ("tokens_per_second", "input_tokens", "output_tokens")


def outside_range(grid: Grid, lowered: Lowered) -> dict[str, str]:
    """Return the attribute that says what lies outside, or none where nothing does."""
    said = outside_in_words(chain(_factors(grid), _of_catalog(lowered)))
    return {OUTSIDE_RANGE: said} if said else {}


def _factors(grid: Grid) -> Iterator[tuple[str, str, Distribution]]:
    """Yield name, quantity and distribution of what the user gave, as it stands on the axes."""
    by_load = {LEVER + lever.name for lever in levers_of(grid) if lever.by_concurrency is not None}
    for factor in grid.factors():
        kind = kind_of(factor.name)
        if kind is not None and factor.name not in by_load:  # what may cost at some load is said with the load
            yield factor.name, kind.quantity, factor.distribution
    if grid.prefill_weight:
        yield "prefill_weight", "prefill_weight", Fixed(grid.prefill_weight)


def _of_catalog(lowered: Lowered) -> Iterator[tuple[str, str, Distribution]]:
    """Yield the same of what a catalog or preset has."""
    for power in lowered.node_powers:
        if power is not None:
            yield "node_power", "node_power", Fixed(power)
    for deployment in dict.fromkeys(deployment for deployment in lowered.deployments if deployment is not None):
        yield from _rows(deployment)


def _rows(deployment: Deployment) -> Iterator[tuple[str, str, Distribution]]:
    for row in deployment.rows:
        for name in ROW_NUMBERS:
            value = getattr(row, name)
            if isinstance(value, UncheckedNumber):
                yield f"{name} of {deployment.model}", name, Fixed(value)
