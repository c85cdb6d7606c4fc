"""Published beside computed: a row for each number of a figure, the same numbers that `wattquery reproduce` prints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from wattquery.paper.claims import Claim, claims
from wattquery.paper.pictures.computing import Computed
from wattquery.paper.pictures.listing import FIGURES, OTHER, PaperFigure
from wattquery.paper.pictures.panels import STATISTICS, Shown, panels
from wattquery.paper.recomputed import Quantities
from wattquery.paper.reproduction import claim_row

__all__ = ["COLUMNS", "STATUS", "compared_rows", "comparison"]

COLUMNS = ("quantity", "unit", "boundary", "published", "computed", "difference", "allowed", "status", "reason")

STATUS = {True: "ok", False: "NO", None: "n/a"}
NOT_PUBLISHED = "not published"

_BOUNDARIES = {"Wh": "facility", "GWh/day": "facility and overhead"}
"""What is counted, by unit; a pure number has none."""

_TOLD = ("p25", "p50", "p75", "mean")
"""Statistics that are told also where nothing was published of them."""

_DAYS = ("traditional", "traditional_improved", "long", "long_improved", "mixed", "mixed_improved")
_MORE = {
    "figure-1b": ("paper: combined levers", "paper: lowest median", "paper: highest median"),
    "figure-2b": ("paper: long over traditional",),
    "public-estimates": ("paper: public estimates",),
}
"""Claims that are shown in a figure and no statistic of a distribution, by how their names begin."""

Row = dict[str, Any]


def comparison(found: Computed) -> pd.DataFrame:
    """Return a row for each number of each figure, and for the claims that no figure shows.

    Returns
    -------
    pandas.DataFrame
        ``figure``, then `COLUMNS`. ``published`` is text, as it was printed.
    """
    rows = [{"figure": figure.name, **row} for figure in FIGURES for row in _rows(figure, found)]
    known = {row["quantity"] for row in rows}
    others = [claim for claim in claims(found.main.preset.published) if claim.name not in known]
    rows += [{"figure": OTHER, **row} for row in _told(others, found.main)]
    return pd.DataFrame(rows, columns=["figure", *COLUMNS])


def compared_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in which something was compared, each number once: some are in two figures."""
    compared = rows[rows["status"].isin([STATUS[True], STATUS[False]])]
    return compared.drop_duplicates(["published", "computed", "allowed"])


def _rows(figure: PaperFigure, found: Computed) -> list[Row]:
    of_main = claims(found.main.preset.published)
    distributions = [shown for panel in panels(figure, found) for shown in panel.rows]
    rows = [row for shown in distributions for row in _of_distribution(shown, figure.kind == "presets")]
    if figure.kind == "days":
        for part in _DAYS:
            stated = [claim for claim in of_main if claim.quantity == ("fleet", part)]
            rows += _told(stated, found.main) or [_unpublished(found.main, ("fleet", part), "GWh/day")]
    if figure.kind == "multiples":
        rows += [
            _row(f"estimate over model: {one['subject']}, against {one['model']}", "1", computed=float(one["ratio"]))
            for one in found.estimates.to_dict("records")
        ]
    more = [claim for claim in of_main if claim.name.startswith(_MORE.get(figure.name, ()))]
    return rows + _told(more, found.main)


def _of_distribution(shown: Shown, with_preset: bool) -> list[Row]:
    """Return a row for each number that was published of a distribution, and for those that are told anyway.

    Where sets of assumptions stand beside each other, the preset is part of the name.
    """
    rows: list[Row] = []
    for statistic in STATISTICS:
        stated = shown.stated(statistic)
        rows += _told(stated, shown.source, f"{shown.source.preset.name}: " if with_preset else "")
        if not stated and statistic in _TOLD:
            rows.append(_unpublished(shown.source, (*shown.quantity, statistic), "Wh"))
    return rows


def _told(stated: Iterable[Claim], source: Quantities, before: str = "") -> list[Row]:
    """Return the rows of claims, with something before their names."""
    rows = []
    for claim in stated:
        told = claim_row(claim, source)
        numbers = {name: told[name] for name in ("computed", "difference", "allowed")}
        status = STATUS[None if told["ok"] is None else bool(told["ok"])]
        rows.append(
            _row(before + claim.name, claim.unit, published=claim.text, status=status, reason=told["reason"], **numbers)
        )
    return rows


def _unpublished(source: Quantities, quantity: tuple[str, ...], unit: str) -> Row:
    """Return the row of a number that is computed, and was not published."""
    return _row(_in_words(quantity, source), unit, computed=source.estimated(*quantity).value)


def _in_words(quantity: Sequence[str], source: Quantities) -> str:
    """Return a quantity as the names of claims have it, with the preset in the place of who published it."""
    kind, *arguments = quantity
    if kind == "frontier":
        workload, lever, statistic = arguments
        arguments = ["frontier", workload, f"lever {lever}", statistic]
    elif kind == "model":
        workload, model, statistic = arguments
        arguments = [model, workload, statistic]
    else:
        arguments = [kind, *arguments]
    return f"{source.preset.name}: {', '.join(arguments)}"


def _row(quantity: str, unit: str, **more: Any) -> Row:
    empty = {"published": "", "computed": None, "difference": None, "allowed": None, "status": NOT_PUBLISHED}
    return {"quantity": quantity, "unit": unit, "boundary": _BOUNDARIES.get(unit, ""), **empty, "reason": "", **more}
