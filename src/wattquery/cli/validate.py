"""`wattquery validate`: predicted against measured, on the rows that ship or on a table of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from wattquery.cli.examples import examples
from wattquery.cli.file_options import force_option, output_option, plot_option
from wattquery.cli.options import json_option
from wattquery.cli.output import aligned, echo, echo_json, number
from wattquery.cli.pictures import picture
from wattquery.cli.saving import Destination, destination
from wattquery.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from wattquery.validation import Comparison

__all__ = ["validate_command"]

_HELP = """Hold the load model against measured energy, power, throughput and latency.

Without a file: how well it said what it was not fitted to. With --measured: how well it says rows of your own.

Ends with exit code 2 where no row of a file can be used; the JSON then still says why, row by row.
"""

_LEFT_OUT = {
    "architecture": "an architecture unseen",
    "hardware": "an accelerator unseen",
    "serving": "a stack unseen",
    "configuration": "a configuration unseen",
}
_HEADER = ("rows", "error", "bias", "in 50 %", "in 90 %")
_MOST_ROWS = 20
_MOST_REASONS = 5


_EXAMPLES = examples(
    {
        "wattquery validate": "how far off the load model is",
        "wattquery validate --measured planner/measured.csv": "and how far on rows of your own",
    }
)


@click.command("validate", help=_HELP, epilog=_EXAMPLES)
@click.option("--measured", metavar="FILE", help="Compare rows of your own, in the columns of the documentation.")
@click.option("--calibrate", metavar="FILE", help="Measured points that predictions of their configurations use.")
@output_option("Write the table to out.csv, .parquet or .xlsx.")
@plot_option
@force_option
@json_option
def validate_command(
    measured: str | None, calibrate: str | None, output: str | None, plot: str | None, force: bool, as_json: bool
) -> None:
    """Hold the load model against measurements."""
    if measured is None and calibrate is not None:
        raise InputError("--calibrate goes with rows to predict, and there are none. Add --measured FILE.csv.")
    if measured is None and plot is not None:
        raise InputError("--plot draws rows of a file, and there are none. Add --measured FILE.csv.")
    target = None if output is None else _destination(output, force)
    drawn = None if plot is None else picture(plot, "validation", force)
    if measured is None:
        _print_published(target, as_json)
        return
    from wattquery.validation import compare

    found = compare(measured, given=calibrate)
    for note in found.notes:
        echo(f"note: {note}", err=True)
    if target is not None and found.used:
        target.save({"rows": found.rows, "summary": found.summary})
        echo(f"{target.shown}: {_used(found)}", err=as_json)
    if drawn is not None and found.used:
        drawn.save(_axes(found))
        echo(f"{drawn.shown}: predicted over measured", err=as_json)
    if as_json:
        echo_json(found.to_dict())
    elif found.used and target is None and drawn is None:
        echo("\n".join(_lines(found)))
    if not found.used:
        raise InputError(_none_used(found))


def _destination(output: str, force: bool) -> Destination:
    from wattquery.exports.formats import TABLES

    return destination(output, force, TABLES)


def _axes(found: Comparison) -> Axes:
    """Return predictions drawn over what was measured, without a window."""
    import matplotlib as mpl

    mpl.use("Agg")
    from wattquery.plot import validation

    return validation(found)


def _print_published(target: Destination | None, as_json: bool) -> None:
    from wattquery.validation import shipped_summary
    from wattquery.validation.side_by_side import COLUMNS

    table = shipped_summary()
    table["quantity"] = table["quantity"].map(COLUMNS)
    if target is not None:
        target.save({"summary": table})
        echo(f"{target.shown}: {len(table):,} scores", err=as_json)
    if as_json:
        echo_json({"summary": table.to_dict("records")})
    if as_json or target is not None:
        return
    overall = table[(table["group"] == "overall") & (table["points"].isin((0, 1)))]
    rows = []
    for _, row in overall.iterrows():
        points = "" if row["points"] == 0 else ", one point measured"
        rows.append([f"{_LEFT_OUT.get(row['by'], row['by'])}{points}", row["quantity"], *_scores(row)])
    echo("\n".join([*aligned(["predicted with", "quantity", *_HEADER], rows, text=(0, 1)), "", *_legend()]))


def _lines(found: Comparison) -> list[str]:
    """Return a comparison as text: scores, single rows where they are few, and what was not compared."""
    lines: list[str] = []
    overall = found.summary[found.summary["group"].isin(("overall", "confidence"))]
    overall = overall[(overall["group"] == "overall") | (overall["label"] == "low")]
    rows = [
        [f"{row['quantity']}{', low confidence' if row['label'] == 'low' else ''}", *_scores(row)]
        for _, row in overall.iterrows()
    ]
    if rows:
        lines += [*aligned(["quantity", *_HEADER], rows, text=(0,)), "", *_legend(), ""]
    if found.used <= _MOST_ROWS:
        lines += [*_single(found.rows[found.rows["quantity"] != ""]), ""]
    if not rows:
        lines.append("Nothing was measured in these rows that can be compared.")
    return [*lines, *_sentences(found)]


def _scores(row: pd.Series[Any]) -> list[str]:
    shares = [f"{100.0 * row[name]:.0f} %" for name in ("coverage_50", "coverage_90")]
    errors = [f"{100.0 * row['median_absolute_log_error']:.1f} %", f"{100.0 * row['bias']:+.1f} %"]
    return [f"{row['rows']:,.0f}", *errors, *shares]


def _legend() -> list[str]:
    return [
        "error: median of |ln(predicted/measured)|; bias: median of ln(predicted/measured); in 50 %, in 90 %: share of",
        "the rows inside these intervals. Power and energy are those of the accelerators alone.",
    ]


def _single(rows: pd.DataFrame) -> list[str]:
    cells = [
        [
            str(row["row_id"]),
            str(row["support"]),
            str(row["quantity"]),
            number(float(row["measured"])),
            number(float(row["q50"])),
            f"{number(float(row['q05']))} to {number(float(row['q95']))}",
        ]
        for _, row in rows.iterrows()
    ]
    return aligned(["row", "support", "quantity", "measured", "predicted", "90 %"], cells, text=(0, 1, 2))


def _sentences(found: Comparison) -> list[str]:
    """Return how many rows were used, and the first reasons why others, or some of their values, were not."""
    lines = [f"{_used(found)}."]
    told = found.rows.drop_duplicates("place")
    told = told[told["reason"] != ""]
    groups = list(told.groupby("reason", sort=False)["row_id"])
    for reason, ids in groups[:_MOST_REASONS]:
        lines.append(f"{_counted(list(ids))}: {reason}")
    if len(groups) > _MOST_REASONS:
        lines.append(f"... and {len(groups) - _MOST_REASONS:,} more reasons; --json has all of them.")
    return lines


def _used(found: Comparison) -> str:
    return f"{found.used:,} of {found.used + found.unused:,} rows have a prediction"


def _counted(ids: Sequence[str]) -> str:
    return ids[0] if len(ids) == 1 else f"{ids[0]} and {len(ids) - 1:,} more"


def _none_used(found: Comparison) -> str:
    first = found.rows.iloc[0]
    return f"None of {found.unused:,} rows can be used. At least one is needed. {first['row_id']}: {first['reason']}"
