"""Numbers of accelerators of an instance that are compared where none is given."""

from __future__ import annotations

from wattquery.sweeps.load_dataset import table_of
from wattquery.sweeps.run import Run

__all__ = ["NODE", "SIZES", "node_of", "sizes_by_hardware"]

NODE = 8
"""Accelerators of a node where its facts do not say it."""

SIZES = (1, 2, 4, 8, 16, 32, 64)
"""Numbers of accelerators that are compared where none is given: those of a node, or beyond where none of them fits."""


def node_of(run: Run, number: int) -> int:
    """Return how many accelerators a node of one label of the hardware has."""
    return run.grid.hardware.values[number].facts.accelerators_per_node or NODE


def sizes_by_hardware(run: Run) -> list[list[int]]:
    """Return the sizes to compare for each label of the hardware.

    Parameters
    ----------
    run
        All instances at one load, with `SIZES` as accelerators.
    """
    grid = run.grid
    fits = (table_of(run.lowered).reason == "").reshape(grid.hardware.size, -1, len(SIZES)).any(axis=1)
    found = []
    for number, able in enumerate(fits):
        node = node_of(run, number)
        within = [size for size in SIZES if size <= node]
        beyond = [size for size in SIZES if size > node]
        has_room = any(can for can, size in zip(able, SIZES, strict=True) if size <= node)
        found.append(within if has_room or not beyond else beyond)
    return found
