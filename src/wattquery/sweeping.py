"""`sweep`: a full factorial grid in, one labelled Dataset out."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import xarray as xr

from wattquery import catalog as catalogs
from wattquery.catalog import Catalog, Preset
from wattquery.engine.answers import Answers
from wattquery.engine.exact import solve
from wattquery.engine.monte_carlo import sample
from wattquery.engine.threads import Progress, available_threads
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.labelled import to_dataset
from wattquery.lowering.lower import Lowered, lower
from wattquery.lowering.tiles import windows
from wattquery.memory import check_memory
from wattquery.quantities import AXES, METHODS
from wattquery.specs import Lever, as_distribution
from wattquery.specs.grid import Grid, build_grid

__all__ = [
    "QUANTILES",
    "Method",
    "Study",
    "checked_draws",
    "checked_quantiles",
    "checked_seed",
    "preset_levers",
    "study",
    "sweep",
]

Method = Literal["monte_carlo", "exact"]
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def sweep(
    model: object,
    *,
    hardware: object = None,
    serving: object = None,
    precision: object = None,
    output_tokens: object = "traditional",
    input_tokens: object = None,
    power_utilization: object = None,
    pue: object = None,
    node_power: object = None,
    levers: object = "none",
    catalog: str | os.PathLike[str] | Catalog | None = None,
    preset: str | Preset = "v2-code",
    method: Method = "monte_carlo",
    quantiles: Sequence[float] = QUANTILES,
    draws: int = 1_000_000,
    seed: int | None = 0,
    common_random_numbers: bool = True,
    prefill_weight: float | None = None,
    round_tokens: bool | None = None,
    keep_histogram: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
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
        Models of the catalog, or `wattquery.ALL`.
    hardware, serving, precision
        Labels of the catalog. Left out, the model's only deployment is used (or, in a catalog that pools rows, all).
    output_tokens, input_tokens
        Lengths [tokens]: a number, a distribution, or for the output a workload of the preset.
    power_utilization
        Drawn share of the node power rating [1]: a number, a distribution, or `wattquery.ThroughputProportional`.
    pue
        Power usage effectiveness [1].
    node_power
        Node power rating [kW]. Left out, that of the preset with the preset's own catalog, and what the rows say
        with any other.
    levers
        ``"none"``, levers of the preset by name, several joined by ``+``, or `wattquery.Lever`.
    catalog
        Name of a shipped catalog, path of a CSV file, or a `wattquery.catalog.Catalog`.
    preset
        Where all arguments that are left out come from.
    method
        ``"monte_carlo"``, or ``"exact"`` where all factors but the lengths are numbers or lognormal.
    quantiles
        Probability levels, increasing, strictly between 0 and 1.
    draws
        Draws per cell; not used by ``"exact"``.
    seed
        Names the random numbers: the same seed gives the same counts on any number of threads. ``None`` takes a
        fresh one, which the result's attributes tell.
    common_random_numbers
        Whether cells share their base variates, so that differences between them are nearly free of noise.
    prefill_weight
        Weight of one input token relative to one output token [1].
    round_tokens
        Whether drawn lengths are rounded to whole tokens, at least one.
    keep_histogram
        Whether the result holds each cell's histogram, from which `wattquery.blend` and others compute.
    threads
        Number of threads; by default one per core.
    progress
        Called with the share of the work done, from 0 to 1.

    Returns
    -------
    xarray.Dataset
        Dims: the axes that were given as a list or dict, in the order of `wattquery.quantities.AXES`, and
        ``quantile``. Variables: ``energy`` and ``energy_stderr`` (..., quantile) [Wh], ``energy_mean``,
        ``energy_std`` [Wh], ``throughput`` [tokens/s] at the median lengths, ``supported``, ``extrapolated`` (whether
        most queries lie outside the lengths that the throughput was fitted to), and with ``keep_histogram``
        ``histogram`` (..., bin). Energies are at the facility boundary.

    Raises
    ------
    InputError
        If an argument is not allowed; the message says what is, and how to fix it.

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
    levels = checked_quantiles(quantiles)
    _check_method(method)
    draws = checked_draws(draws)
    seed = checked_seed(seed)
    workers = available_threads(threads)
    if progress is not None and not callable(progress):
        raise InputTypeError(f"progress = {progress!r} came. Allowed is a function of the share done, or None.")
    asked = study(
        model,
        hardware=hardware,
        serving=serving,
        precision=precision,
        output_tokens=output_tokens,
        input_tokens=input_tokens,
        power_utilization=power_utilization,
        pue=pue,
        node_power=node_power,
        levers=levers,
        catalog=catalog,
        preset=preset,
        prefill_weight=prefill_weight,
        round_tokens=round_tokens,
    )
    check_memory(asked.grid, levels)
    lowered = lower(
        asked.grid, asked.catalog, asked.node_powers, seed=seed, common_random_numbers=bool(common_random_numbers)
    )
    if keep_histogram:
        check_memory(asked.grid, levels, bins=_widest(lowered))
    answers = Answers(asked.grid.size, levels, keep_histogram)
    if method == "exact":
        solve(lowered.plan, answers, workers, progress)
    else:
        sample(lowered.plan, answers, draws, workers, progress)
    provenance = {
        "preset": asked.preset.name,
        "method": method,
        "seed": seed,
        "draws": 0 if method == "exact" else draws,
        "common_random_numbers": bool(common_random_numbers),
    }
    return to_dataset(asked.grid, lowered, answers, asked.catalog, provenance)


@dataclass(frozen=True)
class Study:
    """What a user asked for, checked: the grid, and where its throughputs and node powers come from.

    Attributes
    ----------
    grid
        The grid.
    catalog, preset
        Where throughputs, and what was left out, come from.
    node_powers
        Node power rating by model, ``""`` for all others [kW]; ``None`` to use what the catalog's rows say.
    """

    grid: Grid
    catalog: Catalog
    preset: Preset
    node_powers: Mapping[str, float] | None


def study(
    model: object,
    *,
    output_tokens: object = "traditional",
    levers: object = "none",
    catalog: str | os.PathLike[str] | Catalog | None = None,
    preset: str | Preset = "v2-code",
    prefill_weight: float | None = None,
    round_tokens: bool | None = None,
    **axes: object,
) -> Study:
    """Return what the arguments of `sweep` ask for, with the preset's value for each that is left out."""
    chosen = catalogs.preset(preset)
    table = catalogs.load(chosen.catalog if catalog is None else catalog)
    given = {name: axes.get(name) for name in AXES}
    for name in ("input_tokens", "power_utilization", "pue"):
        if given[name] is None:
            given[name] = getattr(chosen, name)
    grid = build_grid(
        {**given, "model": model, "output_tokens": output_tokens, "levers": levers},
        catalog_labels={axis: table.labels(axis) for axis in AXES[:4]},
        workloads={name: as_distribution(one, "output_tokens") for name, one in chosen.output_tokens.items()},
        levers=preset_levers(chosen),
        prefill_weight=chosen.prefill_weight if prefill_weight is None else prefill_weight,
        round_tokens=chosen.round_tokens if round_tokens is None else round_tokens,
    )
    # A preset's node powers belong to its own catalog; another one says its own, row by row.
    own = table.name == chosen.catalog
    powers = {"": chosen.node_power, **chosen.node_power_by_model} if own else None
    return Study(grid, table, chosen, powers)


def preset_levers(preset: Preset) -> dict[str, Lever]:
    """Return the levers that a preset gives a name."""
    return {name: Lever(name, as_distribution(one, "levers")) for name, one in preset.levers.items()}


def _widest(lowered: Lowered) -> int:
    """Return the number of bins that hold every cell."""
    first, end = [], []
    for one in windows(lowered.plan):
        first.append(one[:, 0].min())
        end.append(one.sum(axis=1).max())
    return int(max(end) - min(first)) if first else 0


def checked_quantiles(quantiles: Sequence[float]) -> tuple[float, ...]:
    """Return probability levels, increasing and strictly between 0 and 1, or say what is wrong with them."""
    try:
        levels = np.asarray(quantiles, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputTypeError(f"quantiles = {quantiles!r} came. Allowed is a list of numbers.") from error
    inside = levels.ndim == 1 and levels.size > 0 and bool(np.all((levels > 0.0) & (levels < 1.0)))
    if not inside or bool(np.any(np.diff(levels) <= 0.0)):
        raise InputError(
            f"quantiles = {quantiles!r} came. Allowed are probability levels strictly between 0 and 1, increasing, at "
            "least one. The median is quantiles=[0.5]; write 95 % as 0.95."
        )
    return tuple(levels.tolist())


def _check_method(method: object) -> None:
    if method not in METHODS:
        raise InputError(
            f"method = {method!r} is not known. Allowed are {listed(METHODS)}.{did_you_mean(method, METHODS)}"
        )


def checked_draws(draws: Any) -> int:
    """Return a number of draws, or say what is wrong with it."""
    if isinstance(draws, bool) or not isinstance(draws, (int, np.integer)):
        raise InputTypeError(f"draws = {draws!r} is not a whole number. Write draws=1_000_000, not 1e6.")
    if draws < 1:
        raise InputError(f"draws = {draws} came. Allowed is 1 or more; 1_000_000 gives a median to about 0.2 %.")
    return int(draws)


def checked_seed(seed: Any) -> int:
    """Return a seed, a fresh one for ``None``, or say what is wrong with it."""
    if seed is None:
        return secrets.randbelow(2**31)
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise InputError(f"seed = {seed!r} came. Allowed is a whole number of 0 or more, or None for a fresh one.")
    return int(seed)
