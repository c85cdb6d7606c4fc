"""Whether a worker computes what this process does: the same version, and the same counts of a small block.

Asked of each worker before a run, and of each that joins later before its first box.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, TypeVar

import numba
import numpy as np

from wattquery.engine.dask import OnDask, this_worker
from wattquery.errors import InputError
from wattquery.sweeps.provenance import KERNEL_DEFINITION, UNDER_LOAD, package_version
from wattquery.sweeps.run import compute
from wattquery.sweeps.settings import Method, Settings
from wattquery.sweeps.study import Study, study

__all__ = ["CheckedWorkers", "Report", "counts", "difference", "report"]

TaskT = TypeVar("TaskT")
Part = TypeVar("Part")

DRAWS = 4096
"""Of the canary: enough for every construction of random numbers, and milliseconds of work."""


@dataclass(frozen=True)
class Report:
    """What a process has to say of how it computes.

    Attributes
    ----------
    version, definition
        Of this package, and of what its numbers are made by.
    libraries
        Versions of those that compile and compute: two may differ and count alike, so that they explain a difference
        and are none.
    counts
        A digest of the histogram and the statistics of the canary.
    """

    version: str
    definition: str
    libraries: tuple[tuple[str, str], ...]
    counts: str


def report(method: Method, under_load: bool) -> Report:
    """Return what this process has to say.

    Parameters
    ----------
    method
        The method of the run.
    under_load
        Whether the run is one of the load model.
    """
    definition = UNDER_LOAD if under_load else KERNEL_DEFINITION
    libraries = (("numpy", np.__version__), ("numba", numba.__version__))
    return Report(package_version(), definition, libraries, counts(method, under_load))


@cache
def counts(method: Method, under_load: bool) -> str:
    """Return a digest of what this process counts in a small block of cells, made once."""
    computed = compute(_canary(under_load), _settings(method)).statistics
    made = hashlib.sha256()
    for name in sorted(computed.arrays):
        made.update(name.encode() + np.ascontiguousarray(computed.arrays[name]).tobytes())
    for cell, histogram in sorted(computed.histograms.items()):
        made.update(f"{cell} {histogram.first_bin}".encode() + np.ascontiguousarray(histogram.masses).tobytes())
    return made.hexdigest()[:16]


def difference(here: Report, there: Report) -> str:
    """Return how another process computes otherwise, in words; empty where it computes alike."""
    if there.version != here.version:
        return f"it has wattquery {there.version}, and this process {here.version}"
    if there.definition != here.definition:
        return "its numbers are made by another definition of the kernels, as of an edited copy"
    if there.counts == here.counts:
        return ""
    other = [
        f"{name} {version} in the place of {own}"
        for (name, version), (_, own) in zip(there.libraries, here.libraries, strict=True)
        if version != own
    ]
    why = f"it has {' and '.join(other)}" if other else "its processor or its kernels are of another kind"
    return f"it counts otherwise in a small block of cells, and {why}"


class CheckedWorkers:
    """An executor whose workers compute what this process does; one that does not is refused.

    Parameters
    ----------
    cluster
        The workers.
    settings, study
        The run.
    """

    def __init__(self, cluster: OnDask, settings: Settings, study: Study) -> None:
        self._cluster = cluster
        method: Method = "exact" if settings.method == "auto" else settings.method
        self._ask = partial(report, method, study.grid.is_under_load)

    @property
    def workers(self) -> int:
        """How many boxes run at a time."""
        return self._cluster.workers

    def map(
        self, work: Callable[[TaskT], Part], tasks: Iterable[TaskT], *, interpreted: bool = False
    ) -> Generator[tuple[TaskT, Part], None, None]:
        """Yield every task with its result, see `wattquery.engine.executor.Executor.map`.

        Raises
        ------
        InputError
            If a worker computes otherwise.
        """
        expected = self._ask()
        for address, answer in self._cluster.on_each(self._ask).items():
            if isinstance(answer, Exception):
                raise InputError(
                    f"worker {address} could not compute a small block of cells ({type(answer).__name__}: {answer}): "
                    "install there what is installed here, and start it anew."
                ) from answer
            _refuse(f"worker {address}", difference(expected, answer))
        checked: Callable[[TaskT], Part] = _Checked(work, self._ask, expected)
        yield from self._cluster.map(checked, tasks, interpreted=interpreted)


@dataclass(frozen=True, eq=False)
class _Checked:
    """Work that a worker does once it is known to compute what is expected: some come when a run has begun."""

    work: Callable[..., Any]
    ask: Callable[[], Report]
    expected: Report

    def __call__(self, task: object) -> Any:
        # Asked of every task, and computed for the first one alone.
        found = self.ask()
        if found != self.expected:
            _refuse(this_worker(), difference(self.expected, found))
        return self.work(task)


def _refuse(who: str, why: str) -> None:
    if why:
        raise InputError(
            f"{who} would not compute what this process does: {why}; install there what is installed here, and start "
            "it anew."
        )


def _canary(under_load: bool) -> Study:
    if under_load:
        return study("Llama 3.1 8B", hardware="H100 SXM", load=0.5, workload="azure_code", levers=["none", "serving"])
    return study("DeepSeek-R1", levers=["none", "serving"])


def _settings(method: Method) -> Settings:
    return Settings(
        method=method,
        levels=(0.05, 0.5, 0.95),
        draws=0 if method == "exact" else DRAWS,
        relative_stderr=None,
        seed=0,
        common_random_numbers=True,
        keep_histogram=True,
        threads=1,
        progress=None,
    )
