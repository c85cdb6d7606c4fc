"""One row of a benchmark table, as facts: no labels are joined and nothing is computed here."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from itertools import repeat

from wattquery.catalog.ranges import ranged_value
from wattquery.errors import InputTypeError, quoted
from wattquery.inputs.names import clean_name, problem
from wattquery.quantities import QUANTITIES

__all__ = ["NOT_STATED", "ROW", "BenchmarkRow", "rows_of"]

NOT_STATED = "not stated"
"""The serving system of a row whose source names none."""

ROW = "Row"
"""Header of a column in which a table says what each of its rows is called."""

_NUMBERS = tuple(
    (QUANTITIES[name].lowest, QUANTITIES[name].highest, name)
    for name in (
        "tokens_per_second",
        "input_tokens",
        "output_tokens",
        "node_power",
        "total_parameters",
        "active_parameters",
        "tensor_parallel",
    )
)
"""Physical range and name of each number."""


LABELS = ("model", "hardware", "serving", "precision")


@dataclass(frozen=True, slots=True)
class BenchmarkRow:
    """One measured throughput, with what it was measured on.

    Attributes
    ----------
    model, hardware, serving, precision
        What was run, on which node, by which serving system, with which weights.
    tokens_per_second
        Generated tokens per second of the node, all requests together [tokens/s].
    input_tokens, output_tokens
        Lengths of a query [tokens]; None where they are not known.
    node_power
        Power rating of the node [kW]; None where it is not known.
    total_parameters, active_parameters
        Size of the model, and the part used per token [1e9]; None where not known.
    architecture
        ``"Dense"`` or ``"MoE"``.
    tensor_parallel
        Accelerators that one layer is split over; None where not known.
    batch_size, scaled_power, source, comments, confidence, notes
        As the table words them.
    line
        Line of the file on which the row starts; the header is line 1.
    others
        Header and cell of every column that is not known, such as ``("Concurrency", "64")``: nothing is computed from
        them, but rows that differ in one are told apart where they scatter.

    Raises
    ------
    InputError, InputTypeError
        If a number is none, or outside its physical range, or a label is no name that can be seen.

    Examples
    --------
    >>> from wattquery import catalog
    >>> row = catalog.load("oviedo2026").rows[3]
    >>> row.model, row.precision, row.tokens_per_second, row.line
    ('Llama 3.1 405B', 'FP8', 3732.4, 5)
    """

    model: str
    hardware: str
    serving: str
    precision: str
    tokens_per_second: float
    input_tokens: float | None
    output_tokens: float | None
    node_power: float | None
    total_parameters: float | None
    active_parameters: float | None
    architecture: str
    tensor_parallel: int | None
    batch_size: str
    scaled_power: str
    source: str
    comments: str
    confidence: str
    notes: str
    line: int
    others: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        self._check_numbers()
        try:
            if _are_names(self.model, self.hardware, self.serving, self.precision):
                return
        except TypeError:  # what cannot be hashed is no name either
            pass
        for name in LABELS:
            label = getattr(self, name)
            if not isinstance(label, str):
                raise InputTypeError(f"BenchmarkRow: {name} must be text, got {quoted(label)}. Write it in quotes.")
            object.__setattr__(self, name, clean_name(label, f"BenchmarkRow: {name}"))

    def _check_numbers(self) -> None:
        for lowest, highest, name in _NUMBERS:
            value = getattr(self, name)
            if value is None and name != "tokens_per_second":
                continue
            if type(value) is float and lowest <= value <= highest and value > 0.0:
                continue
            number = ranged_value(name, value, f"BenchmarkRow: {name}")
            object.__setattr__(self, name, value if isinstance(value, int) else number)


@lru_cache(maxsize=65536, typed=True)
def _are_names(*labels: object) -> bool:
    """Return whether labels have their one form: a table has many rows of few of them."""
    return all(type(label) is str and not problem(label) and clean_name(label, "") == label for label in labels)


def rows_of(columns: Sequence[Sequence[object]]) -> list[BenchmarkRow]:
    """Return rows from checked values: a sequence for each field but the last, with a value for each row.

    Filling a field of all rows at once takes a third of the time of making them one by one, which counts in millions.
    """
    count = len(columns[0])
    rows = list(map(BenchmarkRow.__new__, repeat(BenchmarkRow, count)))
    for setter, values in zip(_SETTERS, [*columns, repeat((), count)], strict=True):
        deque(map(setter, rows, values), maxlen=0)
    return rows


_SETTERS = [BenchmarkRow.__dict__[one.name].__set__ for one in fields(BenchmarkRow)]
