"""A box of a grid has some labels of each axis, and the lengths that go with them."""

from __future__ import annotations

from wattquery.specs.grid_box import box_of, places_of_lengths
from wattquery.sweeps.study import study


def test_a_box_has_the_labels_at_its_places() -> None:
    grid = study(["DeepSeek-R1", "Llama 3.1 405B"], pue=[1.1, 1.2, 1.3]).grid
    box = box_of(grid, {"model": range(1, 2), "pue": range(1, 3)})
    assert (box.model.labels, box.pue.labels) == (("Llama 3.1 405B",), (1.2, 1.3))
    assert box.model.is_dimension
    assert box.levers == grid.levers


def test_lengths_of_a_box_are_found_among_those_of_the_grid() -> None:
    grid = study("DeepSeek-R1", output_tokens=[1, 2, 3], input_tokens=[10, 20]).grid
    assert places_of_lengths(grid, {"output_tokens": range(1, 3), "input_tokens": range(1, 2)}) == [3, 5]
    assert places_of_lengths(grid, {}) == list(range(6))
