"""What is not known of the fitted parameters, as moves of the numbers of cells: draws, and priors of what is new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.load.elasticities import BATCH, MOVED
from wattquery.kernels.load.numbers import (
    FULL_ATTENTION_S,
    FULL_CACHE_BYTES,
    STEPS_PER_TOKEN,
    WINDOW_ATTENTION_S,
    WINDOW_CACHE_BYTES,
)
from wattquery.throughput.load.coefficients import load_numbers
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.fitting.fit import FittedParameters
from wattquery.throughput.load.fitting.output_errors import with_labels_of
from wattquery.throughput.load.gathered import taken
from wattquery.throughput.load.imputed import cache_sd
from wattquery.throughput.load.observations import Observations
from wattquery.throughput.load.parameters import Layout, Values

__all__ = ["ParameterSpread"]

Array = NDArray[np.float64]
Codes = Mapping[str, NDArray[np.intp]]

_TOGETHER = ((FULL_CACHE_BYTES, WINDOW_CACHE_BYTES), (FULL_ATTENTION_S, WINDOW_ATTENTION_S))
"""Numbers that move as one."""

_FEW = 64
"""Instances of which all vectors are computed at once: a call for each takes longer than its arithmetic."""

_UNSEEN = (("hardware_family", "hardware"), ("stack",), ("source",))
"""Groupings by whose labels there are effects, for accelerators, stacks and sources."""


@dataclass(frozen=True, eq=False)
class ParameterSpread:
    """Moves of the logarithms of `MOVED`, each of one independent standard normal: (instances, normals, numbers).

    Attributes
    ----------
    draws
        Of the fitted parameters together, a normal for each joint draw of them: the same normals for all instances.
    hardware, stack
        Of effects of accelerators and stacks that no fit saw, by their priors; 0 for all others.
    source
        Of who measures, which matters for the time to first token alone: a user is no source that a fit saw.
    speculation
        Of not knowing whether a token takes a step: half the logarithm of the tokens that a step may make.
    guessed
        Of the cache of an architecture of which only the numbers of parameters are known; see `cache_sd`.
    """

    draws: Array
    hardware: Array
    stack: Array
    source: Array
    speculation: Array
    guessed: Array

    @classmethod
    def of(
        cls,
        parameters: FittedParameters,
        draws: Array,
        rows: Observations,
        at: Conditions,
        *,
        cache_known: bool = False,
    ) -> Self:
        """Return the spread of some instances.

        Parameters
        ----------
        parameters
            The fitted ones.
        draws
            What they could as well be, (draws, parameters), in the order of the layout of ``parameters``.
        rows, at
            The instances.
        cache_known
            Whether bytes of the cache are those of a stated precision, which no parameter moves.
        """
        made = _moves(parameters.layout, at, parameters.vector, draws) / np.sqrt(len(draws))
        wide = with_labels_of(parameters, at)
        unseen = [
            _moves(wide.layout, at, wide.vector, _by_priors(parameters.layout, wide, groupings))
            for groupings in _UNSEEN
        ]
        unclear = np.zeros((len(rows), 1, BATCH))
        per_step = parameters.numbers()["tokens_per_step"]
        unclear[rows.speculation == "unknown", 0, MOVED.index(STEPS_PER_TOKEN)] = -0.5 * per_step
        if cache_known:
            for one in (made, *unseen):
                one[:, :, MOVED.index(FULL_CACHE_BYTES)] = 0.0
        hardware, stack, source = unseen
        guessed = np.zeros((len(rows), 1, BATCH))
        guessed[:, 0, MOVED.index(FULL_CACHE_BYTES)] = cache_sd() * np.asarray(at.shape.imputed)
        return cls(made, hardware, stack, source, unclear, guessed)

    @property
    def covariance(self) -> Array:
        """Of the logarithms of the numbers, by all of this together: (instances, numbers, numbers)."""
        parts = (self.draws, self.hardware, self.stack, self.source, self.speculation, self.guessed)
        every = np.concatenate(parts, axis=1)
        found: Array = every.transpose(0, 2, 1) @ every
        return found


def _by_priors(fitted: Layout, wide: FittedParameters, groupings: tuple[str, ...]) -> Array:
    """Return vectors with the effects of one parameter by one grouping a standard deviation up, of new labels alone."""
    known, (_, sd) = set(fitted.names), wide.layout.prior
    new = np.array([name not in known for name in wide.layout.names])
    vectors = []
    for (_, grouping), place in wide.layout.blocks.items():
        if grouping in groupings and new[place].any():
            moved = wide.vector.copy()
            moved[place] += np.where(new[place], sd[place], 0.0)
            vectors.append(moved)
    return np.array(vectors).reshape(-1, len(wide.vector))


def _moves(layout: Layout, at: Conditions, base: Array, vectors: Array) -> Array:
    """Return how far the logarithms of `MOVED` are from those of one vector, (instances, vectors, numbers)."""
    count, codes = len(at), layout.codes(at)
    here = _logarithms(layout, codes, at, base)
    made = np.zeros((count, len(vectors), BATCH))
    # A number of 0, such as the time of experts that there are none of, does not move.
    moves = np.isfinite(here)
    if count <= _FEW and len(vectors):
        every = np.tile(np.arange(count), len(vectors))
        of_each = {grouping: one[every] for grouping, one in codes.items()}
        there = _logarithms(layout, of_each, taken(at, every), np.repeat(vectors.T, count, axis=1))
        there = there.reshape(BATCH, len(vectors), count)
        made[:] = np.subtract(there, here[:, None], out=np.zeros_like(there), where=moves[:, None]).transpose(2, 1, 0)
    else:
        for number, vector in enumerate(vectors):
            there = _logarithms(layout, codes, at, vector)
            made[:, number] = np.subtract(there, here, out=np.zeros_like(here), where=moves).T
    return made


def _logarithms(layout: Layout, codes: Codes, at: Conditions, vector: Array) -> Array:
    """Return the logarithms of `MOVED`, (numbers, instances); minus infinity for 0."""
    numbers = load_numbers(Values(layout, codes, vector), at)
    for one, other in _TOGETHER:
        numbers[one] += numbers[other]
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Array = np.log(numbers[list(MOVED)])
    return found
