"""One reading of sources: what is said beside them, and what is found on the way and told at the end."""

from __future__ import annotations

from dataclasses import dataclass, field

from wattquery.measured.beside import Beside
from wattquery.readers.run import Run

__all__ = ["Reading"]


@dataclass(frozen=True)
class Reading:
    """One reading of sources.

    Attributes
    ----------
    beside
        What is said beside them.
    seen
        Where runs of benchmarks stand that were read.
    remarks
        Rows that are used, each with what was done with it; those alike are told once.
    """

    beside: Beside = field(default_factory=Beside)
    seen: dict[Run, str] = field(default_factory=dict)
    remarks: list[tuple[str, str]] = field(default_factory=list)
