"""The tables of serving stacks and precisions: their labels, what is read as them, and how many rows have them."""

from __future__ import annotations

from collections.abc import Sequence

from building.cells import Row, words
from building.names import labels

STACKS = ("serving", "aliases", "versions", "first_date", "last_date", "rows", "energy_rows", "default_rows")
PRECISIONS = ("precision", "aliases", "rows", "energy_rows", "default_rows")


def stacks(performance: Sequence[Row], energy: Sequence[Row], default: Sequence[Row]) -> list[Row]:
    """Return the table of serving stacks, those with the most rows first."""
    found = []
    for label, names in labels("serving").items():
        rows = [row for row in (*performance, *energy) if row["serving"] == label]
        dates = sorted(row["date"] for row in rows if row["date"])
        if rows:
            found.append(
                {
                    "serving": label,
                    "aliases": words(*names),
                    "versions": words(*sorted({row["version"].replace("|", "/") for row in rows})),
                    "first_date": dates[0] if dates else "",
                    "last_date": dates[-1] if dates else "",
                    **_counts("serving", "Serving", label, performance, energy, default),
                }
            )
    return sorted(found, key=_most_first)


def precisions(performance: Sequence[Row], energy: Sequence[Row], default: Sequence[Row]) -> list[Row]:
    """Return the table of precisions, those with the most rows first."""
    found = [
        {
            "precision": label,
            "aliases": words(*names),
            **_counts("precision", "Quantization", label, performance, energy, default),
        }
        for label, names in labels("precision").items()
    ]
    return sorted(found, key=_most_first)


def _counts(
    name: str, header: str, label: str, performance: Sequence[Row], energy: Sequence[Row], default: Sequence[Row]
) -> Row:
    return {
        "rows": str(sum(row[name] == label for row in performance)),
        "energy_rows": str(sum(row[name] == label for row in energy)),
        "default_rows": str(sum(row[header] == label for row in default)),
    }


def _most_first(row: Row) -> tuple[int, str]:
    return -int(row["rows"]), next(iter(row.values()))
