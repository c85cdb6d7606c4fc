"""Peak memory of a sweep against its draws, each in a fresh process: ``python -m benchmarks.memory --help``."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PEAK = """
import resource
from benchmarks.workloads import sweep_arguments
import wattquery as wq
wq.sweep(**sweep_arguments({cells}), draws={draws})
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def run_python(*arguments: str, cache: str | Path | None = None) -> str:
    """Return what a fresh interpreter prints; ``cache`` is its directory of compiled kernels."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}
    if cache is not None:
        environment["WATTQUERY_CACHE_DIR"] = str(cache)
    done = subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.PIPE, text=True, env=environment)
    return done.stdout


def peak_kilobytes(cells: int, draws: int) -> int:
    """Return the peak resident memory of a fresh process that runs one sweep [kB, as Linux counts]."""
    return int(run_python("-c", PEAK.format(cells=cells, draws=draws)))


def main() -> None:
    """Print the peaks, and the ratio of the last to the first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=1200)
    parser.add_argument("--draws", type=int, nargs="+", default=[100_000, 100_000_000])
    options = parser.parse_args()
    peaks = [peak_kilobytes(options.cells, draws) for draws in options.draws]
    for draws, peak in zip(options.draws, peaks, strict=True):
        print(f"{options.cells:,} cells x {draws:>13,} draws  {peak / 1024:8.1f} MiB")
    print(f"last over first: {peaks[-1] / peaks[0]:.3f}")


if __name__ == "__main__":
    main()
