"""What is known of operating points: what rows tell, what the parameters leave open, and factors of intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.deployments.answers import answers_of, running
from wattquery.throughput.load.deployments.fold import Errors
from wattquery.throughput.load.deployments.own_watts import HeaviestWatts
from wattquery.throughput.load.deployments.parameter_spread import ParameterSpread
from wattquery.throughput.load.deployments.points import Points
from wattquery.throughput.load.deployments.residual_surface import ResidualSurface
from wattquery.throughput.load.deployments.saturated import Saturated
from wattquery.throughput.load.model import IMPUTED_SDS, LoadModel
from wattquery.throughput.load.observations import QUANTITIES
from wattquery.throughput.load.residuals import Calibration, Places
from wattquery.throughput.load.support import INTERVAL_CLASSES, architecture_keys, instance_keys

__all__ = ["ENERGY", "RATE_NAMES", "THROUGHPUT", "Knowledge", "Known"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

ENERGY, THROUGHPUT = "joules_per_output_token", "output_tps_per_accelerator"
_ALONG_POWER = np.array([0.0, 0.0, 1.0])
_POWER, _PER_TOKEN, _FIRST = "power_w_per_accelerator", "tpot_s", "ttft_s"

RATE_NAMES = ("throughput", "power", "time_per_output_token", "time_to_first_token")
"""Rates of which medians and deviations are known, in the order of `Points.rates`."""


@dataclass(frozen=True, eq=False)
class Known:
    """Of some pairs at all their loads, all arrays (pairs, loads).

    Attributes
    ----------
    errors
        Of energy and time per token, calibrated.
    rates, log_sds
        Medians of the rates, and calibrated standard deviations of their logarithms, by name.
    """

    errors: Errors
    rates: Mapping[str, Array]
    log_sds: Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Knowledge:
    """What is known of pairs of an instance and lengths at their loads.

    Attributes
    ----------
    points
        The operating points.
    places
        Where the pairs stand for the residuals.
    surface
        Residuals, given measured rows.
    spread
        What the parameters of their instances leave open, and its covariance.
    moves
        The covariance of that, (instances, numbers, numbers).
    factors
        Of standard deviations by quantity, those of the 90 % interval of each pair's class.
    saturated
        What a user's watts of accelerators under their heaviest load tell.
    """

    points: Points
    places: Places
    surface: ResidualSurface
    spread: ParameterSpread
    moves: Array
    factors: Mapping[str, Array]
    saturated: Saturated

    @classmethod
    def about(cls, points: Points, model: LoadModel, draws: Array, heaviest: HeaviestWatts | None = None) -> Self:
        """Return what a load model knows of operating points; see `uncertainty_of`."""
        spread = ParameterSpread.of(model.parameters, draws, points.rows, points.at, cache_known=points.cache_known)
        places = _places(points)
        surface = ResidualSurface.of(model.posterior, places, running(points.batch))
        factors = {name: _factors(model.calibration, points, name) for name in QUANTITIES}
        saturated = Saturated.of(points, heaviest or HeaviestWatts(), model.posterior.levels)
        return cls(points, places, surface, spread, spread.covariance, factors, saturated)

    def at(self, points: Points) -> Self:
        """Return the same of the same pairs at other batches, within those that this was made for, or below one."""
        return replace(self, points=points)

    def of(self, pairs: Integers) -> Known:
        """Return what is known of some pairs."""
        points, instance = self.points, self.points.instance[pairs]
        mean, residuals = self.surface.at(pairs, running(points.batch[pairs]))
        guessed = np.asarray(points.at.shape.imputed, np.float64)[instance]
        residuals = residuals + guessed[:, None, None, None] * np.diag(np.square(IMPUTED_SDS))
        answers = answers_of(points, pairs)
        fitted = answers.covariance(self.moves[instance])
        time = residuals[..., 0, 0] + fitted[..., 0, 0]
        power = residuals[..., 2, 2] + fitted[..., 1, 1]
        if self.saturated.tells:
            unseen = np.sum((answers.power @ self.spread.hardware[instance].transpose(0, 2, 1)) ** 2, axis=2)
            moved, less = self.saturated.moves(points, pairs, unseen, power)
            mean = mean + moved[..., None] * _ALONG_POWER
            power = power - less
        both = residuals[..., 0, 2] + fitted[..., 0, 1]
        factor = {name: one[pairs, None] for name, one in self.factors.items()}
        errors = Errors(
            energy=mean[..., 0] + mean[..., 2],
            time=mean[..., 0],
            energy_variance=factor[ENERGY] ** 2 * np.maximum(time + 2.0 * both + power, 0.0),
            time_variance=factor[THROUGHPUT] ** 2 * time,
            covariance=factor[ENERGY] * factor[THROUGHPUT] * (time + both),
        )
        busy = _busy_share(points, pairs)
        idle_sd = (1.0 - busy) * points.idle_relative_sd[instance, None]
        per_token = residuals[..., 0, 0] + fitted[..., 2, 2]
        first_token = residuals[..., 1, 1] + fitted[..., 3, 3]
        throughput, watts, token, first = points.rates[:4, pairs]
        return Known(
            errors,
            {
                "throughput": throughput * np.exp(-mean[..., 0]),
                "power": watts * (1.0 + busy * np.expm1(mean[..., 2])),
                "time_per_output_token": token * np.exp(mean[..., 0]),
                "time_to_first_token": first * np.exp(mean[..., 1]),
            },
            {
                "throughput": np.sqrt(errors.time_variance),
                "power": np.hypot(busy * factor[_POWER] * np.sqrt(power), idle_sd),
                "time_per_output_token": factor[_PER_TOKEN] * np.sqrt(per_token),
                "time_to_first_token": factor[_FIRST] * np.sqrt(first_token),
            },
        )


def _places(points: Points) -> Places:
    """Return where pairs stand for the residuals, at no load in particular."""
    rows, at, instance = points.rows, points.at, points.instance
    nothing = np.zeros(len(instance))
    return Places(
        architecture=architecture_keys(rows, at)[instance],
        hardware=rows.hardware[instance],
        stack=at.labels["stack"][instance],
        precision=rows.precision[instance],
        configuration=instance_keys(rows, at)[instance],
        lengths=points.length_keys,
        log_load=nothing,
        log_accelerators=nothing,
        log_input=np.log(points.input_tokens),
        date=at.date[instance],
        decode_share=np.ones(len(instance)),
    )


def _factors(calibration: Calibration, points: Points, quantity: str) -> Array:
    """Return the factor of the 90 % interval of each pair: never less than that of a class of which more is known.

    Classes were calibrated apart, on rows of their own, and what scatters in one need not occur in the other. Of two
    instances that differ in nothing but what was measured of them, the better known would else have the wider interval.
    """
    own = [calibration.outer(one, quantity) for one in INTERVAL_CLASSES]
    every = dict(zip(INTERVAL_CLASSES, np.maximum.accumulate(own), strict=True))
    return np.array([every[one] for one in points.interval_class], dtype=np.float64)


def _busy_share(points: Points, pairs: Integers) -> Array:
    """Return which share of the power is drawn while something runs [1]."""
    joules = points.units[:, pairs] * points.drivers[:, pairs, None]
    whole: Array = joules.sum(axis=0)
    return np.asarray(1.0 - joules[0] / whole)
