"""Whether a random factor is drawn anew for each query, or is one unknown number that all queries share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.specs.factors import LEVER, SCOPES, Scope, kind_of
from wattquery.specs.grid import Grid
from wattquery.specs.scalars import shown

__all__ = ["ALL_LEVERS", "SCOPES", "THROUGHPUT_FIT", "Scope", "checked_scopes"]

THROUGHPUT_FIT = "throughput_fit"
ALL_LEVERS = "levers"


def checked_scopes(scopes: object, random: Sequence[str], grid: Grid, throughput_fit: bool) -> dict[str, Scope]:
    """Return the scope of every random factor, and of the throughput fit where it is drawn.

    Where nothing else is said, it is that of the table of factors: lengths are drawn per query (aleatory), and
    everything else is shared (epistemic).

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
    found: dict[str, Scope] = {name: kind.scope for name in random if (kind := kind_of(name)) is not None}
    if throughput_fit:
        found[THROUGHPUT_FIT] = "shared"
    if scopes is None:
        return found
    if not isinstance(scopes, Mapping):
        raise InputTypeError(
            f"scopes must be a dict of scopes by factor, got {shown(scopes)}. Write scopes={{'pue': 'query'}}."
        )
    levers = [name for name in random if name.startswith(LEVER)]
    stated: dict[str, Scope] = {}
    for name, scope in scopes.items():
        _check_name(name, found, levers, grid)
        if not isinstance(scope, str) or scope not in SCOPES:
            raise InputError(
                f"scopes[{name!r}] must be 'query' (drawn anew for each query) or 'shared' (one unknown number for all "
                f"queries), got {shown(scope)}. Pass one of the two.{did_you_mean(scope, SCOPES)}"
            )
        stated[name] = scope
    if stated.get(THROUGHPUT_FIT) == "query":
        raise InputError(
            f"scopes[{THROUGHPUT_FIT!r}] must be 'shared', got 'query': the coefficients of a regression are unknown "
            "numbers that are the same for all queries. Leave it out of scopes."
        )
    if ALL_LEVERS in stated:
        found |= dict.fromkeys(levers, stated.pop(ALL_LEVERS))
    return found | stated


def _check_name(name: object, found: Mapping[str, Scope], levers: Sequence[str], grid: Grid) -> None:
    """Refuse the name of what has no scope."""
    if name in found or (name == ALL_LEVERS and levers):
        return
    if name == THROUGHPUT_FIT:
        raise InputError(
            f"scopes gives {name!r} a scope, but the throughput fit is taken as known. Pass throughput_fit=True, or "
            "leave it out of scopes."
        )
    if name == ALL_LEVERS or _is_factor_of(name, grid):
        raise InputError(
            f"scopes gives {name!r} a scope, but no cell has it as a random factor: it is a fixed number, left out, "
            f"not counted, or follows throughput. Random are {listed(found)}. Make it a distribution, or leave it out."
        )
    allowed = [*found, *([ALL_LEVERS] if levers else [])]
    raise InputError(
        f"scopes must name random factors, got {name!r}. Name one of {listed(allowed)}.{did_you_mean(name, allowed)}"
    )


def _is_factor_of(name: object, grid: Grid) -> bool:
    """Return whether a grid can have a factor: of its kind there is only one, or a label names it."""
    kind = kind_of(name)
    return kind is not None and (kind.is_single or any(factor.name == name for factor in grid.factors()))
