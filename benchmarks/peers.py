"""The same grid through other tools, in one table of ratios: ``python -m benchmarks.peers --help``.

Every tool computes the five quantiles of the same cells; their medians are held against the exact method, in units of
the sampling error. Rounds are interleaved and ratios taken within a round, so that a busy machine weighs on all alike.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import json
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import wattquery as wq
from benchmarks import peer_tools
from benchmarks.workloads import CellNumbers, cell_numbers, sweep_arguments

AGREES = 5.0
"""Sampling errors by which the worst of all medians may miss: over 1,200 cells chance alone gives 4."""

Medians = np.ndarray[Any, Any]


@dataclass
class Row:
    """A tool, the cells it is given, and its times; ``run`` returns medians in ln E of these cells."""

    name: str
    run: Callable[[], Medians]
    places: Medians
    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    worst: float = math.nan

    def time(self, exact: Medians, error: Medians) -> None:
        """Run once."""
        begin, processor = time.perf_counter(), time.process_time()
        medians = self.run()
        self.seconds.append(time.perf_counter() - begin)
        self.processor.append(time.process_time() - processor)
        self.worst = float(np.max(np.abs(medians - exact[self.places]) / error[self.places]))


def fastest_tuned(cells: list[CellNumbers], draws: int) -> tuple[str, peer_tools.Tool]:
    """Return the variant of the hand-tuned NumPy that is fastest on this machine, and what it is."""
    variants = itertools.product((np.float32, np.float64), ("sort", "partition"), (8192, 32_768))
    tools = {
        f"{dtype.__name__}, {select}, chunks of {chunk}": peer_tools.tuned_numpy(dtype, select, chunk)
        for dtype, select, chunk in variants
    }
    return _fastest(tools, cells[:: max(1, len(cells) // 16)], draws)


def fastest_shared(cells: list[CellNumbers], draws: int) -> tuple[str, peer_tools.Tool]:
    """Return the block size with which NumPy sharing base variates is fastest on this machine."""
    tools = {f"blocks of {block}": peer_tools.shared_numpy(block) for block in (16_384, 32_768, 65_536)}
    return _fastest(tools, cells[: min(len(cells), 100)], draws)


def _fastest(tools: dict[str, peer_tools.Tool], cells: list[CellNumbers], draws: int) -> tuple[str, peer_tools.Tool]:
    """Return the tool that takes least time, the better of two runs each."""
    taken = dict.fromkeys(tools, math.inf)
    for _, (name, tool) in itertools.product(range(2), tools.items()):
        begin = time.perf_counter()
        tool(cells, draws)
        taken[name] = min(taken[name], time.perf_counter() - begin)
    name = min(taken, key=lambda one: taken[one])
    return name, tools[name]


def rows(cells: int, draws: int, slow_cells: int) -> tuple[list[Row], list[str]]:
    """Return all tools that are installed, ours first, and a line for each that is not."""
    numbers = cell_numbers(cells)
    every = np.arange(cells)
    some = np.unique(np.linspace(0, cells - 1, min(slow_cells, cells)).astype(np.int64))

    def ours(**arguments: Any) -> Callable[[], Medians]:
        given = {**sweep_arguments(cells), "draws": draws, **arguments}
        return lambda: np.log(wq.sweep(**given)["energy"].sel(quantile=0.5).values.ravel())

    def peer(name: str, tool: peer_tools.Tool, places: Medians) -> Row:
        chosen = [numbers[place] for place in places]
        tool(chosen[:1], draws)  # compiles what compiles
        return Row(name, lambda: tool(chosen, draws), places)

    tuned, tuned_tool = fastest_tuned(numbers, draws)
    shared, shared_tool = fastest_shared(numbers, draws)
    found = [
        Row("wattquery, common random numbers", ours(), every),
        Row("wattquery, independent streams", ours(common_random_numbers=False), every),
        Row("wattquery, exact (for as many draws)", ours(method="exact"), every),
        peer(f"NumPy, shared variates, 2 threads ({shared})", shared_tool, every),
        peer(f"NumPy, hand-tuned, 2 threads ({tuned})", tuned_tool, every),
        peer("NumPy, plain", peer_tools.plain_numpy, some),
    ]
    missing = []
    others = (("JAX", "jax", peer_tools.jax_cpu), ("OpenTURNS", "openturns", peer_tools.openturns))
    for name, module, make in (*others, ("SALib", "SALib", peer_tools.salib)):
        try:
            importlib.import_module(module)
        except ImportError:
            missing.append(f"{name}: skipped, not installed (pip install 'wattquery[bench]')")
        else:
            found.append(peer(name, make(), some))
    return found, missing


def measure(cells: int, draws: int, rounds: int, slow_cells: int) -> dict[str, Any]:
    """Return rates, ratios and agreement of all tools."""
    exact, error = reference(cells, draws)
    found, missing = rows(cells, draws, slow_cells)
    for one in found[:3]:
        one.run()
    for _ in range(rounds):
        for one in found:
            one.time(exact, error)
    own = dict(zip(("common", "independent", "exact"), found, strict=False))
    table = []
    for one in found:
        entry: dict[str, Any] = {"name": one.name, "rate": one.places.size * draws / statistics.median(one.seconds)}
        for key, ours in own.items():
            entry[key] = _ratio(one, one.seconds, ours, ours.seconds)
            entry[f"{key}_processor"] = _ratio(one, one.processor, ours, ours.processor)
        entry |= {"worst": one.worst, "agrees": one.worst < AGREES, "cells": int(one.places.size)}
        table.append(entry)
    return {"cells": cells, "draws": draws, "rounds": rounds, "tools": table, "missing": missing}


def _ratio(peer: Row, theirs: list[float], own: Row, ours: list[float]) -> float:
    """Return time per cell of a peer over that of ours: the median over rounds."""
    pairs = zip(theirs, ours, strict=True)
    return statistics.median(one / other for one, other in pairs) * own.places.size / peer.places.size


def reference(cells: int, draws: int) -> tuple[Medians, Medians]:
    """Return the exact medians in ln E, and the error that a sample of ``draws`` has, half a bin included."""
    arguments = sweep_arguments(cells)
    exact = wq.sweep(**arguments, method="exact")["energy"].sel(quantile=0.5).values.ravel()
    sampled = wq.sweep(**arguments, draws=draws, seed=1)
    relative = (sampled["energy_stderr"] / sampled["energy"]).sel(quantile=0.5).values.ravel()
    return np.log(exact), np.hypot(relative, 0.5 / 1024.0)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.peers", description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=1200)
    parser.add_argument("--draws", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5, help="runs of each tool; medians are reported (default 5)")
    parser.add_argument("--slow-cells", type=int, default=24, help="cells given to tools too slow for all (default 24)")
    parser.add_argument("--json", action="store_true", help="print numbers for machines")
    options = parser.parse_args()
    found = measure(options.cells, options.draws, options.rounds, options.slow_cells)
    if options.json:
        print(json.dumps(found, indent=2))
        return
    print(f"{options.cells:,} cells x {options.draws:,} draws, medians of {options.rounds} interleaved rounds")
    names = ("common", "independent", "exact")
    heads = "".join(f"{name[:5]:>9}{'(cpu)':>9}" for name in names)
    print(f"{'tool':<65}{'cell-draws/s':>13}{heads}  medians against exact")
    for one in found["tools"]:
        part = "" if one["cells"] == options.cells else f"; from {one['cells']} cells, extrapolated"
        agreement = f"{'agree' if one['agrees'] else 'DIFFER'}, worst {one['worst']:.1f} errors{part}"
        ratios = "".join(f"{one[key]:>8.2f}x{one[f'{key}_processor']:>8.2f}x" for key in names)
        print(f"{one['name']:<65}{one['rate']:>13.3g}{ratios}  {agreement}")
    print(
        "ratios: how many times less time ours takes, in each of its three ways; (cpu) in processor time, which a busy"
    )
    print("machine changes less, but which does not see how well two threads are used")
    print("\n".join(found["missing"]), end="\n" if found["missing"] else "")


if __name__ == "__main__":
    main()
