"""What lies between one boundary of the energy and the next: the accelerator share and the known steps, with sources.

As in `presets`, distributions stay mappings here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from wattquery.catalog.presets import Distribution, Preset
from wattquery.catalog.presets import preset as preset_called
from wattquery.catalog.shipped import data
from wattquery.inputs.arguments import refuses_unknown
from wattquery.inputs.ladder import NODE

__all__ = ["SHARE", "BoundaryFactor", "boundary_factors"]

SHARE = NODE.factor
UNEXPLAINED = "not explained by the source"


@dataclass(frozen=True)
class BoundaryFactor:
    """A factor between one boundary and another.

    Attributes
    ----------
    name
        ``accelerator_share``, or what `wattquery.sweep` calls the step.
    factor
        A number, or a distribution as a mapping [1].
    source
        Where it comes from.
    """

    name: str
    factor: float | Distribution
    source: str


@refuses_unknown
def boundary_factors(preset: str | Preset = "v2-code") -> tuple[BoundaryFactor, ...]:
    """Return the accelerator share, and after it the steps that a boundary may name.

    Parameters
    ----------
    preset
        Whose ``fleet_overhead`` factors are steps as well.

    Raises
    ------
    InputError
        If no preset has that name.

    Examples
    --------
    >>> from wattquery import catalog
    >>> [one.name for one in catalog.boundary_factors()]
    ['accelerator_share', 'idle_reserve', 'factor_1', 'factor_2', 'factor_3']
    """
    chosen = preset_called(preset)
    overhead = {
        name: BoundaryFactor(name, factor, f"fleet_overhead of preset {chosen.name}, {UNEXPLAINED}")
        for name, factor in chosen.fleet_overhead.items()
    }
    return tuple(({one.name: one for one in _shipped()} | overhead).values())


@cache
def _shipped() -> tuple[BoundaryFactor, ...]:
    entries = tomllib.loads(data("boundaries.toml").decode())
    return tuple(_factor(name, one) for name, one in {SHARE: entries[SHARE], **entries["steps"]}.items())


def _factor(name: str, entry: Mapping[str, Any]) -> BoundaryFactor:
    factor = entry["factor"]
    return BoundaryFactor(name, MappingProxyType(factor) if isinstance(factor, dict) else factor, entry["source"])
