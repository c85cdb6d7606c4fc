"""Scores and verdicts as the tables of a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wattquery.validation.cells import GROUP_NAMES, LEFT_OUT, NAMES, SCORES, Row, cell, counted, percent, scored_cells
from wattquery.validation.cells import table as lines_of
from wattquery.validation.folds import FEWEST_ROWS, KINDS
from wattquery.validation.groups import CLUSTERS, grouped, is_trusted
from wattquery.validation.scores import scores
from wattquery.validation.verdicts import VERDICTS, verdicts

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TABLES", "Found", "report", "same_rows"]

WORST = 15
FEWEST_SHOWN = 10
"""Worst folds that are listed, and rows of a group that has a line."""


@dataclass(frozen=True, eq=False)
class Found:
    """What a validation found.

    Attributes
    ----------
    predictions
        Of all folds, with their groups.
    scores
        Of all groups, without rows of low confidence.
    verdicts
        On all targets.
    """

    predictions: pd.DataFrame
    scores: pd.DataFrame
    verdicts: pd.DataFrame

    @classmethod
    def of(cls, labelled: pd.DataFrame) -> Found:
        """Score predictions, as `wattquery.validation.groups.with_groups` returns them."""
        found = grouped(labelled[is_trusted(labelled)])
        return cls(labelled, found, verdicts(found))

    def trusted(self) -> pd.DataFrame:
        """Return the predictions of rows that are not of low confidence."""
        return self.predictions[is_trusted(self.predictions)]


def report(found: Found) -> dict[str, list[str]]:
    """Return the tables of the page as lines of Markdown, by their names.

    Rows of low confidence count in the table of their own alone. Errors and shares are in per cent, a median absolute
    log error of 0.12 as 12.
    """
    made = {name: table(found) for name, table in TABLES.items()}
    return {**made, **{f"groups_{by}": groups(found, by) for by in KINDS}}


def same_rows(table: pd.DataFrame, points: int) -> pd.DataFrame:
    """Return the predictions without a measured point of just those rows that some measured points calibrated."""
    keys = ["by", "fold", "row_id", "quantity"]
    which = table.loc[table["points"] == points, keys]
    return table[table["points"] == 0].merge(which, on=keys)


def folds_made(found: Found) -> list[str]:
    """Return how many folds there are of each kind, and how many rows and numbers they predict."""
    rows = []
    for by in KINDS:
        part = found.predictions[(found.predictions["by"] == by) & (found.predictions["points"] == 0)]
        if len(part):
            rows.append((LEFT_OUT[by], f"{part['fold'].nunique()}", f"{part['row_id'].nunique():,}", f"{len(part):,}"))
    return lines_of(("left out",), ("folds", "operating points", "measured numbers"), rows)


def headline(found: Found) -> list[str]:
    """Return the scores of all rows by what was left out and by quantity."""
    part = found.scores[(found.scores["group"] == "overall") & (found.scores["points"] == 0)]
    every = {(one["by"], one["quantity"]): one for one in part.to_dict("records")}
    rows = [
        (LEFT_OUT[by], name, *counted(every[by, quantity], *_COUNTS), *scored_cells(every[by, quantity]))
        for by in KINDS
        for quantity, name in NAMES.items()
        if (by, quantity) in every
    ]
    return lines_of(("left out", "quantity"), ("rows", "not predicted", "clusters", *SCORES), rows)


def targets(found: Found) -> list[str]:
    """Return the errors that are wanted, beside those that were found."""
    part = found.verdicts[found.verdicts["statistic"] == "median_absolute_log_error"]
    rows = [_target(one) for one in part.to_dict("records")]
    header = ("left out", "quantity", "rows of", "verdict")
    return lines_of(header, ("wanted: at most [%]", "error [%]", "missed by [%]", "rows", "clusters"), rows)


def coverage(found: Found) -> list[str]:
    """Return whether intervals hold what they promise: of all rows, and in how many groups."""
    judged = found.verdicts
    rows = []
    for by in KINDS:
        for quantity, name in NAMES.items():
            part = judged[(judged["by"] == by) & (judged["points"] == 0) & (judged["quantity"] == quantity)]
            part = part[part["statistic"].isin(_SHARES)]
            whole = {one["statistic"]: one for one in part[part["group"] == "overall"].to_dict("records")}
            inside = part[part["group"] != "overall"]["verdict"].value_counts()
            counts = [str(int(inside.get(verdict, 0))) for verdict in VERDICTS[:3]]
            shares = [f"{percent(whole[one], 'found', 'stderr')} {whole[one]['verdict']}".strip() for one in _SHARES]
            rows.append((LEFT_OUT[by], name, *shares, *counts))
    header = ("50 % intervals hold [%]", "90 % intervals hold [%]", *(f"groups {one}" for one in VERDICTS[:3]))
    return lines_of(("left out", "quantity"), header, rows)


def coverage_missed(found: Found) -> list[str]:
    """Return the groups in which 90 % intervals hold too little."""
    judged = found.verdicts
    missed = judged["statistic"].eq("coverage_90") & judged["verdict"].eq("missed") & judged["group"].ne("overall")
    rows = [
        (*_said(one), GROUP_NAMES[one["group"]], one["label"], percent(one, "found", "stderr"), *counted(one, *_ROWS))
        for one in judged[missed].to_dict("records")
    ]
    return lines_of(("left out", "quantity", "group", "of"), ("90 % intervals hold [%]", "rows", "clusters"), rows)


def points(found: Found) -> list[str]:
    """Return what measured points of a configuration bring, of the same rows."""
    trusted = found.trusted()
    every: dict[tuple[str, int, int], Row] = {}
    for count in sorted(set(trusted["points"]) - {0}):
        for given, part in ((0, same_rows(trusted, count)), (count, trusted[trusted["points"] == count])):
            for one in scores(part, clusters=CLUSTERS).to_dict("records"):
                every[one["quantity"], count, given] = one
    order = sorted(every, key=lambda key: (list(NAMES).index(key[0]), *key[1:]))
    judged = found.verdicts[(found.verdicts["statistic"] == "coverage_90") & (found.verdicts["group"] == "overall")]
    said = {(one["quantity"], one["points"]): one["verdict"] for one in judged.to_dict("records") if one["points"]}
    rows = []
    for key in order:
        error, bias, half, most, score = scored_cells(every[key])
        most = f"{most} {said.get((key[0], key[2]), '')}".strip()
        counts = counted(every[key], *_ROWS)
        rows.append((NAMES[key[0]], f"{key[1]}", f"{key[2]}", *counts, error, bias, half, most, score))
    return lines_of(("quantity",), ("points set aside", "of these given", "rows", "clusters", *SCORES), rows)


def worst(found: Found) -> list[str]:
    """Return the folds with the largest median errors."""
    trusted = found.trusted()
    every = scores(trusted[trusted["points"] == 0], ("by", "fold", "quantity"), clusters=CLUSTERS)
    every = every[every["rows"] >= FEWEST_ROWS].sort_values("median_absolute_log_error", ascending=False, kind="stable")
    rows = [
        (LEFT_OUT[one["by"]], one["fold"], NAMES[one["quantity"]], *counted(one, "rows"), *scored_cells(one)[:4])
        for one in every.head(WORST).to_dict("records")
    ]
    return lines_of(("left out", "fold", "quantity"), ("rows", *SCORES[:4]), rows)


def low_confidence(found: Found) -> list[str]:
    """Return the scores of rows of low confidence, which no other table counts."""
    part = found.predictions[~is_trusted(found.predictions) & (found.predictions["points"] == 0)]
    rows = [
        (LEFT_OUT[one["by"]], one["source"], NAMES[one["quantity"]], *counted(one, *_COUNTS[:2]), *scored_cells(one))
        for one in scores(part, ("by", "source", "quantity"), clusters=CLUSTERS).to_dict("records")
    ]
    return lines_of(("left out", "source", "quantity"), ("rows", "not predicted", *SCORES), rows)


def groups(found: Found, by: str) -> list[str]:
    """Return the scores of all groups for a kind of folds: error, then coverage of both intervals, then rows."""
    part = found.scores[(found.scores["by"] == by) & (found.scores["points"] == 0)]
    cells = {(one["group"], one["label"], one["quantity"]): one for one in part.to_dict("records")}
    rows = []
    for group, name in GROUP_NAMES.items():
        for label in sorted({label for of, label, _ in cells if of == group}):
            mine = [cells.get((group, label, quantity)) for quantity in NAMES]
            if any(one is not None and one["rows"] >= FEWEST_SHOWN for one in mine):
                rows.append((name, label, *(cell(one) for one in mine)))
    return lines_of(("group", "of"), tuple(NAMES.values()), rows)


TABLES: dict[str, Callable[[Found], list[str]]] = {
    "folds": folds_made,
    "headline": headline,
    "targets": targets,
    "coverage": coverage,
    "coverage_missed": coverage_missed,
    "points": points,
    "worst": worst,
    "low_confidence": low_confidence,
}
"""Tables by their names on the page; besides, there is one of groups for each kind of folds, ``groups_KIND``."""

_COUNTS = ("rows", "unpredicted", "clusters")
_ROWS = ("rows", "clusters")
_SHARES = ("coverage_50", "coverage_90")


def _said(one: Row) -> tuple[str, str]:
    return LEFT_OUT[one["by"]], NAMES[one["quantity"]]


def _target(one: Row) -> tuple[str, ...]:
    left_out, name = _said(one)
    given = f", {one['points']} measured point" if one["points"] else ""
    which = "all rows" if one["group"] == "overall" else one["label"]
    missed_by = f"{100 * one['missed_by']:.1f}" if one["verdict"] in VERDICTS[1:3] else ""
    cells = (f"{100 * one['highest']:.0f}", percent(one, "found", "stderr"), missed_by, *counted(one, *_ROWS))
    return (f"{left_out}{given}", name, which, one["verdict"], *cells)
