"""`sweep`: a full factorial grid in, one labelled Dataset out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import xarray as xr

from wattquery.catalog import Catalog, Preset
from wattquery.engine.executor import AskedProgress
from wattquery.inputs.arguments import refuses_unknown
from wattquery.specs.arguments import (
    BatchWorkload,
    BoundaryAxis,
    CatalogAxis,
    FactorAxis,
    JointAxis,
    Levels,
    LeverAxis,
    NumberAxis,
    PowerUtilizationAxis,
    WorkloadAxis,
)
from wattquery.specs.throughput_form import AUTO, AskedForm
from wattquery.sweeps.dataset import to_dataset
from wattquery.sweeps.run import compute
from wattquery.sweeps.settings import QUANTILES, Method, settings
from wattquery.sweeps.study import study

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["sweep"]


@refuses_unknown
def sweep(
    model: CatalogAxis,
    *,
    hardware: CatalogAxis | None = None,
    serving: CatalogAxis | None = None,
    precision: CatalogAxis | None = None,
    accelerators: NumberAxis | None = None,
    load: NumberAxis | None = None,
    concurrency: NumberAxis | None = None,
    workload: JointAxis | None = None,
    output_tokens: WorkloadAxis | None = None,
    input_tokens: FactorAxis | None = None,
    cached_tokens: NumberAxis | None = None,
    power_utilization: PowerUtilizationAxis | None = None,
    pue: FactorAxis | None = None,
    node_power: FactorAxis | None = None,
    levers: LeverAxis = "none",
    boundary: BoundaryAxis = "facility",
    catalog: str | os.PathLike[str] | Catalog | None = None,
    preset: str | Preset = "v2-code",
    method: Method = "monte_carlo",
    quantiles: Levels = QUANTILES,
    draws: int | None = None,
    relative_stderr: float | None = None,
    seed: int | None = 0,
    common_random_numbers: bool = True,
    prefill_weight: float | None = None,
    round_tokens: bool | None = None,
    throughput_model: AskedForm = AUTO,
    batch_workload: BatchWorkload | None = None,
    kv_precision: str | None = None,
    max_sequences: int | None = None,
    speculation: str | None = None,
    measured: object = None,
    keep_histogram: bool = False,
    threads: int | None = None,
    progress: AskedProgress = None,
    store: str | os.PathLike[str] | None = None,
    storage_options: Mapping[str, Any] | None = None,
    client: Client | None = None,
    lazy: bool = False,
) -> xr.Dataset:
    r"""Return the energy of one query in every cell of a grid.

    .. math::

        E = \frac{PUE \cdot P_{node} \cdot PU \cdot (L_{out} + w L_{in})}{3.6 \cdot TPS(L_{in}, L_{out})
        \cdot \prod_k M_k}

    Whatever is passed as a list or a dict becomes an axis, and the grid is their full factorial product. Anything
    else is a scalar coordinate. Numbers stand for fixed values, distributions for random ones. A combination for
    which the catalog has no data stays in the grid as NaN, with ``supported`` false.

    Parameters
    ----------
    model
        Models of the catalog, or `wattquery.ALL`: all of them, also those that it has no rows of.
    hardware, serving, precision
        Labels of the catalog, in any case or by an alias, as models are. Left out, the model's only deployment is
        used (or, in a catalog that pools rows, all).
        ``precision`` is that of the weights, such as ``"FP8"``.
    accelerators
        Of one instance, which holds the weights once; only under a load. Left out, the smallest power of two on which
        eight sequences or more run at once.
    load, concurrency
        How busy an instance is, as a share of the most sequences that it runs at once [1], or as a mean number of
        running sequences: one of the two, never both. With it the load model says throughput, power and energy, of
        any model on any accelerator: ``model`` and ``hardware`` take `wattquery.Model` and `wattquery.Accelerator` as
        well as names. No share of a rate of requests. Below one running sequence the instance idles part of the time.
    workload
        Pairs of output and input lengths: `wattquery.Workload`, or the name of one that ships, such as
        ``"azure_conversation"``. It takes the place of both lengths, and is never beside one of them.
    output_tokens, input_tokens
        Lengths [tokens]: a number, a distribution, or for the output a name of the preset, ``"traditional"`` where
        neither it nor a workload is given.
    cached_tokens
        Input tokens that are in a cache already, a number or below 1 a share of the input; only under a load. A
        workload may have its own.
    power_utilization
        Drawn share of the node power rating [1]: a number, a distribution, or `wattquery.ThroughputProportional`.
    pue
        Power usage effectiveness [1].
    node_power
        Node power rating [kW]. Left out, that of the preset with the preset's own catalog, and what the rows say
        with any other.
    levers
        ``"none"``, levers of the preset by name, several joined by ``+``, or `wattquery.Lever`.
    boundary
        What is counted: ``"accelerator"``, ``"node"`` or ``"facility"``, with further steps joined by ``+``
        (``"facility+idle_reserve"``), or `wattquery.Boundary`. PUE is part of the facility alone.
    catalog
        Name of a shipped catalog, path of a CSV file, or a `wattquery.catalog.Catalog`.
    preset
        Where all arguments that are left out come from.
    method
        ``"monte_carlo"``, ``"quasi_monte_carlo"``, which needs far fewer draws for the same error, or ``"exact"``
        where all factors but the lengths are numbers or lognormal.
    quantiles
        Probability levels, increasing, strictly between 0 and 1.
    draws
        Draws per cell: by default a million, or 8192 quasi-random ones, whose number is a power of two from 16 to
        2**24. Not used by ``"exact"``.
    relative_stderr
        Instead of ``draws``: draw until the standard error of every quantile, in every supported cell, is at most this
        share of it. The attributes of the result say how many draws that took.
    seed
        Names the random numbers: the same seed gives the same counts on any number of threads. ``None`` takes a
        fresh one, which the result's attributes tell.
    common_random_numbers
        Whether cells share their base variates, so that differences between them are nearly free of noise.
    prefill_weight
        Weight of one input token relative to one output token [1].
    round_tokens
        Whether drawn lengths are rounded to whole tokens, at least one. A number is used as it is: 120.4 stays 120.4.
    throughput_model
        Form of throughput as a function of the lengths: ``"log_linear"``, the paper's; ``"reciprocal"``; or ``"auto"``:
        log-linear for the paper's catalogs, for others reciprocal where rows of three or more lengths give it.
    batch_workload
        What fills the batch and sets the time of a step, where it is not the queries of the cell: a workload, a list
        of them, or a dict of their weights; only under a load, as the four that follow.
    kv_precision
        In which keys and values are kept, ``"BF16"`` or ``"FP8"``; left out, what the serving system does.
    max_sequences
        Most sequences that an instance runs at once [1], 256 when left out.
    speculation
        Speculative decoding or multi-token prediction: ``"off"`` (the default), ``"on"`` or ``"unknown"``.
    measured
        Measurements of your own that calibrate the load model: the path of a file, a DataFrame, points of
        `wattquery.read_measured`, or a list of these; only under a load. They move the instances that they are of, and
        others of the same model as far as these have something in common. A ``catalog`` of your own counts as well.
    keep_histogram
        Whether the result holds each cell's histogram, from which `wattquery.blend` and others compute.
    threads
        Number of threads; by default one per core.
    progress
        Called with the share of the work done, from 0 to 1. With true it is shown on a terminal or in a notebook.
    store
        A folder that ends with ``.zarr``, or an address of an object store: the grid is solved box by box, each of
        which is written as soon as it is finished, so that the grid need not fit in memory. The same call on a store
        that is there continues it; one with more labels extends it, and one with more ``draws`` refines it, where it
        is of ``"monte_carlo"`` and keeps histograms. The result is then read from the store when its values are asked
        for, and has the variable ``done``.
    storage_options
        What fsspec is told of an object store beside its address, such as credentials: they go to the workers of
        ``client``, and to no attribute, message or file. Left out, fsspec's own configuration holds.
    client
        A ``dask.distributed.Client``: its workers solve the boxes, each on one thread, and write them where there is a
        ``store``. Before, each worker has to count what this process counts in a small block. The result is
        bit-identical to that of this process.
    lazy
        Whether the result is made of Dask arrays whose chunks, a box each, are solved when their values are asked for.

    Returns
    -------
    xarray.Dataset
        Dims: the axes that were given as a list or dict, in the order of `wattquery.quantities.AXES`, and
        ``quantile``. Variables: ``energy`` and ``energy_stderr`` (..., quantile) [Wh], ``energy_mean``,
        ``energy_std`` and ``energy_mean_stderr`` [Wh], ``throughput`` [tokens/s] at the median lengths,
        ``throughput_stderr`` (of ln TPS of the fit there [1]), ``supported``, ``benchmark_rows`` (how many rows are
        behind the throughput; over the axes of the catalog alone), ``extrapolated`` (whether most queries
        lie outside the lengths that the throughput was fitted to), and with ``keep_histogram`` ``histogram``
        (..., bin). A standard error is infinite where nothing tells it: too few draws, or no fit.
        Attribute and coordinate ``boundary`` say what energies count; attribute ``throughput_model`` the form that
        throughputs have, and ``throughput_notes``, where there is one, which deployments' rows tell theirs badly.
        Under a load also ``energy_prefill`` and ``energy_decode``, the parts of ``energy_mean`` [Wh], and over the axes
        up to the lengths ``power`` [W per accelerator], ``time_per_output_token`` and ``time_to_first_token`` [s],
        ``interactivity`` [tokens/s], ``running_sequences`` and ``most_sequences``, ``support`` (``"measured"``,
        ``"supported"``, ``"extrapolated"`` or ``"none"``) with ``support_rows``, ``support_basis`` and
        ``unsupported_reason``; ``throughput`` is then that of one instance, and ``load_notes`` says what was assumed.

    Raises
    ------
    InputError
        If an argument is not allowed, or the rows do not determine a throughput at the lengths asked for; the message
        says what is, and how to fix it.

    References
    ----------
    Oviedo et al., Energy Use of AI Inference, Efficiency Pathways, and Test-Time Scaling, Joule 2026,
    https://arxiv.org/abs/2509.20241

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.sweep(["DeepSeek-R1", "Llama 3.1 405B"], levers=["none", "serving"], method="exact")
    >>> ds["energy"].sel(model="DeepSeek-R1", levers="none", quantile=0.5).round(3).item()
    0.631
    """
    how_to_compute = settings(
        method=method,
        quantiles=quantiles,
        draws=draws,
        relative_stderr=relative_stderr,
        seed=seed,
        common_random_numbers=common_random_numbers,
        keep_histogram=keep_histogram,
        threads=threads,
        progress=progress,
    )
    to = None
    if any(way is not None for way in (store, storage_options, client)) or lazy is not False:
        from wattquery.sweeps.blockwise.ways import ways

        to = ways(
            store=store,
            storage_options=storage_options,
            client=client,
            lazy=lazy,
            settings=how_to_compute,
            threads=threads,
        )
    what_to_compute = study(
        model,
        hardware=hardware,
        serving=serving,
        precision=precision,
        accelerators=accelerators,
        load=load,
        concurrency=concurrency,
        workload=workload,
        output_tokens=output_tokens,
        input_tokens=input_tokens,
        cached_tokens=cached_tokens,
        power_utilization=power_utilization,
        pue=pue,
        node_power=node_power,
        levers=levers,
        boundary=boundary,
        catalog=catalog,
        preset=preset,
        prefill_weight=prefill_weight,
        round_tokens=round_tokens,
        throughput_model=throughput_model,
        batch_workload=batch_workload,
        kv_precision=kv_precision,
        max_sequences=max_sequences,
        speculation=speculation,
        measured=measured,
    )
    if to is not None:
        return to.sweep(what_to_compute, how_to_compute)
    return to_dataset(compute(what_to_compute, how_to_compute))
