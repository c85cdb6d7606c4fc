"""`wattquery catalog import`: files that benchmarks wrote to a benchmark table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import click

from wattquery.catalog.csv_writing import csv_text
from wattquery.catalog.row import BenchmarkRow
from wattquery.cli.examples import examples
from wattquery.cli.file_options import force_option, output_option
from wattquery.cli.options import PathType, json_option
from wattquery.cli.output import echo, echo_json
from wattquery.cli.said import said_options
from wattquery.cli.saving import FORCE
from wattquery.cli.wrong_files import takes
from wattquery.exports.places import place
from wattquery.readers.benchmarks import read_benchmarks

__all__ = ["import_command"]

_MOST_NOTES = 20

_IMPORT = """Turn what benchmarks of serving systems wrote into a table for --catalog.

Which tool wrote a file is told by what stands in it. What a file does not say is given here, for all of them.
"""


_EXAMPLES = examples(
    {
        "wattquery catalog import planner/h100-*.json --hardware H100 --accelerators 4 --precision FP8 "
        "-o my-benchmarks.csv": "files that python examples/planner_inputs.py planner makes up",
    }
)


@click.command("import", help=_IMPORT, epilog=_EXAMPLES)
@click.argument(
    "files",
    metavar="FILES...",
    nargs=-1,
    required=True,
    type=PathType(),
    callback=takes("files that benchmarks wrote", "table"),
)
@output_option("Write the table here; to the terminal when left out.")
@said_options
@force_option
@json_option
def import_command(
    files: tuple[str, ...],
    output: str | None,
    force: bool,
    as_json: bool,
    **said: Any,
) -> None:
    """Turn what benchmarks wrote into a table."""
    target = None if output is None else place(output, force, FORCE)
    table = read_benchmarks(files, **said)
    text = csv_text(table.rows)
    if target is not None:
        with target.writing() as partial:
            partial.write_text(text, encoding="utf-8", newline="")
    notes = _notes(table.rows)
    if as_json:
        rows = {
            "rows": len(table.rows),
            "models": list(table.labels("model")),
            "hardware": list(table.labels("hardware")),
        }
        echo_json({**rows, "output": output, "notes": notes, **({} if output else {"table": text})})
        return
    for note in notes[:_MOST_NOTES]:
        echo(f"note: {note}", err=True)
    if output is None:
        echo(text, nl=False)
        return
    runs = "1 run" if len(table.rows) == 1 else f"{len(table.rows):,} runs"
    echo(f"{output}: {runs} of {', '.join(table.labels('model'))} on {', '.join(table.labels('hardware'))}")


def _notes(rows: Sequence[BenchmarkRow]) -> list[str]:
    """Return what was done with what the files say, each with the number of rows that it holds for."""
    counts = Counter(note for row in rows for note in row.notes.split("; ") if note)
    return [f"{note} ({'1 row' if count == 1 else f'{count:,} rows'})" for note, count in counts.items()]
