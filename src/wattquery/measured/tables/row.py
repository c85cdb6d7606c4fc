"""One row of a table of measurements: its words, its numbers, and a sentence for each cell that cannot be."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from wattquery.errors import quoted
from wattquery.measured.tables.columns import KEYS, VALUES, WORDS, NumberColumn

__all__ = ["Row"]

_MISSING = frozenset(["", "nan", "na", "n/a", "none", "null", "-", "--", "?", "unknown", "<na>", "#n/a"])


class Row:
    """The cells of a row by the fields that they fill.

    Parameters
    ----------
    headers
        The known columns of the table.
    cells
        What stands in them.

    Examples
    --------
    >>> row = Row(("n_gpus", "model"), ("eight", "Llama 3.1 8B"))
    >>> row.word("model"), row.key("accelerators"), row.wrong
    ('Llama 3.1 8B', None, ["n_gpus 'eight' is not a number: write digits with a decimal point, or leave it empty."])
    """

    def __init__(self, headers: Sequence[str], cells: Sequence[str]) -> None:
        self._cells = {name: cell for name, cell in zip(headers, cells, strict=True) if cell.casefold() not in _MISSING}
        self.wrong: list[str] = []
        """Why the row cannot be used."""
        self.unscored: list[str] = []
        """What the row is used without, and what was assumed."""

    def word(self, field: str) -> str:
        """Return a field of words, empty where it is not known."""
        return next((self._cells[name] for name in WORDS[field] if name in self._cells), "")

    def key(self, field: str) -> float | None:
        """Return a number that says what was measured; one that cannot be is `wrong`."""
        return self._number(KEYS, field, self.wrong)

    def value(self, field: str) -> float | None:
        """Return a number that was measured; one that cannot be is `unscored`."""
        return self._number(VALUES, field, self.unscored)

    def has(self, field: str) -> bool:
        """Return whether anything stands in a field of numbers."""
        return any(name in self._cells for name in {**KEYS, **VALUES}[field].headers)

    def _number(self, columns: Mapping[str, NumberColumn], field: str, problems: list[str]) -> float | None:
        column = columns[field]
        for header, scale in column.headers.items():
            if header not in self._cells:
                continue
            cell = self._cells[header]
            number, why = _read(cell, scale, column)
            if why:
                problems.append(f"{header} {quoted(cell, 40)} {why}")
            return number
        return None


def _read(cell: str, scale: float, column: NumberColumn) -> tuple[float | None, str]:
    """Return the number of a cell in the unit of its field, or why there is none."""
    try:
        number = scale * float("" if "_" in cell else cell)
    except ValueError:
        return None, "is not a number: write digits with a decimal point, or leave it empty."
    if number == 0.0 and column.zero_is_unknown:
        return None, ""
    if not math.isfinite(number) or not column.least <= number <= column.most:
        unit = f" {column.unit}" if column.unit else ""
        return None, f"cannot be: {column.least:g} to {column.most:g}{unit} can; correct it, or leave it empty."
    if column.is_whole and not number.is_integer():
        return None, "cannot be: a whole number can; correct it, or leave it empty."
    return number, ""
