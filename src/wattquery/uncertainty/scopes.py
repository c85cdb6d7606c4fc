"""Whether a random factor is drawn anew for each query, or is one unknown number that all queries share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.specs.factors import LEVER, LOAD_MODEL, SCOPES, Scope, kind_of
from wattquery.specs.grid import Grid
from wattquery.specs.scalars import shown

__all__ = ["ALL_LEVERS", "SCOPES", "THROUGHPUT_FIT", "Scope", "checked_scopes"]

THROUGHPUT_FIT = "throughput_fit"
ALL_LEVERS = "levers"

ALL_OF_A_KIND = {ALL_LEVERS: LEVER, "load_model": LOAD_MODEL}
"""Names that stand for all factors of a kind that are not named, with what the names of these begin with."""


def checked_scopes(scopes: object, random: Sequence[str], grid: Grid, throughput_fit: bool) -> dict[str, Scope]:
    """Return the scope of every random factor, and of the throughput fit where it is drawn.

    Where nothing else is said, it is that of the table of factors: lengths are drawn per query (aleatory), and
    everything else is shared (epistemic).

    Parameters
    ----------
    scopes
        What the user said: scopes by name of a factor, ``"levers"`` for all levers that are not named, and
        ``"load_model"`` for all that the load model leaves open.
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
    together = {
        every: names
        for every, prefix in ALL_OF_A_KIND.items()
        if (names := [name for name in random if name.startswith(prefix)])
    }
    stated: dict[str, Scope] = {}
    for name, scope in scopes.items():
        _check_name(name, found, together, grid)
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
    for every, names in together.items():
        if every in stated:
            found |= dict.fromkeys(names, stated.pop(every))
    return found | stated


def _check_name(name: object, found: Mapping[str, Scope], together: Mapping[str, Sequence[str]], grid: Grid) -> None:
    """Refuse the name of what has no scope."""
    if name in found or name in together:
        return
    if name == THROUGHPUT_FIT:
        why, fix = "the throughput fit is taken as known", "Pass throughput_fit=True"
        if grid.is_under_load:
            why, fix = (
                "under a load nothing is fitted by deployment",
                "Name 'load_model' for what the load model leaves open",
            )
        raise InputError(f"scopes gives {name!r} a scope, but {why}. {fix}, or leave it out of scopes.")
    if name in ALL_OF_A_KIND or _is_factor_of(name, grid):
        raise InputError(
            f"scopes gives {name!r} a scope, but no cell has it as a random factor: it is a fixed number, left out, "
            f"not counted, or follows throughput. Random are {listed(found)}. Make it a distribution, or leave it out."
        )
    allowed = [*found, *together]
    raise InputError(
        f"scopes must name random factors, got {name!r}. Name one of {listed(allowed)}.{did_you_mean(name, allowed)}"
    )


def _is_factor_of(name: object, grid: Grid) -> bool:
    """Return whether a grid can have a factor: of its kind there is only one, or a label names it."""
    kind = kind_of(name)
    return kind is not None and (kind.is_single or any(factor.name == name for factor in grid.factors()))
