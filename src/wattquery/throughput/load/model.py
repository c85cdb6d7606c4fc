"""The load model as it is used: fitted parameters, what they leave over, and predictions with their uncertainty."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.fitting.fit import FittedParameters
from wattquery.throughput.load.fitting.output_errors import output_errors
from wattquery.throughput.load.fitting.selection import left_out
from wattquery.throughput.load.gathered import taken
from wattquery.throughput.load.known import TABLES, Known
from wattquery.throughput.load.observations import QUANTITIES, Observations
from wattquery.throughput.load.predictions import Predictions
from wattquery.throughput.load.residual_places import places_of, residuals_of, table_of, telling_of
from wattquery.throughput.load.residuals import Calibration, Posterior, ResidualProcess
from wattquery.throughput.load.support import Seen

__all__ = ["APART_SDS", "LoadModel", "rows_to_learn_from"]

APART_SDS = (0.35, 1.3, 0.3)
"""Standard deviations of the logarithms of `OUTPUTS` that are added where prefill has accelerators of its own: roughly
what the equations, which know little of the pools, leave over on such rows; a judgement for power."""
IMPUTED_SDS = (0.2, 0.3, 0.1)
"""The same where the shape of an architecture is guessed from its number of parameters: a judgement."""


Numbers = NDArray[np.float64]


def rows_to_learn_from(rows: Observations) -> Observations:
    """Return the measured rows that a model knows: those that a fit uses, if prefill has no accelerators of its own."""
    return rows.take((left_out(rows, Conditions.of(rows)) == "") & ~rows.disaggregated)


@dataclass(frozen=True, eq=False)
class LoadModel:
    """A fitted load model: time, throughput, power and energy of a serving instance, with their uncertainty.

    ln q = ln q(parameters) + e_q: the equations give the first term, `ResidualProcess` describes the second, which
    rows of one architecture share the more the more they have in common.

    Attributes
    ----------
    parameters
        Fitted parameters with their covariance.
    process, posterior
        Residuals before and after the measured rows.
    calibration
        Factors that make intervals hold what they promise where the fit did not see the rows.
    seen
        What was measured.
    """

    parameters: FittedParameters
    process: ResidualProcess
    posterior: Posterior
    calibration: Calibration
    seen: Seen

    @classmethod
    def of(
        cls, parameters: FittedParameters, process: ResidualProcess, calibration: Calibration, rows: Observations
    ) -> Self:
        """Return the model that knows some measured rows, for parameters that are fitted already.

        Parameters
        ----------
        parameters, process, calibration
            What was fitted.
        rows
            Measured rows; those that no fit would use are left out.
        """
        rows = rows_to_learn_from(rows)
        at = Conditions.of(rows)
        rates = parameters.rates(at)
        told = telling_of(rows, residuals_of(rows, rates))
        posterior = process.condition(places_of(rows, at, rates), told)
        return cls(parameters, process, posterior, calibration, Seen.of(rows, at))

    def predict(self, rows: Observations, *, given: Observations | None = None, known: Known = TABLES) -> Predictions:
        """Return what is predicted of some rows; what was measured there plays no part.

        Parameters
        ----------
        rows
            Operating points.
        given
            Measured points that calibrate: any quantities of configurations of ``rows``, or near them. Rows of which
            nothing can be predicted are passed over, as are those without a measured quantity and the power of whole
            nodes. Points whose prefill has accelerators of its own calibrate such rows alone. Points that the model was
            fitted to would count twice.
        known
            The architectures and accelerators that are known, by which the rows name theirs.
        """
        at = Conditions.of(rows, known=known)
        together = self if given is None else self.calibrated(given.take(~given.disaggregated), known=known)
        apart = self if given is None or not rows.disaggregated.any() else self.calibrated(given, known=known)
        medians, sds = np.full((2, len(rows), len(QUANTITIES)), np.nan)
        for model, asked in ((together, ~rows.disaggregated), (apart, rows.disaggregated)):
            able = np.flatnonzero(asked & (at.reason == ""))
            if len(able):
                medians[able], sds[able] = model._told(rows.take(able), taken(at, able))
        sds[np.isnan(medians)] = np.nan
        seen = together.seen
        support, classes = seen.support(rows, at), seen.interval_class(rows, at)
        return Predictions(medians, sds, support, at.reason, self.calibration, classes)

    def _told(self, rows: Observations, at: Conditions) -> tuple[Numbers, Numbers]:
        """Return medians and standard deviations of the logarithms of rows of which something can be predicted."""
        rates = self.parameters.rates(at)
        effects = self.posterior.effects(places_of(rows, at, rates)).widened(output_errors(self.parameters, at))
        for there, sds in ((rows.disaggregated, APART_SDS), (at.shape.imputed, IMPUTED_SDS)):
            effects = effects.widened(np.asarray(there)[:, None, None] * np.diag(np.square(sds)))
        mean, variance = effects.of_quantities()
        return table_of(rates) + mean, np.sqrt(variance)

    def calibrated(self, given: Observations, *, known: Known = TABLES) -> Self:
        """Return the model that knows more measured rows, see ``given`` of `predict`.

        Parameters
        ----------
        given, known
            As in `predict`.
        """
        given = given.take(self.telling(given, known=known))
        if not len(given):
            return self
        at = Conditions.of(given, known=known)
        rates = self.parameters.rates(at)
        posterior = self.posterior.given(places_of(given, at, rates), telling_of(given, residuals_of(given, rates)))
        return replace(self, posterior=posterior, seen=self.seen.with_more(given, at))

    def telling(self, given: Observations, *, known: Known = TABLES) -> NDArray[np.intp]:
        """Return which rows calibrate: those with a measured quantity of which something can be predicted.

        Parameters
        ----------
        given, known
            As in `predict`.
        """
        able = np.flatnonzero(Conditions.of(given, known=known).reason == "")
        if not len(able):
            return able
        rows = given.take(able)
        rates = self.parameters.rates(Conditions.of(rows, known=known))
        found: NDArray[np.intp] = able[np.isfinite(telling_of(rows, residuals_of(rows, rates))).any(axis=1)]
        return found
