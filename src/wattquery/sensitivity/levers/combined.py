"""`reduction`: the combined factor of several levers as a distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.catalog import Preset
from wattquery.histograms import BIN_WIDTH, common_window
from wattquery.inputs.arguments import refuses_unknown
from wattquery.sensitivity.levers.arguments import DEPENDENCE, chosen_levers, dependences, published_range
from wattquery.sensitivity.levers.dependence import Correlation
from wattquery.sensitivity.levers.product import Product, joint
from wattquery.specs.arguments import Levels, LeverAxis
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.provenance import package_version
from wattquery.sweeps.settings import QUANTILES, checked_draws, checked_quantiles, checked_seed

__all__ = ["reduction"]


@refuses_unknown
def reduction(
    levers: LeverAxis = "model+serving+hardware",
    *,
    preset: str | Preset = "v2-code",
    correlation: Correlation | None = None,
    quantiles: Levels = QUANTILES,
    draws: int = 1_000_000,
    seed: int | None = 0,
) -> xr.Dataset:
    r"""Return by how much levers divide the energy of a query together, as a distribution.

    .. math::

        M = \prod_k M_k, \qquad E_\text{with} = E_\text{without} / M

    Lognormal levers have a lognormal product, correlated or not: that is exact. Independent levers of other
    distributions are convolved on the energy lattice (to 0.05 %). Only correlated ones of other distributions are
    sampled.

    Parameters
    ----------
    levers
        A combination as in `wattquery.sweep`: names of the preset joined by ``+``, `wattquery.Lever`, or a list of
        them inside a dict. A list or dict becomes an axis of combinations.
    preset
        Where levers that are given by name, and the published range, come from.
    correlation
        Correlation of the normal scores of levers (of ln M for lognormal ones), joined by a Gaussian copula: by pair,
        ``{"model+serving": 0.5}`` or ``{("model", "serving"): 0.5}``, 0 for all others; or a matrix, by its labels (as
        a DataFrame has them) or in the order of the levers. With it the result has a dimension ``dependence``:
        ``"independent"`` and ``"correlated"``.
    quantiles
        Probability levels, increasing, strictly between 0 and 1.
    draws, seed
        For what must be sampled.

    Returns
    -------
    xarray.Dataset
        Dims ``levers`` (for a list), ``dependence`` (with a correlation), ``quantile`` and ``bin``.
        ``reduction`` and ``reduction_stderr`` (..., quantile) [1]; ``reduction_mean``; ``log_reduction_mean`` and
        ``log_reduction_std`` of ln M; ``remaining_mean``, the mean of 1 / M; ``histogram`` (..., bin), the
        probability of each bin of the lattice in ln M; ``calculation`` (how it was computed). Attributes: the range
        that the paper publishes for all three levers, and its source.

    Raises
    ------
    InputError
        If a lever is unknown or comes twice, or the correlation is not one.

    References
    ----------
    Oviedo et al., Energy Use of AI Inference, Efficiency Pathways, and Test-Time Scaling, Joule 2026,
    https://arxiv.org/abs/2509.20241

    Examples
    --------
    >>> import wattquery as wq
    >>> wq.sensitivity.reduction()["reduction"].round(1).values
    array([ 6.5, 12.8, 20.5, 32.9, 65. ])
    """
    axis, chosen = chosen_levers(levers, preset)
    levels = np.asarray(checked_quantiles(quantiles))
    draws, seed = checked_draws(draws), checked_seed(seed)
    known = {lever.name for combination in axis.values for lever in combination.levers}
    methods, products = [], []
    for combination in axis.values:
        for matrix in dependences(combination.levers, correlation, known):
            together = joint(combination.levers, matrix, draws, seed)
            methods.append(together.method)
            products.append(together.product(range(len(combination.levers))))
    sizes = {"levers": axis.size} if axis.is_dimension else {}
    coordinates: dict[str, Any] = {
        "levers": ("levers", np.array(axis.labels)) if axis.is_dimension else ((), axis.labels[0]),
        "quantile": labelled("quantile", ["quantile"], levels),
    }
    if correlation is not None:
        sizes["dependence"] = len(DEPENDENCE)
        coordinates["dependence"] = ("dependence", np.array(DEPENDENCE))
    variables = _statistics(products, levels, sizes)
    variables["histogram"], of_bins = _histograms(products, sizes)
    by_cell = np.array(methods).reshape(tuple(sizes.values()))
    variables["calculation"] = labelled("calculation", tuple(sizes), by_cell)
    attributes = {
        "title": "Combined reduction of the energy per query by levers",
        "preset": chosen.name,
        "draws": draws if "sampled" in methods else 0,
        "seed": seed,
        "wattquery_version": package_version(),
        **published_range(chosen),
    }
    return xr.Dataset(variables, coordinates | of_bins, attributes)


def _statistics(products: Sequence[Product], levels: NDArray[np.float64], sizes: Mapping[str, int]) -> dict[str, Any]:
    """Return quantiles and moments of the products, over dimensions of some sizes."""
    shape = tuple(sizes.values())
    moments = np.array([product.moments() for product in products])
    by_level = {
        "reduction": np.array([product.quantiles(levels) for product in products]),
        "reduction_stderr": np.array([product.stderrs(levels) for product in products]),
    }
    by_cell = {
        "reduction_mean": moments[:, 2],
        "log_reduction_mean": moments[:, 0],
        "log_reduction_std": np.sqrt(moments[:, 1]),
        "remaining_mean": moments[:, 3],
    }
    variables = {
        name: labelled(name, (*sizes, "quantile"), values.reshape((*shape, levels.size)))
        for name, values in by_level.items()
    }
    return variables | {name: labelled(name, tuple(sizes), values.reshape(shape)) for name, values in by_cell.items()}


def _histograms(products: Sequence[Product], sizes: Mapping[str, int]) -> tuple[Any, dict[str, Any]]:
    """Return the probabilities of bins of ln M, and the coordinates of these."""
    histograms = [product.histogram() for product in products]
    first, bins = common_window(histograms)
    masses = np.array([histogram.aligned(first, bins) for histogram in histograms])
    index = np.arange(first, first + bins)
    coordinates = {
        "bin": ("bin", index, {"long_name": "index of the bin: ln M in [k/1024, (k + 1)/1024)"}),
        "bin_lower": ("bin", np.exp(index * BIN_WIDTH), {"units": "1"}),
        "bin_upper": ("bin", np.exp((index + 1) * BIN_WIDTH), {"units": "1"}),
    }
    shaped = masses.reshape((*sizes.values(), bins))
    return ((*sizes, "bin"), shaped, {"long_name": "probability per bin", "units": "1"}), coordinates
