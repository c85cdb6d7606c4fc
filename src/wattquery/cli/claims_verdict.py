"""One claim on the command line: its verdict, or why there is none."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wattquery import catalog as catalogs
from wattquery.catalog import PublicClaim
from wattquery.claims.energies import read_energy
from wattquery.claims.listing import get
from wattquery.cli.claims_tables import claim_table, plain_claim
from wattquery.cli.output import echo, echo_json, terminal_width
from wattquery.errors import InputError

if TYPE_CHECKING:
    from wattquery.claims import Verdict
    from wattquery.engine.executor import Progress

__all__ = ["judged", "least_of", "named_claim", "print_judged"]


def named_claim(text: str) -> PublicClaim:
    """Return a claim by its id, or one of the user's own from an energy."""
    wh = read_energy(text)
    if wh is None:
        return get(text)
    if not 0.0 < wh < float("inf"):
        raise InputError(
            f"A claim must be an id, or a positive energy such as 3 Wh, got {text}. wattquery claims lists the ids."
        )
    from wattquery.claims.comparing import own_claim

    return own_claim(wh)


def judged(
    claim: str | None,
    against: str | None,
    query: Mapping[str, str | None],
    preset: str,
    threads: int | None,
    progress: Progress | None,
) -> Verdict | tuple[PublicClaim, InputError]:
    """Return the verdict on a claim, or the claim with the reason why there is none."""
    from wattquery.claims.judging import verdict

    arguments = _arguments(query)
    catalogs.preset(preset)  # what follows may then blame a claim
    subject = None if claim is None else named_claim(claim)
    figure = None if against is None else named_claim(against)
    try:
        return verdict(subject, against=figure, preset=preset, threads=threads, progress=progress, **arguments)
    except InputError as error:
        # A claim without an energy or a counterpart is no mistake; an option that is wrong is one.
        if subject is None or figure is not None or (arguments and subject.is_llm_query and subject.wh is not None):
            raise
        return subject, error


def least_of(query: Mapping[str, str | None], preset: str, threads: int | None, progress: Progress | None) -> Verdict:
    """Return which model takes least."""
    from wattquery.claims.least_model import least

    return least(preset=preset, threads=threads, progress=progress, **_arguments(query))


def _arguments(query: Mapping[str, str | None]) -> dict[str, Any]:
    from wattquery.specs.expressions import parse_factor

    return {
        name: parse_factor(name, value) if name.endswith("tokens") else value
        for name, value in query.items()
        if value is not None
    }


def print_judged(outcome: Verdict | tuple[PublicClaim, InputError], cite: bool, as_json: bool) -> None:
    """Print a verdict, or a claim with the reason why there is none."""
    if isinstance(outcome, tuple):
        claim, error = outcome
        if as_json:
            echo_json({"claim": plain_claim(claim), "not_compared": str(error)})
        else:
            reason = textwrap.wrap(f"Not compared: {error}", terminal_width())
            echo("\n".join([*claim_table([claim]), "", *reason]))
    elif as_json:
        echo_json(outcome.to_dict())
    else:
        echo(outcome.text(terminal_width(), cite=cite))
