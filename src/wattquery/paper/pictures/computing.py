"""All that is computed for the figures, once: the sweep of `wattquery.paper.reproduce`, and those of the supplement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from wattquery import catalog as catalogs
from wattquery.catalog import Preset
from wattquery.claims import overstated
from wattquery.engine.executor import Progress
from wattquery.paper.claims import published
from wattquery.paper.recomputed import Quantities
from wattquery.paper.reproduction import swept
from wattquery.paper.supplement import input_length, power_follows_throughput
from wattquery.sweeps.stages import stages

__all__ = ["OF_VERSION", "PRESETS", "Computed", "computed"]

PRESETS = ("v2-code", "v2-text", "v1", "untrimmed")
"""Sets of assumptions that are compared with each other, whatever the rest is computed with."""

OF_VERSION = {"v2": "v2-code", "v1": "v1"}
"""The paper's own assumptions, by its version: what public estimates are held against, which is not done by draws."""

_SAME_SWEEP = {"untrimmed": "v2-code"}
"""Presets that differ in what is made of a sweep alone."""


@dataclass(frozen=True)
class Computed:
    """Quantities by what they are of.

    Attributes
    ----------
    main
        Of the preset: what `wattquery.paper.reproduce` tells.
    inputs
        By workload and input length [tokens].
    power
        By workload, power following throughput.
    presets
        By name of preset, those of `PRESETS`.
    estimates
        What `wattquery.claims.overstated` returns for the paper's own assumptions.
    """

    main: Quantities
    inputs: Mapping[tuple[str, int], Quantities]
    power: Mapping[str, Quantities]
    presets: Mapping[str, Quantities]
    estimates: pd.DataFrame


def computed(preset: Preset, progress: Progress | None, **arguments: Any) -> Computed:
    """Return all that the figures show.

    Parameters
    ----------
    preset
        The assumptions.
    progress
        Called with the share of the work done.
    **arguments
        How to compute, as in `wattquery.sweep`.
    """
    main_stage, input_stage, power_stage, *preset_stages, last = stages(progress, 4 + len(PRESETS))
    main = Quantities(swept(preset, progress=main_stage, **arguments), preset, published())
    inputs = input_length(preset, progress=input_stage, **arguments)
    power = power_follows_throughput(preset, progress=power_stage, **arguments)
    presets = {name: main for name in PRESETS if catalogs.preset(name) == preset}
    for name, stage in zip(PRESETS, preset_stages, strict=True):
        other = catalogs.preset(name)
        same = presets.get(_SAME_SWEEP.get(name, name))
        ds = swept(other, progress=stage, **arguments) if same is None else same.ds
        presets[name] = same if same is not None and same.preset == other else Quantities(ds, other, published())
    estimates = overstated(OF_VERSION[preset.published], threads=arguments.get("threads"), progress=last)
    return Computed(main, inputs, power, {name: presets[name] for name in PRESETS}, estimates)
