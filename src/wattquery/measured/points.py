"""Measured points: operating points of a user's own, with what cannot be used and why."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from types import MappingProxyType
from typing import Any, Self

from wattquery.errors import InputError, InputTypeError
from wattquery.measured.told import deployments_in_words, rows_as_dicts
from wattquery.pages.cards import Carded, Part, Table
from wattquery.specs.scalars import is_number, shown
from wattquery.throughput.load.known import TABLES, Known
from wattquery.throughput.load.observations import Observations

__all__ = ["MeasuredPoints", "Watts", "row_contents"]

Watts = Mapping[str, tuple[float, float]]
"""Power of one accelerator [W] and the relative standard deviation of its measurement [1], by label of hardware."""

_NOT_CONTENT = ("row_id",)
_MOST_SHOWN = 20


def _none() -> Watts:
    return MappingProxyType({})


@dataclass(frozen=True, eq=False, kw_only=True)
class MeasuredPoints(Carded):
    """Measurements of your own, read: what the load model is calibrated by.

    Two are equal where they hold the same measurements, in whatever order and from whatever files.

    Attributes
    ----------
    observations
        Operating points of serving instances that can be used, one row each; see
        `wattquery.throughput.load.Observations`.
    refused
        Where a row stands that cannot be used, and why, in one sentence.
    notes
        What was done with rows that are used, and what they are used without.
    idle_watts, saturated_watts
        Power of one idle accelerator, and of one under its heaviest load [W], with the relative standard deviation of
        the measurement [1], by label of hardware.
    known
        Models and accelerators of your own that the points are of.

    Examples
    --------
    >>> import pandas as pd
    >>> import wattquery as wq
    >>> row = {"model": "Qwen/Qwen3-32B", "hardware": "H100", "precision": "FP8", "n_gpus": 2, "concurrency": 64,
    ...        "input_tokens": 1000, "output_tokens": 300, "output_tokens_per_s": 1900.0}
    >>> points = wq.read_measured(pd.DataFrame([row, {**row, "hardware": "TPU v9"}]))
    >>> len(points), points.observations.hardware[0], points.refused[0][0]
    (1, 'H100 SXM', 'row 2')
    """

    observations: Observations
    refused: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    idle_watts: Watts = field(default_factory=_none)
    saturated_watts: Watts = field(default_factory=_none)
    known: Known = TABLES

    def __post_init__(self) -> None:
        wrong = next((name for name, check in _PARTS.items() if not check(getattr(self, name))), None)
        if wrong is not None:
            raise InputTypeError(
                f"MeasuredPoints is what wq.read_measured(...) returns, got {wrong} = {shown(getattr(self, wrong))}: "
                "call that."
            )
        for name in ("idle_watts", "saturated_watts"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __len__(self) -> int:
        return len(self.observations)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MeasuredPoints):
            return NotImplemented
        return self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __reduce__(self) -> tuple[Any, ...]:
        parts = {one.name: getattr(self, one.name) for one in fields(self)}
        # Read-only mappings cannot be pickled, and scenarios travel to workers.
        return _unpacked, ({name: dict(part) if isinstance(part, Mapping) else part for name, part in parts.items()},)

    @cached_property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that tell measurements apart: of their contents, in whatever order they stand."""
        watts = [
            repr((name, hardware, *map(float, pair)))
            for name in ("idle_watts", "saturated_watts")
            for hardware, pair in getattr(self, name).items()
        ]
        own = [repr(one) for one in (*self.known.architectures.values(), *self.known.accelerators.values())]
        parts = [sorted(row_contents(self.observations)), sorted(watts), sorted(own)]
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    @classmethod
    def joined(cls, parts: Iterable[MeasuredPoints]) -> Self:
        """Return the measurements of all parts together.

        Raises
        ------
        InputError
            If two models or accelerators of your own have one name and differ, or two powers are of one accelerator.
        """
        every = list(parts)
        return cls(
            observations=Observations.joined(one.observations for one in every),
            refused=tuple(row for one in every for row in one.refused),
            notes=tuple(dict.fromkeys(note for one in every for note in one.notes)),
            idle_watts=_together("idle", [one.idle_watts for one in every]),
            saturated_watts=_together("saturated", [one.saturated_watts for one in every]),
            known=Known.of(
                (facts for one in every for facts in one.known.architectures.values()),
                (facts for one in every for facts in one.known.accelerators.values()),
            ),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as JSON takes it: points with what is known of each, watts, notes, and what is refused."""
        watts = {"idle_watts": self.idle_watts, "saturated_watts": self.saturated_watts}
        return {
            "fingerprint": self.fingerprint,
            "points": rows_as_dicts(self.observations),
            **{
                name: {one: {"watts": watt, "relative_error": sd} for one, (watt, sd) in mine.items()}
                for name, mine in watts.items()
            },
            "refused": [{"where": where, "reason": reason} for where, reason in self.refused],
            "notes": list(self.notes),
        }

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.fingerprint}: {self._counts()}>"

    def __str__(self) -> str:
        """Return what was read, a line for each deployment, each power, each note and each row that is refused."""
        lines = [self._counts(), *self._read()]
        lines += _few([f"note: {note}" for note in self.notes])
        lines += _few([f"refused: {where}: {reason}" for where, reason in self.refused])
        return "\n".join(lines)

    def _card(self) -> tuple[str, list[Part]]:
        refused = Table(["refused", "because"], [[where, reason] for where, reason in self.refused])
        return self._counts(), [self._read(), self.notes, *([refused] if self.refused else [])]

    def _read(self) -> list[str]:
        """Return a line for each deployment and each power."""
        lines = list(deployments_in_words(self.observations))
        for words, watts in (("idle", self.idle_watts), ("saturated", self.saturated_watts)):
            lines += [f"{name}, {words}: {watt:g} W +- {100.0 * sd:g} %" for name, (watt, sd) in watts.items()]
        return lines

    def _counts(self) -> str:
        count = len(self)
        said = [f"{count:,} measured point{'' if count == 1 else 's'}"]
        watts = len(self.idle_watts) + len(self.saturated_watts)
        said += [f"{watts} power{'' if watts == 1 else 's'} of accelerators"] if watts else []
        said += [f"{len(self.refused):,} refused"] if self.refused else []
        return ", ".join(said)


def _are_watts(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(name, str) and isinstance(pair, tuple) and len(pair) == 2 and all(map(is_number, pair))
        for name, pair in value.items()
    )


def _are_texts(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(one, str) for one in value)


_PARTS: Mapping[str, Callable[[Any], bool]] = {
    "observations": lambda one: isinstance(one, Observations),
    "refused": lambda one: isinstance(one, tuple) and all(_are_texts(row) and len(row) == 2 for row in one),
    "notes": _are_texts,
    "idle_watts": _are_watts,
    "saturated_watts": _are_watts,
    "known": lambda one: isinstance(one, Known),
}
"""Whether each part is of the kind that reading makes."""


def _together(words: str, parts: Iterable[Watts]) -> Watts:
    """Return the powers of all parts, of which each accelerator has one."""
    made: dict[str, tuple[float, float]] = {}
    for name, pair in (item for part in parts for item in part.items()):
        if made.setdefault(name, pair) != pair:
            raise InputError(
                f"{name} has two {words} powers, {made[name][0]:g} W and {pair[0]:g} W: pass their mean, with the "
                "relative_error that tells them apart."
            )
    return made


def row_contents(rows: Observations) -> list[str]:
    """Return a text for each row, of all that changes a result."""
    columns = [getattr(rows, one.name).tolist() for one in fields(rows) if one.name not in _NOT_CONTENT]
    return [repr(one) for one in zip(*columns, strict=True)]


def _few(lines: list[str]) -> list[str]:
    return lines if len(lines) <= _MOST_SHOWN else [*lines[:_MOST_SHOWN], f"... {len(lines) - _MOST_SHOWN:,} more"]


def _unpacked(parts: dict[str, Any]) -> MeasuredPoints:
    return MeasuredPoints(**parts)
