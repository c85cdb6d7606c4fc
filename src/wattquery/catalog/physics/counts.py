"""Whether the counts of a row agree: parameters, accelerators, and what its rate is of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wattquery.catalog.physics.constants import MOST_PER_NODE, NEARLY_ALL, PARAMETERS_WITHIN
from wattquery.catalog.physics.point import IMPOSSIBLE, QUESTIONABLE, Finding, OperatingPoint
from wattquery.catalog.physics.words import near

__all__ = ["accelerator_findings", "parameter_findings", "phase_findings", "phase_of"]

_BILLION = 1e9
_WORDS = re.compile(r"[a-z]+")
_PREFILL = frozenset(("prefill", "context", "prompt"))
_DECODE = frozenset(("decode", "decoding", "generation"))


def phase_of(cell: str) -> str:
    """Return the phase that a cell says, in one spelling.

    Examples
    --------
    >>> phase_of("Prefill"), phase_of("decode-only"), phase_of("prefill + decode"), phase_of("")
    ('prefill only', 'decode only', 'both', '')
    """
    words = set(_WORDS.findall(cell.casefold()))
    is_prefill, is_decode = bool(words & _PREFILL), bool(words & _DECODE)
    if is_prefill == is_decode:
        return "both" if is_prefill or "both" in words else ""
    return "prefill only" if is_prefill else "decode only"


def parameter_findings(point: OperatingPoint, kind: str = "") -> Iterator[Finding]:
    """Yield what is wrong with the parameters that a row states.

    Parameters
    ----------
    point
        The row.
    kind
        ``"MoE"`` where the row says so itself.
    """
    active, total, model = point.active_parameters, point.total_parameters, point.architecture
    if not active:
        return
    if total and active > total:
        yield Finding(
            "active-above-total",
            IMPOSSIBLE,
            f"{active:g} billion active of {total:g} billion parameters are more than there are; probably the two are "
            "swapped, or one is of another model: correct them",
        )
        return
    known = None if model is None or not model.is_mixture else model.active / _BILLION
    whole = total or (model.total / _BILLION if model else None)
    mixture = known is not None or kind.strip().casefold() == "moe"
    if mixture and whole and active >= NEARLY_ALL * whole:
        write = f"write {known:g}" if known else "write those that one token uses"
        yield Finding(
            "active-equals-total",
            QUESTIONABLE,
            f"{active:g} billion active parameters are all of {whole:g} billion, and a mixture of experts uses some; "
            f"probably the total was entered twice: {write}",
        )
    elif known is not None and not near(active, known, PARAMETERS_WITHIN):
        yield Finding(
            "active-differs",
            QUESTIONABLE,
            f"{active:g} billion active parameters are not the {known:g} of {model.name if model else 'the model'}; "
            f"probably another size was entered: write {known:g}",
        )


def phase_findings(point: OperatingPoint) -> Iterator[Finding]:
    """Yield where a rate is of one phase alone."""
    phase = phase_of(point.phase)
    if phase in ("prefill only", "decode only"):
        counts = "input tokens" if phase.startswith("prefill") else "output tokens of the decode accelerators alone"
        yield Finding(
            "one-phase",
            QUESTIONABLE,
            f"the rate is of one phase ({phase}) and counts {counts}; a rate of output tokens over all accelerators, "
            "prefill and decode, is needed: leave the row out, or divide the output tokens by all of them",
        )


def accelerator_findings(point: OperatingPoint) -> Iterator[Finding]:
    """Yield where there are more accelerators than a node has, and tensor x expert parallelism explains it."""
    device, count = point.accelerator, point.accelerators
    if device is None or not device.per_node or not count or count <= device.per_node * (point.nodes or 1.0):
        return
    tensor, expert = point.tensor_parallel or 1.0, point.expert_parallel or 1.0
    pipeline = point.pipeline_parallel or 1.0
    if expert > 1.0 and count == tensor * expert * pipeline:
        yield Finding(
            "accelerator-count",
            QUESTIONABLE,
            f"{count:g} accelerators are tensor x expert parallelism ({tensor:g} x {expert:g}), and a node has "
            f"{device.per_node:g}; experts are divided over the same accelerators: write {tensor * pipeline:g}",
        )
    elif point.nodes and count > max(MOST_PER_NODE, device.per_node) * point.nodes:
        yield Finding(
            "accelerator-count",
            QUESTIONABLE,
            f"{count:g} accelerators on {point.nodes:g} node{'s' if point.nodes > 1.0 else ''} are more than the "
            f"{device.per_node:g} of a node; probably parallelisms were multiplied that share accelerators: write the "
            "number of accelerators",
        )
