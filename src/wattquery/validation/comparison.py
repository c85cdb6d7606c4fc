"""What a comparison of own measurements with predictions found: rows, scores, JSON and text."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wattquery.pages.cards import Carded, Part, Table
from wattquery.validation.long_table import LEVELS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Comparison"]


@dataclass(frozen=True, eq=False)
class Comparison(Carded):
    """Own measurements beside predictions.

    Attributes
    ----------
    rows
        A row for each quantity that is predicted of each row of the table: ``row_id``, ``support``, ``reason``,
        ``quantity``, ``measured`` (NaN where it was not, or is not compared), ``q05``, ``q25``, ``q50``, ``q75``,
        ``q95``, ``log_error`` (logarithm of predicted median over measured) and the labels of the row. A row of the
        table that cannot be used has one line, with an empty ``quantity``.
    summary
        Scores by ``quantity``, ``group`` and ``label``; see `wattquery.validation.scores`. Rows of low confidence
        count in the group ``confidence`` alone.
    notes
        What is to be said of the table as a whole.
    used, unused
        How many of its rows there are predictions for, and for how many there are none [1].
    """

    rows: pd.DataFrame = field(repr=False)
    summary: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...]
    used: int
    unused: int

    def _card(self) -> tuple[str, list[Part]]:
        scores = self.summary.loc[self.summary["group"] == "overall"] if len(self.summary) else self.summary
        columns = [str(name) for name in scores.columns if name not in ("group", "label")]
        rows = [
            [f"{one:.4g}" if isinstance(one, float) else str(one) for one in row]
            for row in scores[columns].values.tolist()
        ]
        parts: list[Part] = [Table(columns, rows, "Scores over all rows, shares of 1")] if rows else []
        return f"{self.used} of {self.used + self.unused} rows have a prediction", [*parts, self.notes]

    def to_dict(self) -> dict[str, Any]:
        """Return rows and summary in builtins that JSON has: None for what is not known.

        Returns
        -------
        dict
            ``"summary"``, a list of the scores, and ``"rows"``, a list in the order of the table. A row has
            ``"row_id"``, ``"support"``, ``"predictions"`` and, where there is something to say, ``"reason"``. Of each
            quantity that is predicted there is ``"measured"``, which is None where it was not measured or is not
            compared, and the quantiles ``"q05"``, ``"q25"``, ``"q50"``, ``"q75"`` and ``"q95"``.
        """
        found: dict[int, dict[str, Any]] = {}
        names = ("measured", *LEVELS)
        columns = ("place", "row_id", "support", "reason", "quantity", *names)
        for place, row_id, support, reason, quantity, *numbers in zip(
            *(self.rows[name].tolist() for name in columns), strict=True
        ):
            one = found.setdefault(place, {"row_id": row_id, "support": support, "predictions": {}})
            if reason:
                one["reason"] = reason
            if quantity:
                one["predictions"][quantity] = dict(zip(names, map(_plain, numbers), strict=True))
        summary = [{str(name): _plain(value) for name, value in row.items()} for row in self.summary.to_dict("records")]
        return {"summary": summary, "rows": [found[place] for place in sorted(found)]}

    def to_json(self, indent: int | None = None) -> str:
        """Return `to_dict` as JSON.

        Parameters
        ----------
        indent
            Blanks per level; one line where it is left out.
        """
        return json.dumps(self.to_dict(), indent=indent, allow_nan=False)


def _plain(value: Any) -> Any:
    """Return a number or a word as JSON has it."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
