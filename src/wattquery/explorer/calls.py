"""Values of axes and settings as they are written in a call, in Python and for the shell."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from wattquery.catalog.own import accelerator_facts, model_facts
from wattquery.errors import InputError
from wattquery.quantities import CATALOG_AXES
from wattquery.specs.axis import Axis
from wattquery.specs.boundary import Boundary
from wattquery.specs.converters import LeverSet
from wattquery.specs.distributions import Distribution, Empirical, Fixed, LogNormal
from wattquery.specs.distributions.lognormal import Z95
from wattquery.specs.power import ThroughputProportional
from wattquery.specs.python_text import python_text
from wattquery.specs.scalars import is_number, shortest
from wattquery.specs.throughput_form import AUTO, form_for
from wattquery.specs.workload import Workload
from wattquery.sweeps.study import Study, preset_levers
from wattquery.workloads import names as workload_names

__all__ = ["Written", "axis_calls", "settings_of"]

Written = tuple[str | None, str | None]
"""As Python writes a value, and as a shell does; None for what no line of text is."""

_NOTHING: Written = (None, None)


def axis_calls(axis: Axis[Any], study: Study) -> list[Written]:
    """Return how each label of an axis is written."""
    return [_written(axis.name, label, value, study) for label, value in zip(axis.labels, axis.values, strict=True)]


def _written(axis: str, label: object, value: object, study: Study) -> Written:
    if axis == "levers" and isinstance(value, LeverSet):
        return _levers(value, study)
    if axis == "boundary" and isinstance(value, Boundary):
        return _name(value.label) if value == _plain(value) else _NOTHING
    if isinstance(value, Workload):
        return _name(value.label) if value.label in workload_names() else _NOTHING
    if getattr(value, "is_described", None) is not None:
        return _known(axis, str(label), value)
    if axis in CATALOG_AXES:
        return _name(str(value))
    if isinstance(value, (Distribution, ThroughputProportional)):
        return _expression(value)
    return (shortest(value), shortest(value)) if is_number(value) else _NOTHING


def _known(axis: str, label: str, value: Any) -> Written:
    """Return a model or an accelerator of the tables, by the label of the axis where that is a name of it."""
    if value.is_described:
        return _NOTHING
    try:
        found = (model_facts if axis == "model" else accelerator_facts)(label)
    except InputError:
        return _name(value.label)
    return _name(label if found.label == value.label else value.label)


def _name(text: str) -> Written:
    return json.dumps(text, ensure_ascii=False), text


def _expression(value: Distribution | ThroughputProportional) -> Written:
    if isinstance(value, Fixed):
        return shortest(value.value), shortest(value.value)
    text = python_text(value)
    return _NOTHING if text is None else (text, None if isinstance(value, Empirical) else value.label)


def _plain(boundary: Boundary) -> Boundary:
    """Return what is counted as every preset understands it, without steps of the user's own."""
    return Boundary(boundary.counted, boundary.accelerator_share, (), boundary.share_source)


def _levers(levers: LeverSet, study: Study) -> Written:
    """Return a combination by its names where they are the preset's, else the product of its factors as one lever."""
    known = preset_levers(study.preset)
    if all(known.get(lever.name) == lever for lever in levers.levers):
        return _name(levers.label)
    factors = [factor for lever in levers.levers for factor in lever.factors if lever.by_concurrency is None]
    if len(factors) < len(levers.levers) or any(lever.time_factor is not None for lever in levers.levers):
        return _NOTHING
    logs = [_logs(factor) for factor in factors]
    if None in logs:
        return (python_text(levers.levers[0]) if len(levers.levers) == 1 else None), None
    mu, variance = (math.fsum(parts) for parts in zip(*filter(None, logs), strict=True))
    return f'wq.Lever("chosen", {_product(mu, variance)})', None


def _logs(factor: Distribution) -> tuple[float, float] | None:
    """Return mean and variance of the logarithm of what is fixed or lognormal."""
    if not factor.is_random:
        return math.log(float(factor.support()[0])), 0.0
    return (factor.mu, factor.sigma**2) if isinstance(factor, LogNormal) else None


def _product(mu: float, variance: float) -> str:
    reach = Z95 * math.sqrt(variance)
    low, high = (shortest(math.exp(mu + sign * reach)) for sign in (-1.0, 1.0))
    return low if variance == 0.0 else f"wq.LogNormal(p5={low}, p95={high})"


def settings_of(study: Study, left_out: Sequence[str] = ()) -> dict[str, Written]:
    """Return the settings of a study that are not those of its preset, without the preset itself.

    Parameters
    ----------
    study
        What was asked for.
    left_out
        Settings that are passed over.
    """
    grid, preset, load = study.grid, study.preset, study.load
    found: dict[str, Written] = {}
    if load is None and study.catalog.name != preset.catalog:
        found["catalog"] = _name(study.catalog.name)
    if load is None and grid.prefill_weight != preset.prefill_weight:
        found["prefill_weight"] = (shortest(grid.prefill_weight), shortest(grid.prefill_weight))
    if grid.round_tokens != preset.round_tokens:
        found["round_tokens"] = (str(grid.round_tokens), None)
    if load is None and study.throughput_model != form_for(AUTO, study.catalog.throughput_model):
        found["throughput_model"] = _name(str(study.throughput_model))
    if load is not None:
        if load.batch_workload is not None:
            found["batch_workload"] = _batch(load.batch_workload)
        if load.kv_precision is not None:
            found["kv_precision"] = _name(load.kv_precision)
        if load.max_sequences != type(load)().max_sequences:
            found["max_sequences"] = (str(load.max_sequences), str(load.max_sequences))
        if load.speculation != "off":
            found["speculation"] = _name(load.speculation)
        if load.measured is not None:
            found["measured"] = _NOTHING
    return {name: written for name, written in found.items() if name not in left_out}


def _batch(batch: Sequence[tuple[float, Workload]]) -> Written:
    if len(batch) == 1 and batch[0][1].label in workload_names():
        return _name(batch[0][1].label)
    return _NOTHING
