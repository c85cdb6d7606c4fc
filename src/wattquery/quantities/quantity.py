"""A row of the table of quantities: name, symbol, unit and physical range; and a number that may lie outside of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["LARGEST", "MOST_OUTSIDE", "SMALLEST", "Quantity", "Statistic", "UncheckedNumber"]

SMALLEST, LARGEST = 1e-30, 1e30
"""Between these lies the magnitude of every number that is not 0. Single precision, in which kernels draw, ends at
1e-38 and 3e38; no quantity of a query comes near, so that products stay in range as well. It cannot be overridden."""

MOST_OUTSIDE = 0.05
"""Share of a distribution that may lie outside its physical range: tails, not the bulk."""

ERROR = "_stderr"
"""How the name of a standard error ends."""


class UncheckedNumber(float):
    """A number that may lie outside the range of its quantity, because its user said so."""


@dataclass(frozen=True)
class Quantity:
    """One row of the table.

    Attributes
    ----------
    name
        What the quantity is called in arguments, coordinates and variables.
    symbol
        How equations write it.
    unit
        Its unit; ``"1"`` for a pure ratio, empty for a name.
    long_name
        What it is, in a phrase.
    boundary
        For an energy or a power, what is counted: accelerator, node or facility. For an energy that a sweep computes,
        it is what is counted unless the axis ``boundary`` says otherwise.
    lowest, highest
        Ends of its physical range [unit], both within: no honest value lies beyond.
    suggestion
        How a value beyond it most likely arises, and how to write it.
    most_outside
        Share of a distribution that may lie outside [1].
    or_zero
        Whether 0 is honest although the range begins above it.
    display
        What people call it in a word or two, where that is not its name with blanks for underscores.
    """

    name: str
    symbol: str
    unit: str
    long_name: str
    boundary: str = ""
    lowest: float = -math.inf
    highest: float = math.inf
    suggestion: str = ""
    most_outside: float = MOST_OUTSIDE
    or_zero: bool = False
    display: str = ""

    @property
    def display_name(self) -> str:
        """What people call it in a word or two, for axes, legends and tables."""
        return self.display or self.name.replace("_", " ")

    @property
    def has_range(self) -> bool:
        """Whether it has an end beyond which no value is physical."""
        return self.lowest > -math.inf or self.highest < math.inf

    @property
    def range_in_words(self) -> str:
        """The physical range with its unit, such as ``1 to 4``; empty without one."""
        if not self.has_range:
            return ""
        unit = "" if self.unit in ("", "1") else f" {self.unit}"
        if self.lowest == -math.inf:
            return f"at most {self.highest:g}{unit}"
        return f"at least {self.lowest:g}{unit}" if self.highest == math.inf else f"{self._ends}{unit}"

    @property
    def _ends(self) -> str:
        return f"{'0, or ' if self.or_zero else ''}{self.lowest:g} to {self.highest:g}"

    def refusal(self, name: str, value: str, *, limit: str = "", fix: str = "") -> str:
        """Return the message for what lies outside the physical range.

        Parameters
        ----------
        name
            What the user calls the quantity.
        value
            What the user wrote.
        limit
            What is allowed beside the range.
        fix
            What to pass where the value is meant; by default the value as unchecked.
        """
        suggestion = f" {self.suggestion}." if self.suggestion else ""
        fix = fix or f"wq.unchecked({value})"
        return (
            f"{name} must be within {self.range_in_words}{limit}, got {value}.{suggestion} If it is meant, pass {fix}."
        )

    @property
    def attributes(self) -> dict[str, str]:
        """The entries that a labelled variable carries (CF style)."""
        attributes = {"long_name": self.long_name}
        if self.unit:
            attributes["units"] = self.unit
        if self.boundary:
            attributes["boundary"] = self.boundary
        return attributes


@dataclass(frozen=True)
class Statistic(Quantity):
    """A quantity that is computed of the distribution of every cell.

    The sampling standard error of a statistic ``NAME`` is called ``NAME_stderr``: 0 where nothing was sampled,
    infinite where too few draws tell it.

    Attributes
    ----------
    by_quantile
        Whether there is one value for each probability level, and not one for the cell.
    """

    by_quantile: bool = False

    @property
    def is_error(self) -> bool:
        """Whether it is the sampling standard error of another statistic."""
        return self.name.endswith(ERROR)

    @property
    def is_energy(self) -> bool:
        """Whether it is in the unit of an energy, and scales with it."""
        return self.unit == "Wh"
