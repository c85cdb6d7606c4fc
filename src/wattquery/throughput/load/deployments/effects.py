"""The named effects of the load model on the energy of a query at one operating point.

An effect is a normal of ln E with a name and a key. Two operating points share the normal of effects whose name and key
are the same, and all others are independent of each other. Where an effect has loadings, its normal is a sum of normals
of that name and key, and two operating points share as much of it as the product of their loadings says.

==========================  ==========================================================  ===========================
name after ``load_model:``  what it is                                                  key
==========================  ==========================================================  ===========================
``parameters``              the fitted parameters                                       none
``architecture``            residuals of the architecture, and of a shape that is       architecture; for what
                            guessed, with the cache of such a shape                     changes along the input,
                                                                                        also the size of the input
``precision``               those of its precision                                      architecture, precision
``hardware``                those of it on the accelerator; priors of one that no fit   architecture, accelerator;
                            saw                                                         accelerator
``stack``                   those of the deployment; priors of a stack that no fit saw  labels of the deployment, as
                                                                                        architecture; stack
``configuration``           those of the instance, and unknown speculation              labels and division
``lengths``                 those of the lengths, and of them in the configuration      architecture, lengths;
                                                                                        configuration, lengths
``run``                     what differs when all of that is the same                   all of that, and the load
``idle``                    watts of idle accelerators, where none were measured        accelerator
``node``                    watts of the node beside its accelerators                   type of the node
``cached_weight``           prefill of a cached token                                   none
==========================  ==========================================================  ===========================
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.deployments.answers import answers_of, running
from wattquery.throughput.load.deployments.knowledge import ENERGY, THROUGHPUT, Knowledge
from wattquery.throughput.load.deployments.level_keys import Part, level_parts
from wattquery.throughput.load.model import IMPUTED_SDS

__all__ = ["Effect", "Weights", "named_effects"]

Array = NDArray[np.float64]

_PREFIX = "load_model:"


@dataclass(frozen=True)
class Effect:
    """One normal of ln E.

    Attributes
    ----------
    name, key
        Whose normal it is.
    sigma
        Its standard deviation [1].
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
    of_node, of_idle, of_cached
        Standard deviations by the node's watts, those of idle accelerators, and the weight of cached tokens [1].
    """

    of_energy: float
    of_time: float
    sigma: float
    of_node: float
    of_idle: float
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
    instance = knowledge.points.instance[pair]
    scale = weights.sigma / np.sqrt(sum(one.sigma**2 for one in found))
    every = [
        *(replace(one, sigma=float(scale * one.sigma)) for one in found),
        Effect("node", knowledge.points.nodes.types[instance], weights.of_node),
        Effect("idle", knowledge.points.rows.hardware[instance], weights.of_idle),
        Effect("cached_weight", "", weights.of_cached),
    ]
    return tuple(replace(one, name=_PREFIX + one.name) for one in every if one.sigma)


def _of_parameters(knowledge: Knowledge, pair: int, load: int, energy: float, time: float) -> list[Part]:
    """Return the effects of the parameters: of the fit, and of labels that it did not see."""
    points, spread = knowledge.points, knowledge.spread
    instance = points.instance[pair]
    answers = answers_of(points, np.array([pair]))
    # Energy per token is power times time.
    answer = (energy + time) * answers.time[0, load] + energy * answers.power[0, load]
    unseen = {
        name: float(np.sum((getattr(spread, name)[instance] @ answer) ** 2))
        for name in ("hardware", "stack", "speculation", "guessed")
    }
    return [
        Part("parameters", "", spread.draws[instance] @ answer),
        Part.alone("hardware", points.rows.hardware[instance], unseen["hardware"]),
        Part.alone("stack", points.at.labels["stack"][instance], unseen["stack"]),
        Part.alone("configuration", knowledge.places.configuration[pair], unseen["speculation"]),
        Part.alone("architecture", knowledge.places.architecture[pair], unseen["guessed"]),
    ]


def _of_residuals(knowledge: Knowledge, pair: int, load: int, energy: float, time: float) -> list[Part]:
    """Return the effects of the levels of the residuals, scaled to what is known of their sum."""
    batch = running(knowledge.points.batch[[pair]])
    direction = np.array([energy + time, 0.0, energy])
    _, covariance = knowledge.surface.at(np.array([pair]), batch)
    total = float(direction @ covariance[0, load] @ direction)
    levels = knowledge.surface.levels_at(pair, float(batch[0, load])) @ direction @ direction
    levels = np.maximum(levels, 0.0)
    parts = level_parts(knowledge.places, pair, float(batch[0, load]), levels * total / levels.sum())
    guessed = float(np.asarray(knowledge.points.at.shape.imputed)[knowledge.points.instance[pair]])
    variance = guessed * float(np.sum((direction * IMPUTED_SDS) ** 2))
    return [*parts, Part.alone("architecture", knowledge.places.architecture[pair], variance)]


def _merged(parts: Iterable[Part]) -> list[Effect]:
    """Return one effect for each name and key, along the directions of its parts, which are independent."""
    squares: dict[tuple[str, str], Array] = {}
    signs: dict[tuple[str, str], Array] = {}
    for part in parts:
        own, before = part.along**2, squares.get((part.name, part.key), np.zeros(1))
        size = max(len(own), len(before))
        squares[part.name, part.key] = np.pad(own, (0, size - len(own))) + np.pad(before, (0, size - len(before)))
        signs.setdefault((part.name, part.key), np.sign(part.along))
    return [_effect(*key, square, signs[key]) for key, square in squares.items()]


def _effect(name: str, key: str, squares: Array, signs: Array) -> Effect:
    """Return an effect from the squares of its parts along each direction; only parameters have signs there."""
    size = float(np.sqrt(squares.sum()))
    if len(squares) == 1 or not size:
        return Effect(name, key, size)
    along = np.sqrt(squares) / size
    along[: len(signs)] *= np.where(signs < 0.0, -1.0, 1.0)
    return Effect(name, key, size, tuple(along.tolist()))
