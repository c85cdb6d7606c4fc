"""Keyword arguments that say what to study and how to compute it, for functions that pass them on.

``def nested(model: CatalogAxis, *, ..., **arguments: Unpack[StudyArguments])``.
"""

from __future__ import annotations

import os
from typing import TypedDict

from wattquery.catalog import Catalog, Preset
from wattquery.engine.executor import AskedProgress
from wattquery.specs.arguments import (
    BatchWorkload,
    BoundaryAxis,
    CatalogAxis,
    FactorAxis,
    JointAxis,
    Levels,
    LeverAxis,
    NumberAxis,
    PowerUtilizationAxis,
    WorkloadAxis,
)
from wattquery.specs.throughput_form import AskedForm
from wattquery.sweeps.settings import Method

__all__ = ["RunArguments", "StudyArguments", "SweepArguments"]


class StudyArguments(TypedDict, total=False):
    """What to study: the axes of a grid but the model, and where defaults come from."""

    hardware: CatalogAxis | None
    serving: CatalogAxis | None
    precision: CatalogAxis | None
    accelerators: NumberAxis | None
    load: NumberAxis | None
    concurrency: NumberAxis | None
    workload: JointAxis | None
    output_tokens: WorkloadAxis | None
    input_tokens: FactorAxis | None
    cached_tokens: NumberAxis | None
    power_utilization: PowerUtilizationAxis | None
    pue: FactorAxis | None
    node_power: FactorAxis | None
    levers: LeverAxis
    boundary: BoundaryAxis
    catalog: str | os.PathLike[str] | Catalog | None
    preset: str | Preset
    prefill_weight: float | None
    round_tokens: bool | None
    throughput_model: AskedForm
    batch_workload: BatchWorkload | None
    kv_precision: str | None
    max_sequences: int | None
    speculation: str | None
    measured: object


class RunArguments(TypedDict, total=False):
    """How to compute: the arguments of `wattquery.sweeps.settings.settings`."""

    method: Method
    quantiles: Levels
    draws: int | None
    relative_stderr: float | None
    seed: int | None
    common_random_numbers: bool
    keep_histogram: bool
    threads: int | None
    progress: AskedProgress


class SweepArguments(StudyArguments, RunArguments, total=False):
    """All keyword arguments of `wattquery.sweep`."""
