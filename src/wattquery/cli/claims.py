"""`wattquery claims`: public claims of Wh per query, and each beside the model."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from wattquery import catalog as catalogs
from wattquery.catalog import PublicClaim
from wattquery.catalog.claim_columns import BOUNDARIES, CLAIM_COLUMNS, KINDS, ORIGINS
from wattquery.claims.listing import chosen, get
from wattquery.cli.options import json_option
from wattquery.cli.output import aligned, echo, echo_json, number
from wattquery.errors import InputError

if TYPE_CHECKING:
    from wattquery.claims import Comparison

__all__ = ["claims_command"]

SUBJECT, SOURCE = 58, 40


@click.command("claims")
@click.argument("ids", metavar="[ID|WH]...", nargs=-1)
@click.option("--kind", type=click.Choice(tuple(KINDS)), help="List only claims of this kind.")
@click.option("--model-class", metavar="NAME", help="List only claims about frontier, large, small or this model.")
@click.option("--boundary", type=click.Choice(tuple(BOUNDARIES)), help="List only these; with an ID, count this.")
@click.option("--origin", type=click.Choice(tuple(ORIGINS)), help="List only public ones, or the paper's own.")
@click.option("--compare", is_flag=True, help="Put each claim beside the model; one ID is compared anyway.")
@click.option("--reconcile", is_flag=True, help="Bring two claims to the boundary of the second one.")
@click.option("--overstated", is_flag=True, help="How many times public estimates exceed the model, one by one.")
@click.option("--model", metavar="NAME", help="With an ID: the model to compare with, or frontier.")
@click.option("--output-tokens", metavar="FACTOR", help="With an ID: length of the answer, instead of the claim's.")
@click.option("--input-tokens", metavar="FACTOR", help="With an ID: length of the prompt [tokens].")
@click.option("--preset", default="v2-code", show_default=True, metavar="NAME", help="What the model assumes.")
@click.option("--plot", "picture_path", metavar="PATH", help="Draw claims on LLM queries: a file .png or .svg.")
@click.option("--force", is_flag=True, help="Replace the picture if it exists.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the list as CSV, with every column.")
@json_option
def claims_command(
    ids: tuple[str, ...],
    kind: str | None,
    model_class: str | None,
    boundary: str | None,
    origin: str | None,
    compare: bool,
    reconcile: bool,
    overstated: bool,
    model: str | None,
    output_tokens: str | None,
    input_tokens: str | None,
    preset: str,
    picture_path: str | None,
    force: bool,
    as_csv: bool,
    as_json: bool,
) -> None:
    """List public claims of Wh per query; compare the ones named by ID with the model.

    An ID may also be a number: an energy of your own, in Wh.
    """
    filters: dict[str, Any] = {"kind": kind, "model_class": model_class, "boundary": boundary, "origin": origin}
    how = {"model": model, "output_tokens": output_tokens, "input_tokens": input_tokens}
    flags = {"compare": compare, "reconcile": reconcile, "overstated": overstated, "as_csv": as_csv, "as_json": as_json}
    _check_options(ids, filters, how, drawing=picture_path is not None, **flags)
    if overstated:
        _print_overstated(preset, as_json)
        return
    if reconcile:
        _print_reconciled(ids, preset, as_json)
        return
    found = [_named(one) for one in ids] if ids else list(chosen(**filters))
    if picture_path is not None:
        _draw(found, preset, picture_path, force, named=bool(ids))
        return
    if compare or len(ids) == 1:
        _print_comparisons(found, {**how, "boundary": boundary, "preset": preset}, strict=compare, as_json=as_json)
    elif as_json:
        echo_json({"claims": [_as_dict(one) for one in found]})
    elif as_csv:
        echo(_as_csv(found), nl=False)
    else:
        echo("\n".join([*_table(found), "", _summary(found)]))


def _check_options(ids: Sequence[str], filters: dict[str, Any], how: dict[str, str | None], **flags: bool) -> None:
    """Refuse options that would be passed over."""
    for name, value in filters.items():
        # With an ID, the boundary is what the model counts.
        if value is not None and (flags["overstated"] or (ids and name != "boundary")):
            raise InputError(f"--{name.replace('_', '-')} came, which filters a list. Leave it out here.")
    comparing = len(ids) == 1 or flags["compare"]
    for name, value in how.items():
        if value is not None and not comparing:
            raise InputError(f"--{name.replace('_', '-')} came, which is for a comparison. Name one ID, or --compare.")
    if flags["overstated"] and (ids or flags["compare"]):
        raise InputError("--overstated came with claims of your own choice. Leave either out.")
    if flags["reconcile"] and (len(ids) != 2 or filters["boundary"] or flags["compare"] or flags["drawing"]):
        raise InputError(
            f"--reconcile came with {len(ids)} claims{' and options of its own' if len(ids) == 2 else ''}. Allowed are "
            "two ids: wattquery claims google_gemini_2025_full google_gemini_2025_narrow --reconcile."
        )
    if flags["drawing"] and (flags["as_csv"] or flags["as_json"] or flags["overstated"] or flags["compare"]):
        raise InputError("--plot came, which writes a picture and prints no claims. Leave out the other output.")
    if flags["as_csv"] and (flags["as_json"] or comparing or flags["overstated"] or flags["reconcile"]):
        raise InputError("--csv came, which prints a list of claims and nothing else. Use --json here.")


def _named(text: str) -> PublicClaim:
    """Return a claim by its id, or one of the user's own from a number."""
    try:
        wh = float(text)
    except ValueError:
        return get(text)
    if not 0.0 < wh < float("inf"):
        raise InputError(f"{text} came. Allowed is the id of a claim, or a positive energy in Wh.")
    return PublicClaim("yours", "Your number", wh=wh, notes="An energy without a source.")


def _print_comparisons(found: list[PublicClaim], how: dict[str, Any], *, strict: bool, as_json: bool) -> None:
    """Print claims beside the model; a single one that cannot be compared is shown with the reason."""
    from wattquery.claims import compare
    from wattquery.specs.expressions import parse_factor

    arguments: dict[str, Any] = {
        name: parse_factor(name, value) if name.endswith("tokens") else value
        for name, value in how.items()
        if value is not None
    }
    catalogs.preset(how["preset"])  # what follows may then blame a claim
    told = any(value is not None for name, value in how.items() if name != "preset")
    results: list[tuple[PublicClaim, Comparison | None, str]] = []
    for one in found:
        try:
            results.append((one, compare(one, **arguments), ""))
        except InputError as error:
            # A list holds images and sessions as well, which are no mistake; an option that is wrong is one.
            if (strict and len(found) == 1) or (told and one.is_llm_query and one.wh is not None):
                raise
            results.append((one, None, str(error)))
    if as_json:
        plain = [
            {"claim": _as_dict(one), "not_compared": why} if result is None else result.to_dict()
            for one, result, why in results
        ]
        echo_json(plain[0] if len(plain) == 1 else {"comparisons": plain})
    elif len(results) == 1:
        one, result, why = results[0]
        echo("\n".join([*_table([one]), "", f"Not compared: {why}"]) if result is None else str(result))
    else:
        echo("\n".join(_comparison_table(results)))


def _print_reconciled(ids: Sequence[str], preset: str, as_json: bool) -> None:
    """Print what of the ratio of two claims their boundaries explain, by the source's own factors and by medians."""
    from wattquery.claims import reconcile

    catalogs.preset(preset)
    first, second = map(_named, ids)
    own, general = (reconcile(first, second, own_factors=own, preset=preset) for own in (True, False))
    # Without a split of its own, a source has the medians both times.
    found = [general] if own == general else [own, general]
    if as_json:
        echo_json({"reconciled": [one.to_dict() for one in found]})
    else:
        echo("\n\n".join(map(str, found)))


def _comparison_table(results: Sequence[tuple[PublicClaim, Comparison | None, str]]) -> list[str]:
    rows = [
        [
            one.id,
            number(one.wh, 3),
            number(result.quantiles[0.5], 3),
            number(result.mean, 3),
            result.compared_with,
            number(result.gap, 3),
            result.level_text,
            result.verdict.kind,
            " + ".join(result.verdict.assumptions),
        ]
        for one, result, _ in results
        if result is not None
    ]
    header = ("id", "Wh", "median", "mean", "against", "ratio", "quantile", "verdict", "would close it (inference)")
    left_out = [one.id for one, result, _ in results if result is None]
    lines = aligned(header, rows, text=(0, 4, 7, 8)) if rows else []
    return [*lines, *(["", f"{len(left_out)} not compared: {', '.join(left_out)}"] if left_out else [])]


def _print_overstated(preset: str, as_json: bool) -> None:
    from wattquery.claims import overstated

    rows: list[dict[str, Any]] = [
        {str(name): value for name, value in row.items()} for row in overstated(preset).reset_index().to_dict("records")
    ]
    if as_json:
        echo_json({"preset": preset, "comparisons": rows})
        return
    header = ["claim", "Wh", "boundary", "against", "output tokens", "model Wh", "ratio", "at its boundary", "end"]
    lines = []
    for group in dict.fromkeys(row["group"] for row in rows):
        cells = [
            [
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
            for row in rows
            if row["group"] == group
        ]
        lines += [f"{group[0].upper()}{group[1:]}", "", *aligned(header, cells, text=(0, 2, 3, 4)), ""]
    lines += [
        "model Wh: median at the facility; at its boundary: ratio where the model counts what the claim counts.",
        "end: the row nearest to the published 4 and 20. The paper does not say which rows these are: inference, as is",
        "what each claim stands against. What is stated and what inferred, row by row: --json.",
    ]
    echo("\n".join(lines))


def _draw(found: list[PublicClaim], preset: str, path: str, force: bool, *, named: bool) -> None:
    """Draw those claims that can be drawn, having tried the place first."""
    from wattquery.cli.pictures import try_picture

    try_picture(path, force)
    import matplotlib.pyplot as plt

    from wattquery import plot

    ax = plot.claims(found, preset=preset)
    try:
        plot.save(ax, path, replace=force)
    finally:
        plt.close(ax.get_figure(root=True))
    echo(f"{path}: claims")
    left_out = [one.id for one in found if not (one.is_llm_query and one.wh is not None and one.origin == "public")]
    if named and left_out:
        echo(f"{len(left_out)} not drawn, as no public claim in Wh on a language model's query: {', '.join(left_out)}")


def _as_dict(one: PublicClaim) -> dict[str, Any]:
    plain = asdict(one)
    plain.pop("line")
    return plain


def _as_csv(found: Sequence[PublicClaim]) -> str:
    """Return the claims in the layout of the shipped table, which `read_claims` reads."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    fields = [column.field for column in CLAIM_COLUMNS]
    writer.writerow(fields)
    writer.writerows([_csv_cell(getattr(one, field)) for field in fields] for one in found)
    return text.getvalue()


def _csv_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.12g}"
    return " ".join(value) if isinstance(value, tuple) else str(value)


def _table(found: Sequence[PublicClaim]) -> list[str]:
    header = ("id", "subject", "Wh", "range", "in", "out", "boundary", "year", "source")
    rows = [
        [
            one.id,
            _short(one.subject, SUBJECT),
            "-" if one.wh is None else f"{one.wh:.3g}",
            _range(one),
            _tokens(one, "input_tokens"),
            _tokens(one, "output_tokens"),
            f"{one.boundary}{' *' if 'boundary' in one.inferred else ''}",
            "" if one.year is None else str(one.year),
            _short(one.source, SOURCE),
        ]
        for one in found
    ]
    return aligned(header, rows, text=(0, 1, 3, 6, 8)) if rows else ["No claim is all of this."]


def _range(one: PublicClaim) -> str:
    ends = [f"{end:g}" for end in (one.low, one.high) if end is not None]
    words = {"IQR": "", "min-max": "", "unknown": ""}.get(one.range_is, one.range_is)
    return f"{words} {'-'.join(ends)}".strip()


def _tokens(one: PublicClaim, field: str) -> str:
    count = getattr(one, field)
    return "" if count is None else f"{count:,.0f}{'*' if field in one.inferred else ''}"


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3].rstrip()}..."


def _summary(found: Sequence[PublicClaim]) -> str:
    own = sum(one.origin != "public" for one in found)
    second = sum(one.second_hand for one in found)
    return (
        f"{len(found)} claims: {len(found) - own} public ({second} read second hand), {own} of this method. in, out: "
        "tokens that a claim has; *: inferred, not stated."
    )
