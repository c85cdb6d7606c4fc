"""Numbers of a prepared cell in kernels that users compile themselves."""

import importlib.util

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


LOOP = """
import numba
import wattquery as wq


@numba.njit(cache=True)
def total(numbers, inputs, outputs, cached):
    energy, upper = 0.0, 0.0
    for i in range(inputs.size):
        energy += wq.kernels.prepared_energy(numbers, inputs[i], outputs[i], cached[i])
        upper += wq.kernels.prepared_quantile(numbers, 0.6744897501960817, inputs[i], outputs[i], cached[i])
    return energy, upper, wq.kernels.prepared_sigma(numbers, inputs[0], outputs[0], cached[0])
"""
"""A user's own file, whose compiled code stays on disk: energies of all queries, their upper quarters, and a sigma."""


def imported(path):
    spec = importlib.util.spec_from_file_location("users_own", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.total


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "users_own.py"
    path.write_text(LOOP, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def total(file):
    return imported(file)


@pytest.mark.parametrize("name", CELLS)
def test_a_loop_of_a_user_gives_what_the_package_says(cells, total, name):
    cell = cells[name]
    inputs, outputs = np.array([500, 900, 2000]), np.array([300.0, 40.0, 1000.0])
    cached = np.array([0.0, 800.0, 100.0]) * (name == "load")
    energy, upper, sigma = total(cell.coefficients, inputs, outputs, cached)
    assert energy == pytest.approx(cell.energy(inputs, outputs, cached).sum(), rel=1e-12)
    assert upper == pytest.approx(cell.energy(inputs, outputs, cached, quantile=0.75).sum(), rel=1e-12)
    assert sigma == pytest.approx(cell.sigma(500, 300), rel=1e-12)
    assert len(cell.coefficients) == len(PREPARED_NUMBERS)
    assert cell.kernel is wq.kernels.prepared_energy


def test_what_a_user_kept_on_disk_takes_the_numbers_of_any_cell(cells, total, file):
    """Compiled for one cell, and loaded for another: the numbers are an argument, and nothing of them is frozen."""
    if not hasattr(total, "stats"):
        pytest.skip("nothing is compiled")
    lengths = [np.array([one]) for one in (500.0, 300.0, 0.0)]
    total(cells["load"].coefficients, *lengths)
    again = imported(file)
    assert again(cells["paper"].coefficients, *lengths)[0] == cells["paper"].energy(500, 300)
    assert sum(again.stats.cache_hits.values()) == 1


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
def test_lengths_that_no_query_has_give_nan(cells, total, name, lengths):
    inputs, outputs, cached = (np.array([float(one)]) for one in lengths)
    assert np.isnan(total(cells[name].coefficients, inputs, outputs, cached)).all()


def test_the_form_of_the_paper_has_no_cache(cells):
    assert np.isnan(wq.kernels.prepared_energy(cells["paper"].coefficients, 500.0, 300.0, 1.0))
