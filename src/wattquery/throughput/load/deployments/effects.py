"""The named effects of the load model on the energy of a query at one operating point.

An effect is a normal of ln E with a name and a key. Two operating points share the normal of effects whose name and key
are the same, and all others are independent of each other.

===========================  =====================================================  ================================
name after ``load_model:``   what it is                                             key
===========================  =====================================================  ================================
``parameters``               the fitted parameters, as a sum of normals             none: ``loadings`` are their shares
``architecture``             residuals of the architecture, and of a guessed shape  architecture
``precision``                residuals of its precision                             architecture, precision
``hardware``                 residuals of it on the accelerator                     architecture, accelerator
``hardware``                 priors of an accelerator that no fit saw               accelerator
``stack``                    residuals of the deployment                            labels of the deployment
``stack``                    priors of a stack that no fit saw                      stack
``configuration``            residuals of the instance and of the row, of           labels and division of the instance
                             accelerators and stacks that no fit saw, and
                             unknown speculation
``lengths``                  residuals of the lengths                               architecture, lengths
``node``                     watts of the node beside its accelerators              none
``cached_weight``            prefill of a cached token                              none
===========================  =====================================================  ================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.deployments.answers import answers_of, running
from wattquery.throughput.load.deployments.knowledge import ENERGY, THROUGHPUT, Knowledge
from wattquery.throughput.load.model import IMPUTED_SDS
from wattquery.throughput.load.residuals import LEVELS
from wattquery.throughput.load.residuals.levels import ROW

__all__ = ["LEVEL_EFFECTS", "Effect", "Weights", "named_effects"]

Array = NDArray[np.float64]

_PREFIX = "load_model:"

LEVEL_EFFECTS: Mapping[str, str] = {
    "architecture": "architecture",
    "architecture along load and input": "architecture",
    "accelerator": "hardware",
    "precision": "precision",
    "deployment along load and input": "stack",
    "deployment along date": "stack",
    "configuration": "configuration",
    "configuration along load": "configuration",
    "lengths": "lengths",
    "lengths in a configuration": "lengths",
    ROW.name: "configuration",
}
"""Which effect each level of the residuals belongs to, by its name."""

_UNSEEN = ("hardware", "stack")
_SEPARATOR = "|"


@dataclass(frozen=True)
class Effect:
    """One normal of ln E.

    Attributes
    ----------
    name, key
        Whose normal it is.
    sigma
        Its standard deviation, with a sign where what is shared acts both ways [1].
    loadings
        Of an effect that is itself a sum of independent normals: their shares, of which the squares sum to 1.
    """

    name: str
    key: str
    sigma: float
    loadings: tuple[float, ...] = ()


@dataclass(frozen=True)
class Weights:
    """How ln E answers at one operating point.

    Attributes
    ----------
    of_energy, of_time
        To errors of the logarithms of the energy and of the time per token [1].
    sigma
        Its standard deviation by both of them [1].
    of_node, of_cached
        Standard deviations by the node's watts, and by the weight of cached tokens [1].
    """

    of_energy: float
    of_time: float
    sigma: float
    of_node: float
    of_cached: float


def named_effects(knowledge: Knowledge, pair: int, load: int, weights: Weights) -> tuple[Effect, ...]:
    """Return the effects at one operating point.

    Those of errors are of ln E as a linear function of them, scaled so that their squares sum to ``weights.sigma``
    squared.
    """
    energy = weights.of_energy * float(knowledge.factors[ENERGY][pair])
    time = weights.of_time * float(knowledge.factors[THROUGHPUT][pair])
    found = _merged(
        [
            *_of_parameters(knowledge, pair, load, energy, time),
            *_of_residuals(knowledge, pair, load, energy, time),
        ]
    )
    scale = weights.sigma / np.sqrt(sum(one.sigma**2 for one in found))
    every = [
        *(replace(one, sigma=float(scale * one.sigma)) for one in found),
        Effect("node", "", weights.of_node),
        Effect("cached_weight", "", weights.of_cached),
    ]
    return tuple(replace(one, name=_PREFIX + one.name) for one in every if one.sigma)


def _of_parameters(knowledge: Knowledge, pair: int, load: int, energy: float, time: float) -> list[Effect]:
    """Return the effects of the parameters: of the fit, and of labels that it did not see."""
    points, spread = knowledge.points, knowledge.spread
    instance = points.instance[pair]
    answers = answers_of(points, np.array([pair]))
    # Energy per token is power times time.
    answer = (energy + time) * answers.time[0, load] + energy * answers.power[0, load]
    moved = spread.draws[instance] @ answer
    size = float(np.linalg.norm(moved))
    shares = tuple((moved / size).tolist()) if size else ()
    sizes = {
        name: float(np.linalg.norm(getattr(spread, name)[instance] @ answer))
        for name in ("hardware", "stack", "speculation")
    }
    return [
        Effect("parameters", "", size, shares),
        Effect("hardware", points.rows.hardware[instance], sizes["hardware"]),
        Effect("stack", points.at.labels["stack"][instance], sizes["stack"]),
        Effect("configuration", _keys(knowledge, pair)["configuration"], sizes["speculation"]),
    ]


def _of_residuals(knowledge: Knowledge, pair: int, load: int, energy: float, time: float) -> list[Effect]:
    """Return the effects of the levels of the residuals, scaled to what is known of their sum."""
    batch = running(knowledge.points.batch[[pair]])
    direction = np.array([energy + time, 0.0, energy])
    _, covariance = knowledge.surface.at(np.array([pair]), batch)
    total = float(direction @ covariance[0, load] @ direction)
    levels = knowledge.surface.levels_at(pair, float(batch[0, load])) @ direction @ direction
    levels = np.maximum(levels, 0.0)
    levels *= total / levels.sum()
    keys = _keys(knowledge, pair)
    instance = knowledge.points.instance[pair]
    names = [LEVEL_EFFECTS[one.name] for one in (*LEVELS, ROW)]
    # What no fit saw has an effect of this name that all architectures share.
    names = [
        "configuration" if name in _UNSEEN and knowledge.spread.is_unseen(name, instance) else name for name in names
    ]
    made = [Effect(name, keys[name], float(np.sqrt(one))) for name, one in zip(names, levels, strict=True)]
    guessed = float(np.asarray(knowledge.points.at.shape.imputed)[instance])
    sd = float(np.sqrt(guessed) * np.linalg.norm(direction * IMPUTED_SDS))
    return [*made, Effect("architecture", keys["architecture"], sd)]


def _keys(knowledge: Knowledge, pair: int) -> dict[str, str]:
    """Return whose effects the residuals of a pair are."""
    place = knowledge.places
    architecture, hardware = place.architecture[pair], place.hardware[pair]
    deployment = (architecture, hardware, place.stack[pair], place.precision[pair])
    return {
        "architecture": architecture,
        "precision": _SEPARATOR.join((architecture, place.precision[pair])),
        "hardware": _SEPARATOR.join((architecture, hardware)),
        "stack": _SEPARATOR.join(deployment),
        "configuration": place.configuration[pair],
        "lengths": _SEPARATOR.join((architecture, place.lengths[pair])),
    }


def _merged(effects: list[Effect]) -> list[Effect]:
    """Return one effect for each name and key."""
    variances: dict[tuple[str, str], float] = {}
    shares: dict[tuple[str, str], tuple[float, ...]] = {}
    for one in effects:
        variances[one.name, one.key] = variances.get((one.name, one.key), 0.0) + one.sigma**2
        shares[one.name, one.key] = one.loadings
    return [Effect(*key, float(np.sqrt(variance)), shares[key]) for key, variance in variances.items()]
