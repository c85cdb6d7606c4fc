"""`wattquery catalog import`: files that benchmarks wrote to a benchmark table."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from wattquery.catalog.csv_writing import csv_text
from wattquery.catalog.row import BenchmarkRow
from wattquery.cli.options import PathType, json_option
from wattquery.cli.output import echo, echo_json
from wattquery.cli.said import said_options
from wattquery.cli.saving import try_folder
from wattquery.errors import InputError
from wattquery.readers.benchmarks import read_benchmarks

__all__ = ["import_command"]

_MOST_NOTES = 20

_IMPORT = """Turn what benchmarks of serving systems wrote into a table for --catalog.

Which tool wrote a file is told by what stands in it. What a file does not say is given here, for all of them.
"""


@click.command("import", help=_IMPORT)
@click.argument("files", metavar="FILES...", nargs=-1, required=True, type=PathType())
@click.option("-o", "--output", metavar="PATH", help="Write the table here; to the terminal when left out.")
@said_options
@click.option("--force", is_flag=True, help="Replace the table if it is there.")
@json_option
def import_command(
    files: tuple[str, ...],
    output: str | None,
    force: bool,
    as_json: bool,
    **said: Any,
) -> None:
    """Turn what benchmarks wrote into a table."""
    if output is not None:
        _check_free(output, force)
    table = read_benchmarks(files, **said)
    text = csv_text(table.rows)
    if output is not None:
        _write(text, output, force)
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


def _check_free(shown: str, force: bool) -> None:
    path = Path(os.path.realpath(shown))
    if os.path.lexists(path) and not force:
        raise InputError(f"{shown!r} exists. Choose another name, or replace it with --force.")
    if path.exists() and not path.is_file():
        raise InputError(f"{shown!r} exists and is not a file. Choose another name.")
    try_folder(shown, path.parent)


def _write(text: str, shown: str, force: bool) -> None:
    """Write a table to a neighbour first, and give it its name when it is complete."""
    path = Path(os.path.realpath(shown))
    partial = None
    try:
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8", newline="") as file:
            partial = Path(file.name)
            file.write(text)
        partial.chmod(0o666 & ~_umask())
        _check_free(shown, force)
        partial.replace(path)
    except OSError as error:
        raise InputError(f"{shown!r} could not be written: {error.strerror or error}. Choose another place.") from error
    finally:
        if partial is not None:
            partial.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
