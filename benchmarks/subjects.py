"""What is timed, ready to be called. The only file of the benchmarks that imports kernels.

Every function here returns a closure without arguments whose inputs are made and whose kernels are compiled: calling
it is the work and nothing else. When a kernel is renamed or changes its arguments, this file is repointed and the
suites, the gate and the smoke tests follow.

Kernels are imported inside the functions: one that a revision lacks then costs its own subject and no other. What has
another name in older revisions, with which the regression gate compares, is found by either.
"""

from __future__ import annotations

import importlib
import inspect
import itertools
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

import wattquery as wq
from benchmarks.workloads import large_arguments, six_factor_arguments, sweep_arguments, under_load_arguments

Work = Callable[[], object]

BLOCK = 4096
STREAM = np.array([1, 2, 3, 4], dtype=np.uint32)
MOVED = {
    "wattquery.kernels.random.columns": "wattquery.kernels.columns",
    "wattquery.kernels.random.philox": "wattquery.kernels.philox",
    "wattquery.plans.columns": "wattquery.lowering.columns",
}
"""Where modules stood before."""

RENAMED = {"draws": "samples", "shared_draws": "outer"}
"""What arguments were called before."""

VARIATES = ("normal", "exponential", "whole_exponential", "lognormal", "uniform", "triangular", "empirical")


# ------------------------------------------------------------------------------------------------- kernels
def philox(size: int) -> Work:
    """Return the making of ``size`` random words."""
    words = _module("wattquery.kernels.random.philox").words
    out = np.empty(size, dtype=np.uint32)
    return _warm(lambda: words(STREAM, 0, out))


def variates(name: str, size: int) -> Work:
    """Return the making of ``size`` draws, and their logarithms, of a distribution in `VARIATES`."""
    fill_column = _module("wattquery.kernels.random.columns").fill_column
    columns = _module("wattquery.plans.columns")
    distribution = {
        "normal": None,
        "exponential": wq.Exponential(median=300),
        "whole_exponential": wq.Exponential(median=300),
        "lognormal": wq.LogNormal(p5=1.05, p95=1.6),
        "uniform": wq.Uniform(1.0, 2.0),
        "triangular": wq.Triangular(1.0, 1.2, 2.0),
        "empirical": wq.Empirical(probabilities=[0.0, 0.5, 1.0], values=[1.0, 2.0, 4.0]),
    }[name]
    table = columns.ColumnTable()
    table.add(columns.Column("benchmark", distribution, whole=name.startswith("whole")))
    codes, numbers = np.array(table.codes[0], dtype=np.int64), np.array(table.numbers[0])
    levels, values = np.array(table.levels, dtype=np.float64), np.array(table.values, dtype=np.float64)
    word, uniform = np.empty(size, dtype=np.uint32), np.empty(size)
    draws, logs = np.empty(size, dtype=np.float32), np.empty(size, dtype=np.float32)
    given = (codes, numbers, levels, values, STREAM, 0, word, uniform, draws, logs)
    return _warm(lambda: fill_column(*given))


def equation(size: int) -> Work:
    """Return ln E of ``size`` queries from their lengths, in a user's own compiled loop."""
    from numba import njit

    from wattquery.kernels.equation import log_energy

    @njit(nogil=True, error_model="numpy")
    def loop(normal: Any, tokens: Any, log_tokens: Any, out: Any) -> None:
        for i in range(out.size):
            z, one, ln = 0.1 + 0.5 * normal[i], tokens[i], log_tokens[i]
            out[i] = log_energy(z, one, ln, 500.0, 6.2146, 9.76, -0.585, 0.2266, 8.4277, 0.0, 1.0, 0.0)

    random = np.random.default_rng(0)
    tokens = np.maximum(1.0, np.rint(random.exponential(433.0, size)))
    normal, logs, out = random.standard_normal(size), np.log(tokens), np.empty(size)
    return _warm(lambda: loop(normal, tokens, logs, out))


def histogram(size: int) -> Work:
    """Return the two passes that count ``size`` values of ln E on the lattice, block by block as a sweep does."""
    from wattquery.kernels.histogram import count, index

    random = np.random.default_rng(0)
    normal, term = (random.standard_normal(size).astype(np.float32) for _ in range(2))
    indices, counts = np.empty(BLOCK, dtype=np.uint16), np.zeros(16_000, dtype=np.uint32)
    constant, slope, last = np.float32(8000.0), np.float32(600.0), np.float32(15_999.0)

    def passes() -> None:
        for start in range(0, size, BLOCK):
            block = slice(start, min(start + BLOCK, size))
            index(constant, slope, normal[block], term[block], last, indices[: block.stop - start])
            count(indices[: block.stop - start], counts)

    return _warm(passes)


# ------------------------------------------------------------------------------------------ public functions
def sweep(cells: int, draws: int, **arguments: Any) -> Work:
    """Return a sweep of ``cells`` cells; ``arguments`` are those of `wattquery.sweep`."""
    given = {**sweep_arguments(cells), "draws": draws, **arguments}
    # The kernels are warmed on the smallest grid, which takes the same types as any other.
    wq.sweep(**{**sweep_arguments(1), **arguments, "draws": min(draws, 8192)})
    return lambda: wq.sweep(**given)


def into_store(cells: int, folder: str, **arguments: Any) -> Work:
    """Return a sweep of ``cells`` cells into a new store each time; ``arguments`` are those of `wattquery.sweep`."""
    if "store" not in inspect.signature(wq.sweep).parameters:
        raise NotImplementedError("there are no stores yet")
    numbers = itertools.count()
    given = large_arguments(cells)
    wq.sweep(**large_arguments(1), **arguments, store=f"{folder}/first.zarr")
    return lambda: wq.sweep(**given, **arguments, store=f"{folder}/{next(numbers)}.zarr")


def under_load(loads: int, lengths: str = "named", **arguments: Any) -> tuple[Work, int]:
    """Return the statistics of a grid of 60 cells at each of some loads, its table made before, and how many it has.

    ``arguments`` are those of `wattquery.sweeps.settings.settings`.
    """
    from wattquery.sweeps.carry_out import statistics_of

    how, plan = _lowered(under_load_arguments(loads, lengths), **arguments)

    def work() -> object:
        return statistics_of(
            plan,
            method=how.method,
            levels=how.levels,
            keep_histograms=False,
            draws=how.draws,
            relative_stderr=None,
            threads=how.threads,
            progress=None,
        )

    return _warm(work), int(plan.cells.size)


def draws_under_load(draws: int) -> tuple[Work, int]:
    """Return the draws of 60 different cells under load, whose tiles are made before, and how many cells there are."""
    return _drawn(under_load_arguments(1), draws)


def draws_in_the_paper_form(draws: int, *, shared: bool) -> tuple[Work, int]:
    """Return the same of 60 cells in the paper form: 60 different length terms, or 3 that 20 cells share each."""
    given = sweep_arguments(60 if shared else 1200)
    if not shared:
        given |= {"levers": "none", "pue": given["pue"][0]}
    return _drawn(given, draws)


def _drawn(given: dict[str, Any], draws: int) -> tuple[Work, int]:
    from wattquery.methods.monte_carlo import MonteCarlo

    how, plan = _lowered(given, method="monte_carlo", draws=draws, threads=1)
    method = MonteCarlo(draws, how.levels)
    tasks = list(method.tasks(plan, 1))
    return _warm(lambda: [method.work(plan, task) for task in tasks]), int(plan.cells.size)


def _lowered(given: dict[str, Any], **arguments: Any) -> tuple[Any, Any]:
    """Return the settings and the plan of a grid."""
    from wattquery.sweeps.run import prepare
    from wattquery.sweeps.settings import settings
    from wattquery.sweeps.study import study

    if "load" in given and "load" not in inspect.signature(wq.sweep).parameters:
        raise NotImplementedError("there is no load yet")
    how = settings(seed=1, **arguments)
    return how, prepare(study(given["model"], **{k: v for k, v in given.items() if k != "model"}), how).plan


def estimate(**arguments: Any) -> Work:
    """Return one estimate of a paper cell."""
    return _warm(lambda: wq.estimate("Llama 3.1 405B", **arguments))


def quasi(cells: int, draws: int) -> Work:
    """Return a quasi-Monte Carlo sweep on one thread."""
    return sweep(cells, draws, method=known_method("quasi_monte_carlo"), threads=1)


def sobol(cells: int, draws: int, **arguments: Any) -> Work:
    """Return the Sobol' indices of six factors in ``cells`` cells."""
    if not hasattr(wq, "sensitivity"):
        raise NotImplementedError("wattquery.sensitivity does not exist yet")
    indices = wq.sensitivity.sobol
    indices(**six_factor_arguments(1), **_as_called(indices, {"draws": 2**10}), **arguments)
    given = six_factor_arguments(cells) | _as_called(indices, {"draws": draws})
    return lambda: indices(**given, **arguments)


def fleet(combinations: int, **arguments: Any) -> Work:
    """Return the totals of a fleet over lever combinations, facilities and 11 shares of long queries: 88 at a time."""
    if not hasattr(wq, "fleet"):
        raise NotImplementedError("wattquery.fleet does not exist yet")
    pue = [round(1.05 + 0.01 * i, 2) for i in range(max(1, combinations // 88))]
    given = _as_called(wq.fleet, arguments)
    return _warm(lambda: wq.fleet("long-share", pue=pue, **given))


def known_method(method: str) -> str:
    """Return ``method``, or raise what asv and the smoke tests take as a skip."""
    from wattquery.quantities import METHODS

    if method not in METHODS:
        raise NotImplementedError(f"method {method!r} does not exist yet")
    return method


def tile_contents(cells: int) -> tuple[int, int, int]:
    """Return how many exponential columns, length terms and tiles a grid comes to, each counted once per tile."""
    from wattquery.kernels.random.variates import EXPONENTIAL
    from wattquery.plans.build import lower
    from wattquery.plans.tiles import tiles
    from wattquery.sweeps.study import study

    wanted = study(**sweep_arguments(cells))
    plan = lower(wanted.grid, wanted.catalog, wanted.node_powers, seed=0, common_random_numbers=True).plan
    found = list(tiles(plan))
    exponentials = sum(int(np.sum(tile.column_codes[:, 0] == EXPONENTIAL)) for tile in found)
    return exponentials, sum(tile.term_numbers.shape[0] for tile in found), len(found)


def import_package() -> Work:
    """Return the import of the package in a fresh process."""
    return _warm(lambda: subprocess.run([sys.executable, "-c", "import wattquery; wattquery.sweep"], check=True))


def _module(name: str) -> Any:
    """Return a module, by the name that it had before where it is not there."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return importlib.import_module(MOVED[name])


def _as_called(function: Callable[..., object], arguments: dict[str, Any]) -> dict[str, Any]:
    """Return arguments by the names that a function has for them, those of before included."""
    known = inspect.signature(function).parameters
    return {name if name in known else RENAMED.get(name, name): value for name, value in arguments.items()}


def _warm(work: Work) -> Work:
    """Return ``work`` after calling it once, so that it is compiled."""
    work()
    return work


# --------------------------------------------------------------------------------- what the regression gate runs
@dataclass(frozen=True)
class Subject:
    """A piece of work with a name; ``prepare`` returns it compiled and ready.

    The ``clock`` counts processor time, which leaves out what other jobs take, wherever one thread does the work.
    """

    name: str
    prepare: Callable[[], Work]
    clock: Literal["processor", "wall"] = "processor"


# Up to some 30 ms each: short enough to fall between two bursts of a noisy machine. Grids have so many draws that these
# are most of the cost; what is left of it has a subject of its own, "grid-overhead".
SUBJECTS = (
    Subject("philox", lambda: philox(200_000)),
    Subject("variates-normal", lambda: variates("normal", 100_000)),
    Subject("variates-whole-exponential", lambda: variates("whole_exponential", 100_000)),
    Subject("equation", lambda: equation(200_000)),
    Subject("histogram", lambda: histogram(200_000)),
    Subject("estimate", lambda: estimate(draws=1_000_000, threads=1)),
    Subject("grid-common", lambda: sweep(20, 1_000_000, threads=1)),
    Subject("grid-independent", lambda: sweep(4, 1_000_000, threads=1, common_random_numbers=False)),
    Subject("grid-two-threads", lambda: sweep(20, 2_000_000, threads=2), clock="wall"),
    Subject("grid-overhead", lambda: sweep(20, 1, threads=1)),
    Subject("exact", lambda: sweep(4, 1, threads=1, method="exact")),
    Subject("quasi", lambda: quasi(4, 8192)),
    Subject("sobol", lambda: sobol(4, 2**13, threads=1)),
    Subject("fleet", lambda: fleet(88, structural=False, shared_draws=1024)),
    Subject("import", import_package),
)
