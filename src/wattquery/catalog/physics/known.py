"""Which architecture and which accelerator of the catalog ``default`` a name stands for, if any.

Names count without regard to case, and to blanks, hyphens and underscores between their words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import TypeVar

from wattquery.catalog.physics.sizes import Accelerator, Architecture
from wattquery.catalog.records import records, words

__all__ = ["known_architecture", "known_hardware"]

T = TypeVar("T")
_BETWEEN = re.compile(r"[\s_-]+")
_COUNTED = re.compile(r"(\d+)\s*[x\u00d7*]\s*(.+)|(.+?)\s*[x\u00d7*]\s*(\d+)", re.IGNORECASE)
_MEMORY = re.compile(r"\s+\d+\s?gb\b.*", re.IGNORECASE)


@lru_cache(maxsize=4096)
def known_architecture(name: str) -> Architecture | None:
    """Return the architecture that a name stands for.

    Examples
    --------
    >>> known_architecture("llama 3.1 405b").total / 1e9
    405.0
    >>> known_architecture("Ours 8B") is None
    True
    """
    return _named("architectures", ("architecture", "model"), Architecture.of).get(_folded(name))


@lru_cache(maxsize=4096)
def known_hardware(name: str) -> tuple[Accelerator, int | None] | None:
    """Return the accelerator that a name stands for, and the number that the name begins or ends with.

    A memory size that no alias has is passed over, such as that of ``"H100 79GB"``.

    Examples
    --------
    >>> device, count = known_hardware("8xH100")
    >>> device.name, count
    ('H100 SXM', 8)
    """
    accelerators = _named("accelerators", ("hardware",), Accelerator.of)
    counted = _COUNTED.fullmatch(name.strip())
    for text, count in ((name, None), *([_parted(counted)] if counted else [])):
        found = accelerators.get(_folded(text)) or accelerators.get(_folded(_MEMORY.sub("", text)))
        if found is not None:
            return found, count
    return None


def _parted(counted: re.Match[str]) -> tuple[str, int]:
    first, behind, before, last = counted.groups()
    return (behind, int(first)) if first else (before, int(last))


def _folded(name: str) -> str:
    return _BETWEEN.sub("-", name.strip()).casefold()


@cache
def _named(table: str, columns: tuple[str, ...], make: Callable[[Mapping[str, str]], T]) -> Mapping[str, T]:
    """Return what the rows of a table are, by every name that they have; the first of equal names counts."""
    found: dict[str, T] = {}
    rows = list(records(table))
    own = [[row[column] for column in columns] for row in rows]
    made = [make(row) for row in rows]
    for names in (own, [words(row["aliases"]) for row in rows]):
        for one, of_row in zip(made, names, strict=True):
            for name in of_row:
                found.setdefault(_folded(name), one)
    return found
