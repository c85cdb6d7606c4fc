"""Architectures and accelerators that the equations know: those that a user described, then those of the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Self, TypeVar

from wattquery.catalog.facts import OWN_KEY, Accelerator, Architecture, accelerators, architectures
from wattquery.errors import InputError

__all__ = ["TABLES", "Known"]

Facts = TypeVar("Facts", Architecture, Accelerator)


@dataclass(frozen=True)
class Known:
    """Facts that come before those of the tables.

    Attributes
    ----------
    architectures
        By `wattquery.catalog.Architecture.architecture`. One of which only the numbers of parameters are known has the
        shape that is usual for them.
    accelerators
        By `wattquery.catalog.Accelerator.hardware`.

    Examples
    --------
    >>> from wattquery.catalog import Accelerator
    >>> known = Known.of(hardware=[Accelerator("Abacus", memory_gb=96.0)])
    >>> known.accelerator("Abacus").memory_gb, known.accelerator("H200").memory_gb, known.accelerator("none")
    (96.0, 141.0, None)
    """

    architectures: Mapping[str, Architecture] = field(default_factory=lambda: MappingProxyType({}))
    accelerators: Mapping[str, Accelerator] = field(default_factory=lambda: MappingProxyType({}))

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpacked, (type(self), dict(self.architectures), dict(self.accelerators))

    @classmethod
    def of(cls, models: Iterable[Architecture] = (), hardware: Iterable[Accelerator] = ()) -> Self:
        """Return what is known where some facts come before the tables; those of the tables may be among them.

        Raises
        ------
        InputError
            If two that differ have one name.
        """
        bare = {_bare(one): one.architecture for one in models}
        own_models = {one: name for one, name in bare.items() if not _is_of_the_tables(one)}
        own_hardware = {one: one.hardware for one in hardware if accelerators().get(one.hardware) != one}
        return cls(_by_name(own_models), _by_name(own_hardware))

    def architecture(self, name: str) -> Architecture | None:
        """Return the architecture of a name, None where there is none."""
        return self.architectures.get(name) or architectures().get(name)

    def accelerator(self, name: str) -> Accelerator | None:
        """Return the accelerator of a name, None where there is none."""
        return self.accelerators.get(name) or accelerators().get(name)


def _unpacked(kind: type[Known], architectures: dict[str, Architecture], accelerators: dict[str, Accelerator]) -> Known:
    """Return what is known again: read-only mappings cannot be pickled, and measurements travel to workers."""
    return kind(MappingProxyType(architectures), MappingProxyType(accelerators))


def _bare(facts: Architecture) -> Architecture:
    """Return facts without what the equations do not take: two names of one shape are no contradiction."""
    precision = facts.native_precision if facts.architecture.startswith(OWN_KEY) else ""
    words = "fp8 (block)" if "block" in precision else "bf16 rest" if "bf16 rest" in precision else ""
    return replace(facts, model="", aliases=(), native_precision=words)


def _is_of_the_tables(facts: Architecture) -> bool:
    found = architectures().get(facts.architecture)
    return found is not None and _bare(found) == facts


def _by_name(names: Mapping[Facts, str]) -> Mapping[str, Facts]:
    """Return facts by their names."""
    made: dict[str, Facts] = {}
    for facts, name in names.items():
        if name in made:
            raise InputError(
                f"{name!r} names two different things of one grid. Each must have its own name. Rename one of them."
            )
        made[name] = facts
    return MappingProxyType(made)


TABLES = Known()
"""Nothing but the tables."""
