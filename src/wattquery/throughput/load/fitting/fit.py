"""Measured rows to the most likely parameters, with their covariance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.equations import LoadEquations, Rates
from wattquery.throughput.load.fitting.evidence import Evidence
from wattquery.throughput.load.fitting.gauss_newton import Problem, most_likely
from wattquery.throughput.load.fitting.jacobian import jacobian
from wattquery.throughput.load.fitting.selection import left_out
from wattquery.throughput.load.observations import Observations
from wattquery.throughput.load.parameters import Layout

__all__ = ["FittedParameters", "fit_parameters"]

Numbers = NDArray[np.float64]

_STEPS = 25


@dataclass(frozen=True, eq=False)
class FittedParameters:
    """Parameters of the load model.

    Attributes
    ----------
    layout
        Which numbers the vector holds.
    vector
        The most likely logarithms of parameters and effects.
    covariance
        Of the vector.
    """

    layout: Layout
    vector: Numbers
    covariance: Numbers

    def numbers(self) -> dict[str, float]:
        """Return the vector by name."""
        return dict(zip(self.layout.names, map(float, self.vector), strict=True))

    def rates(self, at: Conditions, vector: Numbers | None = None) -> Rates:
        """Return what is predicted for conditions, by these parameters or by another vector of the same layout."""
        return LoadEquations(self.layout, at).rates(self.vector if vector is None else vector)


def fit_parameters(
    rows: Observations,
    *,
    start: Mapping[str, float] | None = None,
    steps: int = _STEPS,
    generator: np.random.Generator | None = None,
) -> FittedParameters:
    """Return the most likely parameters given measured rows.

    Each measured quantity has Student-t errors in its logarithm; rows of one architecture weigh less the more of them
    there are, as they share what the model does not know of it. All parameters have normal priors.

    Parameters
    ----------
    rows
        Measured rows; those that `wattquery.throughput.load.fitting.selection.left_out` names a reason for are not
        used.
    start
        Logarithms of parameters by name, from which the search begins; `FittedParameters.numbers` of an earlier fit.
        Prior means where it is not given.
    steps
        At most, of the search [1].
    generator
        Draws one of the vectors that could as well be: each architecture weighs by an exponential number (Rubin 1981,
        doi 10.1214/aos/1176345338), and prior means lie where the prior might. None for the most likely vector.

    Raises
    ------
    InputError
        If no row can be used.
    """
    at = Conditions.of(rows)
    used = left_out(rows, at) == ""
    if not used.any():
        raise InputError(
            f"none of the {len(rows)} rows can be used for a fit. A row needs an architecture and an accelerator of "
            "the catalog, a load, and measured latencies or power. Give at least one such row."
        )
    rows = rows.take(used)
    at = Conditions.of(rows)
    layout = Layout.of(at)
    equations, evidence = LoadEquations(layout, at), Evidence.of(rows, at)
    (mean, sd), weight = layout.prior, evidence.weight
    if generator is not None:
        mean = generator.normal(mean, sd)
        names, place = np.unique(rows.architecture.astype(str), return_inverse=True)
        weight = weight * generator.exponential(size=len(names))[place][evidence.rows]
    problem = Problem(
        predict=lambda vector: evidence.predicted(equations.rates(vector)),
        derive=lambda vector, predicted: jacobian(equations, evidence, vector, predicted),
        measured=evidence.measured,
        error=evidence.error,
        weight=weight,
        mean=mean,
        sd=sd,
    )
    found = most_likely(problem, layout.vector(start or {}), steps)
    return FittedParameters(layout, found.vector, found.covariance)
