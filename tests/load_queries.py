"""The energy of a query under load, slow and obvious, and plans of cells that have such a length form.

Written from the method's description, never from the kernels: positions are integrated by their antiderivative.

    E = c_0 + c_out L_out + c_kv reads + c_in (L_in - L_cached + w L_cached) + c_att pairs        [kJ]
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

import wattquery as wq
from wattquery.plans.cell import Cell
from wattquery.plans.columns import Column, joint_columns, length_column
from wattquery.plans.plan import Plan
from wattquery.plans.variants import alone
from wattquery.specs import Fixed
from wattquery.specs.joint_lengths.nodes import JointLengths, joint_lengths
from wattquery.throughput.load_form import LoadForm

INFINITE = math.inf
UNITS = (0.02, 1e-3, 4e-7, 1e-4, 3e-8)
REACHES = {
    "plain": (1.0, 0.0, 0.0, 1.0, 0.0, 0.0, INFINITE, INFINITE, 0.05),
    "window": (0.3, 0.7, 0.0, 0.4, 0.6, 0.0, 512.0, INFINITE, 0.05),
    "top": (1.0, 0.0, 0.1, 1.0, 0.0, 0.2, INFINITE, 1024.0, 0.05),
    "both": (0.5, 0.5, 0.1, 0.6, 0.4, 0.1, 200.0, 1024.0, 0.1),
}
FORMS = {name: LoadForm(UNITS, reach) for name, reach in REACHES.items()}
CACHED = {
    **{f"{name}, a share": LoadForm(UNITS, reach, cached_share=0.6) for name, reach in REACHES.items()},
    **{f"{name}, a number": LoadForm(UNITS, reach, cached_number=300.0) for name, reach in REACHES.items()},
    "both, share and number": LoadForm(UNITS, REACHES["both"], cached_share=0.3, cached_number=50.0),
}
ALL = {**FORMS, **CACHED}

_rng = np.random.default_rng(5)
_inputs = np.ceil(_rng.lognormal(6.5, 1.2, 200))
ROWS = (
    np.ceil(_rng.exponential(300.0, 200)),
    _inputs,
    np.floor(_inputs * _rng.uniform(0.0, 1.0, 200) * (_rng.random(200) < 0.7)),
    _rng.integers(1, 9, 200) / 1.0,
)
"""Outputs, inputs, cached tokens and weights of the rows of a workload; of some rows nothing is cached."""

WORKLOAD = wq.Workload(*ROWS[:3], weights=ROWS[3], name="with cached tokens")


def seen(start: Any, stop: Any, cap: float) -> Any:
    """Return the integral of min(x, cap) between two positions."""

    def below(x: Any) -> Any:
        return np.where(x < cap, 0.5 * x * x, 0.5 * min(cap, 1e15) ** 2 + min(cap, 1e15) * (x - min(cap, 1e15)))

    return below(stop) - below(start)


def kilojoules(form: LoadForm, outputs: Any, inputs: Any, cached: Any = None) -> Any:
    """Return the energy of queries [kJ]."""
    outputs, inputs = np.asarray(outputs, float), np.asarray(inputs, float)
    if cached is None:
        cached = np.minimum(form.cached_number + form.cached_share * inputs, inputs)
    request, output, read, new, pair = form.units
    full, windowed, indexed, full_pairs, windowed_pairs, indexed_pairs, window, top, weight = form.reach
    parts = [(full, full_pairs, top), (windowed, windowed_pairs, window), (indexed, indexed_pairs, INFINITE)]
    reads = sum(of_reads * seen(inputs, inputs + outputs, cap) for of_reads, _, cap in parts)
    pairs = sum(of_pairs * seen(cached, inputs, cap) for _, of_pairs, cap in parts)
    return request + output * outputs + read * reads + new * (inputs - cached + weight * cached) + pair * pairs


def joint() -> JointLengths:
    """Return the nodes of `WORKLOAD`, with its cached tokens."""
    return joint_lengths(WORKLOAD, with_cached=True)


def workload_columns(workload: wq.Workload) -> tuple[Column, Column]:
    """Return the columns of a workload, with which its cached tokens go."""
    return joint_columns(joint_lengths(workload, with_cached=True))


def cell_of(form: LoadForm, columns: tuple[Column, Column], sigma: float = 0.3) -> Cell:
    """Return a cell under load at the facility of an ideal site: kJ become Wh, and one lognormal is left."""
    return Cell(
        log_factors=-math.log(3.6),
        sigma=sigma,
        extras=(),
        base=1.0,
        span=0.0,
        throughput=form,
        output_tokens=columns[0],
        input_tokens=columns[1],
    )


def columns_of(output: Any, input_: Any, *, whole: bool = True) -> tuple[Column, Column]:
    """Return the columns of two lengths, each a distribution or a number."""
    lengths = [Fixed(float(one)) if isinstance(one, int | float) else one for one in (output, input_)]
    return (
        length_column("output_tokens", lengths[0], round_tokens=whole),
        length_column("input_tokens", lengths[1], round_tokens=whole),
    )


def plan_of(forms: Sequence[LoadForm], columns: tuple[Column, Column] | None = None, sigma: float = 0.3) -> Plan:
    """Return a plan with a cell for each form, with the nodes of `WORKLOAD` where no lengths are given."""
    columns = joint_columns(joint()) if columns is None else columns
    return alone(cell_of(forms[0], columns, sigma), forms, prefill_weight=0.0, seed=11)
