"""What the energy of a fleet hangs on: its mix of queries, what is not known, choices of the method."""

from __future__ import annotations

import math

from wattquery.claims.energies import in_digits
from wattquery.claims.questions import Condition
from wattquery.reports.fleet_points import Fleets, Place

__all__ = ["fleet_conditions"]


def fleet_conditions(fleets: Fleets) -> list[Condition]:
    """Return what the fleet that takes most hangs on, the largest factor first."""
    place, ds = fleets.sorted[-1], fleets.ds
    found = []
    per_query = {
        str(name): fleets.value("energy_per_query", place, query_class=name)
        for name in ds["query_class"].values.tolist()
        if fleets.value("share", place, query_class=name) > 0.0
    }
    if len(per_query) > 1:
        most, least = max(per_query, key=per_query.__getitem__), min(per_query, key=per_query.__getitem__)
        factor = per_query[most] / per_query[least]
        words = (
            f"the mix of queries: one of class {most} takes {in_digits(factor)} times what one of class {least} does"
        )
        found.append(Condition("mix of queries", factor, words))
    low, high = fleets.interval("epistemic", place)
    if 0.0 < low < high < math.inf:
        words = (
            "what all queries share and is not known well (throughput fits, PUE, power): it makes a range from "
            f"{in_digits(low)} to {fleets.in_words(high)}"
        )
        found.append(Condition("what is not known", high / low, words))
    found += _choices(fleets, place)
    return sorted(found, key=lambda one: -one.factor)


def _choices(fleets: Fleets, place: Place) -> list[Condition]:
    if "energy_by_choice" not in fleets.ds:
        return []
    values = {
        str(name): fleets.value("energy_by_choice", place, choice=name) for name in fleets.ds["choice"].values.tolist()
    }
    values = {name: value for name, value in values.items() if value > 0.0}
    if len(values) < 2:
        return []
    most, least = max(values, key=values.__getitem__), min(values, key=values.__getitem__)
    factor = values[most] / values[least]
    words = f"choices of the method: '{most}' takes {in_digits(factor)} times what '{least}' does"
    return [Condition("choices of the method", factor, words)]
