"""One row of a benchmark table, as facts: no labels are joined and nothing is computed here."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import repeat

from wattquery.errors import InputTypeError, quoted
from wattquery.names import clean_name, problem

__all__ = ["NOT_STATED", "BenchmarkRow", "rows_of"]

NOT_STATED = "not stated"
"""The serving system of a row whose source names none."""


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

    Raises
    ------
    InputError, InputTypeError
        If a label is no name that can be seen.

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

    def __post_init__(self) -> None:
        try:
            if _are_names(self.model, self.hardware, self.serving, self.precision):
                return
        except TypeError:  # what cannot be hashed is no name either
            pass
        for field in LABELS:
            label = getattr(self, field)
            if not isinstance(label, str):
                raise InputTypeError(f"BenchmarkRow: {field} = {quoted(label)} is not a name. Write it in quotes.")
            object.__setattr__(self, field, clean_name(label, f"BenchmarkRow: {field}"))


@lru_cache(maxsize=65536, typed=True)
def _are_names(*labels: object) -> bool:
    """Return whether labels have their one form: a table has many rows of few of them."""
    return all(type(label) is str and not problem(label) and clean_name(label, "") == label for label in labels)


def rows_of(columns: Sequence[Sequence[object]]) -> list[BenchmarkRow]:
    """Return rows from checked values: a sequence for each field, with a value for each row.

    Filling a field of all rows at once takes a third of the time of making them one by one, which counts in millions.
    """
    rows = list(map(BenchmarkRow.__new__, repeat(BenchmarkRow, len(columns[0]))))
    for setter, values in zip(_SETTERS, columns, strict=True):
        deque(map(setter, rows, values), maxlen=0)
    return rows


_SETTERS = [BenchmarkRow.__dict__[field.name].__set__ for field in fields(BenchmarkRow)]
