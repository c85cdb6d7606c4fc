"""Large sweeps into a store and in memory, each in a fresh process: ``python -m benchmarks.large --help``.

Prints wall and processor time, peak resident memory, and how near the store comes to memory in throughput. On a machine
that others use too, processor time tells more.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.memory import run_python

ONE = """
import json, resource, sys, time
import wattquery as wq
from benchmarks.workloads import large_arguments
how = {how}
wq.sweep(**large_arguments(1), **how)  # all is compiled and imported
if {path!r}:
    wq.sweep(**large_arguments(1), **how, store={path!r} + "/first.zarr")
given = large_arguments({cells})
wall, processor = time.perf_counter(), time.process_time()
ds = wq.sweep(**given, **how, **({{"store": {path!r} + "/large.zarr"}} if {path!r} else {{}}))
wall, processor = time.perf_counter() - wall, time.process_time() - processor
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
json.dump([ds["energy_mean"].size, wall, processor, peak], sys.stdout)
"""


@dataclass(frozen=True)
class Taken:
    """What one sweep took: cells, seconds by the clock and of processors, peak resident bytes, and bytes on disk."""

    cells: int
    wall: float
    processor: float
    peak: int
    size: int = 0


def sweep_taken(cells: int, draws: int, threads: int, *, in_store: bool) -> Taken:
    """Return what a sweep of about so many cells takes in a fresh process; no draws are the exact method."""
    how = {"method": "monte_carlo", "draws": draws} if draws else {"method": "exact"}
    with tempfile.TemporaryDirectory(prefix="wattquery-large-") as folder:
        path = folder if in_store else ""
        printed = run_python("-c", ONE.format(how={**how, "threads": threads}, cells=cells, path=path))
        size = sum(one.stat().st_size for one in Path(folder).glob("large.zarr/**/*") if one.is_file())
    return Taken(*json.loads(printed), size)


def table(cells: int, draws: int, threads: int, rounds: int, *, memory_too: bool) -> list[str]:
    """Return the lines of a comparison: the best of some rounds, which take turns."""
    found: dict[bool, list[Taken]] = {True: [], False: []}
    for _ in range(rounds):
        for in_store in (True, False) if memory_too else (True,):
            found[in_store].append(sweep_taken(cells, draws, threads, in_store=in_store))
    lines = []
    for in_store, taken in found.items():
        if taken:
            best = min(taken, key=lambda one: one.processor)
            made = f"{best.cells * draws / best.wall:10.3g} draws/s  " if draws else ""
            lines.append(
                f"{'store ' if in_store else 'memory'}  {best.cells:>10,} cells  {best.wall:8.1f} s  "
                f"{best.processor:8.1f} s of processors  {best.cells / best.wall:10,.0f} cells/s  {made}"
                f"peak {max(one.peak for one in taken) / 2**20:7.0f} MiB  {best.size / 1e6:8.1f} MB on disk"
            )
    if memory_too:
        for name in ("wall", "processor"):
            store, memory = (min(getattr(one, name) for one in found[which]) for which in (True, False))
            lines.append(f"throughput into the store over that in memory, by {name} time: {memory / store:.2f}")
    return lines


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=float, default=150_000)
    parser.add_argument("--draws", type=float, default=100_000, help="per cell; 0 for the exact method")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--store-only", action="store_true", help="where memory would not hold it, or take too long")
    options = parser.parse_args()
    given = int(options.cells), int(options.draws), options.threads, options.rounds
    print("\n".join(table(*given, memory_too=not options.store_only)))


if __name__ == "__main__":
    main()
