"""What drives the answer: which factor, which axis of the grid, which lever, and whether the draws were enough.

Functions take the arguments of `wattquery.sweep` or its Dataset, and return a labelled Dataset.

================  ===========================================================================
``anova``         how much of the variance over a grid each axis explains
``convergence``   whether the draws of a sweep were enough
``reduction``     the combined factor of several levers, as a distribution
``shapley``       how much of a combined reduction is due to each lever
================  ===========================================================================

Names are imported when they are first used. No module has the name of a function, which it would hide.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wattquery.sensitivity.enough_draws import Convergence, convergence
    from wattquery.sensitivity.grid_effects import anova
    from wattquery.sensitivity.lever_reduction import reduction
    from wattquery.sensitivity.lever_shares import shapley

_HOMES = {
    "Convergence": "enough_draws",
    "anova": "grid_effects",
    "convergence": "enough_draws",
    "reduction": "lever_reduction",
    "shapley": "lever_shares",
}

__all__ = ["Convergence", "anova", "convergence", "reduction", "shapley"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'wattquery.sensitivity' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"wattquery.sensitivity.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
