"""What a user's arguments mean, checked: the study, the factors and groups, the sizes of a design."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.kernels.random.points import MOST_POINTS
from wattquery.quantities import AXES
from wattquery.specs.containers import is_listlike, items
from wattquery.specs.scalars import is_number, is_whole, shown
from wattquery.sweeps.settings import refuse_too_many
from wattquery.sweeps.study import Study, study

__all__ = [
    "SETTINGS",
    "asked_study",
    "checked_confidence",
    "checked_design",
    "checked_name",
    "chosen_factors",
    "chosen_groups",
]

SETTINGS = ("catalog", "preset", "prefill_weight", "round_tokens")
"""Arguments of `wattquery.sweep` that are no axes but change what a cell means."""

FEWEST_REPLICATES = 4
FEWEST_POINTS = 64


def asked_study(model: object, arguments: Mapping[str, Any]) -> Study:
    """Return what the axes and settings ask for.

    Raises
    ------
    InputError
        If an argument has no meaning here, or is not allowed.
    """
    allowed = [*AXES[1:], *SETTINGS]
    for name in arguments:
        if name not in allowed:
            raise InputError(
                f"{name} = {shown(arguments[name])} came, which is no argument here. Allowed are the axes and settings "
                f"of sweep: {listed(allowed, len(allowed))}.{did_you_mean(name, allowed)}"
            )
    return study(model, **arguments)


def checked_name(name: str, value: object, allowed: Iterable[str]) -> str:
    """Return a choice among names."""
    known = list(allowed)
    if not isinstance(value, str) or value not in known:
        raise InputError(
            f"{name} = {shown(value)} is not known. Allowed are {listed(known)}.{did_you_mean(value, known)}"
        )
    return value


def chosen_factors(argument: str, chosen: object, known: Sequence[str]) -> tuple[str, ...]:
    """Return the factors that were chosen, in the order of the known ones; all of them for ``None``."""
    if chosen is None:
        return tuple(known)
    names = [chosen] if isinstance(chosen, str) else items(chosen, argument) if is_listlike(chosen) else []
    if not names:
        raise InputTypeError(f"{argument} = {shown(chosen)} came. Allowed is a list of factors: {listed(known)}.")
    for name in names:
        if not isinstance(name, str) or name not in known:
            raise InputError(
                f"{argument} names {shown(name)}, which is random in no cell. Random here are {listed(known)}. "
                f"Name one of these, or make {shown(name)} a distribution.{did_you_mean(name, known)}"
            )
    return tuple(name for name in known if name in names)


def chosen_groups(groups: object, known: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the members of each group: the given ones, and every other factor as a group of its own."""
    if groups is None:
        groups = {}
    if not isinstance(groups, Mapping):
        raise InputTypeError(
            f"groups = {shown(groups)} came. Allowed is a dict of lists: groups={{'name': ['factor', ...]}}."
        )
    found: dict[str, tuple[str, ...]] = {}
    owner: dict[str, str] = {}
    for group, names in groups.items():
        for name in chosen_factors(f"groups[{group!r}]", names, known):
            if name in owner:
                raise InputError(
                    f"groups = {shown(groups)} has {name!r} in {owner[name]!r} and in {group!r}. Allowed is each "
                    "factor "
                    "in one group: what groups share cannot be told apart. Remove it from one of them."
                )
            owner[name] = str(group)
        found[str(group)] = chosen_factors("groups", names, known)
        if str(group) in known and str(group) not in found[str(group)]:
            raise InputError(
                f"groups calls a group {group!r}, which is the name of a factor outside of it. Choose another name."
            )
    alone = {name: (name,) for name in known if name not in owner}
    both = {**found, **alone}
    return dict(sorted(both.items(), key=lambda item: min(known.index(name) for name in item[1])))


def checked_design(samples: Any, replicates: Any, method: str) -> tuple[int, int]:
    """Return number of base samples and of replicates, if they divide into point sets that can be made."""
    for name, value in (("samples", samples), ("replicates", replicates)):
        if not is_whole(value):
            raise InputTypeError(f"{name} = {shown(value)} is not a whole number. Write for example {name}=2**4.")
    base, parts = int(samples), int(replicates)
    refuse_too_many("samples", base, "use method='quasi_monte_carlo' with samples=2**20")
    refuse_too_many("replicates", parts, "use replicates=16")
    if parts < FEWEST_REPLICATES or parts & (parts - 1):
        raise InputError(
            f"replicates = {shown(parts)} came. Allowed is a power of two, at least {FEWEST_REPLICATES}: intervals "
            f"rest on how far replicates disagree. Use replicates={_power_near(max(parts, 16))}."
        )
    least = FEWEST_POINTS * parts
    if base < least or base & (base - 1):
        raise InputError(
            f"samples = {shown(base)} came. Allowed is a power of two, so that {parts} replicates share it evenly, and "
            f"at least {least}. Use samples={max(least, _power_near(base))}."
        )
    if method == "quasi_monte_carlo" and base // parts > MOST_POINTS:
        raise InputError(
            f"samples = {base} gives {base // parts} points to each of {parts} replicates; a lattice has at most "
            f"{MOST_POINTS}. Use replicates={base // MOST_POINTS}, or method='monte_carlo'."
        )
    return base, parts


def checked_confidence(confidence: object) -> float:
    """Return the probability that intervals are to cover."""
    if not is_number(confidence) or not 0.0 < confidence < 1.0:
        raise InputError(
            f"confidence = {shown(confidence)} came. Allowed is a number between 0 and 1; write 95 % as 0.95."
        )
    return float(confidence)


def _power_near(number: int) -> int:
    """Return the power of two that is nearest on a logarithmic scale."""
    # log2 of a Python integer, which may be larger than any float.
    below = max(number, 1).bit_length() - 1
    return 1 << below + (number * number > 1 << 2 * below + 1)
