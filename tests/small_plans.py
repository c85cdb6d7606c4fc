"""Plans of small grids, for tests of what stands between labels and arrays."""

from __future__ import annotations

from typing import Any

from wattquery.plans.build import lower
from wattquery.sweeps.study import study

MODEL = "DeepSeek-R1"


def lowered(model: Any = MODEL, *, seed: int = 0, common: bool = True, **arguments: Any) -> Any:
    """Return the grid of `wattquery.sweep`'s arguments, and what the catalog makes of it."""
    wanted = study(model, **arguments)
    return wanted.grid, lower(wanted.grid, wanted.catalog, wanted.node_powers, seed=seed, common_random_numbers=common)


def planned(model: Any = MODEL, **arguments: Any) -> Any:
    """Return the plan alone, with PUE and power utilization at 1 where they are left out."""
    return lowered(model, **{"pue": 1.0, "power_utilization": 1.0, **arguments})[1].plan
