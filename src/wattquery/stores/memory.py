"""Results in memory: the statistics of all cells of a plan."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

import numpy as np

from wattquery.methods.statistics import Statistics

__all__ = ["StatisticsInMemory", "Store"]

Block = TypeVar("Block", contravariant=True)


class Store(Protocol, Generic[Block]):
    """Takes finished blocks, in any order; one that comes again takes the place of the first."""

    def put(self, block: Block) -> None:
        """Enter a block."""


class StatisticsInMemory:
    """The statistics of all cells of a plan; NaN where a cell has no data.

    Parameters
    ----------
    cells
        Number of cells.
    levels, keep_histograms
        As of `wattquery.methods.statistics.Statistics`.
    """

    def __init__(self, cells: int, levels: tuple[float, ...], keep_histograms: bool = False) -> None:
        self.statistics = Statistics.blank(np.arange(cells), levels, keep_histograms)

    def put(self, block: Statistics) -> None:
        """Enter the statistics of a block."""
        self.statistics.put(block)
