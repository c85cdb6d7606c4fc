"""Every benchmark of every suite runs once at its smallest size, so that none of them rots."""

import importlib
import itertools
import math
import pkgutil

import pytest

from benchmarks import suites

PREFIXES = ("time_", "track_", "peakmem_")


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
def test_benchmark_runs(suite, name, parameters):
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
    wanted = {"Generator", "Variates", "Equation", "Histogram", "Grid", "Exact", "Quasi", "Threads"}
    assert found >= wanted | {"Import", "ColdCompile", "WarmCompile", "Memory", "ErrorAtBudget"}
