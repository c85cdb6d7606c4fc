"""Which build a label of a serving system stands for: its version and date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from wattquery.throughput.load.shipped_rows import shipped_observations

__all__ = ["Build", "build_of"]


_NOT_STATED = "not stated"
_NUMBERED = re.compile(r"\d+(\.\w+)+\+?")
"""The number of a release, with a plus for later ones; other versions are lists of what stands beside it."""


@dataclass(frozen=True)
class Build:
    """A build of a serving system.

    Attributes
    ----------
    serving, version
        As in `wattquery.throughput.load.Observations`; the version is empty where none was measured.
    date
        Of the newest measurement of it, NaN where there is none [decimal years].
    """

    serving: str
    version: str
    date: float

    @property
    def words(self) -> str:
        """What it is, in words."""
        system = "a serving system that is not stated" if self.serving == _NOT_STATED else self.serving
        name = f"{system} {self.version}".strip()
        return f"{name}, measured in {int(self.date)}" if np.isfinite(self.date) else f"{name}, which nobody measured"


@cache
def build_of(label: str) -> Build:
    """Return the build that a label stands for: the newest one that was measured.

    Parameters
    ----------
    label
        A label of the axis ``serving`` of the catalog ``default``, or one with the beginning of a version behind it.

    Examples
    --------
    >>> build_of("vLLM 0.11").version, build_of("Abacus").version
    ('0.11.1', '')
    >>> build_of("vLLM").date > 2026
    True
    """
    measured = _measured()
    if label in measured:
        return measured[label][-1]
    system, _, version = label.rpartition(" ")
    known = [one for one in measured.get(system, ()) if f"{one.version}.".startswith(f"{version}.")]
    return known[-1] if known else Build(label, "", np.nan)


@cache
def _measured() -> dict[str, list[Build]]:
    """Return the builds of each serving system, the newest last; without accelerators for prefill alone."""
    rows = shipped_observations()
    rows = rows.take(~rows.disaggregated)
    newest: dict[tuple[str, str], float] = {}
    for system, version, date in zip(rows.serving, rows.version, rows.date, strict=True):
        key = (system, version if _NUMBERED.fullmatch(version) else "")
        if np.isfinite(date):
            newest[key] = max(newest.get(key, float(date)), float(date))
    made: dict[str, list[Build]] = {}
    # Builds whose number is told come after those of which only a date is.
    for (system, version), date in sorted(newest.items(), key=lambda one: (one[0][1] != "", one[1], one[0])):
        made.setdefault(system, []).append(Build(system, version, date))
    return made
