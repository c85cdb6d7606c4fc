"""`warm`: pay for compilation now, and not in the first sweep."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from wattquery.engine.executor import AskedProgress
from wattquery.inputs.arguments import refuses_unknown
from wattquery.quantities import METHODS
from wattquery.sensitivity.variance.indices import sobol
from wattquery.specs import Empirical, ThroughputProportional, Triangular
from wattquery.specs.containers import items
from wattquery.sweeps.settings import checked_progress
from wattquery.sweeps.sweep import sweep

__all__ = ["warm"]

MODEL = "DeepSeek-R1"
SOBOL = "sobol"
DRAWS = 4096
"""Enough for every construction of quasi-random points, and milliseconds of work."""

_ALL_METHODS: tuple[dict[str, Any], ...] = (
    {"keep_histogram": True},
    {"levers": ["none", "serving"], "output_tokens": [100, 200], "prefill_weight": 0.03},
    {"power_utilization": ThroughputProportional(base=0.24, span=0.56), "round_tokens": False},
    {"power_utilization": 0.7, "pue": 1.1, "round_tokens": False, "keep_histogram": True},
)
"""Small sweeps that between them call every kernel, with the types that all other sweeps call it with."""

_SAMPLED: tuple[dict[str, Any], ...] = (
    {"draws": 16 * DRAWS},  # enough to be divided among threads
    {"common_random_numbers": False, "levers": ["none", "serving"]},
    {"pue": Triangular(1.05, 1.1, 1.6), "input_tokens": Empirical(samples=[100.0, 500.0]), "keep_histogram": True},
)


_INDICES: tuple[dict[str, Any], ...] = (
    {"draws": 2**12, "levers": "serving", "second_order": True},
    {"draws": 2**10, "method": "monte_carlo", "pue": Triangular(1.05, 1.1, 1.6)},
)


@refuses_unknown
def warm(methods: str | Iterable[str] = METHODS, *, progress: AskedProgress = None) -> dict[str, float]:
    """Compile every kernel that `wattquery.sweep` and `wattquery.estimate` need, or load it from disk.

    Nothing has to be warmed: the first sweep compiles what it calls. Call this where that wait would be in the way:
    before a measurement of time, when a container image is built, or in each worker before it takes tasks. More
    threads would not help: the compiler runs on one.

    Parameters
    ----------
    methods
        Which methods to warm; by default all of them. ``"sobol"`` among them warms `wattquery.sensitivity.sobol`.
    progress
        Called with the share of the work done, from 0 to 1. With true it is shown on a terminal or in a notebook.

    Returns
    -------
    dict of str to float
        Seconds that each method took: some where it compiled, tenths where the kernels came from disk.

    Raises
    ------
    InputError
        If a method is unknown.

    Examples
    --------
    >>> import wattquery as wq
    >>> sorted(wq.warm(methods=["exact"]))
    ['exact']
    """
    progress = checked_progress(progress)
    names = [methods] if isinstance(methods, str) else items(methods, "methods")
    runs = [(name, run) for name in names for run in _runs(name)]
    seconds = dict.fromkeys(names, 0.0)
    for done, (name, run) in enumerate(runs, start=1):
        start = time.perf_counter()
        run()
        seconds[name] += time.perf_counter() - start
        if progress is not None:
            progress(done / len(runs))
    return seconds


def _runs(method: str) -> list[Callable[[], object]]:
    """Return what calls every kernel of a method, run after run."""
    common: dict[str, Any] = {"seed": 0, "threads": 1}
    if method == SOBOL:
        return [partial(sobol, MODEL, **common, **arguments) for arguments in _INDICES]
    common |= {"method": method, "draws": DRAWS}
    sweeps = (*_ALL_METHODS, *(() if method == "exact" else _SAMPLED))
    return [partial(sweep, MODEL, **{**common, **arguments}) for arguments in sweeps]
