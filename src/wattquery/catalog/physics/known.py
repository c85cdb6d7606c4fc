"""Which architecture and which accelerator of the catalog ``default`` a name stands for, if any.

Names count without regard to case, and to blanks, hyphens and underscores between their words, or the lack of them.
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
_LONGEST = 200
"""Characters of a name that may be known."""

_BETWEEN = re.compile(r"[\s_-]+")
_NUMBER = r"\d{1,6}"
_COUNTED = (
    re.compile(rf"(?P<count>{_NUMBER})\s*[x\u00d7*]\s*(?P<name>.+)", re.IGNORECASE),
    re.compile(rf"(?P<name>.+?)\s*[x\u00d7*]\s*(?P<count>{_NUMBER})", re.IGNORECASE),
    re.compile(rf"(?P<count>{_NUMBER})\s+(?P<name>[a-z].+)", re.IGNORECASE),
    re.compile(rf"(?P<name>.+?)\s*\((?P<count>{_NUMBER})\)"),
)
_MEMORY = re.compile(r"[\s_-]+\(?\d+\s?g(?:i?b)?\b.*", re.IGNORECASE)
_BEFORE = re.compile(r"(?:[\w.-]+/)?(?:meta-)?")
_BEHIND = re.compile(r"(?:\s*\([^()]*\)|[\s_-]+(?:instruct|chat|it|hf|base|fp8|fp4|nvfp4|bf16|fp16|awq))+$")
_NO_LETTERS = re.compile(r"[\s_()-]+")


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
    if len(name) > _LONGEST:
        return None
    known = _named("architectures", ("architecture", "model"), Architecture.of)
    plain = name.strip().casefold()
    bare = _BEHIND.sub("", plain[_BEFORE.match(plain).end() :])  # type: ignore[union-attr]  # it matches nothing, too
    return known.get(_folded(name)) or known.get(_squeezed(name)) or known.get(_squeezed(bare))


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
    if len(name) > _LONGEST:
        return None
    accelerators = _named("accelerators", ("hardware",), Accelerator.of)
    counted = (found for found in (pattern.fullmatch(name.strip()) for pattern in _COUNTED) if found)
    for text, count in ((name, None), *((one["name"], int(one["count"])) for one in counted)):
        for written in (text, _MEMORY.sub("", text)):
            found = accelerators.get(_folded(written)) or accelerators.get(_squeezed(written))
            if found is not None:
                return found, count
    return None


def _folded(name: str) -> str:
    return _BETWEEN.sub("-", name.strip()).casefold()


def _squeezed(name: str) -> str:
    """Return a name without anything between its words, marked so that it is no name of another form."""
    return f"={_NO_LETTERS.sub('', name.casefold())}"


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
    squeezed: dict[str, set[int]] = {}
    for name, one in found.items():
        squeezed.setdefault(_squeezed(name), set()).add(id(one))
    for name, one in [*found.items()]:
        if len(squeezed[_squeezed(name)]) == 1:  # what two may be called is neither
            found[_squeezed(name)] = one
    return found
