"""How large boxes are."""

import pytest

from wattquery.sweeps.blockwise.laid_out import DRAWS_OF_A_BOX, LARGER, MANY_BOXES, MOST_CELLS, most_cells
from wattquery.sweeps.settings import settings


@pytest.mark.parametrize(("how", "base"), [({"method": "exact"}, MOST_CELLS), ({"draws": 100_000}, 4000)])
def test_boxes_grow_where_there_are_many_of_them(how, base):
    made = settings(**how)
    assert most_cells(made, 1) == most_cells(made, base * MANY_BOXES) == base
    assert most_cells(made, 2 * base * MANY_BOXES) == 2 * base
    assert most_cells(made, 10**9) == LARGER * base


def test_a_box_has_a_cell_whatever_its_draws():
    assert most_cells(settings(draws=100 * DRAWS_OF_A_BOX), 1) == 1
