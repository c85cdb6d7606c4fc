"""`worth_measuring`: by how much the credible interval of the answer narrows for each thing that may be measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Unpack

import xarray as xr

from wattquery.engine.executor import AskedProgress
from wattquery.errors import InputError
from wattquery.sensitivity.arguments import checked_name, checked_study
from wattquery.sensitivity.two_level.nested import scopes_of
from wattquery.sensitivity.worth.cells import Asked
from wattquery.sensitivity.worth.labels import worth_dataset
from wattquery.sensitivity.worth.lengths import checked_uncertainty
from wattquery.sensitivity.worth.measurements import measurements_of, with_errors
from wattquery.specs.arguments import CatalogAxis
from wattquery.sweeps.arguments import StudyArguments
from wattquery.sweeps.run import prepare
from wattquery.sweeps.settings import AnalysisMethod, analysis_settings
from wattquery.uncertainty.levels import checked_level, interval_ends
from wattquery.uncertainty.scopes import Scope
from wattquery.uncertainty.shared_draws import checked_shared_draws
from wattquery.uncertainty.throughput_draws import fit_in_words, sigma_of

__all__ = ["worth_measuring"]

_NOTHING_SHARED = (
    "Nothing that all queries share is unknown here, so that no measurement narrows the answer: give a distribution "
    "for one of the shared factors, such as pue=wq.LogNormal(p5=1.05, p95=1.6), or leave scopes out."
)


def worth_measuring(
    model: CatalogAxis,
    *,
    measured_to: Mapping[str, float] | None = None,
    level: float = 0.9,
    of: Literal["mean", "median"] = "mean",
    length_uncertainty: float | None = None,
    scopes: Mapping[str, Scope] | None = None,
    throughput_fit: bool | float = True,
    shared_draws: int = 2**10,
    method: AnalysisMethod = "auto",
    draws: int = 1_000_000,
    seed: int | None = 0,
    threads: int | None = None,
    progress: AskedProgress = None,
    **arguments: Unpack[StudyArguments],
) -> xr.Dataset:
    r"""Return what to measure next: how much narrower the credible interval of the answer becomes by it.

    The answer is the mean energy of a query, what a fleet pays: queries differ, and that averages out. What is left
    open is what all of them share and nobody has measured. A measurement says :math:`y = \ln X + \epsilon`, with
    :math:`\epsilon` a normal of the standard deviation e; the interval is that after Bayes' rule, expected over what
    the measurement may say.

    Parameters
    ----------
    model, **arguments
        Axes and settings as in `wattquery.sweep`.
    measured_to
        Relative errors, one standard deviation, by the name of the measurement [1]. Where nothing is said: 0.01 for a
        bill, 0.02 for a meter, 0.05 for a benchmark run and an A/B test, 0.01 for a log; under a load, what single runs
        scatter by in the load model. These are judgements.
    level
        Probability of the credible interval.
    of
        ``"mean"`` or ``"median"`` over queries.
    length_uncertainty
        What is not known of the lengths of all queries together: a relative standard deviation [1]. The package does
        not know it: without, and where no length is shared, nothing is said of a log.
    scopes, throughput_fit, shared_draws, method, draws, seed, threads, progress
        As in `wattquery.sensitivity.nested`.

    Returns
    -------
    xarray.Dataset
        Dims: those of the grid, ``measurement`` and ``bound``. Variables: ``interval_before`` (..., bound) [Wh] and
        ``width_ratio_before`` [1], its upper end over the lower one; ``expected_interval`` (..., measurement, bound)
        [Wh], the ends once that is measured, as geometric means over what it may say, and ``width_ratio`` [1];
        ``narrower`` [1], the share of its width that the interval of the logarithm loses, and ``width_reduction``, what
        the interval itself loses in expectation [Wh]; ``variance_share``, the part of what is measured in the variance
        of the logarithm [1]; ``run_at``, the load at which to run it; ``supported``. ``width_ratio``, ``narrower`` and
        ``width_reduction`` have sampling errors, ``_stderr``: 0 in closed form, infinite where nothing is known of
        them. NaN without data. Coordinates of measurements: ``measured_by``, ``measured_to``, ``measured_factors``,
        and ``unmeasured``, why nothing is said of one. They are ranked by ``narrower``, averaged over cells; ``all`` of
        them together is last.

    Raises
    ------
    InputError
        If nothing is shared, a measurement is unknown, or an argument is not allowed.

    Notes
    -----
    Measurements, with the factors that they say something of: ``pue`` (a bill), ``power`` (a meter, which reads node
    power times utilization), ``lever:NAME`` (an A/B test), ``step:NAME``, ``accelerator_share``, ``benchmark`` (the
    throughput at the mean lengths of the cell) and ``lengths`` (a log). Under a load, ``benchmark`` is a run of the
    configuration at the mean lengths of the cell, which tells the time per token, and so through the posterior of what
    the load model leaves open; ``metered_benchmark`` one that tells power as well, ``node_watts`` a meter of the whole
    node beside it. With several loads the run is at the one which says most of the answers at all of them.

    A closed form where factors are lognormal. Others are measured in 256 ways, and fits with degrees of freedom are
    weighed draws; their error is that of 16 replicates.

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.sensitivity.worth_measuring("Llama 3.1 70B", hardware="H100 SXM", load=0.5)
    >>> ds["measurement"].values.tolist()[:2]
    ['metered_benchmark', 'benchmark']
    """
    shared_draws = checked_shared_draws(shared_draws)
    level = checked_level(level)
    of_query = checked_name("of", of, ("mean", "median"))
    settings = analysis_settings(method=method, draws=draws, seed=seed, threads=threads, progress=progress)
    whole = prepare(checked_study(worth_measuring, model, arguments), settings)
    sigma = sigma_of(throughput_fit, under_load=whole.plan.is_load)
    scoped = scopes_of(scopes, whole, sigma)
    shared = [name for name, scope in scoped.items() if scope == "shared"]
    wanted = with_errors(measurements_of(shared), measured_to)
    uncertainty = checked_uncertainty(length_uncertainty, scoped)
    if not shared and uncertainty is None:
        raise InputError(_NOTHING_SHARED)
    asked = Asked(whole, scoped, wanted, interval_ends(level), of_query, uncertainty, sigma, shared_draws)
    grid, found = asked.found()
    return worth_dataset(
        grid,
        found,
        asked,
        level=level,
        scopes="; ".join(f"{name} = {scope}" for name, scope in scoped.items()),
        shared_draws=shared_draws if found.is_sampled else 0,
        shared_draws_method="lattice, or closed form where all are lognormal" if found.is_sampled else "closed form",
        length_uncertainty=0.0 if uncertainty is None else uncertainty,
        throughput_fit=fit_in_words(sigma, under_load=whole.plan.is_load),
    )
