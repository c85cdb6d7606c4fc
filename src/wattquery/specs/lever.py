"""Efficiency levers: what divides the energy of a query."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from wattquery.errors import InputError, InputTypeError
from wattquery.inputs.names import clean_name
from wattquery.specs.distributions import Distribution, LogNormal, Truncated, as_distribution
from wattquery.specs.entries import checked_entries
from wattquery.specs.lever_kinds import checked_kind, kind_by_name
from wattquery.specs.ranges import ranged
from wattquery.specs.scalars import shown

__all__ = ["Lever"]

_NEVER = 1e-15
"""Probability below which no run of this package will see a value."""


@dataclass(frozen=True)
class Lever:
    """An efficiency lever: the energy of a query is divided by a number M, mostly above 1.

    ``E_with = E_without / M``

    Parameters
    ----------
    name : str
        What the grid calls it. No ``+``, which joins levers, and not ``none``; outer spaces are dropped.
    distribution : Distribution, float or mapping
        The factor M [1], mostly at least 1; a number at least 1.
    kind : str, optional
        What it changes: ``"speculation"``, ``"precision"``, ``"batching"``, ``"caching"``, ``"serving"``,
        ``"hardware"``, ``"model"``, or ``"other"`` where it is none of these. Under a load it says whether the lever
        counts twice what the load model has. Left out, its name is asked.

    Raises
    ------
    InputError, InputTypeError
        If the name or the kind cannot be used, or the factor can reach zero or is mostly no saving.

    Examples
    --------
    >>> Lever("serving", LogNormal(p5=1.5, p95=5)).label
    'serving'
    >>> Lever("EAGLE-3", 1.6).acts_on, Lever("ours", 1.6, kind="speculation").acts_on, Lever("ours", 1.6).acts_on
    ('speculation', 'speculation', None)
    """

    name: str
    distribution: Distribution
    kind: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", _checked_name(self.name))
        object.__setattr__(self, "kind", checked_kind(self.kind, f"Lever {self.name!r}"))
        owner = f"Lever {self.name!r}: distribution"
        factor = as_distribution(self.distribution, owner)
        object.__setattr__(self, "distribution", factor)
        if not _stays_above_zero(factor):
            fix = "Keep what is left with Truncated(..., low=1)" if factor.support()[1] > 1 else "Give factors above 1"
            raise InputError(
                f"{owner} divides the energy and must stay above 0, got {factor.label}, which can reach zero or less. "
                f"{fix}."
            )
        ranged("lever_factor", factor, owner)

    @property
    def label(self) -> str:
        """The name."""
        return self.name

    @property
    def acts_on(self) -> str | None:
        """The kind that was stated, or else the one that the name tells; None where neither does."""
        return kind_by_name(self.name) if self.kind is None else self.kind

    def to_dict(self) -> dict[str, Any]:
        """Return a dict of plain values that JSON and TOML can write, read back by `from_dict`."""
        stated = {} if self.kind is None else {"kind": self.kind}
        return {"lever": self.name, "distribution": self.distribution.to_dict(), **stated}

    @classmethod
    def from_dict(cls, entries: object) -> Lever:
        """Return the lever that `to_dict` wrote.

        Raises
        ------
        InputError, InputTypeError
            If it is not a mapping, a key is missing or unknown, or a value is not allowed.
        """
        checked = checked_entries(entries, "Lever", ("lever", "distribution"), ("kind",))
        return cls(checked["lever"], checked["distribution"], kind=checked.get("kind"))


def _checked_name(name: object) -> str:
    if not isinstance(name, str):
        raise InputTypeError(f"Lever: name must be text, got {shown(name)}. Write it in quotes.")
    stripped = clean_name(name, "Lever: name") if name.strip() else ""
    if not stripped or "+" in stripped or stripped.casefold() == "none":
        raise InputError(
            "Lever: name must be text without '+' (which joins levers) that is neither empty nor 'none' (which stands "
            f"for no lever), got {shown(name)}. Choose another name."
        )
    return stripped


def _stays_above_zero(factor: Distribution) -> bool:
    """Return whether 1 / M has a mean: a density down to zero makes it infinite, but not a lognormal one."""
    low = factor.support()[0]
    if low == 0:
        while isinstance(factor, Truncated):
            factor = factor.distribution
        return isinstance(factor, LogNormal)
    return low > 0 or (low == -math.inf and bool(factor.ppf(_NEVER) > 0))
