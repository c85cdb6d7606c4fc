"""Whether a random factor is drawn anew for each query, or is one unknown number that all queries share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.plans.cell_factors import LENGTHS, LEVER, SHARE, STEP
from wattquery.specs.grid import Grid
from wattquery.specs.scalars import shown

__all__ = ["ALL_LEVERS", "SCOPES", "THROUGHPUT_FIT", "Scope", "checked_scopes"]

Scope = Literal["query", "shared"]
SCOPES: tuple[Scope, ...] = ("query", "shared")
THROUGHPUT_FIT = "throughput_fit"
ALL_LEVERS = "levers"


def checked_scopes(scopes: object, random: Sequence[str], grid: Grid, throughput_fit: bool) -> dict[str, Scope]:
    """Return the scope of every random factor, and of the throughput fit where it is drawn.

    Lengths are drawn per query and everything else is shared, where nothing else is said.

    Parameters
    ----------
    scopes
        What the user said: scopes by name of a factor, ``"levers"`` for all levers that are not named.
    random
        Names of the factors that are random somewhere.
    grid
        The grid, which knows the names of those that are not.
    throughput_fit
        Whether the throughput fit is drawn.

    Raises
    ------
    InputError
        If a name is unknown, fixed everywhere or not drawn, or a scope is none.
    """
    found: dict[str, Scope] = {name: "query" if name in LENGTHS else "shared" for name in random}
    if throughput_fit:
        found[THROUGHPUT_FIT] = "shared"
    if scopes is None:
        return found
    if not isinstance(scopes, Mapping):
        raise InputTypeError(f"scopes = {shown(scopes)} came. Allowed is a dict of scopes: scopes={{'pue': 'query'}}.")
    levers = [name for name in random if name.startswith(LEVER)]
    given: dict[str, Scope] = {}
    for name, scope in scopes.items():
        _check_name(name, scopes, found, levers, grid)
        if not isinstance(scope, str) or scope not in SCOPES:
            raise InputError(
                f"scopes[{name!r}] = {shown(scope)} came. Allowed are 'query' (drawn anew for each query) and 'shared' "
                "(one "
                f"unknown number for all queries).{did_you_mean(scope, SCOPES)}"
            )
        given[name] = scope
    if given.get(THROUGHPUT_FIT) == "query":
        raise InputError(
            f"scopes = {scopes!r} makes {THROUGHPUT_FIT!r} a factor per query. Allowed is 'shared': the coefficients "
            "of a regression are unknown numbers that are the same for all queries. Leave it out of scopes."
        )
    if ALL_LEVERS in given:
        found |= dict.fromkeys(levers, given.pop(ALL_LEVERS))
    return found | given


def _check_name(name: object, scopes: object, found: Mapping[str, Scope], levers: Sequence[str], grid: Grid) -> None:
    """Refuse the name of what has no scope."""
    if name in found or (name == ALL_LEVERS and levers):
        return
    if name == THROUGHPUT_FIT:
        raise InputError(
            f"scopes = {scopes!r} gives {name!r} a scope, but the throughput fit is taken as known. "
            "Pass throughput_fit=True, or leave it out of scopes."
        )
    of_levers = [LEVER + lever.name for one in grid.levers.values for lever in one.levers]
    of_steps = [STEP + step.name for one in grid.boundary.values for step in one.steps]
    if name in (*LENGTHS, "power_utilization", "pue", "node_power", SHARE, ALL_LEVERS, *of_levers, *of_steps):
        raise InputError(
            f"scopes = {scopes!r} gives {name!r} a scope, but no cell has it as a random factor: it is a fixed number, "
            "left out, not counted, or follows throughput. Make it a distribution, or leave it out of scopes. Random "
            f"here are {listed(found)}."
        )
    allowed = [*found, *([ALL_LEVERS] if levers else [])]
    raise InputError(
        f"scopes names {name!r}, which is no factor. Allowed are {listed(allowed)}.{did_you_mean(name, allowed)}"
    )
