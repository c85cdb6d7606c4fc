"""What a fresh process pays: the import, compiling with an empty cache, and with a full one."""

from __future__ import annotations

import shutil
import tempfile
from typing import ClassVar

from benchmarks.memory import run_python

ESTIMATE = ("-m", "wattquery", "estimate", "Llama 3.1 405B", "--draws", "1000")


class Import:
    """The import of the package, alone and with the sweep, which brings Numba and xarray."""

    params: ClassVar = [["import wattquery", "import wattquery; wattquery.sweep"]]
    param_names: ClassVar = ["statement"]
    number = 1

    def time_import(self, statement: str) -> None:
        """Time a process that imports and ends."""
        run_python("-c", statement)


class ColdCompile:
    """``wattquery estimate``, the whole process, with nothing compiled before."""

    number = 1
    repeat = 3
    timeout = 600

    def setup(self) -> None:
        """Make room for the caches."""
        self.directory = tempfile.mkdtemp(prefix="wattquery-benchmark-")

    def teardown(self) -> None:
        """Remove the caches."""
        shutil.rmtree(self.directory)

    def time_estimate(self) -> None:
        """Time it with a new cache directory each time, since a run fills it."""
        run_python(*ESTIMATE, cache=tempfile.mkdtemp(dir=self.directory))


class WarmCompile:
    """``wattquery estimate``, the whole process, with the cache as an earlier run leaves it."""

    number = 1
    repeat = 5
    timeout = 600

    def setup(self) -> None:
        """Fill the cache of this user."""
        run_python(*ESTIMATE)

    def time_estimate(self) -> None:
        """Time it."""
        run_python(*ESTIMATE)
