"""Why nothing can be computed for an instance, or for an instance at some lengths: a sentence for each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattquery.catalog.facts import Accelerator
from wattquery.throughput.load.deployments.capacity import MEMORY_SHARE, free_bytes, held_by_weights
from wattquery.throughput.load.deployments.cases import LoadCases
from wattquery.throughput.load.deployments.instances import InstanceRows
from wattquery.throughput.load.kernel_classes import WEIGHT_BYTES

__all__ = ["facts_reasons", "remedy", "too_small", "weights_reason"]

Numbers = NDArray[np.float64]
Words = NDArray[np.object_]

_NEEDED = ("memory_gb", "bandwidth_tbps", "fp16_tflops", "tdp_w")
"""Of an accelerator, without which there are no equations."""

_GB = 1e9


def facts_reasons(instances: InstanceRows, numbers: Numbers, cases: LoadCases) -> Words:
    """Return what is not known of each instance that must be, empty where nothing is missing."""
    made = np.full(len(instances), "", dtype=object)
    broken = np.isnan(numbers).any(axis=0)
    made[broken] = "what is known of the model and the accelerator does not suffice for the equations"
    precisions = instances.rows.precision
    for one in set(precisions) - set(WEIGHT_BYTES):
        made[precisions == one] = f"the precision {one!r} is not known; known are {', '.join(WEIGHT_BYTES)}"
    lacking = [_lacking(facts) for facts in cases.hardware]
    for place, why in enumerate(lacking):
        if why:
            made[instances.hardware == place] = why
    unknown = np.isnan(np.asarray(instances.at.shape.layers))
    for place in set(instances.model[unknown]):
        name = cases.models[place].model
        made[unknown & (instances.model == place)] = (
            f"neither the shape of {name} nor its number of parameters is known"
        )
    return made


def _lacking(facts: Accelerator) -> str:
    missing = [name for name in _NEEDED if getattr(facts, name) is None]
    return f"no {' and no '.join(missing)} of {facts.hardware} is known" if missing else ""


def weights_reason(instances: InstanceRows, row: int) -> str:
    """Return by how much the weights of an instance exceed its memory, empty where they fit."""
    one = instances.take(np.array([row]))
    if free_bytes(one)[0] > 0.0:
        return ""
    weights, memory, count = _gigabytes(one)
    return (
        f"its weights take {_size(weights)}, more than {100 * MEMORY_SHARE:g} % of the memory of {count:g} "
        f"accelerator{'s' if count > 1 else ''} ({_size(memory)})"
    )


def too_small(instances: InstanceRows, row: int, fitting: float, needed: float) -> str:
    """Return why an instance runs too few sequences of some lengths.

    Parameters
    ----------
    instances, row
        Which instance.
    fitting, needed
        How many sequences fit, and should [1].
    """
    why = weights_reason(instances, row)
    if why:
        return why
    weights, memory, count = _gigabytes(instances.take(np.array([row])))
    many = "no sequence of these lengths fits"
    if needed > 1.0:
        many = f"{fitting:.2g} sequences of these lengths, and not {needed:g}, fit"
    return (
        f"{many} beside its weights ({_size(weights)}) into {100 * MEMORY_SHARE:g} % of the memory of {count:g} "
        f"accelerator{'s' if count > 1 else ''} ({_size(memory)})"
    )


_REMEDIES = (
    ("its weights take", "pass more accelerators or a lower precision"),
    ("fits beside its weights", "pass more accelerators, a lower precision or shorter lengths"),
    ("fit beside its weights", "pass more accelerators, a lower precision or shorter lengths"),
    ("sequences are asked for", "pass a lower concurrency, more accelerators, shorter lengths or more max_sequences"),
    ("the precision", "pass one that is known"),
    ("neither the shape", "give its size, as wq.Model(name, total_parameters=...)"),
)
"""What reasons have in their words, and what helps against them."""


def remedy(reason: str) -> str:
    """Return what to do about a reason, as the end of a sentence.

    Examples
    --------
    >>> remedy("its weights take 812 GB, more than 90 % of the memory of 4 accelerators (320 GB)")
    'pass more accelerators or a lower precision'
    """
    found = (fix for words, fix in _REMEDIES if words in reason)
    return next(found, "describe the accelerator with all its numbers, as wq.Accelerator(...)")


def _gigabytes(one: InstanceRows) -> tuple[float, float, float]:
    """Return weights and memory [GB], and the number of accelerators."""
    weights = held_by_weights(one)[0] / _GB
    count = float(one.at.instance.accelerators[0])
    return float(weights), float(one.at.hardware.memory_bytes[0]) * count / _GB, count


def _size(gigabytes: float) -> str:
    return f"{gigabytes:,.0f} GB" if gigabytes >= 10.0 else f"{gigabytes:.2g} GB"
