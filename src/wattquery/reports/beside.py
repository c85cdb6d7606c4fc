"""Public claims beside a number, those on the same model first."""

from __future__ import annotations

from collections.abc import Sequence

from wattquery.catalog import PublicClaim
from wattquery.claims.energies import in_digits
from wattquery.claims.listing import chosen
from wattquery.reports.content import Cell, Table
from wattquery.sweeps.no_rows_hint import claims_on

__all__ = ["MOST", "claims_beside"]

MOST = 12
"""Claims that a page shows."""


def claims_beside(median: float, models: Sequence[str], boundary: str, which: str = "median") -> Table:
    """Return public claims on queries to language models, with how many times the page's number each is.

    Parameters
    ----------
    median
        The number of the page [Wh].
    models
        Models that it is about; ``"frontier"`` for a blend of the large ones.
    boundary
        What it counts.
    which
        Which of the page's numbers it is.
    """
    claims = [one for one in chosen(kind="llm_query", origin="public") if one.wh is not None]
    same = {name for model in models for name in claims_on(model)}
    ordered = sorted(claims, key=lambda one: (one.id not in same, one.model_class != "frontier"))
    rows = tuple(_row(one, median) for one in ordered[:MOST])
    left = len(ordered) - len(rows)
    below = (
        f"Each counts what its column says, and the {which} of this page, {in_digits(median)} Wh, the {boundary}; "
        "a verdict on one: wattquery claims ID."
    )
    more = f" {left} more claims are not shown: wattquery claims lists them." if left else ""
    header = ("claim", "about", "Wh", f"times the {which} of this page", "boundary", "year", "source")
    caption = f"Public claims of energy per query{f', those on {models[0]} first' if len(models) == 1 else ''}"
    return Table(caption, header, rows, frozenset({0, 1, 4, 6}), below + more)


def _row(claim: PublicClaim, median: float) -> tuple[str | Cell, ...]:
    assert claim.wh is not None
    year = "" if claim.year is None else str(claim.year)
    mark = " (inferred)" if "boundary" in claim.inferred else ""
    second = " (read second hand)" if claim.second_hand else ""
    source = Cell(f"{claim.source}{second}", claim.url)
    ratio = in_digits(claim.wh / median, 3)
    return claim.id, claim.subject, in_digits(claim.wh, 3), ratio, f"{claim.boundary}{mark}", year, source
