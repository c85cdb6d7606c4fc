"""`wattquery catalog measured`: what of files of one's own calibrates the load model, and what does not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

from wattquery.cli.examples import examples
from wattquery.cli.options import PathType, json_option
from wattquery.cli.output import aligned, echo, echo_json, number
from wattquery.cli.said import said_options
from wattquery.cli.wrong_files import takes

if TYPE_CHECKING:
    from wattquery.measured import MeasuredPoints

__all__ = ["measured_command"]

_HELP = """Show which rows of your own measurements calibrate the load model.

FILES are what benchmarks wrote, catalogs, and tables of measurements. Each row that cannot be used is named with the
reason; where none can be, the exit code is 2, and the JSON still says why.
"""

_COLUMNS: tuple[tuple[str, str, float], ...] = (
    ("concurrency", "concurrency", 1.0),
    ("batch", "batch", 1.0),
    ("input_tokens", "input [tokens]", 1.0),
    ("output_tokens", "output [tokens]", 1.0),
    ("output_tps_per_accelerator", "each [tokens/s]", 1.0),
    ("tpot_s", "TPOT [ms]", 1e3),
    ("ttft_s", "TTFT [ms]", 1e3),
    ("power_w_per_accelerator", "each [W]", 1.0),
    ("joules_per_output_token", "J/token", 1.0),
)
_MOST = 60
_MOST_REFUSED = 20


_EXAMPLES = examples(
    {
        "wattquery catalog measured planner/h100-*.json --hardware H100 --accelerators 4 --precision FP8": "",
    }
)


@click.command("measured", help=_HELP, epilog=_EXAMPLES)
@click.argument(
    "files",
    metavar="FILES...",
    nargs=-1,
    required=True,
    type=PathType(),
    callback=takes("measurements of your own", "table"),
)
@said_options
@json_option
def measured_command(files: tuple[str, ...], as_json: bool, **said: Any) -> None:
    """Show what calibrates."""
    from wattquery.measured.beside import Beside
    from wattquery.measured.read import check_usable, points_in

    points = points_in(list(files), Beside.of(**said))
    if as_json:
        echo_json(points.to_dict())
    else:
        for note in points.notes:
            echo(f"note: {note}", err=True)
    check_usable(points)
    if not as_json:
        echo("\n".join(_lines(points)))


def _lines(points: MeasuredPoints) -> list[str]:
    rows = points.to_dict()["points"]
    columns = [(name, words, scale) for name, words, scale in _COLUMNS if any(name in row for row in rows)]
    cells = [
        [
            row["row_id"],
            row["architecture"],
            f"{row['accelerators']:g} x {row['hardware']}" if "accelerators" in row else row["hardware"],
            row["serving"],
            row["precision"],
            *(number(row.get(name, math.nan) * scale) for name, _, scale in columns),
        ]
        for row in rows[:_MOST]
    ]
    header = ["row", "model", "instance", "serving", "precision", *(words for _, words, _ in columns)]
    lines = aligned(header, cells, text=range(5)) if cells else []
    if len(rows) > _MOST:
        lines.append(f"... and {len(rows) - _MOST:,} more points; --json has all of them.")
    refused = [f"refused: {where}: {reason}" for where, reason in points.refused]
    lines += [*([""] if refused else []), *refused[:_MOST_REFUSED]]
    if len(refused) > _MOST_REFUSED:
        lines.append(f"... and {len(refused) - _MOST_REFUSED:,} more rows; --json has all of them.")
    return [*lines, "", f"{len(points):,} of {len(points) + len(refused):,} rows calibrate."]
