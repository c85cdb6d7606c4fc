"""The columns of a benchmark table: their headers, what a cell may hold, and the words for one that may not.

Nothing here knows files or rows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from wattquery.catalog.row import NOT_STATED
from wattquery.names import clean_name, problem

__all__ = ["COLUMNS", "NO_UNITS", "Cell", "Column", "NotAllowedError", "label", "positive", "positive_or", "text"]

Cell = str | float | int | bool | tuple[str, ...] | None

# float() alone would also take "1_000", "nan", "infinity" and digits of other scripts.
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)


class NotAllowedError(ValueError):
    """A cell holds what its column does not allow; its text, if any, says why and how to mend it."""


@dataclass(frozen=True)
class Column:
    """One known column.

    Attributes
    ----------
    header
        What the file calls it.
    field
        The field of a benchmark row that it fills.
    parse
        Turns a stripped cell into the field's value, or raises `NotAllowedError`.
    allowed, fix
        What a cell may hold and what to do about another one, for messages.
    required
        Whether a file without it is refused.
    absent
        The field's value in a file without the column.
    """

    header: str
    field: str
    parse: Callable[[str], Cell]
    allowed: str
    fix: str
    required: bool = False
    absent: Cell = None


def label(cell: str) -> str:
    """Return a name in its one form, which may not be empty."""
    if not cell:
        raise NotAllowedError
    if wrong := problem(cell):
        raise NotAllowedError(wrong)
    return clean_name(cell, "name")


def text(cell: str) -> str:
    """Return whatever a cell holds."""
    return cell


def _serving(cell: str) -> str:
    return label(cell) if cell else NOT_STATED


def positive(cell: str) -> float:
    """Return a positive finite number."""
    value = float(cell) if _NUMBER.fullmatch(cell) else math.nan
    if not (0.0 < value < math.inf):
        raise NotAllowedError
    return value


def positive_or(*unknown: str) -> Callable[[str], float | None]:
    """Return a reader of positive numbers that takes an empty cell, and these words, for not known."""

    def parse(cell: str) -> float | None:
        return None if not cell or cell.casefold() in unknown else positive(cell)

    return parse


def _count_or_unknown(cell: str) -> int | None:
    value = positive_or("na")(cell)
    if value is None:
        return None
    if not value.is_integer():
        raise NotAllowedError
    return int(value)


_A_LABEL = "a name (not empty)"
_A_LENGTH = "a positive finite number of tokens, or 'Variable', 'NA' or an empty cell for not known"
_A_SIZE = "a positive finite number (1e9 parameters), or 'NA' or an empty cell for not known"
NO_UNITS = "Write digits with a decimal point, without units or thousands separators"

COLUMNS: tuple[Column, ...] = (
    Column("Model", "model", label, _A_LABEL, "Name the model in every row.", required=True),
    Column(
        "Total Parameter Count (B)",
        "total_parameters",
        positive_or("na"),
        _A_SIZE,
        f"{NO_UNITS}, or NA.",
    ),
    Column(
        "Active Parameter Count (B)",
        "active_parameters",
        positive_or("na"),
        _A_SIZE,
        f"{NO_UNITS}, or NA.",
    ),
    Column("Type (Dense / MoE)", "architecture", text, "any text", "", absent=""),
    Column("Hardware", "hardware", label, _A_LABEL, "Name the node's accelerators in every row.", required=True),
    Column("Scaled Power", "scaled_power", text, "any text", "", absent=""),
    Column(
        "TP Size",
        "tensor_parallel",
        _count_or_unknown,
        "a positive whole number, or 'NA' or an empty cell for not known",
        "Write the number of accelerators, or NA.",
    ),
    Column("Quantization", "precision", label, _A_LABEL, "Name the precision, such as FP8.", required=True),
    Column(
        "Tokens per Second (TPS)",
        "tokens_per_second",
        positive,
        "a positive finite number of tokens/s",
        f"{NO_UNITS}, or leave the row out.",
        required=True,
    ),
    Column(
        "Input Length",
        "input_tokens",
        positive_or("variable", "na"),
        _A_LENGTH,
        f"{NO_UNITS}, or NA.",
        required=True,
    ),
    Column(
        "Output Length",
        "output_tokens",
        positive_or("variable", "na"),
        _A_LENGTH,
        f"{NO_UNITS}, or NA.",
        required=True,
    ),
    Column("Batch Size", "batch_size", text, "any text", "", absent=""),
    Column(
        "Power for Node (kW)",
        "node_power",
        positive_or("na"),
        "a positive finite number of kW, or 'NA' or an empty cell for not known",
        f"{NO_UNITS}, or NA.",
        required=True,
    ),
    Column("Source", "source", text, "any text", "", absent=""),
    Column("Comments", "comments", text, "any text", "", absent=""),
    Column("Confidence level", "confidence", text, "any text", "", absent=""),
    Column("Serving", "serving", _serving, "any text", "", absent=NOT_STATED),
    Column("Notes", "notes", text, "any text", "", absent=""),
)
"""Every known column, in the order in which the shipped table has them."""
