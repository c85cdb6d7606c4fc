"""Public claims of Wh per query: the table of them, and what this method says about each.

=================  ====================================================================================
``table``          the claims as a data frame
``get``            one claim
``verdict``        one sentence on a claim, or on how many times another figure a query takes
``least``          which model takes the least energy for one query, and all others by rank
``compare``        a claim beside the model at the claim's own lengths, model and boundary
``restate``        a number of Wh moved from one boundary to another, step by step
``reconcile``      two claims brought to one boundary, and what is left between them
``overstated``     "public estimates are 4 to 20 times too high" as a table of comparisons
=================  ====================================================================================

===================  ==================================================================================
``listing``          the claims that ship, chosen by what they are
``boundaries``       factors from one boundary to another, step by step
``reconciling``      two claims at one boundary
``conditions``       what a claim is compared with: models, lengths, boundary, stated or assumed
``answers``          what the model says there, each question computed once
``comparing``        a claim beside the model
``comparison``       the result, to print or to keep
``assumption``       one assumption that may differ, and the gap that it is to close
``assumptions``      all of them
``needed_length``    the output length that would close the gap
``needed_factors``   the batch, utilization, PUE, boundary, levers and statistic that would
``closing``          the smallest set of assumptions that closes it
``judging``          the verdict: one sentence, with what it stands on
``columns``          numbers in columns as wide as there is room
``least_model``      the verdict on which model takes least
``method_choice``    the method, where nobody named one
``judged``           the result, to print or to keep
``questions``        typical and long queries, and what moves an answer most
``wording``          the sentence, made of numbers
``energies``         "3 Wh" and "10 kJ" as Wh
``sources``          primary and second-hand sources, and BibTeX
``evidence``         figures beside the claims: small batches, lengths of real traffic
``overstating``      how many times public estimates exceed the model
===================  ==================================================================================

Claims are facts of the catalog. Whatever is said about why a claim differs is inference, and is called so.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wattquery.claims.boundaries import Restated, restate
    from wattquery.claims.comparing import compare
    from wattquery.claims.comparison import Comparison
    from wattquery.claims.judged import Verdict
    from wattquery.claims.judging import verdict
    from wattquery.claims.least_model import least
    from wattquery.claims.listing import get, table
    from wattquery.claims.overstating import overstated
    from wattquery.claims.reconciling import Reconciliation, reconcile

_HOMES = {
    "Comparison": "comparison",
    "Reconciliation": "reconciling",
    "Restated": "boundaries",
    "Verdict": "judged",
    "compare": "comparing",
    "get": "listing",
    "least": "least_model",
    "overstated": "overstating",
    "reconcile": "reconciling",
    "restate": "boundaries",
    "table": "listing",
    "verdict": "judging",
}

__all__ = [
    "Comparison",
    "Reconciliation",
    "Restated",
    "Verdict",
    "compare",
    "get",
    "least",
    "overstated",
    "reconcile",
    "restate",
    "table",
    "verdict",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'wattquery.claims' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"wattquery.claims.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
