"""What the audit of the paper's inputs found, as data: findings, corrections, what-ifs. Nothing is computed here."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

__all__ = ["Addition", "Change", "Finding", "all_changes", "all_findings", "corrections", "lines_in_words"]


@dataclass(frozen=True)
class CellEdit:
    """A cell of the paper's table to rewrite in some lines, and what has to stand there before."""

    lines: tuple[int, ...]
    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Addition:
    """Rows to add, each the copy of a line with other lengths [tokens] and another throughput [tokens/s]."""

    like: int
    rows: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True)
class Change:
    """What is done to the paper's table and to its preset.

    Attributes
    ----------
    name
        What a table of effects calls it; a correction has the name of its finding.
    finding
        The finding that it belongs to.
    kind
        ``"correction"``, which is part of the preset ``corrected``, or ``"what_if"``, which is not.
    words
        What is done, in a sentence.
    cells, drop, add
        Edits of the table, by line of the file, in this order.
    preset
        Entries of the preset that take the place of those of ``v2-code``.
    throughput_model
        The form of throughput that takes the place of the paper's; empty for none.
    """

    name: str
    finding: str
    kind: str
    words: str
    cells: tuple[CellEdit, ...] = ()
    drop: tuple[int, ...] = ()
    add: tuple[Addition, ...] = ()
    preset: Mapping[str, Any] = field(default_factory=dict)
    throughput_model: str = ""

    def __hash__(self) -> int:
        return hash((self.name, self.finding, self.kind))


@dataclass(frozen=True)
class Finding:
    """Something about the inputs that a reader of the results should know.

    Attributes
    ----------
    name, title
        Its key, and what it is in a line.
    lines
        The lines of the paper's table that it is about; none where it is about the preset.
    problem, evidence, source
        What is the matter, what shows it, and where that was read.
    correction
        What is done about it in the preset ``corrected``; None where nothing can be or should be.
    why_not
        Why it is not corrected, where it is not.
    what_if
        A change that shows what it may be worth, and that no preset makes.
    """

    name: str
    title: str
    lines: tuple[int, ...]
    problem: str
    evidence: str
    source: str
    correction: Change | None = None
    why_not: str = ""
    what_if: Change | None = None

    @property
    def changes(self) -> tuple[Change, ...]:
        """Its correction and its what-if, as far as there are any."""
        return tuple(change for change in (self.correction, self.what_if) if change is not None)


@cache
def all_findings() -> tuple[Finding, ...]:
    """Return the findings in the order of the file.

    Examples
    --------
    >>> from wattquery.paper.findings import all_findings
    >>> all_findings()[0].lines
    (7, 8, 25, 26)
    """
    text = resources.files("wattquery.paper").joinpath("audit.toml").read_text(encoding="utf-8")
    return tuple(_finding(entries) for entries in tomllib.loads(text)["finding"])


def all_changes() -> tuple[Change, ...]:
    """Return all changes: the corrections first, then the what-ifs."""
    changes = [change for finding in all_findings() for change in finding.changes]
    return tuple(sorted(changes, key=lambda change: change.kind != "correction"))


def corrections() -> tuple[Change, ...]:
    """Return the changes that the preset ``corrected`` makes together."""
    return tuple(change for change in all_changes() if change.kind == "correction")


def lines_in_words(lines: tuple[int, ...]) -> str:
    """Return line numbers with runs of three or more as ranges.

    Examples
    --------
    >>> lines_in_words((2, 5, 6, 7))
    '2, 5-7'
    """
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def _finding(entries: Mapping[str, Any]) -> Finding:
    name = entries["name"]
    correction, what_if = (
        _change(name, kind, entries[kind]) if kind in entries else None for kind in ("correction", "what_if")
    )
    return Finding(
        name=name,
        title=entries["title"],
        lines=tuple(entries["lines"]),
        problem=entries["problem"],
        evidence=entries["evidence"],
        source=entries["source"],
        correction=correction,
        why_not=entries.get("why_not", ""),
        what_if=what_if,
    )


def _change(finding: str, kind: str, entries: Mapping[str, Any]) -> Change:
    return Change(
        name=entries.get("name", finding),
        finding=finding,
        kind=kind,
        words=entries["words"],
        cells=tuple(
            CellEdit(tuple(one["lines"]), one["column"], one["from"], one["to"]) for one in entries.get("cells", ())
        ),
        drop=tuple(entries.get("drop", ())),
        add=tuple(_addition(one["like"], one["rows"]) for one in entries.get("add", ())),
        preset=MappingProxyType(dict(entries.get("preset", {}))),
        throughput_model=entries.get("throughput_model", ""),
    )


def _addition(like: int, rows: Iterable[Iterable[float]]) -> Addition:
    return Addition(like, tuple((float(i), float(o), float(tps)) for i, o, tps in rows))
