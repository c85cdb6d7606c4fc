"""How near a sweep comes to the sum of its parts at their best: ``python -m benchmarks.roofline --help``.

Per cell and draw a sweep cannot do without the index pass and the count pass; the rest is shared. Base variates are
made once per draw and tile, the logarithm of a length once per workload, the length term once per deployment, workload
and input length. So

    best = index + count + terms / cells * term + (lengths * (words + exponential + length) + words + normal) / cells

with the numbers of cells, terms and lengths of the tiles. The real cost is the slope of time over draws between two
sweeps, which leaves out what does not grow with draws. Parts and sweeps take turns, so that both see the same machine.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

import wattquery as wq
from benchmarks import roofline_parts as parts
from benchmarks import subjects
from benchmarks.workloads import sweep_arguments

BLOCK = 4096
BINS = 16_000
SPREAD = 1200.0
"""Standard deviation of ln E in bins: how widely the count pass scatters."""

LARGE = 2**24
Work = Callable[[], Any]


def make_parts(seed: int, size: int = BLOCK) -> dict[str, Work]:
    """Return each part over one block of its own."""
    random = np.random.default_rng(seed)
    words = random.integers(0, 2**32, size, dtype=np.uint32)
    logs, normals = (random.standard_normal(size).astype(np.float32) for _ in range(2))
    exponentials, out = random.standard_exponential(size).astype(np.float32), np.empty(size, dtype=np.float32)
    indices, counts = np.empty(size, dtype=np.uint16), np.zeros(BINS, dtype=np.uint32)
    bins = np.clip(random.normal(BINS / 2, SPREAD, size), 0, BINS - 1).astype(np.uint16)
    c = [np.float32(number) for number in (8000.0, 300.0, 8200.0, 500.0)]
    return {
        "words": lambda: parts.philox(seed, 0, words),
        "normal": lambda: parts.normal(words, out),
        "exponential": lambda: parts.exponential(words, out),
        "length": lambda: parts.length(exponentials, np.float32(433.0), out),
        "term": lambda: parts.term(logs, c[0], c[1], c[2], out),
        "index": lambda: parts.index(logs, normals, c[0], c[1], c[2], c[3], indices),
        "count": lambda: parts.count(bins, counts),
    }


def nanoseconds(works: list[Work], size: int = BLOCK, repeats: int = 15, calls: int = 50) -> float:
    """Return the time per item, each work on a thread of its own: the fastest of some repetitions."""

    def one(work: Work) -> float:
        best = np.inf
        for _ in range(repeats):
            begin = time.perf_counter()
            for _ in range(calls):
                work()
            best = min(best, time.perf_counter() - begin)
        return float(best)

    with ThreadPoolExecutor(len(works)) as pool:
        return 1e9 * max(pool.map(one, works)) / (calls * size)


def cycled_count(tile: int, threads: int) -> float:
    """Return the count pass over as many counts as a tile has, block after block: the caches' share of it [ns]."""
    random = np.random.default_rng(0)
    bins = np.clip(random.normal(BINS / 2, SPREAD, BLOCK), 0, BINS - 1).astype(np.uint16)

    def make() -> Work:
        counts = np.zeros((tile, BINS), dtype=np.uint32)

        def work() -> None:
            for row in counts:
                parts.count(bins, row)

        return work

    return nanoseconds([make() for _ in range(threads)], tile * BLOCK, repeats=5, calls=3)


def memory_bandwidth(threads: int) -> float:
    """Return what arrays beyond any cache can be read and written at, all threads together [bytes/ns]."""
    size = LARGE // threads
    pairs = [(np.ones(size, dtype=np.float32), np.ones(size, dtype=np.float32)) for _ in range(threads)]
    works = [lambda pair=pair: parts.stream(*pair) for pair in pairs]
    works[0]()
    # Three passes over each item: a read, the read of the line that is written to, and the write.
    return threads * 12.0 / nanoseconds(works, size, repeats=3, calls=1)


def part_weights(cells: int) -> dict[str, float]:
    """Return how often each part is used per cell and draw, from the tiles into which a grid is cut."""
    exponentials, terms, tiles = subjects.tile_contents(cells)
    return {
        "words": (tiles + exponentials) / cells,
        "normal": tiles / cells,
        "exponential": exponentials / cells,
        "length": exponentials / cells,
        "term": terms / cells,
        "index": 1.0,
        "count": 1.0,
    }


def real_nanoseconds(cells: int, draws: int, threads: int) -> tuple[float, float]:
    """Return what a sweep takes per cell and further draw: by the clock, and in processor time over its threads."""

    def seconds(number: int) -> np.ndarray[Any, Any]:
        begin = np.array([time.perf_counter(), time.process_time()])
        wq.sweep(**sweep_arguments(cells), draws=number, threads=threads)
        return np.array([time.perf_counter(), time.process_time()]) - begin

    wall, processor = 1e9 * (seconds(2 * draws) - seconds(draws)) / (cells * draws)
    return float(wall), float(processor) / threads


def measure(cells: int, draws: int, threads: int, rounds: int) -> dict[str, Any]:
    """Return the parts and the sweep on some threads, medians over rounds."""
    # Parts are timed on one thread: calls from several would wait for the interpreter's lock, which a sweep does not.
    works, empty = (make_parts(0, size) for size in (BLOCK, 0))
    names = list(works)
    for name in names:
        works[name]()
    weights = part_weights(cells)
    tile = round(1.0 / weights["normal"])
    best: dict[str, list[float]] = {name: [] for name in names}
    sums: list[float] = []
    reals: list[tuple[float, float]] = []
    for _ in range(rounds):
        for name in names:
            # A call from Python takes as long as some thousand increments: what an empty block takes comes off.
            filled, call = (nanoseconds([each[name]]) for each in (works, empty))
            best[name].append(filled - call)
        sums.append(sum(weights[name] * best[name][-1] for name in names) / threads)
        reals.append(real_nanoseconds(cells, draws, threads))
    return {
        "threads": threads,
        "weights": weights,
        "parts": {name: statistics.median(times) for name, times in best.items()},
        "sum": statistics.median(sums),
        "wall": statistics.median(wall for wall, _ in reals),
        "processor": statistics.median(processor for _, processor in reals),
        "wall_ratio": statistics.median(wall / part for (wall, _), part in zip(reals, sums, strict=True)),
        "ratio": statistics.median(processor / part for (_, processor), part in zip(reals, sums, strict=True)),
        "cycled": cycled_count(tile, threads),
        "bandwidth": memory_bandwidth(threads),
    }


def report(found: dict[str, Any]) -> str:
    """Return a measurement as text."""
    lines = [f"{found['threads']} thread(s)", f"{'part':<14}{'ns each':>9}{'per cell-draw':>15}{'ns':>9}"]
    for name, each in found["parts"].items():
        weight = found["weights"][name]
        lines.append(f"{name:<14}{each:>9.3f}{weight:>15.4f}{each * weight:>9.4f}")
    lines += [
        f"sum of parts   {found['sum']:.3f} ns per cell-draw, {1e9 / found['sum']:.3g} cell-draws/s",
        f"sweep          {found['wall']:.3f} ns by the clock, {found['processor']:.3f} ns of a thread's processor time",
        f"sweep over sum {found['ratio']:.2f} in processor time, {found['wall_ratio']:.2f} by the clock (which counts "
        "other jobs' time too)",
        "not in the sum, what the memory adds where blocks are short or tiles are large:",
        f"  count pass going round the counts of a tile, {BLOCK} draws a cell: {found['cycled']:.3f} ns each",
        f"  memory beyond the caches moves {found['bandwidth']:.1f} bytes/ns",
    ]
    return "\n".join(lines)


def main() -> None:
    """Print parts, their sum divided by the threads, and the sweep, on one thread and on two."""
    parser = argparse.ArgumentParser(prog="benchmarks.roofline", description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=1200)
    parser.add_argument("--draws", type=int, default=400_000, help="of the shorter of the two sweeps")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    wq.sweep(**sweep_arguments(1), draws=8192)
    found = [measure(options.cells, options.draws, one, options.rounds) for one in options.threads]
    print("\n\n".join(report(one) for one in found))
    if len(found) > 1:
        faster = found[0]["wall"] / found[-1]["wall"]
        print(f"\n{options.threads[-1]} threads over {options.threads[0]}: {faster:.2f}x by the clock")


if __name__ == "__main__":
    main()
