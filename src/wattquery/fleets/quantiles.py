"""Quantiles of mixes of classes over the shared factors: in closed form, or of draws with the errors of these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from wattquery.errors import InputError
from wattquery.fleets.closed_forms import Term, class_quantiles
from wattquery.fleets.mixes import mixed
from wattquery.uncertainty.shared_draws import REPLICATES

__all__ = ["Quantiles", "mixed_quantiles"]

Array = NDArray[np.float64]

AT_A_TIME = 2**21
"""Draws of mixes that are held at a time, 16 MiB: mixes times draws would not fit where there are many of both."""

FEWEST_BEYOND = 10.0
"""Expected draws beyond a quantile from which on its error can be told."""

WIDER = float(stdtrit(REPLICATES - 1, 0.975) / ndtri(0.975))
"""So that 1.96 standard errors are a 95 % interval: they are estimated from few replicates (Student's t)."""


@dataclass(frozen=True, eq=False)
class Quantiles:
    """Quantiles over the shared factors, and how well they are known.

    Attributes
    ----------
    values
        By row of shares and level [Wh].
    stderr
        Standard error of each [Wh]: 0 in closed form, infinite where the draws carry no information.
    """

    values: Array
    stderr: Array

    @classmethod
    def stacked(cls, rows: Sequence[Quantiles], axis: int = 0) -> Quantiles:
        """Return quantiles along one more dimension."""
        values = np.stack([row.values for row in rows], axis=axis)
        return cls(values, np.stack([row.stderr for row in rows], axis=axis))

    def at_ends(self) -> Quantiles:
        """Return the outermost two, the ends of the largest interval."""
        return Quantiles(self.values[..., [0, -1]], self.stderr[..., [0, -1]])


def mixed_quantiles(
    shares: Array, levels: Sequence[float], terms: Sequence[Sequence[Term] | None], means: Callable[[], Array]
) -> Quantiles:
    """Return quantiles of mixes of classes: in closed form where there is one for the classes that a mix has.

    Parameters
    ----------
    shares
        Of the classes [1], a row per mix.
    levels
        Probability levels, increasing.
    terms
        Each class as terms, ``None`` where it has no closed form.
    means
        Returns the draws of the classes [Wh], a row per class and a column per draw; called where they are needed.

    Raises
    ------
    InputError
        If draws are needed, and do not reach as far out as the levels.
    """
    values, stderr = np.empty((2, len(shares), len(levels)))
    patterns, inverse = np.unique(shares > 0.0, axis=0, return_inverse=True)
    for number, present in enumerate(patterns):
        rows = np.flatnonzero(inverse.ravel() == number)
        exact = class_quantiles([term for term, here in zip(terms, present, strict=True) if here], levels)
        if exact is not None:
            values[rows], stderr[rows] = mixed(shares[np.ix_(rows, present)], exact), 0.0
        else:
            values[rows], stderr[rows] = _sampled(shares[rows], means(), np.asarray(levels))
    return Quantiles(values, stderr)


def _sampled(shares: Array, means: Array, levels: Array) -> tuple[Array, Array]:
    """Return quantiles of draws of mixes and their standard errors, a row per mix and a column per level.

    The replicates of the lattice are independent. By how much they disagree on the share of draws below a quantile is
    the error of its level, and the further of the quantiles that far above and below tells its own. With fewer than
    `FEWEST_BEYOND` draws beyond, these are single draws of a tail, and nothing is known.
    """
    draws = means.shape[1]
    _check_reached(levels, draws)
    rows = max(1, AT_A_TIME // draws)
    values, errors = np.empty((2, len(shares), levels.size))
    for start in range(0, len(shares), rows):
        here = slice(start, start + rows)
        mixes = mixed(shares[here], means)
        # One sort serves all quantiles: of 8192 draws it takes 0.2 ms, and each partition 0.3 ms (with AVX-512).
        ordered = np.sort(mixes, axis=-1)
        quantiles = _hazen(ordered, np.broadcast_to(levels, (len(mixes), levels.size)))
        off = _level_stderr(mixes, quantiles)
        low, high = (_hazen(ordered, ends) for ends in (levels - off, levels + off))
        values[here], errors[here] = quantiles, np.maximum(quantiles - low, high - quantiles)
    beyond = np.minimum(levels, 1.0 - levels) * draws
    errors[:, beyond < FEWEST_BEYOND] = np.inf
    return values, np.where(np.isnan(errors), np.inf, errors)


def _level_stderr(mixes: Array, quantiles: Array) -> Array:
    """Return by how much replicates say that the probability level of each quantile is off, a row per mix."""
    draws = mixes.shape[1]
    counts = np.array(
        [
            np.count_nonzero((mix <= row[:, None]).reshape(row.size, REPLICATES, -1), axis=-1)
            for mix, row in zip(mixes, quantiles, strict=True)
        ]
    )
    spread = np.std(counts, axis=-1, ddof=1) * np.sqrt(REPLICATES) / draws
    # An even lattice has the same share everywhere: what half a draw stands for is the least error.
    return np.asarray(WIDER * np.maximum(spread, 0.5 / draws))


def _hazen(ordered: Array, levels: Array) -> Array:
    """Return quantiles of sorted draws, on straight lines between them (Hazen 1914); infinite beyond the outermost.

    Both arrays have a row per mix.
    """
    draws = ordered.shape[1]
    places = np.clip(levels * draws - 0.5, 0.0, draws - 1.0)
    below = np.floor(places).astype(np.intp)
    above = np.minimum(below + 1, draws - 1)
    low, high = (np.take_along_axis(ordered, at, axis=1) for at in (below, above))
    with np.errstate(invalid="ignore"):
        between = np.where(low == high, low, low + (places - below) * (high - low))
    outermost = 0.5 / draws
    return np.where(levels < outermost, -np.inf, np.where(levels > 1.0 - outermost, np.inf, between))


def _check_reached(levels: Array, draws: int) -> None:
    """Refuse levels with less than one draw beyond: their quantile would be the outermost draw."""
    least = float(min(levels[0], 1.0 - levels[-1]))
    if least * draws < 1.0:
        raise InputError(
            f"level must leave a probability of at least {1.0 / draws:.2g} beyond each end, as far as shared_draws = "
            f"{draws} draws of the shared factors reach, got {least:.2g}. Pass a larger shared_draws=, or a smaller "
            "level=."
        )
