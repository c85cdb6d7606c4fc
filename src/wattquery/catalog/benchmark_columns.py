"""The columns of a benchmark table: their headers, what a cell may hold, and the words for one that may not.

Nothing here knows files or rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from wattquery.catalog.ranges import is_allowed
from wattquery.catalog.row import NOT_STATED
from wattquery.inputs.names import clean_name, problem
from wattquery.quantities import LARGEST, QUANTITIES, SMALLEST, UncheckedNumber

__all__ = [
    "COLUMNS",
    "NOT_KNOWN",
    "NO_UNITS",
    "Cell",
    "Column",
    "GroupedThousands",
    "NotAllowedError",
    "label",
    "other_unit",
    "range_in_words",
    "ranged",
    "text",
]

Cell = str | float | int | bool | tuple[str, ...] | None

NO_UNITS = "Write digits with a decimal point, without units or thousands separators"

# float() alone would also take "1_000", "nan", "infinity" and digits of other scripts.
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_UNCHECKED = re.compile(r"unchecked\((.+)\)")
_GROUPED = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)
_IN_BRACKETS = re.compile(r"[(\[{]([^)\]}]*)[)\]}]\s*$")
_LAST_WORD = re.compile(r"[\s_/.,-](m?w|kw|kva|watts?|kilowatts?|megawatts?|hp)\s*$", re.IGNORECASE)
_WHOLE = re.compile(r"\d+", re.ASCII)
_SHORT = 3
"""Digits that stand without a point between thousands in any case."""


class NotAllowedError(ValueError):
    """A cell holds what its column does not allow.

    Parameters
    ----------
    why
        Why and how to mend it, where it is not for what the column says of all cells.
    fix
        How to mend this one, where it is.
    """

    def __init__(self, why: str = "", fix: str = "") -> None:
        super().__init__(why)
        self.fix = fix


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
    grouped
        For large numbers: a value below which no honest cell lies; see `GroupedThousands`.
    """

    header: str
    field: str
    parse: Callable[[str], Cell]
    allowed: str
    fix: str
    required: bool = False
    absent: Cell = None
    grouped: float | None = None


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


def ranged(quantity: str, *unknown: str) -> Callable[[str], float | None]:
    """Return a reader of numbers above 0 within the physical range of a quantity.

    Parameters
    ----------
    quantity
        Its name in the table of quantities.
    unknown
        Words for not known, the empty cell among them where it may be one.
    """
    row = QUANTITIES[quantity]

    def parse(cell: str) -> float | None:
        if _NUMBER.fullmatch(cell):
            value = float(cell)
            if row.lowest <= value <= row.highest and value > 0.0:
                return value  # a million rows take this way
        elif cell.casefold() in unknown:
            return None
        elif (vouched := _UNCHECKED.fullmatch(cell)) and _NUMBER.fullmatch(vouched[1]):
            value = UncheckedNumber(vouched[1])
            if is_allowed(quantity, value):
                return value
        else:
            raise NotAllowedError
        meant = f" If it is meant, write unchecked({cell})." if SMALLEST <= value <= LARGEST else ""
        raise NotAllowedError(fix=f"{row.suggestion}.{meant}" if row.suggestion else meant.strip())

    return parse


def range_in_words(quantity: str) -> str:
    """Return what a cell of a quantity may hold."""
    row = QUANTITIES[quantity]
    return f"a positive number, {row.range_in_words}"


class GroupedThousands:
    """Whether a column is written with points between thousands, told from its cells as they are read.

    ``21.000`` is twenty-one or twenty-one thousand. A column is taken for the latter where each number in it is whole,
    or has a point with three digits after it, and at least one ends in a zero that no decimal needs, or one lies below
    what is plausible, or several have three decimals. The last tells nothing beside a number such as ``12000``, which
    is what four significant digits look like beside ``1.025``; a lone ``1.025`` is a decimal.

    Parameters
    ----------
    plausible
        A value below which no honest cell lies.

    Examples
    --------
    >>> several, decimal = GroupedThousands(0.1), GroupedThousands(0.1)
    >>> several.look("21.000"), several.look("980"), decimal.look("21.0")
    (None, None, None)
    >>> several.cell, decimal.cell
    ('21.000', '')
    """

    def __init__(self, plausible: float) -> None:
        self._plausible = plausible
        self._first = self._telling = self._several = ""
        self._has_long = self.ruled_out = False

    def look(self, cell: str) -> None:
        """Take a cell into account; seen twice it counts once."""
        if self.ruled_out:
            return
        if not _GROUPED.fullmatch(cell):
            whole = bool(_WHOLE.fullmatch(cell))
            self._has_long = self._has_long or (whole and len(cell) > _SHORT)
            self.ruled_out = bool(_NUMBER.fullmatch(cell)) and not whole
            return
        self._first = self._first or cell
        if cell.endswith("0") or float(cell) < self._plausible:
            self._telling = self._telling or cell
        elif cell != self._first:
            self._several = self._first

    @property
    def cell(self) -> str:
        """A cell of a column that is written so; empty where it is not."""
        several = "" if self._has_long else self._several
        return "" if self.ruled_out else self._telling or several


def other_unit(header: str, wanted: str) -> bool:
    """Return whether a header names a unit other than that of a known one: such a column needs more than a new name.

    Examples
    --------
    >>> other_unit("Power for Node (W)", "Power for Node (kW)"), other_unit("Power for Node", "Power for Node (kW)")
    (True, False)
    """
    own, known = _unit(header), _unit(wanted)
    return bool(own and known and own != known)


def _unit(header: str) -> str:
    """Return what a header has in brackets at its end, or a last word that is a unit of power."""
    found = _IN_BRACKETS.search(header) or _LAST_WORD.search(header)
    return found[1].strip().casefold() if found else ""


def _count_or_unknown(cell: str) -> int | None:
    value = ranged("tensor_parallel", *NOT_KNOWN)(cell)
    if value is None:
        return None
    if not value.is_integer():
        raise NotAllowedError
    return int(value)


NOT_KNOWN = ("na", "")
_A_LABEL = "a name (not empty)"


def _number(header: str, quantity: str, *unknown: str, grouped: float | None = None, required: bool = False) -> Column:
    words = ", ".join(repr({"na": "NA"}.get(one, one.title())) for one in unknown if one)
    return Column(
        header,
        quantity,
        ranged(quantity, *unknown),
        f"{range_in_words(quantity)}{f', or {words} or an empty cell for not known' if unknown else ''}",
        f"{NO_UNITS}, or {'NA' if unknown else 'leave the row out'}.",
        required=required,
        grouped=grouped,
    )


COLUMNS: tuple[Column, ...] = (
    Column("Model", "model", label, _A_LABEL, "Name the model in every row.", required=True),
    _number("Total Parameter Count (B)", "total_parameters", *NOT_KNOWN),
    _number("Active Parameter Count (B)", "active_parameters", *NOT_KNOWN),
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
    _number("Tokens per Second (TPS)", "tokens_per_second", grouped=0.1, required=True),
    _number("Input Length", "input_tokens", "variable", *NOT_KNOWN, grouped=10.0, required=True),
    _number("Output Length", "output_tokens", "variable", *NOT_KNOWN, grouped=10.0, required=True),
    Column("Batch Size", "batch_size", text, "any text", "", absent=""),
    _number("Power for Node (kW)", "node_power", *NOT_KNOWN, required=True),
    Column("Source", "source", text, "any text", "", absent=""),
    Column("Comments", "comments", text, "any text", "", absent=""),
    Column("Confidence level", "confidence", text, "any text", "", absent=""),
    Column("Serving", "serving", _serving, "any text", "", absent=NOT_STATED),
    Column("Notes", "notes", text, "any text", "", absent=""),
)
"""Every known column, in the order in which the shipped table has them."""
