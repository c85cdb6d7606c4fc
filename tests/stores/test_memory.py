"""Statistics in memory: blocks in any order, by the numbers of their cells."""

from __future__ import annotations

import numpy as np

from wattquery.histograms import Histogram
from wattquery.methods.statistics import Statistics
from wattquery.quantities import STATISTICS
from wattquery.stores.memory import StatisticsInMemory

LEVELS = (0.25, 0.5)


def block(cells: list[int], value: float) -> Statistics:
    made = Statistics.blank(np.array(cells), LEVELS, keep_histograms=True)
    for array in made.arrays.values():
        array[:] = value + np.array(cells).reshape(-1, *([1] * (array.ndim - 1)))
    for cell in cells:
        made.keep(cell, Histogram(10, np.array([0, cell + 1, 0])))
    return made


def test_blocks_in_any_order_and_cells_without_data() -> None:
    store = StatisticsInMemory(6, LEVELS, keep_histograms=True)
    for one in (block([5, 1], 0.5), block([0, 3], 0.5)):
        store.put(one)
    for name, statistic in STATISTICS.items():
        values = store.statistics.arrays[name]
        assert values.shape == (6, *([2] if statistic.by_quantile else []))
        expected = np.array([0.5, 1.5, np.nan, 3.5, np.nan, 5.5])
        np.testing.assert_array_equal(values[:, 1] if statistic.by_quantile else values, expected)
    assert sorted(store.statistics.histograms) == [0, 1, 3, 5]
    assert store.statistics.histograms[3].masses.tolist() == [4]
    assert store.statistics.histograms[3].first_bin == 11


def test_a_block_that_comes_again_takes_the_place_of_the_first() -> None:
    store = StatisticsInMemory(2, LEVELS)
    store.put(block([0, 1], 0.0))
    store.put(block([1], 7.0))
    assert store.statistics.arrays["energy_mean"].tolist() == [0.0, 8.0]


def test_cells_with_other_numbers() -> None:
    made = block([0, 2], 0.0).numbered(np.array([7, 4]))
    assert made.cells.tolist() == [7, 4]
    assert {cell: kept.masses.tolist() for cell, kept in made.histograms.items()} == {7: [1], 4: [3]}
