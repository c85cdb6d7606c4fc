"""What is counted as the energy of a query: the accelerators, the node or the facility, and steps beyond."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.ladder import ACCELERATOR, FACILITY, LADDER, counts
from wattquery.inputs.names import clean_name
from wattquery.specs.distributions import Distribution
from wattquery.specs.entries import checked_entries
from wattquery.specs.ranges import bounded_product, ranged
from wattquery.specs.scalars import shown

__all__ = ["COUNTED", "Boundary", "Step", "boundary"]

COUNTED = tuple(rung.name for rung in LADDER)


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
        _check_text(f"Step {self.name!r}", self.source)

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


@dataclass(frozen=True)
class Boundary:
    """What is counted as the energy of a query.

    ``E_facility = PUE * E_node``, ``E_accelerator = accelerator_share * E_node``, each times the factors of all steps.

    Parameters
    ----------
    counted : str
        ``"accelerator"``, ``"node"`` or ``"facility"``.
    accelerator_share : Distribution, float or mapping, optional
        Share of the node's energy that its accelerators draw [1], in (0, 1]; only where they alone are counted. Left
        out there, that of `wattquery.catalog.boundary_factors`.
    steps : sequence of Step
        Further steps, each once.
    share_source : str
        Where the accelerator share comes from.

    Raises
    ------
    InputError, InputTypeError
        If what is counted is unknown, a share is not one or not used, or a step comes twice.

    Examples
    --------
    >>> Boundary("facility", steps=[Step("idle_reserve", 1.1)]).label
    'facility+idle_reserve'
    """

    counted: str
    accelerator_share: Distribution | None = None
    steps: tuple[Step, ...] = ()
    share_source: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.counted, str):
            raise InputTypeError(
                f"Boundary: counted must be text, one of {listed(COUNTED)}, got {shown(self.counted)}. Write one of "
                "them."
            )
        if self.counted not in COUNTED:
            raise InputError(
                f"Boundary: counted must be one of {listed(COUNTED)}, got {self.counted!r}. Pass steps as "
                f"steps=[wq.Step(name, factor)].{did_you_mean(self.counted, COUNTED)}"
            )
        _check_text("Boundary", self.share_source, "share_source")
        if self.accelerator_share is not None:
            object.__setattr__(self, "accelerator_share", _checked_share(self.accelerator_share, self.counted))
        object.__setattr__(self, "steps", tuple(_checked_steps(self.steps)))
        names = [step.name for step in self.steps]
        twice = [name for i, name in enumerate(names) if name in names[:i]]
        if twice:
            raise InputError(
                f"boundary must name each step once, got {self.label!r}, which names {listed(dict.fromkeys(twice))} "
                "more than once. Remove it, or give the second one a name of its own with wq.Step(name, factor)."
            )
        bounded_product(f"boundary = {self.label!r}", (step.factor for step in self.steps))

    @property
    def label(self) -> str:
        """What is counted and the names of the steps, joined by ``+``."""
        return "+".join((self.counted, *(step.name for step in self.steps)))

    @property
    def counts_pue(self) -> bool:
        """Whether what the facility needs beside its nodes is counted."""
        return counts(self.counted, FACILITY.factor)

    @property
    def definition(self) -> str:
        """The factors that make this energy from that of the node."""
        parts = ["node energy"]
        if self.counts_pue:
            parts.append("PUE")
        elif self.accelerator_share is not None:
            parts.append(f"accelerator_share {self.accelerator_share}")
        return " * ".join((*parts, *(f"{step.name} {step.factor}" for step in self.steps)))

    @property
    def sources(self) -> dict[str, str]:
        """Where the share and the steps come from, by name."""
        own = {} if self.accelerator_share is None else {"accelerator_share": self.share_source}
        return {name: text or "not stated" for name, text in own.items()} | {
            step.name: step.source or "not stated" for step in self.steps
        }

    def __str__(self) -> str:
        return self.label

    def to_dict(self) -> dict[str, Any]:
        """Return a dict of plain values that JSON and TOML can write, read back by `from_dict`."""
        entries: dict[str, Any] = {"boundary": self.counted}
        if self.accelerator_share is not None:
            entries |= {"accelerator_share": self.accelerator_share.to_dict(), "share_source": self.share_source}
        return entries | {"steps": [step.to_dict() for step in self.steps]}

    @classmethod
    def from_dict(cls, entries: object) -> Boundary:
        """Return the boundary that `to_dict` wrote.

        Raises
        ------
        InputError, InputTypeError
            If it is not a mapping, a key is missing or unknown, or a value is not allowed.
        """
        optional = ("accelerator_share", "steps", "share_source")
        checked = checked_entries(entries, "Boundary", ("boundary",), optional)
        return cls(checked.pop("boundary"), **checked)


def boundary(
    known: Mapping[str, Callable[[], Step]], share: Distribution, share_source: str
) -> Callable[[object], Boundary]:
    """Return the converter of a boundary.

    Parameters
    ----------
    known
        What makes the steps that names may refer to.
    share, share_source
        The accelerator share that stands where none is given, and its source.
    """

    def convert(value: object) -> Boundary:
        found = _read(value)
        if found.counted == ACCELERATOR.name and found.accelerator_share is None:
            return replace(found, accelerator_share=share, share_source=share_source)
        return found

    def _read(value: object) -> Boundary:
        if isinstance(value, Boundary):
            return value
        if isinstance(value, Mapping):
            return Boundary.from_dict(value)
        if not isinstance(value, str):
            raise InputTypeError(
                f"boundary must be one of {listed(COUNTED)}, with further steps joined by '+' ({listed(known)}), or "
                f"wq.Boundary(counted, steps=[...]), got {shown(value)}. Write one of these."
            )
        counted, *names = (part.strip() for part in clean_name(value, "boundary").split("+"))
        if counted not in COUNTED:
            raise InputError(
                f"boundary must begin with one of {listed(COUNTED)}, got {value!r}, which begins with {counted!r}. "
                f"Join further steps by '+': 'facility+idle_reserve'.{did_you_mean(counted, COUNTED)}"
            )
        return Boundary(counted, steps=tuple(_named(name, value) for name in names))

    def _named(name: str, written: str) -> Step:
        if not name:
            raise InputError(
                f"boundary must name a step behind each '+', as 'facility+idle_reserve' does, got {written!r}. Name "
                "the step, or leave out the '+'."
            )
        if name in COUNTED:
            raise InputError(
                f"boundary must count one of {listed(COUNTED)}, each with all before it, and then steps, got "
                f"{written!r}, which counts several. Pass a list for an axis of several boundaries."
            )
        if name not in known:
            raise InputError(
                f"boundary = {written!r} names the unknown step {name!r}; known are {listed(known)}. Name one of "
                f"these, or pass wq.Step({name!r}, factor) of your own in wq.Boundary(counted, "
                f"steps=[...]).{did_you_mean(name, known)}"
            )
        return known[name]()

    return convert


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


def _check_text(owner: str, value: object, name: str = "source") -> None:
    if not isinstance(value, str):
        raise InputTypeError(f"{owner}: {name} must be text, got {shown(value)}. Write a sentence or a link.")


def _checked_share(value: object, counted: str) -> Distribution:
    owner = "Boundary: accelerator_share"
    share = ranged("accelerator_share", value, owner)
    if counted != ACCELERATOR.name:
        raise InputError(
            f"{owner} is for counted = {ACCELERATOR.name!r} alone, got {share} with counted = {counted!r}, which does "
            "not use it. Leave it out, or write wq.Boundary('accelerator', ...)."
        )
    return share


def _checked_steps(steps: object) -> Iterable[Step]:
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
