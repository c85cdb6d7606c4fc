"""Models and accelerators of a user's own, by the names that rows call them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wattquery.catalog.facts import Accelerator, Architecture
from wattquery.throughput.load.known import Known

__all__ = ["NOTHING_OWN", "Own"]


@dataclass(frozen=True)
class Own:
    """Models and accelerators that are known beside those of the catalog ``default``.

    Attributes
    ----------
    models, hardware
        Facts by what a user calls them.
    sizes_in_names
        Whether the size of a model that is not known is read from its name, as that of "Ours 8B".

    Examples
    --------
    >>> own = Own({}, {"Abacus 2": Accelerator("Abacus 2")})
    >>> own.hardware_of("abacus 2"), own.hardware_of("H100")
    ('Abacus 2', '')
    """

    models: Mapping[str, Architecture] = field(default_factory=dict)
    hardware: Mapping[str, Accelerator] = field(default_factory=dict)
    sizes_in_names: bool = True

    def architecture(self, *names: str) -> Architecture | None:
        """Return the facts of a model by the first of its names that is known."""
        known = {name.casefold(): facts for name, facts in self.models.items()}
        return next((known[name.casefold()] for name in names if name.casefold() in known), None)

    def hardware_of(self, name: str) -> str:
        """Return the label of an accelerator; empty where none of these is called so."""
        found = self.accelerator(name)
        return "" if found is None else found.hardware

    def accelerator(self, name: str) -> Accelerator | None:
        """Return the facts of an accelerator; None where none of these is called so."""
        known = {one.casefold(): facts for one, facts in self.hardware.items()}
        return known.get(name.casefold())

    @property
    def known(self) -> Known:
        """The same, as the equations take it.

        Raises
        ------
        InputError
            If two that differ have one name.
        """
        return Known.of(self.models.values(), self.hardware.values())


NOTHING_OWN = Own()
"""The tables alone."""
