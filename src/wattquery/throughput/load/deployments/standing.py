"""What a table stands on: the load model that ships, or the same calibrated by a user's measured points."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Protocol

import numpy as np

from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.deployments.evidence import Evidence, evidence
from wattquery.throughput.load.deployments.own_rows import OwnRows, own_rows
from wattquery.throughput.load.deployments.own_watts import NO_WATTS, HeaviestWatts, Watts
from wattquery.throughput.load.known import TABLES, Known
from wattquery.throughput.load.model import LoadModel
from wattquery.throughput.load.observations import Observations
from wattquery.throughput.load.shipped_model import shipped
from wattquery.throughput.load.support import architecture_keys

__all__ = ["Measured", "Standing", "standing_of"]


class Measured(Protocol):
    """What a user measured; see `wattquery.measured.MeasuredPoints`."""

    @property
    def observations(self) -> Observations:
        """Operating points."""

    @property
    def idle_watts(self) -> Watts:
        """Power of idle accelerators."""

    @property
    def saturated_watts(self) -> Watts:
        """Power of accelerators under their heaviest load, whatever they serve."""

    @property
    def known(self) -> Known:
        """Architectures and accelerators of the points."""

    @property
    def refused(self) -> tuple[tuple[str, str], ...]:
        """Where rows stand that cannot be used, and why."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done with rows that are used."""

    @property
    def fingerprint(self) -> str:
        """What tells measurements apart."""


@dataclass(frozen=True, eq=False)
class Standing:
    """What a table stands on.

    Attributes
    ----------
    model
        The load model, with a user's points among what it knows.
    evidence
        Numbers of measured rows, a user's among them.
    own
        The user's points; None where there are no measurements of a user's own.
    known
        Architectures and accelerators of the points.
    idle_watts
        Of a user's accelerators.
    heaviest
        Watts of them under their heaviest load.
    """

    model: LoadModel
    evidence: Evidence
    own: OwnRows | None = None
    known: Known = TABLES
    idle_watts: Watts = field(default_factory=lambda: NO_WATTS)
    heaviest: HeaviestWatts = field(default_factory=HeaviestWatts)


def standing_of(measured: Measured | None, speculation: str = "off", name: str = "") -> Standing:
    """Return what a table stands on.

    Parameters
    ----------
    measured
        What a user measured, None for nothing.
    speculation
        What is asked for, which points that do not tell are taken to have.
    name
        What the measurements are called.
    """
    if measured is None:
        return _shipped()
    ids = tuple(measured.observations.row_id.tolist())
    return _calibrated(_Asked(measured.fingerprint, ids, speculation, name, measured))


@cache
def _shipped() -> Standing:
    return Standing(shipped(), evidence())


@dataclass(frozen=True)
class _Asked:
    """What calibrated models are known by: contents, and the names by which notes call the points."""

    fingerprint: str
    row_ids: tuple[str, ...]
    speculation: str
    name: str
    measured: Measured = field(compare=False)


@lru_cache(maxsize=8)
def _calibrated(asked: _Asked) -> Standing:
    measured, before = asked.measured, _shipped()
    known = measured.known
    own = own_rows(measured.observations, before.model, known=known, speculation=asked.speculation, name=asked.name)
    return Standing(
        before.model.calibrated(own.rows, known=known),
        before.evidence.with_more(Evidence.of(own.rows, known=known)) if len(own) else before.evidence,
        own,
        known,
        measured.idle_watts,
        HeaviestWatts(measured.saturated_watts, _of_power(own.rows, known)),
    )


def _of_power(rows: Observations, known: Known) -> frozenset[tuple[str, str]]:
    """Return architectures and accelerators of rows that tell power: by itself, or by energy and rate."""
    of_rate = np.isfinite(rows.joules_per_output_token) & np.isfinite(rows.output_tps_per_accelerator)
    telling = rows.take(np.isfinite(rows.power_w_per_accelerator) | of_rate)
    keys = architecture_keys(telling, Conditions.of(telling, known=known)) if len(telling) else ()
    return frozenset(zip(keys, telling.hardware, strict=True))
