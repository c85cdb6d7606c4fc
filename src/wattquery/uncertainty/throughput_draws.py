r"""The uncertainty of a throughput fit: how far a regression on few benchmark rows can be off.

Least squares on n rows with p = 3 coefficients leaves nu = n - p degrees of freedom. Given the rows, and flat priors on
the coefficients and on ln s, the coefficients are a multivariate t:

.. math::

    b = \hat b + s \, L \, z / \sqrt{c / \nu}, \qquad L L' = (X'X)^{-1}, \quad z_k \sim N(0, 1), \quad c \sim \chi^2_\nu

so that lengths far from the rows have the leverage :math:`x' (X'X)^{-1} x` that they should. That is a log-linear fit.
The coefficients of a reciprocal one are changed by the same three normals and the same chi-square, in its own metric,
and none of them below 0: see `wattquery.throughput.ReciprocalModel.varied`.

Where no degree of freedom is left (three rows), or nothing was fitted (one or two), the rows cannot say how far they
are off. There throughput and its cap are multiplied by one lognormal factor, with `DEFAULT_LOG_SIGMA` unless told
otherwise.

The cap TPS_max stays as observed under the t. The scatter of single rows about the fit is not added.

References
----------
Gelman et al., Bayesian Data Analysis, 3rd ed., CRC Press 2013, section 14.2 (the posterior of a linear model).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, ndtri

from wattquery.errors import InputError
from wattquery.specs import LogNormal
from wattquery.specs.distributions.lognormal import Z95
from wattquery.specs.factors import Factor
from wattquery.specs.scalars import is_number, shown
from wattquery.throughput import POOLED_LOG_SIGMA, ThroughputModel
from wattquery.uncertainty.shared_draws import FIT_DIMENSIONS, SharedDraws, fit_name

__all__ = [
    "DEFAULT_LOG_SIGMA",
    "checked_sigma",
    "coefficient_draws_of",
    "default_factor",
    "drawn_models",
    "fit_in_words",
    "has_freedom",
    "sigma_of",
]

DEFAULT_LOG_SIGMA = POOLED_LOG_SIGMA
"""Of ln TPS where the rows cannot say: the pooled residual standard error sqrt(sum nu s^2 / sum nu) of the deployments
of the catalog ``oviedo2026`` that have degrees of freedom, 8 in all (Mixtral 8x22B 2, Llama 3.1 405B 4, 70B 2)."""

LARGEST_SIGMA = 10.0
"""Far beyond what a throughput can be off: a factor of 20,000 either way is one standard deviation."""


def checked_sigma(throughput_fit: object) -> float | None:
    """Return the sigma of ln TPS to use where the rows cannot say, or ``None`` where the fit is taken as known."""
    if throughput_fit is False:
        return None
    if throughput_fit is True:
        return DEFAULT_LOG_SIGMA
    if not is_number(throughput_fit) or not 0.0 < throughput_fit <= LARGEST_SIGMA:
        raise InputError(
            f"throughput_fit must be True, False, or a standard deviation of ln TPS above 0 and up to "
            f"{LARGEST_SIGMA:g}, got {shown(throughput_fit)}. Leave it out for True; a number takes the place of "
            f"the default {DEFAULT_LOG_SIGMA:g} where a fit has no degrees of freedom."
        )
    return float(throughput_fit)


def sigma_of(throughput_fit: object, *, under_load: bool) -> float | None:
    """Return what `checked_sigma` does; under a load ``None``, where no deployment has a fit of its own.

    Raises
    ------
    InputError
        If something is said of throughput fits where there are none.
    """
    sigma = checked_sigma(throughput_fit)
    if not under_load:
        return sigma
    if throughput_fit is not True:
        raise InputError(
            f"throughput_fit must be left out under a load, got {shown(throughput_fit)}: no deployment has a fit of "
            "its own there, and what the load model leaves open are factors, load_model:NAME. Leave it out; scopes "
            "says which of them are shared."
        )
    return None


def fit_in_words(sigma: float | None, *, under_load: bool = False) -> str:
    """Return what is drawn for throughput fits, for the attributes of a result; ``None`` or 0 for nothing."""
    if under_load:
        return "none under a load: what the load model leaves open are factors, load_model:NAME"
    if not sigma:
        return "taken as known"
    return f"drawn; ln TPS with a standard deviation of {sigma:.3g} where a fit has no degrees of freedom"


def has_freedom(model: ThroughputModel) -> bool:
    """Return whether the rows say how far the fit may be off."""
    return model.degrees_of_freedom > 0 and model.is_fitted


def default_factor(sigma: float, slot: int) -> Factor:
    """Return the factor of a throughput whose rows cannot say how far they are off; it divides the energy."""
    return Factor(fit_name(slot, 0), LogNormal(math.exp(-Z95 * sigma), math.exp(Z95 * sigma)), -1.0)


def drawn_models(
    model: ThroughputModel, draws: SharedDraws, slot: int, dimensions: Mapping[str, int]
) -> list[ThroughputModel]:
    """Return one throughput model per shared draw, with coefficients from their multivariate t.

    Parameters
    ----------
    model
        The fit, which has degrees of freedom.
    draws
        Draws of the shared factors.
    slot
        Tells fits of one cell apart, which are independent.
    dimensions
        Dimensions of the lattice by name.
    """
    coefficients = coefficient_draws_of(model, draws, slot, dimensions)
    return [model.with_fitted(each) for each in coefficients.tolist()]


def coefficient_draws_of(
    model: ThroughputModel, draws: SharedDraws, slot: int, dimensions: Mapping[str, int]
) -> NDArray[np.float64]:
    """Return the three coefficients of a form, one row per shared draw; parameters as of `drawn_models`."""
    names = [fit_name(slot, i) for i in range(FIT_DIMENSIONS)]
    uniform = np.array([draws.uniform(name, dimensions[name]) for name in names])
    return coefficient_draws(model, uniform)


def coefficient_draws(model: ThroughputModel, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the three coefficients of a form, one row per column of four uniform variates."""
    nu = model.degrees_of_freedom
    # ``chdtri`` takes the probability above, which a uniform variate is as well as the one below.
    widths = model.residual_standard_error / np.sqrt(chdtri(nu, uniform[3]) / nu)
    return model.varied(ndtri(uniform[:3]), widths)
