"""Quasi-Monte Carlo over every cell of a plan: lattice points, shifted at random a number of times.

Cells that differ in fixed and lognormal factors only share their points, so these are made once per group of cells. A
replicate is one random shift of the lattice; how far the replicates lie apart is the sampling error. Groups are worked
on in batches of a fixed size in memory, and their masses are integers: neither order nor number of threads changes a
result.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wattquery.engine.threads import Progress, run_tasks
from wattquery.histograms import BIN_WIDTH, Histogram
from wattquery.kernels.drivers.quasi_errors import deviations, statistics
from wattquery.kernels.drivers.quasi_monte_carlo import (
    REACH,
    WHOLE,
    bin_shares,
    coarse_nodes,
    coarsen,
    deposit,
)
from wattquery.kernels.random.points import GENERATOR, MOST_POINTS
from wattquery.kernels.random.variates import ATOMS, FIXED
from wattquery.kernels.statistics import LATTICE_ERROR, mean_inflation
from wattquery.methods.replicates import (
    NODE_BINS,
    SLOPE_POINTS,
    Replicates,
    coarse_window,
    counted_deviations,
    spread_error,
    students_t,
)
from wattquery.methods.statistics import Answers
from wattquery.plans.columns import Column
from wattquery.plans.plan import Plan
from wattquery.plans.tiles import Tile, tiles
from wattquery.specs.factors import LENGTHS, MERGED_NORMAL, lattice_dimensions

__all__ = ["MOST_DRAWS", "REPLICATES", "nearest_draws", "sample_quasi"]

REPLICATES = 16
"""Independent shifts: their spread is known to 18 %, and Student's t for 15 degrees of freedom judges it."""

MOST_DRAWS = REPLICATES * MOST_POINTS

NARROW = 8.0 * BIN_WIDTH
"""A normal narrower than this would show the nodes; it is drawn like any other factor."""

NODES_PER_SIGMA = 16
"""Nodes at least per standard deviation of the normal: the distribution function is then known to 2e-7."""

POINTS_OF_A_TAIL = 8.0
"""How many times more evenly spread points than independent draws are asked for before a skewed mean is judged by them:
all replicates have about as many points in a tail, so that what lies beyond does not show in their spread."""

ROUNDING = 1e-12
"""Variance over the squared mean below which it is rounding."""

BATCH_BYTES = 32_000_000
CELLS_PER_TASK = 32
POINTS_PER_TASK = 2**18
ALL_CELLS = 2**62

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


def nearest_draws(draws: int) -> tuple[int, ...]:
    """Return the draws that the lattice allows next to a number of draws: itself, or the nearest below and above."""
    if draws < REPLICATES:
        return (REPLICATES,)
    if draws > MOST_DRAWS:
        return (MOST_DRAWS,)
    below = REPLICATES * 2 ** int(math.log2(draws // REPLICATES))
    return (below,) if below == draws else (below, 2 * below)


def sample_quasi(plan: Plan, answers: Answers, draws: int, threads: int, progress: Progress | None = None) -> None:
    """Fill ``answers`` with the statistics of ``draws`` quasi-random draws of every cell that has data.

    Parameters
    ----------
    plan
        The grid.
    answers
        Receives the statistics.
    draws
        Draws per cell: all points of all replicates, one of `nearest_draws`.
    threads
        Number of threads.
    progress
        Receives the share done.

    Raises
    ------
    InputError
        If a cell has more random factors than the lattice has dimensions.
    """
    points = draws // REPLICATES
    done = 0.0
    for batch in _batches(plan):
        share = sum(group.cells.size for group in batch) / plan.cells.size
        rows = max(1, min(POINTS_PER_TASK // points, REPLICATES * len(batch) // (4 * threads)))
        tasks = [(group, row, min(row + rows, REPLICATES)) for group in batch for row in range(0, REPLICATES, rows)]

        def fill(task: tuple[_Group, int, int], each: float = 0.5 / len(tasks)) -> float:
            task[0].fill(task[1], task[2], points)
            return each

        run_tasks(tasks, fill, threads, _after(progress, done, share))
        slices = [(one, i) for one in batch for i in range(0, one.cells.size, CELLS_PER_TASK)]

        def finish(task: tuple[_Group, int], each: float = 0.5 / len(slices)) -> float:
            task[0].finish(task[1], task[1] + CELLS_PER_TASK, points, answers)
            return each

        run_tasks(slices, finish, threads, _after(progress, done + 0.5 * share, share))
        done += share


def _after(progress: Progress | None, start: float, share: float) -> Progress | None:
    """Return what receives the progress of a part of the work."""
    return None if progress is None else lambda part: progress(min(start + part * share, 1.0))


@dataclass(frozen=True, eq=False)
class _Group:
    """Cells that share their points: they differ in mean and width of the merged normal only.

    Attributes
    ----------
    tile
        Where the columns are.
    cells, numbers
        Cells in the plan, and mean and standard deviation of the merged normal of each.
    term
        The number of the term in the tile.
    streams
        The random stream of each column.
    columns, factors, dimensions
        What is drawn, see `wattquery.kernels.drivers.quasi_monte_carlo.deposit`.
    first_bin
        The lattice index of the first mass.
    masses
        Points by replicate and bin.
    smooth
        Whether the merged normal is integrated, and not drawn or absent.
    discrete
        Whether all that is drawn takes given values only, such as whole tokens, a narrow normal aside: where they are
        counted, they are known to the resolution of the lattice.
    certain
        Whether nothing is drawn: lengths and all other factors but the merged normal are fixed.
    known_nodes
        What `_nodes` has found.
    """

    tile: Tile
    cells: Integers
    numbers: Array
    term: int
    streams: NDArray[np.uint32]
    columns: Integers
    factors: Array
    dimensions: Integers
    first_bin: int
    masses: Integers
    smooth: bool
    discrete: bool
    certain: bool
    known_nodes: dict[int, tuple[Array, Array, Array]] = field(default_factory=dict)

    def fill(self, start: int, stop: int, points: int) -> None:
        """Make the points of some replicates."""
        tile = self.tile
        deposit(
            tile.term_numbers[self.term],
            self.columns,
            self.factors,
            self.dimensions,
            tile.column_codes,
            tile.column_numbers,
            self.streams,
            tile.table_levels,
            tile.table_values,
            start,
            points,
            self.first_bin,
            self.smooth,
            self.masses[start:stop],
        )

    def finish(self, start: int, stop: int, points: int, answers: Answers) -> None:
        """Enter the statistics of some cells."""
        for cell, (mean, sigma) in zip(self.cells[start:stop].tolist(), self.numbers[start:stop].tolist(), strict=True):
            if self.smooth:
                self._finish_smooth(cell, mean, sigma, points, answers)
            else:
                self._finish_counted(cell, mean, points, answers)

    @cached_property
    def _has_points(self) -> NDArray[np.bool_]:
        """Whether each bin holds anything."""
        return np.asarray(self.masses.any(axis=0))

    @cached_property
    def _occupied(self) -> slice:
        """The bins that hold anything."""
        bins = np.flatnonzero(self._has_points)
        return slice(int(bins[0]), int(bins[-1]) + 1)

    @cached_property
    def _moments(self) -> tuple[float, float, float]:
        """Mean and variance of exp(g) over all points, and the standard error of the mean."""
        occupied = self._occupied
        total = self.masses[:, occupied].sum(axis=0)
        shares = total / total.sum()
        index = np.arange(occupied.start, occupied.stop) + self.first_bin + (0.0 if self.smooth else 0.5)
        values = np.exp(index * BIN_WIDTH)
        mean = float(shares @ values)
        variance = max(float(shares @ (values - mean) ** 2), 0.0)
        error = 0.0 if self.smooth else LATTICE_ERROR * float(np.linalg.norm(shares * values))
        if not self.certain and variance > ROUNDING * mean**2:
            draws = total.sum() / (WHOLE if self.smooth else 1)
            skewness = float(shares @ (values - mean) ** 3) / variance**1.5
            # So few points may all miss the tail that makes a mean: their spread then says nothing of it.
            if math.isinf(mean_inflation(draws / POINTS_OF_A_TAIL, skewness)):
                return mean, variance, math.inf
            means = self.masses[:, occupied] @ values / self.masses[:, occupied].sum(axis=1)
            error = math.hypot(error, float(spread_error(means - mean)))
        return mean, variance, error

    def _finish_smooth(self, cell: int, mean: float, sigma: float, points: int, answers: Answers) -> None:
        nodes, shares, sums = self._nodes(2 ** max(0, math.floor(math.log2(sigma / (NODES_PER_SIGMA * BIN_WIDTH)))))
        levels = np.asarray(answers.levels)
        quantiles, stderrs = np.empty(levels.size), np.empty(levels.size)
        random = 0 if self.certain else points
        known = nodes, shares, sums, sigma, self.first_bin, self._has_points, random
        statistics(levels, mean, *known, students_t(REPLICATES), quantiles, stderrs)
        energies = np.exp(quantiles)
        histogram = _normals_histogram(mean + nodes, shares[-1], sums[-1], sigma) if answers.keep_histograms else None
        self._enter(cell, energies, energies * stderrs, mean, sigma, histogram, answers)
        if histogram is not None:
            first, count = coarse_window(histogram)
            apart, hidden = np.empty((REPLICATES, count)), np.empty(count)
            deviations(first, NODE_BINS, mean, *known, apart, hidden)
            answers.replicates[cell] = Replicates(first, apart, hidden)

    def _enter(
        self,
        cell: int,
        energies: Array,
        stderrs: Array,
        mean: float,
        sigma: float,
        histogram: Histogram | None,
        answers: Answers,
    ) -> None:
        """Enter the quantiles of a cell, and moments of E [Wh], where ln E = ``mean`` + g + ``sigma`` z."""
        first, variance, error = self._moments
        scale = math.exp(mean + 0.5 * sigma**2)
        std = scale * math.sqrt(math.exp(sigma**2) * variance + first**2 * math.expm1(sigma**2))
        answers.put_exact(cell, energies, scale * first, std, histogram)
        answers.stderrs[cell] = stderrs
        answers.mean_stderrs[cell] = scale * error

    def _nodes(self, step: int) -> tuple[Array, Array, Array]:
        """Return the nodes that lie ``step`` bins apart [ln Wh], and their shares, see `coarsen`."""
        if step not in self.known_nodes:
            occupied = self._occupied
            first_bin = self.first_bin + occupied.start
            first, nodes = coarse_nodes(first_bin, occupied.stop - occupied.start, step)
            shares, sums = np.empty((REPLICATES + 1, nodes)), np.empty((REPLICATES + 1, nodes + 1))
            coarsen(np.ascontiguousarray(self.masses[:, occupied]), first_bin, step, shares, sums)
            # Two threads may both find them: they find the same.
            self.known_nodes[step] = (first + np.arange(nodes)) * (step * BIN_WIDTH), shares, sums
        return self.known_nodes[step]

    def _finish_counted(self, cell: int, mean: float, points: int, answers: Answers) -> None:
        occupied = self._occupied
        counts = self.masses[:, occupied]
        first_bin = self.first_bin + occupied.start
        pooled = Histogram(first_bin, counts.sum(axis=0))
        levels = np.asarray(answers.levels)
        unshifted = pooled.quantiles(levels)
        sums = np.pad(np.cumsum(counts, axis=1), ((0, 0), (1, 0))) / points
        sampled = sums, 0 if self.certain else points
        apart, hidden = counted_deviations(*sampled, np.log(unshifted) / BIN_WIDTH - first_bin, levels)
        stderrs = pooled.error_from_levels(levels, np.hypot(spread_error(apart), hidden), SLOPE_POINTS * hidden)
        if self.discrete:
            stderrs = np.maximum(stderrs, LATTICE_ERROR * unshifted)
        scale = math.exp(mean)
        histogram = pooled.moved(mean) if answers.keep_histograms else None
        self._enter(cell, scale * unshifted, scale * stderrs, mean, 0.0, histogram, answers)
        if histogram is not None:
            first, count = coarse_window(histogram)
            position = (first + np.arange(count)) * NODE_BINS - mean / BIN_WIDTH - first_bin
            answers.replicates[cell] = Replicates(first, *counted_deviations(*sampled, position))


def _normals_histogram(nodes: Array, weights: Array, sums: Array, sigma: float) -> Histogram:
    """Return a sum of normals as probabilities on the lattice."""
    first_bin = math.floor((nodes[0] - REACH * sigma) / BIN_WIDTH) - 1
    shares = np.empty(math.ceil((nodes[-1] + REACH * sigma) / BIN_WIDTH) + 1 - first_bin)
    bin_shares(first_bin, nodes, weights, sums, sigma, shares)
    return Histogram(first_bin, shares / shares.sum())


def _batches(plan: Plan) -> Iterator[list[_Group]]:
    """Yield all groups of cells, as many at a time as fit the memory set aside."""
    batch: list[_Group] = []
    size = 0
    for tile in tiles(plan, ALL_CELLS):
        narrow = tile.numbers[:, 1] < NARROW
        streams = np.arange(tile.cells.size) % tile.column_streams.shape[0]
        keys = np.column_stack([streams, tile.terms, np.where(narrow, tile.numbers[:, 1], np.inf)])
        _, inverse = np.unique(keys, axis=0, return_inverse=True)
        order = np.argsort(inverse, kind="stable")
        for members in np.split(order, np.flatnonzero(np.diff(inverse[order])) + 1):
            group = _group(plan, tile, members)
            if batch and size + group.masses.nbytes > BATCH_BYTES:
                yield batch
                batch, size = [], 0
            batch.append(group)
            size += group.masses.nbytes
    if batch:
        yield batch


def _group(plan: Plan, tile: Tile, members: Integers) -> _Group:
    """Return the group of some cells of a tile, which share their term and their streams."""
    head = int(members[0])
    term = int(tile.terms[head])
    mean, sigma = tile.numbers[head].tolist()
    drawn = 0.0 if sigma >= NARROW else sigma
    extras = plan.cell(int(tile.cells[head])).extras
    columns = tile.term_columns[term, : 2 + len(extras)].tolist()
    factors = [0.0, 0.0, *(sign for _, sign in extras)]
    purposes = [*LENGTHS, *(column.purpose for column, _ in extras)]
    if drawn > 0.0:
        columns, factors, purposes = [*columns, 0], [*factors, drawn], [*purposes, MERGED_NORMAL]
    # What the normal reaches is no part of the points, unless it is drawn.
    low_z, high_z = Column(MERGED_NORMAL, None).log_range() if drawn == 0.0 else (0.0, 0.0)
    codes = tile.column_codes[columns[: 2 + len(extras)]]
    first, bins = tile.windows[head].tolist()
    low = first * BIN_WIDTH - mean - sigma * low_z
    high = (first + bins) * BIN_WIDTH - mean - sigma * high_z
    # Whole units of ln E, and half of one to spare: the window does not change with the cell that it is taken from.
    first_bin = math.floor(low - 0.5) * round(1.0 / BIN_WIDTH)
    end = math.ceil(high + 0.5) * round(1.0 / BIN_WIDTH)
    return _Group(
        tile=tile,
        cells=tile.cells[members],
        numbers=tile.numbers[members],
        term=term,
        streams=tile.column_streams[head % tile.column_streams.shape[0]],
        columns=np.array(columns, dtype=np.int64),
        factors=np.array(factors),
        dimensions=np.array(lattice_dimensions(purposes, GENERATOR.size), dtype=np.int64),
        first_bin=first_bin,
        masses=np.zeros((REPLICATES, end - first_bin), dtype=np.int64),
        smooth=sigma >= NARROW,
        discrete=bool(np.all((codes[:, 3] == 1) | (codes[:, 0] == ATOMS) | (codes[:, 0] == FIXED))),
        certain=bool(np.all(codes[:, 0] == FIXED)),
    )
