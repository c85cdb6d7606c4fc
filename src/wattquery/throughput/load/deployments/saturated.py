"""Watts of accelerators under their heaviest load, whatever they serve, as an observation of the power of instances.

At its heaviest an accelerator draws nearly the limit of the fitted power: of the three of which a hundred rows or more
were measured, the row that draws most has 0.86 (B200), 0.99 (H100 SXM) and 1.0 (A100 SXM 40GB, but for one row) of it.
A user's watts S against 0.95 of the limit P_max therefore tell y = ln(S / 0.95 P_max) of what all instances on that
accelerator have in common, give or take 0.1. With the variance v of that, and the variance n of the observation, the
logarithm of power moves by v/(v + n) y, and its variance falls by v^2/(v + n): at the largest load, and less below.
Where a user measured power of a model on that accelerator, that says more, and the watts count nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.load.numbers import POWER_LIMIT_W
from wattquery.throughput.load.deployments.level_keys import ALONG_LOAD
from wattquery.throughput.load.deployments.own_watts import HeaviestWatts
from wattquery.throughput.load.deployments.points import Points
from wattquery.throughput.load.residuals import LEVELS, OUTPUTS
from wattquery.throughput.load.support import architecture_keys

__all__ = ["BOARD_SD", "HEAVIEST_SHARE", "HEAVIEST_SHARE_SD", "Saturated"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

HEAVIEST_SHARE, HEAVIEST_SHARE_SD = 0.95, 0.1
"""Of its fitted limit, what an accelerator draws under its heaviest load, and the standard deviation of its logarithm
[1]: a judgement, from three that reached 0.86 to 1.0."""

BOARD_SD = 0.05
"""Standard deviation of the logarithm of what boards of one kind draw, their settings included [1]: a judgement."""

_ACCELERATOR = next(number for number, level in enumerate(LEVELS) if level.name == "accelerator")
_POWER = OUTPUTS.index("power_w_per_accelerator")


@dataclass(frozen=True, eq=False)
class Saturated:
    """What a user's watts tell of each instance.

    Attributes
    ----------
    apart
        ln(S / 0.95 P_max), 0 where nothing was measured.
    noise
        Variance of that; infinite where nothing was measured.
    in_common
        Variance of the logarithm of power that all instances on an accelerator have in common, where a fit saw it.
    """

    apart: Array
    noise: Array
    in_common: float

    @classmethod
    def of(cls, points: Points, heaviest: HeaviestWatts, levels: Array) -> Self:
        """Return what watts tell.

        Parameters
        ----------
        points
            The operating points.
        heaviest
            What a user measured.
        levels
            Covariances of the residuals' levels.
        """
        labels = zip(architecture_keys(points.rows, points.at), points.rows.hardware, strict=True)
        measured = np.array([heaviest.of(*one) for one in labels]).reshape(-1, 2)
        apart = np.log(measured[:, 0] / (HEAVIEST_SHARE * points.numbers[POWER_LIMIT_W]))
        noise = HEAVIEST_SHARE_SD**2 + measured[:, 1] ** 2
        known = np.isfinite(apart) & np.isfinite(noise)
        in_common = BOARD_SD**2 + float(levels[_ACCELERATOR, _POWER, _POWER])
        return cls(np.where(known, apart, 0.0), np.where(known, noise, np.inf), in_common)

    @property
    def tells(self) -> bool:
        """Whether watts of any instance were measured."""
        return bool(np.isfinite(self.noise).any())

    def moves(self, points: Points, pairs: Integers, unseen: Array, variance: Array) -> tuple[Array, Array]:
        """Return by how much the mean of ln P moves and its variance falls, (pairs, loads) each.

        Parameters
        ----------
        points, pairs
            The operating points, and which of their pairs.
        unseen
            Variance of ln P by effects of an accelerator that no fit saw, (pairs, loads).
        variance
            Of ln P, all that is not known: what instances have in common is no more than that.
        """
        instance = points.instance[pairs]
        below = np.log(np.maximum(points.batch[pairs], 1.0) / np.maximum(points.most_sequences[pairs], 1.0)[:, None])
        share = np.exp(-0.5 * (below / ALONG_LOAD) ** 2)
        common = np.minimum(self.in_common + unseen, variance)
        gain = common / (common + self.noise[instance, None])
        return share * gain * self.apart[instance, None], share**2 * gain * common
