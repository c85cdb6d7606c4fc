"""`wattquery audit`: what was found in the paper's inputs, and what each correction moves."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

import click

from wattquery.cli.examples import examples
from wattquery.cli.options import run_options
from wattquery.cli.output import aligned, echo, echo_json, number, progress_bar

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from wattquery.sweeps.settings import Method

__all__ = ["audit_command"]

_HELP = """Show what an audit of the paper's inputs found, and what each correction moves.

Preset corrected makes all corrections together. A what-if is in no preset: it shows what a choice is worth that the
tables do not settle.
"""

_SHOWN = {
    "P25": "frontier, traditional, p25",
    "P50": "frontier, traditional, p50",
    "P75": "frontier, traditional, p75",
    "long P50": "frontier, long, p50",
    "fleet": "fleet, traditional",
    "mixed fleet": "fleet, mixed",
}
"""The headlines that stand in the table, by the heads of their columns."""

_WIDTH = 110


EXAMPLES = examples(
    {
        "wattquery audit": "findings, and what each correction moves",
        "wattquery audit --change two-operating-points --full": "one change, with the evidence of all findings",
    }
)


@click.command("audit", help=_HELP, epilog=EXAMPLES)
@click.option("--change", "changes", metavar="NAME", multiple=True, help="Compute this change only; may be repeated.")
@click.option("--full", is_flag=True, help="Print problem, evidence and source of each finding too.")
@run_options(relative_stderr=False, seed=42, method="quasi_monte_carlo", quasi_draws=16384)
def audit_command(
    changes: tuple[str, ...],
    full: bool,
    method: Method | None,
    draws: int | None,
    seed: int,
    threads: int | None,
    no_progress: bool,
    as_json: bool,
) -> None:
    """Show what an audit of the paper's inputs found."""
    from wattquery.paper import audit, findings

    chosen: Method = method or "quasi_monte_carlo"
    with progress_bar("Auditing", not no_progress) as progress:
        ds = audit(changes or None, method=chosen, draws=draws, seed=seed, threads=threads, progress=progress)
    table = findings()
    if as_json:
        run = {"method": chosen, "draws": ds.attrs["draws"], "seed": seed}
        echo_json({**run, "findings": table.reset_index().to_dict("records"), "changes": _changes(ds)})
        return
    lines = [*_findings(table, ds), "", *_effects(ds)]
    if full:
        lines += [line for name, row in table.iterrows() for line in ["", *_in_full(str(name), row)]]
    echo("\n".join(lines))


def _changes(ds: xr.Dataset) -> list[dict[str, Any]]:
    """Return every change with what it does to each number."""
    numbers = ("value", "stderr", "ratio", "moves")
    found = []
    for name in map(str, ds["change"].values):
        run = ds.sel(change=name)
        found.append(
            {
                "change": name,
                **{key: run[key].item() for key in ("kind", "finding", "words")},
                "quantities": {
                    str(quantity): {
                        **{key: run[key].sel(quantity=quantity).item() for key in (*numbers, "published")},
                        "unit": str(run["unit"].sel(quantity=quantity).item()),
                    }
                    for quantity in run["quantity"].values
                },
            }
        )
    return found


def _findings(table: pd.DataFrame, ds: xr.Dataset) -> list[str]:
    """Return a line for each finding: its rows, whether it is corrected, and whether that moves a number."""
    rows = []
    for name, row in table.iterrows():
        corrected = bool(row["correction"])
        moves = _moved(ds, str(name)) if corrected else "-"
        rows.append([str(name), row["lines"] or "preset", "yes" if corrected else "no", moves, row["title"]])
    return aligned(["finding", "lines", "corrected", "moves", "title"], rows, text=range(5))


def _moved(ds: xr.Dataset, change: str) -> str:
    """Return what a change moves, in words."""
    if change not in ds["change"]:
        return "not computed"
    run = ds.sel(change=change)
    moved = [str(name) for name in run["quantity"].values[run["moves"].values]]
    if not moved:
        return "nothing"
    return "headlines" if any(name in moved for name in _SHOWN.values()) else "16-bit rows"


def _effects(ds: xr.Dataset) -> list[str]:
    """Return the table of headlines by change, and what its numbers are."""
    published = ds["published"].sel(quantity=list(_SHOWN.values())).values
    rows = [["as published", *(number(float(value), 2) for value in published), ""]]
    before = "published"
    for name in map(str, ds["change"].values):
        run = ds.sel(change=name)
        kind = run["kind"].item()
        if kind != before:
            rows.append([])
        before = kind
        values = [number(run["value"].sel(quantity=quantity).item(), 3) for quantity in _SHOWN.values()]
        ratio = run["ratio"].sel(quantity=_SHOWN["P50"]).item()
        rows.append([f"what if: {name}" if kind == "what_if" else name, *values, f"{ratio:.3f}"])
    relative = float((ds["stderr"] / ds["value"]).max())
    return [
        *aligned(["change", *_with_units(ds), "P50 ratio"], rows, text=(0,)),
        "",
        "Frontier blend in Wh per query, fleets in GWh/day; each change alone on v2-code, corrected: all corrections.",
        f"Largest sampling error: {relative:.2%} of a value."
        if math.isfinite(relative)
        else "So few draws tell nothing of their own sampling error: raise --draws.",
    ]


def _with_units(ds: xr.Dataset) -> list[str]:
    """Return the heads of the columns of headlines, with their units."""
    units = ds["unit"].sel(quantity=list(_SHOWN.values())).values
    return [f"{head} [{unit}]" for head, unit in zip(_SHOWN, units, strict=True)]


def _in_full(name: str, row: pd.Series) -> list[str]:
    """Return a finding with all that is known of it."""
    parts = {
        "problem": row["problem"],
        "evidence": row["evidence"],
        "source": row["source"],
        "correction": row["correction"] or f"none. {row['why_not']}",
        "what if": row["what_if"],
    }
    where = f"line{'' if row['lines'].isdigit() else 's'} {row['lines']}" if row["lines"] else "preset"
    lines = [f"{name} ({where}): {row['title']}"]
    for part, text in parts.items():
        if text:
            lines += textwrap.wrap(f"{part}: {text}", _WIDTH, initial_indent="  ", subsequent_indent="    ")
    return lines
