"""The columns of the lengths of a grid."""

from __future__ import annotations

from wattquery.plans.columns import Column, joint_columns, length_column
from wattquery.specs.grid import Grid

__all__ = ["length_columns"]


def length_columns(grid: Grid) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """Return the columns of output and input lengths, by label of their axes or of the workload."""
    if grid.workloads:
        outputs, inputs = zip(*map(joint_columns, grid.workloads), strict=True)
        return outputs, inputs
    whole = grid.round_tokens
    return (
        tuple(length_column("output_tokens", one, round_tokens=whole) for one in grid.output_tokens.values),
        tuple(length_column("input_tokens", one, round_tokens=whole) for one in grid.input_tokens.values),
    )
