"""`Estimate`: the statistics of one cell with all that qualifies them, as attributes, as JSON and as text."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from wattquery.pages.cards import Carded, Part, Table
from wattquery.quantities import STATISTICS
from wattquery.throughput.remarks import in_factors, in_tokens

__all__ = ["Estimate"]

_NO_INFORMATION = "no info: too few draws to tell the sampling error; raise draws, or use method='exact'"


class _Column(NamedTuple):
    """A column of the printed table; without a standard error where the statistic has none."""

    heading: str
    value: float
    error: float | None

    @property
    def width(self) -> int:
        """Its number of characters, with at least a space on the left."""
        return max(11, 1 + len(self.heading))


@dataclass(frozen=True)
class Estimate(Carded):
    """The energy of one query.

    Attributes
    ----------
    assumptions
        Every axis of the cell as text, by name.
    statistics
        What is computed of the cell at the boundary below, by the names of `wattquery.quantities.STATISTICS`: one
        number, or one for each probability level. A sampling standard error, whose name ends in ``_stderr``, is 0 where
        the method is exact, and infinite where too few draws lie beyond a quantile to tell.
    throughput
        Output throughput of one node at the median lengths [tokens/s].
    throughput_stderr
        Standard error of ln TPS of the throughput fit at the median lengths [1]; infinite, for no information, where
        one throughput stands for all lengths.
    notes
        What a reader should know before using the number.
    boundary
        What is counted, such as ``"facility"``.
    provenance
        Method, draws, seed, catalog and versions.
    """

    assumptions: dict[str, str]
    statistics: dict[str, Any]
    throughput: float
    throughput_stderr: float
    notes: tuple[str, ...]
    boundary: str
    provenance: dict[str, Any]

    @property
    def quantiles(self) -> dict[float, float]:
        """Energy by probability level [Wh]."""
        return dict(self.statistics["energy"])

    @property
    def throughput_model(self) -> str:
        """Form of the throughput, ``"log_linear"`` or ``"reciprocal"``."""
        return str(self.provenance["throughput_model"])

    @property
    def stderrs(self) -> dict[float, float]:
        """Sampling standard error of each quantile [Wh]."""
        return dict(self.statistics["energy_stderr"])

    @property
    def mean(self) -> float:
        """Mean over queries [Wh]."""
        return float(self.statistics["energy_mean"])

    @property
    def std(self) -> float:
        """Standard deviation over queries [Wh]."""
        return float(self.statistics["energy_std"])

    @property
    def mean_stderr(self) -> float:
        """Sampling standard error of the mean [Wh]."""
        return float(self.statistics["energy_mean_stderr"])

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold, with units in the keys; None for an error without information."""
        plain = asdict(self)
        return {
            "assumptions": plain["assumptions"],
            "boundary": self.boundary,
            **{_key(name): _plain(value) for name, value in self.statistics.items()},
            "throughput_model": self.throughput_model,
            "throughput_tokens_per_s": self.throughput,
            "throughput_ln_stderr": _plain(self.throughput_stderr),
            "notes": list(self.notes),
            "provenance": plain["provenance"],
        }

    def __str__(self) -> str:
        return self.text()

    def text(self, width: int | None = None) -> str:
        """Return it as text.

        Parameters
        ----------
        width
            Columns that the numbers may take: those that do not fit stand below; None for as many as there are.
        """
        lines = [self._title(), "", *_tables(self._columns(), width), ""]
        facts = self._facts()
        longest = max(map(len, facts))
        lines += [f"  {name:<{longest}}  {text}" for name, text in facts.items()]
        lines += [f"  note: {note}" for note in self._notes()]
        return "\n".join(lines)

    def _card(self) -> tuple[str, list[Part]]:
        columns = self._columns()
        rows = [["energy", *(f"{column.value:.4g}" for column in columns)]]
        if any(column.error for column in columns):
            rows.append(["sampling error", *(_said(column.error) for column in columns)])
        table = Table(["", *(column.heading for column in columns)], rows, f"Wh per query, {self.boundary} boundary")
        return self._title(), [table, self._facts(), self._notes()]

    def _title(self) -> str:
        middle = min(self.quantiles, key=lambda level: abs(level - 0.5))
        title = f"{self._model}: {self.quantiles[middle]:.3g} Wh per query"
        return f"{title} (P{100 * middle:g}, {self.boundary} boundary)"

    def _notes(self) -> list[str]:
        """Return what is printed last: the notes, and whether too few draws tell an error."""
        blind = any(column.error is not None and math.isinf(column.error) for column in self._columns())
        return [*self.notes, *([_NO_INFORMATION] if blind else [])]

    @property
    def _model(self) -> str:
        """What the printed text calls the model."""
        return self.assumptions["model"]

    def _facts(self) -> dict[str, str]:
        """Return what is printed below the table, a line each: assumptions, and what is known beside the energy."""
        fit = f", standard error of the fit {in_factors(self.throughput_stderr)}"
        throughput = f"{in_tokens(self.throughput)} tokens/s per node at the median lengths"
        known = math.isfinite(self.throughput_stderr)
        return {**self.assumptions, "throughput": f"{throughput}{fit if known else ''}"}

    def _columns(self) -> list[_Column]:
        """Return the columns of the printed table, a quantile or another statistic in each."""
        columns = []
        for name, value in self.statistics.items():
            error = self.statistics.get(f"{name}_stderr")
            if STATISTICS[name].is_error:
                continue
            if isinstance(value, dict):
                columns += [_Column(_heading(name, level), value[level], error and error[level]) for level in value]
            else:
                columns.append(_Column(_heading(name), value, error))
        return columns


def _tables(columns: list[_Column], width: int | None) -> list[str]:
    """Return the table, in several of them where it does not fit."""
    unit = 4  # behind the values
    lines: list[str] = []
    block: list[_Column] = []
    for column in columns:
        if block and width is not None and 2 + sum(one.width for one in [*block, column]) + unit > width:
            lines += [*_table(block), ""]
            block = []
        block.append(column)
    return [*lines, *_table(block)]


def _table(columns: list[_Column]) -> list[str]:
    """Return a line of headings, one of values and, where something was sampled, one of standard errors."""
    lines = [
        "  " + "".join(f"{column.heading:>{column.width}}" for column in columns),
        "  " + "".join(f"{column.value:>{column.width}.4g}" for column in columns) + "  Wh",
    ]
    if any(column.error for column in columns):
        lines.append(("  " + "".join(f"{_said(column.error):>{column.width}}" for column in columns)).rstrip())
    return lines


def _heading(name: str, level: float | None = None) -> str:
    """Return what a column is called: the statistic, but of an energy its other words, with its level and unit."""
    words = [] if name == "energy" else [name.removeprefix("energy_").replace("_", " ")]
    if level is not None:
        words.append(f"P{100 * level:g}")
    return " ".join([*words, *([] if STATISTICS[name].is_energy else [f"[{STATISTICS[name].unit}]"])])


def _said(error: float | None) -> str:
    """Return an error in a word, none where there is none."""
    if error is None:
        return ""
    return f"+-{error:.1g}" if math.isfinite(error) else "no info"


def _key(name: str) -> str:
    """Return the name of a statistic in JSON, with the unit of an energy."""
    return f"{name}_wh" if STATISTICS[name].is_energy else name


def _plain(value: Any) -> Any:
    """Return a value for JSON, levels as text; None for an infinite error, which JSON does not have."""
    if isinstance(value, dict):
        return {f"{level:g}": _plain(of_level) for level, of_level in value.items()}
    return value if math.isfinite(value) else None
