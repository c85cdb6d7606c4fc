"""What the uncertainty of the parameters adds to that of predictions, for labels that were fitted and for others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.equations import LoadEquations
from wattquery.throughput.load.fitting.evidence import Evidence
from wattquery.throughput.load.fitting.fit import FittedParameters
from wattquery.throughput.load.fitting.jacobian import jacobian
from wattquery.throughput.load.observations import QUANTITIES
from wattquery.throughput.load.parameter_table import GROUPINGS
from wattquery.throughput.load.parameters import Layout
from wattquery.throughput.load.residuals import OUTPUTS

__all__ = ["output_errors", "with_labels_of"]

Numbers = NDArray[np.float64]

_UNKNOWN_IF_EMPTY = ("stack", "source")
"""Groupings in which a row without a label has an effect that is not known; one without a task has none."""


def with_labels_of(parameters: FittedParameters, at: Conditions) -> FittedParameters:
    """Return parameters that also hold effects of labels that were not fitted, as the prior has them."""
    fitted, here = parameters.layout.labels, Layout.of(at).labels
    labels = {one: {*fitted[one], *here[one]} for one in GROUPINGS}
    for grouping in _UNKNOWN_IF_EMPTY:
        labels[grouping] |= set(at.labels[grouping])
    layout = Layout({one: tuple(sorted(found)) for one, found in labels.items()})
    _, sd = layout.prior
    covariance = np.diag(sd**2)
    place = {name: number for number, name in enumerate(layout.names)}
    where = np.array([place[name] for name in parameters.layout.names])
    covariance[np.ix_(where, where)] = parameters.covariance
    return FittedParameters(layout, layout.vector(parameters.numbers()), covariance)


def output_errors(parameters: FittedParameters, at: Conditions) -> Numbers:
    """Return the covariance of the logarithms of `OUTPUTS` that the parameters' own brings, (rows, 3, 3).

    J C J', with J the derivatives of the outputs by the parameters and C the covariance of these. An accelerator, a
    stack, a source or a task that no fit saw, or that is not told, has the prior's. A quantity that is not predicted of
    a row has 0.

    Parameters
    ----------
    parameters
        Fitted ones.
    at
        Conditions of which something can be predicted.
    """
    wide = with_labels_of(parameters, at)
    equations = LoadEquations(wide.layout, at)
    rates, count = equations.rates(wide.vector), len(at)
    every = Evidence(
        rows=np.tile(np.arange(count), len(OUTPUTS)),
        quantity=np.repeat([QUANTITIES.index(one) for one in OUTPUTS], count),
        measured=np.zeros(count * len(OUTPUTS)),
        error=np.ones(count * len(OUTPUTS)),
        weight=np.ones(count * len(OUTPUTS)),
    )
    derivatives = np.nan_to_num(jacobian(equations, every, wide.vector, every.predicted(rates)))
    root = np.linalg.cholesky(wide.covariance + 1e-12 * np.eye(len(wide.covariance)))
    spread = (derivatives @ root).reshape(len(OUTPUTS), count, -1)
    found: Numbers = np.einsum("arp,brp->rab", spread, spread)
    return found
