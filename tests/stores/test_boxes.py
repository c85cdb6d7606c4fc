"""Boxes cover a grid, each cell once, and are no larger than they may be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattquery.stores.boxes import box_at, boxes, boxes_of, chunk_shape

SHAPES = st.lists(st.integers(1, 9), max_size=4)


@given(SHAPES, st.integers(1, 60))
def test_every_cell_is_in_one_box(shape: list[int], most: int) -> None:
    chunks = chunk_shape(shape, most)
    times = np.zeros(shape, dtype=int)
    found = list(boxes(shape, chunks))
    for box in found:
        times[tuple(slice(start, stop) for start, stop in zip(box.starts, box.stops, strict=True))] += 1
    assert np.all(times == 1)
    assert math.isclose(sum(box.share for box in found), 1.0)
    assert len(found) == boxes_of(shape, chunks)
    assert max(box.size for box in found) <= most


@given(SHAPES, st.integers(1, 60))
def test_a_box_is_found_by_its_number(shape: list[int], most: int) -> None:
    chunks = chunk_shape(shape, most)
    for number, box in enumerate(boxes(shape, chunks)):
        assert box_at(number, shape, chunks) == box


@pytest.mark.parametrize(
    ("shape", "most", "chunks"),
    [((85, 29, 4, 10), 400, (1, 10, 4, 10)), ((3,), 10, (3,)), ((), 5, ()), ((4, 5), 1, (1, 1))],
)
def test_later_dimensions_stay_whole(shape: tuple[int, ...], most: int, chunks: tuple[int, ...]) -> None:
    assert chunk_shape(shape, most) == chunks
