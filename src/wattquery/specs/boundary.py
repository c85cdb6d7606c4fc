"""What is counted as the energy of a query: the accelerators, the node or the facility, and steps beyond."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.ladder import ACCELERATOR, FACILITY, counts
from wattquery.pages.cards import Carded, Part, fields_of
from wattquery.specs.distributions import Distribution
from wattquery.specs.entries import checked_entries
from wattquery.specs.ranges import bounded_product, ranged
from wattquery.specs.scalars import shown
from wattquery.specs.steps import COUNTED, Step, check_text, checked_steps

__all__ = ["COUNTED", "Boundary", "Step"]


@dataclass(frozen=True)
class Boundary(Carded):
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
        check_text("Boundary", self.share_source, "share_source")
        if self.accelerator_share is not None:
            object.__setattr__(self, "accelerator_share", _checked_share(self.accelerator_share, self.counted))
        object.__setattr__(self, "steps", tuple(checked_steps(self.steps)))
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
        """The factors that make this energy from that of the node, or of accelerators that have one of their own."""
        alone = self.counted == ACCELERATOR.name and self.accelerator_share is None
        parts = ["accelerator energy" if alone else "node energy"]
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

    def _card(self) -> tuple[str, list[Part]]:
        return f"Boundary: {self}", [fields_of(self)]

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


def _checked_share(value: object, counted: str) -> Distribution:
    owner = "Boundary: accelerator_share"
    share = ranged("accelerator_share", value, owner)
    if counted != ACCELERATOR.name:
        raise InputError(
            f"{owner} is for counted = {ACCELERATOR.name!r} alone, got {share} with counted = {counted!r}, which does "
            "not use it. Leave it out, or write wq.Boundary('accelerator', ...)."
        )
    return share
