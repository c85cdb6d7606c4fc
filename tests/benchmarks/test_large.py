"""The large sweeps run small: what they print is there."""

from benchmarks.large import table
from benchmarks.workloads import large_arguments


def test_a_small_one_prints_both_and_their_ratio():
    lines = table(1500, 0, 1, 1, memory_too=True)
    assert [line.split()[0] for line in lines] == ["store", "memory", "throughput", "throughput"]
    assert all("1,500 cells" in line for line in lines[:2])
    assert " 0.0 MB on disk" not in lines[0]


def test_grids_have_about_as_many_cells_as_asked_for():
    for cells in (1, 1500, 15_000, 1_000_000):
        labels = large_arguments(cells)
        made = len(labels["model"]) * len(labels["output_tokens"]) * len(labels["input_tokens"]) * len(labels["pue"])
        assert 0.9 * cells <= made <= max(cells, 150)
