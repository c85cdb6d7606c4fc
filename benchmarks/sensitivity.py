"""Sobol' indices of a grid against SALib, cell by cell: ``python -m benchmarks.sensitivity --help``.

Both compute first-order and total indices of the energy for the same six random factors from as many base draws,
with 95 % intervals as each makes them. SALib samples, evaluates and analyses one cell after the other: some of them,
since all would take hours, extrapolated linearly. Rounds take turns and ratios are taken within a round, so that a
busy machine weighs on both alike.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr

import wattquery as wq
from benchmarks.workloads import CellNumbers, six_factor_arguments, six_factor_numbers

FACTORS = ("output_tokens", "power_utilization", "pue", "lever:model", "lever:serving", "lever:hardware")
ESTIMATORS = {
    "saltelli_2010": "as many evaluations as SALib, the same estimators",
    "azzini_2021": "the default, twice as many evaluations",
}
AGREES = 3.0
"""Half widths of the two intervals together by which the worst of all indices may differ."""

Indices = dict[str, np.ndarray[Any, Any]]


def salib(cell: CellNumbers, draws: int) -> Indices:
    """Return what SALib finds for one cell, as its users would write it, with the model in NumPy."""
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    problem = {
        "num_vars": len(FACTORS),
        "names": list(FACTORS),
        "bounds": [[0.0, 1.0], *([mu, sigma] for mu, sigma, _ in cell.factors)],
        "dists": ["unif", *["lognorm"] * len(cell.factors)],
    }
    sample = sampling.sample(problem, draws, calc_second_order=False, seed=1)
    tokens = np.maximum(1.0, np.rint(-cell.scale * np.log1p(-sample[:, 0])))
    energy = np.exp(cell.constant) * tokens
    energy /= np.minimum(np.exp(cell.b0 + cell.b2 * np.log(tokens)), np.exp(cell.cap))
    for column, (_, _, sign) in zip(sample[:, 1:].T, cell.factors, strict=True):
        energy = energy * column if sign > 0 else energy / column
    found: Indices = analysis.analyze(problem, energy, calc_second_order=False, seed=1)
    return found


def ours(cells: int, draws: int, estimator: str) -> xr.Dataset:
    """Return the indices of all cells."""
    return wq.sensitivity.sobol(**six_factor_arguments(cells), estimator=estimator, draws=draws)


def disagreement(ds: xr.Dataset, cell: int, peer: Indices) -> float:
    """Return the largest difference to SALib in a cell, in half widths of both 95 % intervals together."""
    one = ds.sel(scale="energy")
    dims = [dim for dim in one["first_order"].dims if dim != "factor"]
    one = one.stack(cell=dims).isel(cell=cell).sel(factor=list(FACTORS))
    worst = []
    for name, theirs in (("first_order", "S1"), ("total_order", "ST")):
        half = (one[f"{name}_high"] - one[f"{name}_low"]).values / 2.0
        worst.append(np.abs(one[name].values - peer[theirs]) / np.hypot(half, peer[f"{theirs}_conf"]))
    return float(np.max(worst))


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Return seconds by the clock, seconds of processor time, and the result."""
    begin, processor = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - begin, time.process_time() - processor, result


def measure(cells: int, draws: int, rounds: int, slow_cells: int) -> dict[str, Any]:
    """Return times, ratios and agreement; each round takes other cells for SALib."""
    numbers = six_factor_numbers(cells)
    places = np.unique(np.linspace(0, cells - 1, min(cells, rounds * slow_cells)).astype(np.int64))
    parts = np.array_split(np.random.default_rng(0).permutation(places), rounds)
    for estimator in ESTIMATORS:
        ours(1, 2**10, estimator)  # compiles
    salib(numbers[0], 2**10)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in ESTIMATORS}
    peers, worst = [], dict.fromkeys(ESTIMATORS, 0.0)
    for part in parts:
        found = {}
        for estimator in ESTIMATORS:
            *seconds, found[estimator] = timed(lambda name=estimator: ours(cells, draws, name))
            times[estimator].append((seconds[0], seconds[1]))
        clock, processor, analysed = timed(lambda chosen=part: [salib(numbers[i], draws) for i in chosen])
        peers.append((clock * cells / part.size, processor * cells / part.size))
        for name, ds in found.items():
            differences = [disagreement(ds, int(i), one) for i, one in zip(part, analysed, strict=True)]
            worst[name] = max(worst[name], *differences)
    return {
        "cells": cells,
        "factors": len(FACTORS),
        "draws": draws,
        "rounds": rounds,
        "salib_cells_timed": int(places.size),
        "salib_seconds_extrapolated": statistics.median(one for one, _ in peers),
        "ours": {name: _entry(times[name], peers, worst[name]) for name in ESTIMATORS},
    }


def _entry(own: list[tuple[float, float]], peers: list[tuple[float, float]], worst: float) -> dict[str, Any]:
    ratios, processor = ([theirs[i] / mine[i] for mine, theirs in zip(own, peers, strict=True)] for i in range(2))
    return {
        "seconds": statistics.median(one for one, _ in own),
        "ratio": statistics.median(ratios),
        "ratios": ratios,
        "ratio_processor": statistics.median(processor),
        "worst": worst,
        "agrees": worst < AGREES,
    }


def lines(found: dict[str, Any]) -> list[str]:
    """Return the result as text."""
    text = [
        f"{found['cells']:,} cells x {found['factors']} factors, {found['draws']:,} base draws, "
        f"{found['rounds']} rounds",
        f"SALib: {found['salib_seconds_extrapolated']:,.0f} s, extrapolated from {found['salib_cells_timed']} cells",
        "",
    ]
    for name, one in found["ours"].items():
        span = f"{min(one['ratios']):,.0f} to {max(one['ratios']):,.0f}"
        text += [
            f"{name} ({ESTIMATORS[name]}): {one['seconds']:.2f} s",
            f"  {one['ratio']:,.0f} times as fast (rounds: {span}), {one['ratio_processor']:,.0f} in processor time; "
            f"{'agrees' if one['agrees'] else 'DISAGREES'} (worst difference {one['worst']:.1f} intervals)",
        ]
    return text


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--cells", type=int, default=1200)
    parser.add_argument("--draws", type=int, default=2**15)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--slow-cells", type=int, default=3, help="cells per round that SALib is given")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if importlib.util.find_spec("SALib") is None:
        parser.exit(2, "SALib is not installed. Run pip install 'wattquery[bench]'.\n")
    found = measure(options.cells, options.draws, options.rounds, options.slow_cells)
    print(json.dumps(found, indent=2) if options.json else "\n".join(lines(found)))


if __name__ == "__main__":
    main()
