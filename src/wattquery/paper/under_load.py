"""The paper's headline on instances under load: what its queries and real ones take, and where its numbers lie."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery import catalog as catalogs
from wattquery.catalog import Preset
from wattquery.engine.executor import AskedProgress
from wattquery.errors import InputError
from wattquery.inputs.arguments import refuses_unknown
from wattquery.paper.headlines import published_headlines
from wattquery.specs import as_distribution
from wattquery.specs.arguments import BoundaryAxis, CatalogAxis, JointAxis
from wattquery.specs.containers import numbers
from wattquery.specs.scalars import is_number
from wattquery.sweeps.blend import blend
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.settings import checked_progress
from wattquery.sweeps.stages import stages
from wattquery.sweeps.sweep import sweep
from wattquery.workloads import names as workload_names

__all__ = ["HARDWARE", "LOADS", "MODELS", "under_load"]

MODELS = ("Llama 3.1 405B", "Qwen3-235B-A22B", "DeepSeek-V3 / R1 / V3.1")
"""What stands for frontier models under load, in equal parts: large models with open weights, of which much was
measured. Of the paper's three, its Nemotron Ultra 253B has no row under a stated load."""

HARDWARE = ("H100 SXM", "H200", "B200", "MI355X")
LOADS = (0.1, 0.5, 1.0)

_FINE = np.geomspace(0.02, 1.0, 18)
"""Loads between which a number of the paper is looked for, on straight lines of ln E in ln load."""


@refuses_unknown
def under_load(
    *,
    hardware: CatalogAxis = HARDWARE,
    load: Sequence[float] = LOADS,
    workload: JointAxis | None = None,
    precision: str = "FP8",
    boundary: BoundaryAxis = "facility",
    preset: str | Preset = "v2-code",
    quantiles: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95),
    threads: int | None = None,
    progress: AskedProgress = None,
) -> xr.Dataset:
    """Return what a query to frontier models takes on instances under load, and where the paper's numbers lie.

    The blend is of `MODELS` in equal parts, untrimmed: quantiles hold what queries differ by and what the load model
    leaves open. PUE is the preset's, at any load.

    Parameters
    ----------
    hardware
        Accelerators; several in a list.
    load
        Running sequences as shares of the most [1].
    workload
        Real workloads beside the paper's queries; all that ship when left out.
    precision
        Of the weights.
    boundary
        What is counted.
    preset
        Says the paper's two queries, and the PUE.
    quantiles
        Probability levels, 0.5 among them.
    threads, progress
        As in `wattquery.sweep`.

    Returns
    -------
    xarray.Dataset
        ``energy`` (hardware, load, query, quantile) and ``energy_mean`` (hardware, load, query) [Wh], with the query
        ``"traditional"``, ``"long"`` or a workload; ``published`` (paper_query) [Wh], the paper's medians; and
        ``matching_load`` (hardware, paper_query) [1], the load at which the median is the published one, NaN where
        none from 0.02 to 1 is; ``median_by_load`` (hardware, paper_query, fine_load) [Wh] is what it is read from.

    Raises
    ------
    InputError
        If an argument is not allowed, or a model does not fit.

    Examples
    --------
    >>> from wattquery import paper
    >>> found = paper.under_load(hardware=["H100 SXM"], workload=["azure_conversation"])
    >>> short = found["energy"].sel(hardware="H100 SXM", query="traditional", quantile=0.5)
    >>> bool(short.sel(load=0.1) > 0.31 > short.sel(load=1.0))
    True
    """
    levels = numbers(quantiles, "quantiles")
    if 0.5 not in levels:
        raise InputError(f"quantiles must have 0.5 among them, got {list(levels)}. Add it: the headline is a median.")
    known = catalogs.preset(preset)
    lengths = {name: as_distribution(length, "output_tokens") for name, length in known.output_tokens.items()}
    common: dict[str, Any] = {
        "hardware": [hardware] if isinstance(hardware, str) else hardware,
        "precision": precision,
        "boundary": boundary,
        "preset": known,
        "threads": threads,
    }
    real: Any = list(workload_names()) if workload is None else workload
    at = {"load": list(numbers([load] if is_number(load) else load, "load")), "quantiles": levels, **common}
    first, second, third = stages(checked_progress(progress), 3)
    paper = _blended(output_tokens=lengths, progress=first, **at).rename(output_tokens="query")
    real = [real] if isinstance(real, str) else real
    parts = [paper, _blended(workload=real, progress=second, **at).rename(workload="query")]
    fine = _blended(output_tokens=lengths, load=_FINE.tolist(), quantiles=(0.5,), progress=third, **common)
    return xr.Dataset(
        {**{name: _joined(parts, name) for name in ("energy", "energy_mean")}, **_where(fine, list(lengths))},
        {
            **{name: paper[name].variable for name in ("hardware", "load", "quantile")},
            "query": [str(label) for part in parts for label in part["query"].values],
            "paper_query": list(lengths),
            "fine_load": labelled("load", ("fine_load",), _FINE),
        },
        {**paper.attrs, "title": "The paper's headline under load", "models": ", ".join(MODELS)},
    )


def _joined(parts: Sequence[xr.Dataset], name: str) -> xr.Variable:
    """Return a variable of several results, one after another along their queries."""
    dims = parts[0][name].dims
    values = [part[name].transpose(*dims).values for part in parts]
    return labelled(
        name, [str(dim) for dim in dims], np.concatenate(values, axis=dims.index("query")), **parts[0][name].attrs
    )


def _where(fine: xr.Dataset, queries: Sequence[str]) -> dict[str, xr.Variable]:
    """Return the paper's medians, those of many loads, and the load at which both are the same."""
    published = published_headlines()
    targets = [published[f"frontier, {name}, p50"] for name in queries]
    energy = fine["energy"].squeeze("quantile", drop=True).transpose("hardware", "output_tokens", "load")
    matching = [[_crossing(row, one) for row, one in zip(rows, targets, strict=True)] for rows in energy.values]
    dims = ("hardware", "paper_query")
    return {
        "median_by_load": labelled("energy", (*dims, "fine_load"), energy.values, **energy.attrs),
        "published": labelled("energy", ("paper_query",), targets, long_name="median of the paper"),
        "matching_load": labelled("load", dims, matching, long_name="load at which the median is the published one"),
    }


def _blended(**arguments: Any) -> xr.Dataset:
    """Return the distribution of a query to one of the models, in equal parts."""
    ds = sweep(list(MODELS), method="exact", keep_histogram=True, **arguments)
    return blend(ds, over="model", preset=arguments["preset"])


def _crossing(medians: NDArray[np.float64], target: float) -> float:
    """Return the load at which a median that falls with it is the target, NaN where it never is."""
    logs, wanted = np.log(medians), np.log(target)
    for place, (one, other) in enumerate(itertools.pairwise(logs.tolist())):
        if one >= wanted >= other and one > other:
            low, high = np.log(_FINE[place : place + 2])
            return float(np.exp(low + (high - low) * (one - wanted) / (one - other)))
    return float("nan")
