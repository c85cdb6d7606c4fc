"""`wattquery reproduce`: every claim of the paper, computed again."""

from __future__ import annotations

import importlib.util
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wattquery import catalog as catalogs
from wattquery.cli import completing
from wattquery.cli.examples import examples
from wattquery.cli.file_options import force_option
from wattquery.cli.group import NOT_REPRODUCED
from wattquery.cli.options import run_options
from wattquery.cli.output import aligned, echo, echo_json, number, progress_bar
from wattquery.cli.saving import FORCE
from wattquery.errors import InputError
from wattquery.exports.folders import folder

if TYPE_CHECKING:
    import pandas as pd

    from wattquery.sweeps.settings import Method

__all__ = ["reproduce_command"]

Claim = Mapping[str, Any]

_NUMBERS = ("published", "computed", "difference", "allowed")
_STATUS = {True: "ok", False: "NO", None: "n/a"}


HELP = """Compute every claim of the paper again and compare.

With --figures the paper's figures too, each with the published numbers beside ours. Ends with exit code 1 if a
published number was missed.
"""


EXAMPLES = examples(
    {
        "wattquery reproduce": "a line for each claim",
        "wattquery reproduce --method exact": "without draws",
    }
)


@click.command("reproduce", help=HELP, epilog=EXAMPLES)
@click.option(
    "--preset",
    default="v2-code",
    metavar="NAME",
    show_default=True,
    help="What to reproduce: v2-code, v2-text, v1, untrimmed or corrected.",
    shell_complete=completing.presets,
)
@click.option("--figures", metavar="DIR", help="Draw the paper's figures into a new folder, with index.html.")
@click.option(
    "--format",
    "formats",
    type=click.Choice(("png", "svg", "pdf")),
    multiple=True,
    help="Of the figures; may be repeated; png and svg by default.",
)
@force_option
@run_options(relative_stderr=False, seed=42)
@click.pass_context
def reproduce_command(
    ctx: click.Context,
    preset: str,
    figures: str | None,
    formats: tuple[str, ...],
    force: bool,
    method: Method | None,
    draws: int | None,
    seed: int,
    threads: int | None,
    no_progress: bool,
    as_json: bool,
) -> None:
    """Compute every claim of the paper again."""
    name = catalogs.preset(preset).name  # a mistyped one is told before anything is loaded
    method = method or "monte_carlo"
    arguments: dict[str, Any] = {"preset": name, "method": method, "draws": draws, "seed": seed, "threads": threads}
    _check_figures(figures, formats, force)
    drawn_figures = None
    with progress_bar("Reproducing", not no_progress) as progress:
        if figures is None:
            from wattquery.paper import reproduce

            table = reproduce(progress=progress, **arguments)
        else:
            from wattquery.paper.pictures.make import DEFAULT_FORMATS, make

            table, drawn_figures = make(
                figures,
                formats=formats or DEFAULT_FORMATS,
                replace=force,
                progress=progress,
                how_to_replace=FORCE,
                **arguments,
            )
    claims = [_claim(row) for row in table.to_dict("records")]
    missed = any(claim["ok"] is False for claim in claims)
    told = {} if drawn_figures is None or figures is None else _figures_told(figures, drawn_figures)
    missed = missed or bool(told.get("missed"))
    drawn = table.attrs["draws"]
    if as_json:
        run = {"preset": name, "method": method, "draws": drawn, "seed": seed}
        echo_json({**run, "reproduced": not missed, "claims": claims, **({"figures": told} if told else {})})
    else:
        random = f"draws {drawn:,}, seed {seed}" if drawn else "no draws"
        run_in_words = f"preset {name}, method {method}, {random}"
        summary = f"{_summary(claims)} ({run_in_words})"
        echo("\n".join([*_table(claims), "", *_not_reproduced(claims), summary, *_figures_in_words(told)]))
    if missed:
        ctx.exit(NOT_REPRODUCED)


def _check_figures(figures: str | None, formats: tuple[str, ...], force: bool) -> None:
    """Refuse options of figures where none are drawn, a lack of matplotlib or of room, before anything is loaded."""
    if figures is None:
        for name, value in (("format", formats), ("force", force)):
            if value:
                raise InputError(f"--{name} needs --figures. Add --figures DIR, or leave it out.")
    elif importlib.util.find_spec("matplotlib") is None:
        raise InputError(
            "--figures needs matplotlib, which is not installed. Run pip install 'wattquery[plot]', or leave it out."
        )
    else:
        folder(figures, force, how_to_replace=FORCE)


def _figures_told(figures: str, rows: pd.DataFrame) -> dict[str, Any]:
    """Return what is told of figures: where they are, how many numbers were compared, and which were missed."""
    from wattquery.paper.pictures.comparison import compared_rows

    compared = compared_rows(rows)
    return {
        "directory": figures,
        "index": str(Path(figures) / "index.html"),
        "compared": len(compared),
        "missed": compared.loc[compared["status"] == _STATUS[False], "quantity"].tolist(),
    }


def _figures_in_words(told: Mapping[str, Any]) -> list[str]:
    if not told:
        return []
    compared, missed = told["compared"], len(told["missed"])
    return [f"{told['index']}: {compared - missed} of {compared} published numbers in the figures reproduced"]


def _claim(row: Mapping[Hashable, Any]) -> Claim:
    """Return a row with builtins only, and None where there is no number or the claim cannot be produced."""
    import pandas as pd

    missing = {name for name, value in row.items() if pd.isna(value)}
    return {
        "claim": str(row["claim"]),
        "unit": str(row["unit"]),
        **{name: None if name in missing else float(row[name]) for name in _NUMBERS},
        "ok": None if "ok" in missing else bool(row["ok"]),
        "reason": "" if "reason" in missing else str(row["reason"]),
    }


def _table(claims: list[Claim]) -> list[str]:
    """Return the lines of the table, with an empty one where another quantity begins."""
    rows: list[list[str]] = []
    before = None
    for claim in claims:
        group = claim["claim"].rpartition(",")[0]
        if rows and group != before:
            rows.append([])
        before = group
        computed, difference, allowed = claim["computed"], claim["difference"], claim["allowed"]
        rows.append(
            [
                claim["claim"],
                "" if claim["unit"] == "1" else claim["unit"],
                f"{claim['published']:g}" if claim["published"] is not None else "-",
                number(computed),
                number(difference, 2),
                number(allowed, 2),
                _STATUS[claim["ok"]],
            ]
        )
    return aligned(["claim", "unit", *_NUMBERS, "status"], rows, text=(0, 1))


def _not_reproduced(claims: list[Claim]) -> list[str]:
    """Return the section that says why, for each claim that was not reproduced."""
    lines = [
        f"  {claim['claim']} [{_STATUS[claim['ok']]}]: {claim['reason'] or 'the difference exceeds what is allowed'}"
        for claim in claims
        if not claim["ok"]
    ]
    return ["Not reproduced", *lines, ""] if lines else []


def _summary(claims: list[Claim]) -> str:
    outcomes = [claim["ok"] for claim in claims]
    return (
        f"{outcomes.count(True)} of {len(claims)} claims reproduced, {outcomes.count(False)} missed, "
        f"{outcomes.count(None)} cannot be produced by this method"
    )
