"""What a user's arguments mean, checked: the study and its run, the factors and groups, the sizes of a design."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.arguments import refuse_unknown
from wattquery.kernels.random.points import MOST_POINTS
from wattquery.quantities import AXES
from wattquery.specs.containers import is_listlike, items
from wattquery.specs.scalars import is_whole, shown
from wattquery.sweeps.run import Run
from wattquery.sweeps.settings import refuse_too_many
from wattquery.sweeps.study import SETTINGS, Study, study

__all__ = [
    "SETTINGS",
    "checked_design",
    "checked_name",
    "checked_study",
    "chosen_factors",
    "chosen_groups",
    "random_factors",
    "refuse_arguments",
]

FEWEST_REPLICATES = 4
FEWEST_POINTS = 64


def checked_study(function: Callable[..., object], model: object, arguments: Mapping[str, Any]) -> Study:
    """Return what the axes and settings of a function's ``**arguments`` ask for.

    Raises
    ------
    InputError
        If an argument is neither, was renamed, or is not allowed.
    """
    refuse_arguments(function, arguments, (*AXES[1:], *SETTINGS))
    return study(model, **arguments)


def refuse_arguments(function: Callable[..., object], arguments: Mapping[str, Any], more: Sequence[str] = ()) -> None:
    """Refuse what a function takes neither by name nor among some ``more``, and say how it is called now."""
    unknown = {name: value for name, value in arguments.items() if name not in more}
    if unknown:
        own = [one.name for one in inspect.signature(function).parameters.values() if one.kind is not one.VAR_KEYWORD]
        refuse_unknown(function.__name__, unknown, dict.fromkeys((*own, *more)))


def checked_name(name: str, value: object, allowed: Iterable[str]) -> str:
    """Return a choice among names."""
    known = list(allowed)
    if not isinstance(value, str) or value not in known:
        raise InputError(f"{name} must be one of {listed(known)}, got {shown(value)}.{did_you_mean(value, known)}")
    return value


def random_factors(run: Run, chosen: object) -> tuple[str, ...]:
    """Return the factors that were chosen, all random ones for ``None``."""
    known = run.factor_names
    if not known:
        raise InputError(
            "No cell has a random factor: every number is fixed. Give a distribution for at least one of them."
        )
    return chosen_factors("factors", chosen, known)


def chosen_factors(argument: str, chosen: object, known: Sequence[str]) -> tuple[str, ...]:
    """Return the factors that were chosen, in the order of the known ones; all of them for ``None``."""
    if chosen is None:
        return tuple(known)
    names = [chosen] if isinstance(chosen, str) else items(chosen, argument) if is_listlike(chosen) else []
    if not names:
        raise InputTypeError(
            f"{argument} must be a list of factors, got {shown(chosen)}. Random here are {listed(known)}; name one or "
            "more of them."
        )
    for name in names:
        if not isinstance(name, str) or name not in known:
            raise InputError(
                f"{argument} names {shown(name)}, which is random in no cell. Random here are {listed(known)}. "
                f"Name one of these, or make {shown(name)} a distribution.{did_you_mean(name, known)}"
            )
    return tuple(name for name in known if name in names)


def chosen_groups(groups: object, known: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the members of each group: as the user says, and every other factor as a group of its own."""
    if groups is None:
        groups = {}
    if not isinstance(groups, Mapping):
        raise InputTypeError(
            f"groups must be a dict of lists, got {shown(groups)}. Write groups={{'name': ['factor', ...]}}."
        )
    chosen: dict[str, tuple[str, ...]] = {}
    owner: dict[str, str] = {}
    for group, names in groups.items():
        members = chosen_factors(f"groups[{group!r}]", names, known)
        for name in members:
            if name in owner:
                raise InputError(
                    f"groups must have each factor in one group, got {name!r} in {owner[name]!r} and in {group!r}: "
                    "what groups share cannot be told apart. Remove it from one of them."
                )
            owner[name] = str(group)
        if str(group) in known and str(group) not in members:
            raise InputError(
                f"groups calls a group {group!r}, which is the name of a factor outside of it. Choose another name."
            )
        chosen[str(group)] = members
    alone = {name: (name,) for name in known if name not in owner}
    together = {**chosen, **alone}
    return dict(sorted(together.items(), key=lambda item: min(known.index(name) for name in item[1])))


def checked_design(draws: Any, replicates: Any, method: str) -> tuple[int, int]:
    """Return the number of base draws and of replicates, if they divide into point sets that can be made."""
    for name, value in (("draws", draws), ("replicates", replicates)):
        if not is_whole(value):
            raise InputTypeError(f"{name} must be a whole number, got {shown(value)}. Write for example {name}=2**4.")
    base, parts = int(draws), int(replicates)
    refuse_too_many("draws", base, "use method='quasi_monte_carlo' with draws=2**20")
    refuse_too_many("replicates", parts, "use replicates=16")
    if parts < FEWEST_REPLICATES or parts & (parts - 1):
        raise InputError(
            f"replicates must be a power of two, at least {FEWEST_REPLICATES}, got {shown(parts)}: intervals rest on "
            f"how far replicates disagree. Use replicates={_power_near(max(parts, 16))}."
        )
    least = FEWEST_POINTS * parts
    if base < least or base & (base - 1):
        raise InputError(
            f"draws must be a power of two, so that {parts} replicates share it evenly, and at least {least}, got "
            f"{shown(base)}. Use draws={max(least, _power_near(base))}."
        )
    if method == "quasi_monte_carlo" and base // parts > MOST_POINTS:
        raise InputError(
            f"draws = {base} gives {base // parts} points to each of {parts} replicates; a lattice has at most "
            f"{MOST_POINTS}. Use replicates={base // MOST_POINTS}, or method='monte_carlo'."
        )
    return base, parts


def _power_near(number: int) -> int:
    """Return the power of two that is nearest on a logarithmic scale."""
    # log2 of a Python integer, which may be larger than any float.
    below = max(number, 1).bit_length() - 1
    return 1 << below + (number * number > 1 << 2 * below + 1)
