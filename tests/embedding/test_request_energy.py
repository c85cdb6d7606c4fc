"""One request at a time: what the prepared cell says of it, from any thread."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import wattquery as wq


@pytest.fixture(scope="module")
def cell():
    return wq.prepare("Llama 3.1 70B", hardware="H100 SXM", load=0.5, output_tokens=300)


def test_a_request_costs_what_the_cell_says(cell):
    found = wq.request_energy(cell, 900, np.int64(300), 500, level=0.8)
    assert found.energy_wh == cell.energy(900, 300, 500)
    assert found[1:3] == pytest.approx(cell.interval(900, 300, 500, level=0.8), rel=1e-12)
    assert found[3:] == (0.8, "facility", False)
    assert wq.request_energy(cell, 34_000, 300).extrapolated


def test_threads_do_not_disturb_each_other(cell):
    lengths = [(100 + 7 * k, 1 + k, k) for k in range(400)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda one: wq.request_energy(cell, *one), lengths))
    assert found == [wq.request_energy(cell, *one) for one in lengths]


def test_what_was_not_prepared_is_refused():
    with pytest.raises(wq.InputTypeError, match=r"wq\.prepare"):
        wq.request_energy("Llama 3.1 70B", 900, 300)
