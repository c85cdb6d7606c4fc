"""The values of the cells of one column: each different cell is read once."""

from __future__ import annotations

from typing import Any

from wattquery.catalog.benchmark_columns import Column, GroupedThousands, NotAllowedError

__all__ = ["Values", "Wrong"]

REMEMBERED = 100_000
"""Different cells of a column whose values are kept; with more of them, few come again."""


class Wrong(str):
    """Why a cell is not allowed, in the place of its value."""

    __slots__ = ()


class Values(dict[str, Any]):
    """The value of every cell of one column that was read."""

    def __init__(self, column: Column, found: list[str], grouped: GroupedThousands | None) -> None:
        super().__init__()
        self._column, self._parse, self._grouped = column, column.parse, grouped
        self._found = found  # where cells go that are not allowed

    def __missing__(self, cell: str) -> Any:
        if self._grouped is not None:
            self._grouped.look(cell)
            if self._grouped.ruled_out:
                self._grouped = None  # a million cells need not ask again
        try:
            value = self._parse(cell)
        except NotAllowedError as error:
            column = self._column
            value = Wrong(str(error) or f"is not allowed; {column.allowed} is. {error.fix or column.fix}")
            self._found.append(cell)
        if len(self) >= REMEMBERED:
            self.clear()
        self[cell] = value
        return value
