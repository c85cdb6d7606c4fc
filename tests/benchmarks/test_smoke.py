"""Every benchmark of every suite runs once at its smallest size, so that none of them rots."""

import importlib
import itertools
import math
import pkgutil

import numpy as np
import pytest

from benchmarks import sensitivity, suites
from benchmarks.suites import processes, under_load
from benchmarks.workloads import six_factor_numbers

PREFIXES = ("time_", "track_", "peakmem_")
LESS_WORK = {
    # The command itself runs in WarmCompile; here an empty cache has to be made and taken.
    "ColdCompile": (processes, {"ESTIMATE": ("-m", "wattquery", "catalog", "list")}),
    "DrawsUnderLoad": (under_load, {"DRAWS": (2**8, 2**12), "REPEATS": 1}),
}
"""What benchmarks that have no smaller size take from their file instead: (file, its constants)."""


def benchmarks():
    """Yield (class, method name, smallest parameters) of every benchmark, as asv would find them."""
    for module in pkgutil.iter_modules(suites.__path__, "benchmarks.suites."):
        for suite in vars(importlib.import_module(module.name)).values():
            if not isinstance(suite, type) or suite.__module__ != module.name:
                continue
            axes = getattr(suite, "params", [])
            # Names (of a distribution, a method) are all run; of sizes only the first, the smallest.
            chosen = [axis if all(isinstance(one, str) for one in axis) else axis[:1] for axis in axes]
            names = [name for name in vars(suite) if name.startswith(PREFIXES)]
            for name, parameters in itertools.product(names, itertools.product(*chosen)):
                label = "-".join(str(one) for one in parameters)
                yield pytest.param(suite, name, parameters, id=f"{suite.__name__}.{name}[{label}]")


@pytest.mark.parametrize(("suite", "name", "parameters"), list(benchmarks()))
def test_benchmark_runs(suite, name, parameters, monkeypatch):
    file, constants = LESS_WORK.get(suite.__name__, (None, {}))
    for constant, value in constants.items():
        monkeypatch.setattr(file, constant, value)
    one = suite()
    try:
        if hasattr(one, "setup"):
            one.setup(*parameters)
    except NotImplementedError as skipped:
        pytest.skip(str(skipped))
    try:
        result = getattr(one, name)(*parameters)
    finally:
        if hasattr(one, "teardown"):
            one.teardown(*parameters)
    if name.startswith("track_"):
        assert math.isfinite(result)
        assert result > 0.0


def test_suites_are_found():
    found = {parameter.values[0].__name__ for parameter in benchmarks()}
    wanted = {"Generator", "Variates", "Equation", "Histogram", "Grid", "Exact", "Quasi", "Threads", "Sobol"}
    assert found >= wanted | {"Import", "ColdCompile", "WarmCompile", "Memory", "ErrorAtBudget"} | set(LESS_WORK)


def test_six_factor_numbers_are_the_cells_of_the_indices():
    """The peer's cells are computed by the benchmark itself: closed-form shares of ln E must come out of both."""
    ds = (
        sensitivity.ours(12, 2**12, "saltelli_2010")
        .sel(scale="log_energy")
        .stack(cell=["model", "output_tokens", "input_tokens", "power_utilization", "pue"])
    )
    cells = six_factor_numbers(12)
    assert ds.sizes["cell"] == len(cells)
    for i, cell in enumerate(cells):
        one = ds.isel(cell=i)
        found = (one["first_order"] * one["variance"]).sel(factor=list(sensitivity.FACTORS[1:])).values
        width = ((one["first_order_high"] - one["first_order_low"]) * one["variance"]).sel(
            factor=list(sensitivity.FACTORS[1:])
        )
        wanted = [sigma**2 for _, sigma, _ in cell.factors]
        assert np.all(np.abs(found - wanted) < 2.0 * width.values + 1e-4)


def test_six_factor_grid_sizes():
    assert [len(six_factor_numbers(cells)) for cells in (1, 7, 120, 1200)] == [1, 7, 120, 1200]
