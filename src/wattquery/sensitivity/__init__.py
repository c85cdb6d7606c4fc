"""What drives the answer: which assumption matters how much, in every cell of a grid.

>>> import wattquery as wq
>>> shares = wq.sensitivity.sobol("DeepSeek-R1", samples=2**14)["first_order"].sel(scale="log_energy")
>>> shares.round(2).to_series().to_dict()
{'output_tokens': 0.95, 'power_utilization': 0.04, 'pue': 0.01}

Public names are imported when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wattquery.sensitivity.conditioning import given
    from wattquery.sensitivity.elasticities import elasticity
    from wattquery.sensitivity.functions import sobol_of
    from wattquery.sensitivity.moment_independence import moment_independent
    from wattquery.sensitivity.one_at_a_time import spider, tornado
    from wattquery.sensitivity.variance_based import sobol

_HOMES = {
    "elasticity": "elasticities",
    "given": "conditioning",
    "moment_independent": "moment_independence",
    "sobol": "variance_based",
    "sobol_of": "functions",
    "spider": "one_at_a_time",
    "tornado": "one_at_a_time",
}

__all__ = ["elasticity", "given", "moment_independent", "sobol", "sobol_of", "spider", "tornado"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'wattquery.sensitivity' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"wattquery.sensitivity.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
