"""Numbers of a prepared cell in kernels that users compile themselves."""

import numba
import numpy as np
import pytest

import wattquery as wq
from wattquery.kernels import PREPARED_NUMBERS

CELLS = {
    "load": {"model": "Llama 3.1 70B", "hardware": "H100 SXM", "load": 0.5, "output_tokens": 300},
    "paper": {"model": "Llama 3.1 405B"},
}


@pytest.fixture(scope="module")
def cells():
    return {name: wq.prepare(**given) for name, given in CELLS.items()}


@numba.njit
def total(numbers, inputs, outputs, cached):
    """Return the energy of all queries, and that of which one more would be an upper quarter."""
    energy, upper = 0.0, 0.0
    for i in range(inputs.size):
        energy += wq.kernels.prepared_energy(numbers, inputs[i], outputs[i], cached[i])
        upper += wq.kernels.prepared_quantile(numbers, 0.6744897501960817, inputs[i], outputs[i], cached[i])
    return energy, upper, wq.kernels.prepared_sigma(numbers, inputs[0], outputs[0], cached[0])


@pytest.mark.parametrize("name", CELLS)
def test_a_loop_of_a_user_gives_what_the_package_says(cells, name):
    cell = cells[name]
    inputs, outputs = np.array([500, 900, 2000]), np.array([300.0, 40.0, 1000.0])
    cached = np.array([0.0, 800.0, 100.0]) * (name == "load")
    energy, upper, sigma = total(cell.coefficients, inputs, outputs, cached)
    assert energy == pytest.approx(cell.energy(inputs, outputs, cached).sum(), rel=1e-12)
    assert upper == pytest.approx(cell.energy(inputs, outputs, cached, quantile=0.75).sum(), rel=1e-12)
    assert sigma == pytest.approx(cell.sigma(500, 300), rel=1e-12)
    assert len(cell.coefficients) == len(PREPARED_NUMBERS)
    assert cell.kernel is wq.kernels.prepared_energy


@pytest.mark.parametrize("name", CELLS)
def test_it_is_plain_python_as_well(cells, name):
    """On numbers and on arrays, near what was measured and far from it."""
    cell = cells[name]
    inputs, outputs = np.array([500.0, 30_000.0]), np.array([300.0, 8000.0])
    for function, method in ((wq.kernels.prepared_energy, cell.energy), (wq.kernels.prepared_sigma, cell.sigma)):
        np.testing.assert_allclose(function(cell.coefficients, inputs, outputs), method(inputs, outputs), rtol=1e-13)


@pytest.mark.parametrize(
    "lengths", [(0, 1, 0), (1, 0, 0), (-5, 3, 0), (np.nan, 3, 0), (5, np.inf, 0), (5, 3, 6), (5, 3, -1), (5, 3, np.nan)]
)
@pytest.mark.parametrize("name", CELLS)
def test_lengths_that_no_query_has_give_nan(cells, name, lengths):
    inputs, outputs, cached = (np.array([float(one)]) for one in lengths)
    assert np.isnan(total(cells[name].coefficients, inputs, outputs, cached)).all()


def test_the_form_of_the_paper_has_no_cache(cells):
    assert np.isnan(wq.kernels.prepared_energy(cells["paper"].coefficients, 500.0, 300.0, 1.0))
