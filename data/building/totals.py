"""Counts by accelerator, stack and precision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from building.cells import Row

AXES = (("hardware", "Hardware"), ("serving", "Serving"), ("precision", "Quantization"))


def totals(performance: Sequence[Row], energy: Sequence[Row], default: Sequence[Row]) -> dict[str, list[list[str]]]:
    """Return a table for each axis: label, then rows of performance, of energy, of the catalog, and architectures."""
    found = {}
    for name, header in AXES:
        counts = [Counter(row[one] for row in rows) for one, rows in _each(name, header, performance, energy, default)]
        shapes: dict[str, set[str]] = {}
        for row in (*performance, *energy):
            shapes.setdefault(row[name], set()).add(row["architecture"])
        order = sorted(shapes, key=lambda label: (-counts[0][label], label))
        found[name] = [[label, *(f"{count[label]:,}" for count in counts), str(len(shapes[label]))] for label in order]
    return found


def text(found: dict[str, list[list[str]]]) -> str:
    """Return the totals as text."""
    lines = []
    for name, rows in found.items():
        lines.append(f"{len(rows)} labels of {name}: rows of performance, of energy, of the catalog; architectures")
        lines += [f"  {row[0]:<28}" + "".join(f"{cell:>8}" for cell in row[1:]) for row in rows]
    return "\n".join(lines) + "\n"


def _each(
    name: str, header: str, performance: Sequence[Row], energy: Sequence[Row], default: Sequence[Row]
) -> list[tuple[str, Sequence[Row]]]:
    return [(name, performance), (name, energy), (header, default)]
