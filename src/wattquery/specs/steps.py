"""Further steps of a boundary: what multiplies the energy beyond what is counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wattquery.errors import InputError, InputTypeError, listed
from wattquery.inputs.ladder import LADDER
from wattquery.inputs.names import clean_name
from wattquery.specs.distributions import Distribution
from wattquery.specs.entries import checked_entries
from wattquery.specs.ranges import ranged
from wattquery.specs.scalars import shown

__all__ = ["COUNTED", "Step", "check_text", "checked_steps"]

COUNTED = tuple(rung.name for rung in LADDER)
"""What can be counted, each within the next."""


@dataclass(frozen=True)
class Step:
    """A further step of the boundary: the energy of a query is multiplied by a factor F, mostly above 1.

    ``E_with = E_without * F``

    Parameters
    ----------
    name : str
        What the boundary calls it. No ``+``, which joins steps, and none of what is counted; outer spaces are dropped.
    factor : Distribution, float or mapping
        The factor F [1], positive, mostly at least 1; a number at least 1.
    source : str
        Where the factor comes from.

    Raises
    ------
    InputError, InputTypeError
        If the name cannot be used, or the factor can reach zero or mostly adds nothing.

    Examples
    --------
    >>> Step("idle_reserve", 1.1, source="our own fleet, 2026").label
    'idle_reserve'
    """

    name: str
    factor: Distribution
    source: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", _checked_name(self.name))
        owner = f"Step {self.name!r}: factor"
        object.__setattr__(self, "factor", ranged("step", self.factor, owner))
        check_text(f"Step {self.name!r}", self.source)

    @property
    def label(self) -> str:
        """The name."""
        return self.name

    def to_dict(self) -> dict[str, Any]:
        """Return a dict of plain values that JSON and TOML can write, read back by `from_dict`."""
        return {"step": self.name, "factor": self.factor.to_dict(), "source": self.source}

    @classmethod
    def from_dict(cls, entries: object) -> Step:
        """Return the step that `to_dict` wrote.

        Raises
        ------
        InputError, InputTypeError
            If it is not a mapping, a key is missing or unknown, or a value is not allowed.
        """
        checked = checked_entries(entries, "Step", ("step", "factor"), ("source",))
        return cls(checked["step"], checked["factor"], checked.get("source", ""))


def checked_steps(steps: object) -> Iterable[Step]:
    """Yield the steps of a boundary, those that are written as dicts made steps."""
    if not isinstance(steps, (list, tuple)):
        raise InputTypeError(f"Boundary: steps must be a list of wq.Step(name, factor), got {shown(steps)}. Pass one.")
    for step in steps:
        if isinstance(step, Mapping):
            yield Step.from_dict(step)
        elif isinstance(step, Step):
            yield step
        else:
            raise InputTypeError(
                f"Boundary: steps must hold wq.Step(name, factor), got {shown(step)}. Pass steps of your own; a known "
                "step is named in text: boundary='facility+idle_reserve'."
            )


def check_text(owner: str, value: object, name: str = "source") -> None:
    """Refuse a source that is not text."""
    if not isinstance(value, str):
        raise InputTypeError(f"{owner}: {name} must be text, got {shown(value)}. Write a sentence or a link.")


def _checked_name(name: object) -> str:
    if not isinstance(name, str):
        raise InputTypeError(f"Step: name must be text, got {shown(name)}. Write it in quotes.")
    stripped = clean_name(name, "Step: name") if name.strip() else ""
    if not stripped or "+" in stripped or stripped in COUNTED:
        raise InputError(
            "Step: name must be text without '+' (which joins steps) that is neither empty nor one of "
            f"{listed(COUNTED)} (which say what is counted), got {shown(name)}. Choose another name."
        )
    return stripped
