"""Which architecture and which accelerator of the catalog ``default`` a name stands for, if any.

Names count without regard to case, and to blanks, hyphens and underscores between their words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import TypeVar

from wattquery.catalog.physics.constants import FEWEST_MEASURED
from wattquery.catalog.physics.sizes import Accelerator, Architecture, bits_of, number_of
from wattquery.catalog.records import records, words

__all__ = ["known_architecture", "known_hardware", "measured_rate"]

T = TypeVar("T")
_BETWEEN = re.compile(r"[\s_-]+")
_COUNTED = re.compile(r"(\d{1,6})\s*[x\u00d7*]\s*(.+)|(.+?)\s*[x\u00d7*]\s*(\d{1,6})", re.IGNORECASE)
_MEMORY = re.compile(r"\s+\d+\s?gb\b.*", re.IGNORECASE)


@lru_cache(maxsize=4096)
def known_architecture(name: str) -> Architecture | None:
    """Return the architecture that a name stands for.

    Examples
    --------
    >>> round(known_architecture("llama 3.1 405b").total / 1e9)
    406
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


def measured_rate(architecture: Architecture, accelerator: Accelerator, bits: int | None) -> float | None:
    """Return the most input and output tokens per second of an accelerator in any row of the catalog ``default``.

    Parameters
    ----------
    architecture, accelerator
        Model and hardware.
    bits
        Of a weight.

    Returns
    -------
    float or None
        None where too few rows tell it.

    Examples
    --------
    >>> model, (device, _) = known_architecture("Llama 3.1 70B"), known_hardware("H100")
    >>> 5_000 < measured_rate(model, device, 8) < 9_000
    True
    """
    return _measured().get((architecture.name, accelerator.name, bits))


@cache
def _measured() -> Mapping[tuple[str, str, int | None], float]:
    found: dict[tuple[str, str, int | None], list[float]] = {}
    for row in records("performance"):
        inputs, outputs = number_of(row["input_tokens"]), number_of(row["output_tokens"])
        rate = number_of(row["output_tps_per_accelerator"])
        doubtful = "questionable" in row["flags"] or "impossible" in row["flags"]
        if rate and inputs is not None and outputs and not doubtful:
            key = row["model"], row["hardware"], bits_of(row["precision"])
            found.setdefault(key, []).append(rate * (1.0 + inputs / outputs))
    return {key: max(rates) for key, rates in found.items() if len(rates) >= FEWEST_MEASURED}


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
