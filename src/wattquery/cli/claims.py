"""`wattquery claims`: public claims of Wh per query, and each beside the model."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from wattquery import catalog as catalogs
from wattquery.catalog import PublicClaim
from wattquery.catalog.claim_columns import BOUNDARIES, KINDS, ORIGINS
from wattquery.claims.listing import chosen
from wattquery.cli import completing
from wattquery.cli.claims_tables import (
    claim_table,
    comparison_table,
    csv_text,
    overstated_tables,
    plain_claim,
    summary,
)
from wattquery.cli.claims_verdict import judged, least_of, named_claim, print_judged
from wattquery.cli.examples import examples
from wattquery.cli.file_options import force_option, plot_option
from wattquery.cli.options import json_option, no_progress_option, threads_option
from wattquery.cli.output import echo, echo_json, progress_bar, terminal_width
from wattquery.cli.pictures import look_options
from wattquery.errors import InputError

if TYPE_CHECKING:
    from wattquery.claims import Comparison
    from wattquery.engine.executor import Progress

__all__ = ["claims_command"]

HELP = """List public claims of Wh per query, or judge one: a sentence first, then what it stands on.

An ID may also be an energy of your own: 2.9, "3 Wh" or "10 kJ".
"""


EXAMPLES = examples(
    {
        "wattquery claims": "the list",
        'wattquery claims "3 Wh"': "is it right?",
        "wattquery claims --against google_search_2009": "how many times a web search is a query?",
        "wattquery claims --least": "which model takes least?",
        "wattquery claims altman_2025 --cite": "with its sources as BibTeX",
    }
)


@click.command("claims", help=HELP, epilog=EXAMPLES)
@click.argument("ids", metavar="[ID|WH]...", nargs=-1, shell_complete=completing.claims)
@click.option("--kind", type=click.Choice(tuple(KINDS)), help="List only claims of this kind.")
@click.option("--model-class", metavar="NAME", help="List only claims about frontier, large, small or this model.")
@click.option("--boundary", type=click.Choice(tuple(BOUNDARIES)), help="List only these; with an ID, count this.")
@click.option("--origin", type=click.Choice(tuple(ORIGINS)), help="List only public ones, or the paper's own.")
@click.option(
    "--against",
    metavar="ID|WH",
    help="Another figure: how many times that a query takes, and the claim.",
    shell_complete=completing.claims,
)
@click.option("--least", is_flag=True, help="Which model takes least for one query, and all others by rank.")
@click.option("--cite", is_flag=True, help="With one claim, --against or --least: the sources as BibTeX.")
@click.option("--compare", is_flag=True, help="Put each claim beside the model, a line each; one alone at length.")
@click.option("--reconcile", is_flag=True, help="Bring two claims to the boundary of the second one.")
@click.option("--overstated", is_flag=True, help="How many times public estimates exceed the model, one by one.")
@click.option(
    "--model",
    metavar="NAME",
    help="With an ID: the model to compare with, or frontier.",
    shell_complete=completing.models,
)
@click.option("--output-tokens", metavar="FACTOR", help="With an ID: length of the answer, instead of the claim's.")
@click.option("--input-tokens", metavar="FACTOR", help="With an ID: length of the prompt [tokens].")
@click.option(
    "--preset",
    default="v2-code",
    show_default=True,
    metavar="NAME",
    help="What the model assumes.",
    shell_complete=completing.presets,
)
@threads_option
@no_progress_option
@plot_option
@look_options(facet=False)
@force_option
@click.option("--csv", "as_csv", is_flag=True, help="Print the list as CSV, with every column.")
@json_option
def claims_command(
    ids: tuple[str, ...],
    kind: str | None,
    model_class: str | None,
    boundary: str | None,
    origin: str | None,
    against: str | None,
    least: bool,
    cite: bool,
    compare: bool,
    reconcile: bool,
    overstated: bool,
    model: str | None,
    output_tokens: str | None,
    input_tokens: str | None,
    preset: str,
    threads: int | None,
    no_progress: bool,
    plot: str | None,
    look: dict[str, str | None],
    force: bool,
    as_csv: bool,
    as_json: bool,
) -> None:
    """List public claims, or compare them with the model."""
    filters: dict[str, Any] = {"kind": kind, "model_class": model_class, "boundary": boundary, "origin": origin}
    query = {"model": model, "output_tokens": output_tokens, "input_tokens": input_tokens}
    flags = {"compare": compare, "reconcile": reconcile, "overstated": overstated, "as_csv": as_csv, "as_json": as_json}
    for name, value in look.items():
        if value is not None and plot is None:
            raise InputError(f"--{name} needs --plot. Add --plot out.png, or leave it out.")
    if least:
        filters.pop("boundary")
        _check_least(
            [*ids, *filter(None, (*filters.values(), against, model))],
            drawing=plot is not None,
            **{**flags, "as_json": False},
        )
        query["boundary"] = boundary
        with progress_bar("Comparing", not no_progress) as progress:
            print_judged(least_of(query, preset, threads, progress), cite, as_json)
        return
    judging = (len(ids) == 1 or against is not None) and not (compare or reconcile or plot is not None)
    _check_options(ids, filters, query, drawing=plot is not None, judging=judging, **flags)
    _check_judged(ids, against, cite=cite, judging=judging and not overstated)
    if overstated:
        with progress_bar("Comparing", not no_progress) as progress:
            rows = _overstated(preset, threads, progress)
        _print_overstated(rows, preset, as_json)
        return
    if reconcile:
        _print_reconciled(ids, preset, as_json)
        return
    if judging:
        query["boundary"] = boundary
        with progress_bar("Comparing", not no_progress) as progress:
            outcome = judged(ids[0] if ids else None, against, query, preset, threads, progress)
        print_judged(outcome, cite, as_json)
        return
    claims = [named_claim(text) for text in ids] if ids else list(chosen(**filters))
    if plot is not None:
        _draw(claims, preset, plot, force, look, named=bool(ids))
    elif compare:
        query["boundary"] = boundary
        with progress_bar("Comparing", not no_progress) as progress:
            outcomes = _compared(claims, query, preset, threads, progress, strict=compare)
        _print_comparisons(outcomes, as_json)
    elif as_json:
        echo_json({"claims": [plain_claim(claim) for claim in claims]})
    elif as_csv:
        echo(csv_text(claims), nl=False)
    else:
        echo("\n".join([*claim_table(claims), "", *textwrap.wrap(summary(claims), terminal_width())]))


def _check_options(ids: Sequence[str], filters: dict[str, Any], query: dict[str, str | None], **flags: bool) -> None:
    """Refuse options that would be passed over."""
    for name, value in filters.items():
        # With an ID, the boundary is what the model counts.
        if value is not None and (flags["overstated"] or ((ids or flags["judging"]) and name != "boundary")):
            raise InputError(f"--{name.replace('_', '-')} filters the list, and this is none. Leave it out here.")
    comparing = flags["judging"] or flags["compare"]
    for name, value in query.items():
        if value is not None and not comparing:
            raise InputError(f"--{name.replace('_', '-')} is for a comparison. Name one ID, or --compare.")
    if flags["overstated"] and (ids or flags["compare"]):
        raise InputError("--overstated has claims of its own, got others. Leave either out.")
    if flags["reconcile"] and (len(ids) != 2 or filters["boundary"] or flags["compare"] or flags["drawing"]):
        raise InputError(
            f"--reconcile needs two ids and no other option, got {len(ids)}"
            f"{' and other options' if len(ids) == 2 else ''}. Write for example wattquery claims "
            "google_gemini_2025_full google_gemini_2025_narrow --reconcile."
        )
    if flags["drawing"] and (flags["as_csv"] or flags["as_json"] or flags["overstated"] or flags["compare"]):
        raise InputError("--plot writes a picture and prints no claims. Leave out the other output.")
    if flags["as_csv"] and (flags["as_json"] or comparing or flags["overstated"] or flags["reconcile"]):
        raise InputError("--csv prints a list of claims and nothing else. Use --json here.")


def _check_least(others: Sequence[str], **flags: bool) -> None:
    """Refuse what would be passed over where models are ranked."""
    if others or any(flags.values()):
        raise InputError(
            "--least ranks all models of a preset, and takes only --boundary, --output-tokens, --input-tokens, "
            "--preset, --cite and --json beside it. Leave out the others."
        )


def _check_judged(ids: Sequence[str], against: str | None, *, cite: bool, judging: bool) -> None:
    """Refuse what a verdict cannot take."""
    if against is not None and (len(ids) > 1 or not judging):
        raise InputError(
            "--against holds one claim, or a query itself, against another figure: name one ID or none, without "
            "--compare, --reconcile, --overstated and --plot."
        )
    if cite and not judging:
        raise InputError("--cite is for the sources of one claim: name one ID, or --against.")


def _compared(
    claims: list[PublicClaim],
    query: dict[str, str | None],
    preset: str,
    threads: int | None,
    progress: Progress | None,
    *,
    strict: bool,
) -> list[tuple[PublicClaim, Comparison | InputError]]:
    """Return each claim with its comparison, or with the reason why there is none."""
    from wattquery.claims.comparing import compare_each
    from wattquery.specs.expressions import parse_factor

    arguments: dict[str, Any] = {
        name: parse_factor(name, value) if name.endswith("tokens") else value
        for name, value in query.items()
        if value is not None
    }
    catalogs.preset(preset)  # what follows may then blame a claim
    outcomes = []
    for claim, outcome in compare_each(claims, preset=preset, threads=threads, progress=progress, **arguments):
        # A list holds images and sessions as well, which are no mistake; an option that is wrong is one.
        blamed = (strict and len(claims) == 1) or (arguments and claim.is_llm_query and claim.wh is not None)
        if isinstance(outcome, InputError) and blamed:
            raise outcome
        outcomes.append((claim, outcome))
    return outcomes


def _print_comparisons(outcomes: Sequence[tuple[PublicClaim, Comparison | InputError]], as_json: bool) -> None:
    """Print claims beside the model; a single one that cannot be compared is shown with the reason."""
    if as_json:
        plain = [_plain_outcome(claim, outcome) for claim, outcome in outcomes]
        echo_json(plain[0] if len(plain) == 1 else {"comparisons": plain})
        return
    if len(outcomes) > 1:
        echo("\n".join(comparison_table(outcomes)))
        return
    ((claim, outcome),) = outcomes
    if isinstance(outcome, InputError):
        echo("\n".join([*claim_table([claim]), "", *textwrap.wrap(f"Not compared: {outcome}", terminal_width())]))
    else:
        echo(outcome.text(terminal_width()))


def _plain_outcome(claim: PublicClaim, outcome: Comparison | InputError) -> dict[str, Any]:
    if isinstance(outcome, InputError):
        return {"claim": plain_claim(claim), "not_compared": str(outcome)}
    return outcome.to_dict()


def _print_reconciled(ids: Sequence[str], preset: str, as_json: bool) -> None:
    """Print what of the ratio of two claims their boundaries explain, by the source's own factors and by medians."""
    from wattquery.claims import reconcile

    catalogs.preset(preset)
    first, second = map(named_claim, ids)
    own, general = (reconcile(first, second, own_factors=own, preset=preset) for own in (True, False))
    # Without a split of its own, a source has the medians both times.
    reconciled = [general] if own == general else [own, general]
    if as_json:
        echo_json({"reconciled": [reconciliation.to_dict() for reconciliation in reconciled]})
    else:
        echo("\n\n".join(map(str, reconciled)))


def _overstated(preset: str, threads: int | None, progress: Progress | None) -> list[dict[str, Any]]:
    from wattquery.claims import overstated

    table = overstated(preset, threads=threads, progress=progress)
    return [{str(name): value for name, value in row.items()} for row in table.reset_index().to_dict("records")]


def _print_overstated(rows: list[dict[str, Any]], preset: str, as_json: bool) -> None:
    if as_json:
        echo_json({"preset": preset, "comparisons": rows})
    else:
        echo("\n".join(overstated_tables(rows)))


def _draw(
    claims: list[PublicClaim], preset: str, path: str, force: bool, look: Mapping[str, str | None], *, named: bool
) -> None:
    """Draw those claims that can be drawn, having tried the place first."""
    from wattquery.cli.pictures import try_picture

    try_picture(path, force)
    import matplotlib.pyplot as plt

    from wattquery import plot

    with plot.styled(**{name: value for name, value in look.items() if value is not None}):
        ax = plot.claims(claims, preset=preset)
    try:
        plot.save(ax, path, replace=force)
    finally:
        plt.close(ax.get_figure(root=True))
    echo(f"{path}: claims")
    left_out = [
        claim.id for claim in claims if not (claim.is_llm_query and claim.wh is not None and claim.origin == "public")
    ]
    if named and left_out:
        echo(f"{len(left_out)} not drawn, as no public claim in Wh on a language model's query: {', '.join(left_out)}")
