"""Claims, comparisons and overstatements as aligned text, and claims as CSV. Nothing is computed here."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from wattquery.catalog import PublicClaim
from wattquery.catalog.claim_columns import CLAIM_COLUMNS
from wattquery.cli.fitting import fitted
from wattquery.cli.output import number, terminal_width
from wattquery.errors import InputError

if TYPE_CHECKING:
    from wattquery.claims import Comparison

__all__ = ["claim_table", "comparison_table", "csv_text", "overstated_tables", "plain_claim", "summary"]

_OVERSTATED = (
    "model Wh: median at the facility; alike: ratio where the model counts what the claim counts. end: the row "
    "nearest to the published 4 and 20. The paper does not say which rows these are: inference, as is what each claim "
    "stands against. What is stated and what inferred, row by row: --json."
)

SUBJECT, SOURCE = 58, 40
"""Characters of a subject and of a source that fit beside the other columns."""


def claim_table(claims: Sequence[PublicClaim], width: int | None = None) -> list[str]:
    """Return a line for each claim, no longer than some columns of a terminal.

    Parameters
    ----------
    claims
        The claims.
    width
        Columns; those of the terminal if left out. Columns that do not fit are left out, and the line below says so.
    """
    if not claims:
        return ["No claim is all of this."]
    header = ("id", "subject", "Wh", "range", "in", "out", "boundary", "year", "source")
    rows = [
        [
            claim.id,
            _short(claim.subject, SUBJECT),
            "-" if claim.wh is None else f"{claim.wh:.3g}",
            _range(claim),
            _tokens(claim, "input_tokens"),
            _tokens(claim, "output_tokens"),
            f"{claim.boundary}{' *' if 'boundary' in claim.inferred else ''}",
            "" if claim.year is None else str(claim.year),
            _short(claim.source, SOURCE),
        ]
        for claim in claims
    ]
    return fitted(header, rows, (0, 1, 3, 6, 8), drop=("source", "in", "out", "boundary", "year"), width=width)


def summary(claims: Sequence[PublicClaim]) -> str:
    """Return how many claims these are, and what the marks of their table mean."""
    own = sum(claim.origin != "public" for claim in claims)
    second = sum(claim.second_hand for claim in claims)
    return (
        f"{len(claims)} claims: {len(claims) - own} public ({second} read second hand), {own} of this method. in, out: "
        "tokens that a claim has; *: inferred, not stated."
    )


def _range(claim: PublicClaim) -> str:
    ends = [f"{end:g}" for end in (claim.low, claim.high) if end is not None]
    words = {"IQR": "", "min-max": "", "unknown": ""}.get(claim.range_is, claim.range_is)
    return f"{words} {'-'.join(ends)}".strip()


def _tokens(claim: PublicClaim, field: str) -> str:
    count = getattr(claim, field)
    return "" if count is None else f"{count:,.0f}{'*' if field in claim.inferred else ''}"


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3].rstrip()}..."


def comparison_table(outcomes: Sequence[tuple[PublicClaim, Comparison | InputError]]) -> list[str]:
    """Return a line for each claim that could be compared, and which could not."""
    header = ("id", "Wh", "median", "mean", "against", "ratio", "quantile", "verdict", "would close it (inference)")
    rows = []
    left_out = []
    for claim, outcome in outcomes:
        if isinstance(outcome, InputError):
            left_out.append(claim.id)
            continue
        rows.append(
            [
                claim.id,
                number(claim.wh, 3),
                number(outcome.quantiles[0.5], 3),
                number(outcome.mean, 3),
                outcome.compared_with,
                number(outcome.gap, 3),
                outcome.level_text,
                outcome.verdict.kind,
                " + ".join(outcome.verdict.assumptions),
            ]
        )
    lines = fitted(header, rows, (0, 4, 7, 8), drop=("mean", "against", "verdict", "median")) if rows else []
    return [*lines, *(["", f"{len(left_out)} not compared: {', '.join(left_out)}"] if left_out else [])]


def overstated_tables(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a table for each group of `wattquery.claims.overstated`, and what its columns mean."""
    header = ["claim", "Wh", "boundary", "against", "output tokens", "model Wh", "ratio", "alike", "end"]
    lines = []
    for group in dict.fromkeys(row["group"] for row in rows):
        cells = [_overstated_row(row) for row in rows if row["group"] == group]
        table = fitted(header, cells, (0, 2, 3, 4), drop=("output tokens", "boundary"))
        lines += [f"{group[0].upper()}{group[1:]}", "", *table, ""]
    return [*lines, *textwrap.wrap(_OVERSTATED, terminal_width())]


def _overstated_row(row: Mapping[str, Any]) -> list[str]:
    return [
        row["id"],
        number(row["claim_wh"], 3),
        f"{row['boundary']}{' (inferred)' if row['boundary_is'] == 'inferred' else ''}",
        row["model"],
        row["output_tokens"],
        number(row["model_wh"], 3),
        number(row["ratio"], 3),
        number(row["ratio_at_boundary"], 3),
        row["end"],
    ]


def plain_claim(claim: PublicClaim) -> dict[str, Any]:
    """Return a claim as plain values, without its line in the file."""
    plain = asdict(claim)
    plain.pop("line")
    return plain


def csv_text(claims: Sequence[PublicClaim]) -> str:
    """Return claims in the layout of the shipped table, which `read_claims` reads."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    fields = [column.field for column in CLAIM_COLUMNS]
    writer.writerow(fields)
    writer.writerows([_csv_cell(getattr(claim, field)) for field in fields] for claim in claims)
    return text.getvalue()


def _csv_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.12g}"
    return " ".join(value) if isinstance(value, tuple) else str(value)
