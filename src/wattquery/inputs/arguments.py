"""Arguments by name: those that a function does not have are refused, and those that were renamed say how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wattquery.errors import InputTypeError, did_you_mean, listed

__all__ = ["RENAMED", "how_to", "new_name", "refuse_unknown", "renamed_sentence"]

RENAMED: Mapping[str, str] = {
    "confidence": "level",
    "credible": "level",
    "models": "labels",
    "outer": "shared_draws",
    "samples": "draws",
}
"""What arguments were called before, and what they are called now, wherever one of that name is taken."""

_HOW_TO = {
    "credible": "Give the probability of an interval, or several: level=0.9 reaches from the quantile 0.05 to 0.95."
}
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
        raise InputTypeError(
            renamed_sentence(function, name, names)
            or f"{function}() has no argument {name!r}; it takes {listed(names, 40)}.{did_you_mean(name, names)}"
        )


def renamed_sentence(function: str, name: str, allowed: Iterable[str]) -> str:
    """Return what to say of an argument that was renamed; an empty text for any other."""
    new = new_name(name, allowed)
    return f"{function}() has no argument {name!r}: it is now called {new!r}. {how_to(name)}" if new else ""


def new_name(name: str, allowed: Iterable[str]) -> str:
    """Return what an argument is called now where one of that name is taken; an empty text if it was not renamed."""
    new = RENAMED.get(name, "")
    return new if new in allowed else ""


def how_to(name: str) -> str:
    """Return how to write what was called so before."""
    return _HOW_TO.get(name, "Write that.")
