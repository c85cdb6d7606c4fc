"""Arguments by name: those that a function does not have are refused, and those that were renamed say how."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType
from typing import Any, TypeVar, cast

from wattquery.errors import InputTypeError, did_you_mean, listed

__all__ = [
    "RENAMED",
    "RENAMED_RESULTS",
    "how_to",
    "new_name",
    "refuse_unknown",
    "refuses_unknown",
    "renamed_result",
    "renamed_sentence",
]

Function = TypeVar("Function", bound=Callable[..., Any])

RENAMED: Mapping[str, str] = {
    "confidence": "level",
    "credible": "level",
    "models": "labels",
    "outer": "shared_draws",
    "samples": "draws",
}
"""What arguments were called before, and what they are called now, wherever one of that name is taken."""

RENAMED_RESULTS: Mapping[str, str] = {
    "energy_per_day_by": "energy_per_day_by_class",
    "energy_stderr": "energy_per_day_stderr",
}
"""What results of fleets called their variables before, and what they call them now."""

_HOW_TO = {"credible": "Give the probability of an interval, or several: {} reaches from the quantile 0.05 to 0.95."}
"""How to write what is not only called but also given differently."""


def refuse_unknown(function: str, unknown: Mapping[str, object], allowed: Iterable[str]) -> None:
    """Refuse arguments that a function does not have.

    Parameters
    ----------
    function
        Its name.
    unknown
        What was passed beside its own arguments, by name.
    allowed
        The arguments that it has.

    Raises
    ------
    InputTypeError
        For the first of them: with its new name, the nearest one, or all that there are.

    Examples
    --------
    >>> refuse_unknown("nested", {"outer": 256}, ["model", "shared_draws"])
    Traceback (most recent call last):
    wattquery.errors.InputTypeError: nested() has no argument 'outer': it is now called 'shared_draws'. Write that.
    """
    names = list(allowed)
    for name in unknown:
        raise InputTypeError(renamed_sentence(function, name, names) or _unknown_sentence(function, name, names))


def refuses_unknown(function: Function) -> Function:
    """Make a public function refuse keywords that it does not have with a sentence of ours, not with one of Python's.

    Its signature stays as it is, for readers, for type checkers, and for what reads it.

    Examples
    --------
    >>> @refuses_unknown
    ... def energy(tokens, *, throughput=1.0): ...
    >>> energy(1, troughput=2.0)
    Traceback (most recent call last):
    wattquery.errors.InputTypeError: energy() has no argument 'troughput'. Did you mean 'throughput'? It takes \
'tokens', 'throughput'.
    """
    plain = cast(FunctionType, function)
    code = plain.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    refuse = refuse_unknown

    def checked(*args: Any, **keywords: Any) -> Any:
        unknown = {name: value for name, value in keywords.items() if name not in names}
        if unknown:
            refuse(plain.__name__, unknown, names)
        return function(*args, **keywords)

    # With the globals of the function itself: doctest takes a function for imported, and skips it, if it has others.
    own = FunctionType(checked.__code__, plain.__globals__, plain.__name__, None, checked.__closure__)
    return cast(Function, functools.wraps(plain)(own))


def _unknown_sentence(function: str, name: str, names: list[str]) -> str:
    """Return what to say of an argument that there is not: the nearest one first, as the list of all may be long."""
    meant = did_you_mean(name, names)
    sentence = f"{function}() has no argument {name!r}"
    return (
        f"{sentence}.{meant} It takes {listed(names, 40)}." if meant else f"{sentence}; it takes {listed(names, 40)}."
    )


def renamed_sentence(function: str, name: str, allowed: Iterable[str]) -> str:
    """Return what to say of an argument that was renamed; an empty text for any other."""
    new = new_name(name, allowed)
    return f"{function}() has no argument {name!r}: it is now called {new!r}. {how_to(name)}" if new else ""


def new_name(name: str, allowed: Iterable[str]) -> str:
    """Return what an argument is called now where one of that name is taken; an empty text if it was not renamed."""
    new = RENAMED.get(name, "")
    return new if new in allowed else ""


def renamed_result(name: object, there: Iterable[object]) -> str:
    """Return a sentence on a variable that a result does not have and that was renamed; an empty text for any other.

    Results that were saved before the change have the old name, and lack the new one.

    Examples
    --------
    >>> renamed_result("energy_per_day_by", ["energy_per_day", "energy_per_day_by_class"])
    " 'energy_per_day_by' is now called 'energy_per_day_by_class'."
    """
    names = set(map(str, there))
    for old, new in RENAMED_RESULTS.items():
        # A sweep has an energy_stderr too, which is still called so.
        if "energy_per_day" in names and ((name == old and new in names) or (name == new and old in names)):
            return f" {old!r} is now called {new!r}."
    return ""


def how_to(name: str, example: str = "level=0.9") -> str:
    """Return how to write what was called so before, with an example in the way of the place: ``"--level 0.9"``."""
    return _HOW_TO.get(name, "Write that.").format(example)
