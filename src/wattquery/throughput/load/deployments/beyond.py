"""What no measured row is like, though each part of an instance was measured: its size, its division, its precision."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from wattquery.catalog.facts import Accelerator
from wattquery.throughput.load.deployments.cases import LoadCases
from wattquery.throughput.load.deployments.evidence import Evidence
from wattquery.throughput.load.deployments.instances import InstanceRows
from wattquery.throughput.load.support import architecture_keys, instance_keys

__all__ = ["beyond_measured", "exceeds_node", "next_wider"]

Words = NDArray[np.object_]
Which = NDArray[np.bool_]

_RATES = {"FP8": ("fp8_tflops",), "INT8": ("fp8_tflops",), "FP4": ("fp4_tflops", "fp8_tflops")}
"""Rates of products by the precision of the weights, and what stands in for them; else that in 16 bits. Weights of
INT4 are widened before products."""


def beyond_measured(instances: InstanceRows, cases: LoadCases) -> Words:
    """Return what of each instance lies beyond all measured rows; empty where nothing does, or it was measured itself.

    Parameters
    ----------
    instances, cases
        The instances, and what was asked for.
    """
    made = np.full(len(instances), "", dtype=object)
    if not len(instances):
        return made
    seen = cases.standing.evidence
    known = seen.instances
    open_to_doubt = np.array([key not in known for key in instance_keys(instances.rows, instances.at)], dtype=bool)
    for which, words in (
        *_sizes(instances, seen),
        *_divisions(instances, cases),
        *_precisions(instances, cases),
    ):
        for row in np.flatnonzero(which & open_to_doubt):
            made[row] += f"; {words}" if made[row] else words
    return made


def exceeds_node(instances: InstanceRows, cases: LoadCases) -> Which:
    """Return which instances have more accelerators than a node of theirs; where that is not known, none."""
    per_node = np.array(
        [np.inf if one.accelerators_per_node is None else one.accelerators_per_node for one in cases.hardware]
    )
    return np.asarray(instances.rows.accelerators > per_node[instances.hardware])


def next_wider(facts: Accelerator, precision: str) -> str:
    """Return at which bits products run where no rate of the weights' own precision is known, empty where one is.

    Parameters
    ----------
    facts
        The accelerator.
    precision
        Of the weights.

    Examples
    --------
    >>> from wattquery import catalog
    >>> [next_wider(catalog.accelerator(name), "FP4") for name in ("A100", "H100", "B200")]
    ['16', '8', '']
    """
    names = _RATES.get(precision, ())
    known = [name for name in names if getattr(facts, name) is not None]
    if not names or known[:1] == list(names[:1]):
        return ""
    return "8" if known else "16"


def _sizes(instances: InstanceRows, seen: Evidence) -> Iterator[tuple[Which, str]]:
    size, mixture = instances.rows.accelerators, np.asarray(instances.at.shape.mixture) > 0.0
    for kind, (most, words) in enumerate(zip(seen.largest, ("dense models", "mixtures of experts"), strict=True)):
        yield (
            (mixture == bool(kind)) & (size > most),
            f"of {words} no instance of more than {most:g} accelerators was measured",
        )


def _divisions(instances: InstanceRows, cases: LoadCases) -> Iterator[tuple[Which, str]]:
    yield exceeds_node(instances, cases), "traffic between nodes is not modelled"
    ranks = np.asarray(instances.at.instance.tensor_ranks)
    for place, facts in enumerate(cases.models):
        mine = instances.model == place
        heads, cached = facts.q_heads, facts.kv_heads
        for count in set(ranks[mine].tolist()):
            if heads and heads % count:
                words = f"tensors over {count:g} accelerators do not divide {heads} attention heads evenly"
            elif heads and cached and facts.kv_sharded_by_tp is not False and cached % count and count % cached:
                words = f"tensors over {count:g} accelerators do not divide {cached} key-value heads evenly"
            else:
                continue
            yield mine & (ranks == count), words


def _precisions(instances: InstanceRows, cases: LoadCases) -> Iterator[tuple[Which, str]]:
    precision, found = instances.rows.precision, cases.standing.evidence
    architecture = architecture_keys(instances.rows, instances.at)
    for label in set(precision):
        if not found.precisions[label]:
            yield precision == label, f"no row in {label} was measured"
        for place, facts in enumerate(cases.hardware):
            here = (precision == label) & (instances.hardware == place)
            if not here.any() or not next_wider(facts, label):
                continue
            unseen = np.array([not found.in_precision[one, facts.hardware, label] for one in architecture], dtype=bool)
            yield here & unseen, f"no rate of products in {label} is known of {facts.hardware}"
