"""Cost against cells and against draws: ``python -m benchmarks.scaling --plot scaling.svg``.

Both must be linear. What is fitted is the slope of ln(time - floor) over ln(size), and 1 is linear: the floor is what
a call costs with one draw (for cells: with one cell of one draw), which is printed and not hidden. The slope of the
upper two decades, where the floor is lost in the rest, is given beside that of all four. Times are processor times, all
threads together: other jobs on the machine bend no line.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

import wattquery as wq
from benchmarks.workloads import sweep_arguments

DECADES = 10 ** np.arange(5)


@dataclass(frozen=True)
class Series:
    """Times of sweeps that differ in one size."""

    over: str
    beside: str
    random_numbers: str
    floor: float
    sizes: list[int]
    seconds: list[float]

    @property
    def slope(self) -> float:
        """Slope in log-log over all sizes."""
        return self._slope(0)

    @property
    def upper(self) -> float:
        """Slope in log-log over the upper two decades."""
        return self._slope(len(self.sizes) - 3)

    def _slope(self, first: int) -> float:
        above = np.maximum(np.array(self.seconds[first:]) - self.floor, 1e-6)
        return float(np.polyfit(np.log(self.sizes[first:]), np.log(above), 1)[0])


def seconds(cells: int, draws: int, common: bool, threads: int) -> float:
    """Return the least processor time of a sweep, over up to five repetitions or about two seconds."""
    taken: list[float] = []
    while len(taken) < 5 and sum(taken) < 2.0:
        begin = time.process_time()
        wq.sweep(**sweep_arguments(cells), draws=draws, common_random_numbers=common, threads=threads)
        taken.append(time.process_time() - begin)
    return min(taken)


def measure(cells: int, draws: int, common: bool, threads: int) -> list[Series]:
    """Return the times over four decades of cells (from ``cells``) and of draws (from ``draws``)."""
    kind = "common" if common else "independent"
    over_cells, over_draws = (cells * DECADES).tolist(), (draws * DECADES).tolist()
    by_cells = [seconds(size, draws, common, threads) for size in over_cells]
    by_draws = [seconds(cells, size, common, threads) for size in over_draws]
    floors = seconds(1, 1, common, threads), seconds(cells, 1, common, threads)
    return [
        Series("cells", f"{draws:,} draws", kind, floors[0], over_cells, by_cells),
        Series("draws", f"{cells:,} cells", kind, floors[1], over_draws, by_draws),
    ]


def plot(found: list[Series], path: Path) -> None:
    """Draw both scalings side by side, with a line of slope 1 for comparison."""
    import matplotlib as mpl

    mpl.use("Agg")
    # A fixed salt and no date: the same times give the same file, byte for byte.
    mpl.rcParams["svg.hashsalt"] = "wattquery"
    from matplotlib import pyplot as plt

    figure, sides = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
    for axis, over in zip(sides, ("cells", "draws"), strict=True):
        series = [one for one in found if one.over == over]
        for one, marker in zip(series, "os", strict=False):
            label = f"{one.random_numbers} random numbers, slope {one.slope:.2f} (upper decades {one.upper:.2f})"
            axis.loglog(one.sizes, one.seconds, marker=marker, label=label)
        sizes, last = np.array(series[-1].sizes, dtype=float), series[-1].seconds[-1]
        axis.loglog(sizes, last * sizes / sizes[-1], color="grey", linestyle=":", label="slope 1")
        axis.set(xlabel=f"{over}, with {series[-1].beside}", ylabel="processor time [s]")
        axis.legend(fontsize=7, loc="lower right")
        axis.grid(alpha=0.3)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Print times and slopes."""
    parser = argparse.ArgumentParser(prog="benchmarks.scaling", description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=10, help="cells to begin with (default 10)")
    parser.add_argument("--draws", type=int, default=100_000, help="draws to begin with (default 100000)")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--plot", type=Path, metavar="FILE.svg")
    parser.add_argument("--json", action="store_true", help="print numbers for machines")
    options = parser.parse_args()
    found = []
    for common in (True, False):
        seconds(1, 8192, common, options.threads)  # compiles
        found += measure(options.cells, options.draws, common, options.threads)
    if options.plot is not None:
        plot(found, options.plot)
    if options.json:
        print(json.dumps([{**asdict(one), "slope": one.slope, "upper": one.upper} for one in found], indent=2))
        return
    for one in found:
        points = "  ".join(f"{size:,}: {taken:.3g} s" for size, taken in zip(one.sizes, one.seconds, strict=True))
        print(f"{one.random_numbers} random numbers, {one.beside}, over {one.over}: {points}")
        print(f"  floor {1e3 * one.floor:.3g} ms, slope {one.slope:.3f}, of the upper two decades {one.upper:.3f}")


if __name__ == "__main__":
    main()
