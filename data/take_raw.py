"""From a folder of collected tables to `data/raw`: rows that may be kept, and a list of the others without figures.

``python data/take_raw.py FOLDER`` keeps each row as it is, or leaves it out for its licence (`licence_decisions.toml`);
left_out.csv names the rows that are left out by table, row, source, licence and reason. Which tables and columns are
taken says `TABLES` below. `build_catalog.py` starts from what this writes, so nobody needs FOLDER to build the catalog.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from building.cells import HERE, Row, read_table, write_table
from building.licences import decision

TABLES = {
    "architectures": "licence_note",
    "hardware": "",
    "hardware_specs": "",
    "throughput": "licence",
    "serving_points": "licence",
    "measured_energy": "licence",
    "measured_energy_2": "licence",
    "serving_power_floor": "licence",
}
"""Tables that are taken, with the column that holds a row's licence; hardware is single figures with their source."""

NOT_TAKEN = {
    "hardware": ("semianalysis_all_in_kw_per_accel",),
    "hardware_specs": ("semianalysis_all_in_kw_per_accel",),
}
"""Columns that stay behind: planning figures from a table of a GPL-3.0 application, and no facts about a product."""

_NOTE = re.compile(r"\([^)]*file ids? \d[^)]*\)")
"""Where a copy was read, which tells nobody else anything."""

LEFT_OUT = ("table", "row_id", "source", "licence", "reason")


def main() -> None:
    """Filter the tables of the folder named on the command line."""
    parser = argparse.ArgumentParser(description="Take the rows that may be kept.")
    parser.add_argument("folder", type=Path, help="holds one CSV file per table")
    parser.add_argument("--out", type=Path, default=HERE / "raw", help="where to write (default: data/raw)")
    arguments = parser.parse_args()
    left_out: list[Row] = []
    for table, column in TABLES.items():
        rows = [_named(row, table, i) for i, row in enumerate(read_table(arguments.folder / f"{table}.csv"))]
        if table == "serving_power_floor":
            _write_out_same(rows)
        kept = []
        for row in rows:
            row.update({key: _NOTE.sub("(read second-hand)", cell) for key, cell in row.items() if key == "source"})
            found = decision(row[column]) if column else None
            if found is None or found.licence:
                kept.append({key: cell for key, cell in row.items() if key not in NOT_TAKEN.get(table, ())})
            else:
                left_out.append(
                    dict(zip(LEFT_OUT, (table, _id(row), row["source"], row[column], found.why), strict=True))
                )
        write_table(arguments.out / f"{table}.csv", list(kept[0]), kept)
        print(f"{table}: {len(rows)} rows, {len(kept)} kept")
    write_table(arguments.out / "left_out.csv", LEFT_OUT, left_out)


def _named(row: Row, table: str, i: int) -> Row:
    """Return a row with an identity: the table of power floors has none."""
    return {"row_id": f"P{i:03d}", **row} if table == "serving_power_floor" else row


def _id(row: Row) -> str:
    return row.get("row_id") or next(iter(row.values()))


def _write_out_same(rows: list[Row]) -> None:
    """Write out "same" as a source: it is the one source of the other rows with that hardware kind and licence."""
    powertrace = next(row["source"] for row in rows if "powertrace-sim" in row["source"])
    kernels = next(row["source"] for row in rows if "perf.parquet" in row["source"])
    for row in rows:
        if row["source"] == "same":
            row["source"] = kernels if row["hardware"] == "B200" else powertrace


if __name__ == "__main__":
    main()
