"""What the rules did: rows in and out of each table, why rows were left out, marks, conversions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from building.rules import LEFT_OUT, MARKS, TAKEN_AS


class Report:
    """Counts by table and rule; `left` keeps the identities of the rows that were left out."""

    def __init__(self) -> None:
        self.rows_in: Counter[tuple[str, str]] = Counter()
        self.rows_out: Counter[str] = Counter()
        self.left: dict[tuple[str, str], list[str]] = {}
        self.marks: Counter[tuple[str, str]] = Counter()
        self.taken: Counter[str] = Counter()
        self.notes: list[str] = []

    def received(self, table: str, raw: str, count: int) -> None:
        """Count rows of a raw table that a table is built from."""
        self.rows_in[table, raw] += count

    def leave_out(self, table: str, rule: str, row_id: str) -> None:
        """Leave a row out of a table by a rule."""
        if rule not in LEFT_OUT:
            raise KeyError(rule)
        self.left.setdefault((table, rule), []).append(row_id)

    def mark(self, table: str, rows: Iterable[dict[str, str]]) -> None:
        """Count the marks of finished rows; what physics says has sentences of its own."""
        for row in rows:
            self.rows_out[table] += 1
            for word in filter(None, row.get("flags", "").split("|")):
                self.marks[table, word] += 1

    def take(self, rule: str, count: int = 1) -> None:
        """Count a conversion."""
        if rule not in TAKEN_AS:
            raise KeyError(rule)
        self.taken[rule] += count

    def text(self) -> str:
        """Return the report as text."""
        lines = []
        tables = dict.fromkeys([*(table for table, _ in self.rows_in), *self.rows_out])
        for table in tables:
            came = [f"{raw} {count:,}" for (one, raw), count in self.rows_in.items() if one == table]
            lines.append(f"{table}.csv: {self.rows_out[table]:,} rows" + (f", from {', '.join(came)}" if came else ""))
            for (one, rule), ids in sorted(self.left.items()):
                if one == table:
                    lines.append(f"  {len(ids):6,} left out: {LEFT_OUT[rule]}")
            for (one, word), count in sorted(self.marks.items()):
                if one == table:
                    lines.append(f"  {count:6,} marked {word}" + (f": {MARKS[word]}" if word in MARKS else ""))
        lines.append("How figures are taken:")
        lines += [
            f"  {rule}" + (f" ({self.taken[rule]:,} rows)" if self.taken[rule] else "") + f": {sentence}"
            for rule, sentence in TAKEN_AS.items()
        ]
        return "\n".join([*lines, *self.notes]) + "\n"
