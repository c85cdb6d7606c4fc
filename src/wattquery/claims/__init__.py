"""Public claims of Wh per query: the table of them, and what this method says about each.

=================  ====================================================================================
``table``          the claims as a data frame
``get``            one claim
``compare``        a claim beside the model at the claim's own lengths, model and boundary
``restate``        a number of Wh moved from one boundary to another, step by step
``reconcile``      two claims brought to one boundary, and what is left between them
``overstated``     "public estimates are 4 to 20 times too high" as a table of comparisons
=================  ====================================================================================

Claims are facts of the catalog. Whatever is said about why a claim differs is inference, and is called so.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wattquery.claims.boundaries import Restated, restate
    from wattquery.claims.comparing import compare
    from wattquery.claims.comparison import Comparison
    from wattquery.claims.listing import get, table
    from wattquery.claims.overstating import overstated
    from wattquery.claims.reconciling import Reconciliation, reconcile

_HOMES = {
    "Comparison": "comparison",
    "Reconciliation": "reconciling",
    "Restated": "boundaries",
    "compare": "comparing",
    "get": "listing",
    "overstated": "overstating",
    "reconcile": "reconciling",
    "restate": "boundaries",
    "table": "listing",
}

__all__ = [
    "Comparison",
    "Reconciliation",
    "Restated",
    "compare",
    "get",
    "overstated",
    "reconcile",
    "restate",
    "table",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'wattquery.claims' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"wattquery.claims.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
