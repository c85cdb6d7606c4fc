"""Whether a result and the work on it fit in memory: asked before any of it is made.

What is available is the least of three: what the system can give without swapping, what is left to the control groups
of this process (a container), and what is left of its own limits (``ulimit -v``). File cache that can be dropped counts
as available.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wattquery.errors import InputError
from wattquery.quantities.amounts import in_bytes
from wattquery.specs.grid import Grid

__all__ = [
    "OUT_OF_MEMORY",
    "NotEnoughMemoryError",
    "available_bytes",
    "check_bytes",
    "check_cells",
    "check_memory",
    "check_runs",
    "memory_told",
    "result_bytes",
    "work_bytes",
]

COPIES = 3  # the flat answers, the labelled arrays and what a caller derives from them

CELL_BYTES = 600
"""What a cell takes apart from its statistics, with its factors by name: 370 measured with two factors."""

FIRST_RUN_BYTES = 130_000_000
"""What the first run of a method takes to compile its kernels: 105 to 135 MB measured, the run included."""

RUN_BYTES = 40_000_000
"""What a run takes beside its result: a batch of quasi-random points, 32 MB, or tiles of counts."""

THREAD_BYTES = 12_000_000
"""What each further thread takes: tiles of counts, blocks of draws, a stack."""

THREAD_ADDRESSES = 72_000_000
"""Address space that a thread takes beside: the C library reserves 64 MiB for each, and 8 MiB of stack."""

OUT_OF_MEMORY = "The memory that is free does not suffice. Shorten an axis, or run the grid in parts."
"""What is said where memory has run out."""

UNKNOWN_BYTES = 2**33  # where a system tells nothing

FRESH_SECONDS = 0.2
"""How long what the control groups say is taken as it was: a sweep in a loop would spend a third of its time on it."""

_SYSTEM = Path("/")
_GROUP_FILES = {
    "cgroup2": ("memory.max", "memory.current", ("inactive_file", "active_file")),
    "cgroup": ("memory.limit_in_bytes", "memory.usage_in_bytes", ("total_inactive_file", "total_active_file")),
}
"""Limit, use, and the part of the use that is file cache, by kind of control group."""


class NotEnoughMemoryError(InputError, MemoryError):
    """What was asked for does not fit in memory: the message says how much it would take and what to do."""


_groups: tuple[Path, float, tuple[int, ...]] | None = None

_RAN: set[str] = set()
"""Methods that have run in this process, whose kernels are there."""


def available_bytes(threads: int = 1) -> int:
    """Return the memory that this process can have on so many threads, whichever limit is the least."""
    return max(0, min([_of_system(), *_of_groups_lately(), *_of_process(threads)]))


def _of_system() -> int:
    """Return what the system can give without swapping; where it does not tell, what is free or all there is."""
    for line in _lines(_SYSTEM / "proc/meminfo"):
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    for name in ("SC_AVPHYS_PAGES", "SC_PHYS_PAGES"):
        try:
            return os.sysconf(name) * os.sysconf("SC_PAGE_SIZE")
        except (AttributeError, OSError, ValueError):  # not every platform knows both names
            continue
    return UNKNOWN_BYTES


def _of_groups_lately() -> tuple[int, ...]:
    """Return `_of_groups` as it was `FRESH_SECONDS` ago at most: some thirty files are read for it, in 2 ms."""
    global _groups
    now = time.monotonic()
    if _groups is None or _groups[0] != _SYSTEM or now - _groups[1] > FRESH_SECONDS:
        _groups = _SYSTEM, now, tuple(_of_groups())
    return _groups[2]


def _of_groups() -> Iterator[int]:
    """Yield what is left to each control group that this process is in, and to those above it."""
    own = {}
    for line in _lines(_SYSTEM / "proc/self/cgroup"):
        number, controllers, path = line.split(":", 2)
        if number == "0" and not controllers:
            own["cgroup2"] = path
        elif "memory" in controllers.split(","):
            own["cgroup"] = path
    for line in _lines(_SYSTEM / "proc/self/mountinfo"):
        fields, _, kinds = line.partition(" - ")
        kind, _, options = kinds.split(" ", 2)
        if kind not in own or (kind == "cgroup" and "memory" not in options.split()[-1].split(",")):
            continue
        root, mounted = fields.split(" ")[3:5]
        top = _SYSTEM / mounted.lstrip("/")
        # A container sees the path of its group on the host, or its own mount as the top of all groups.
        path = own[kind]
        below = os.path.relpath(path, root) if Path(path).is_relative_to(root) else "."
        here = top / below if not below.startswith("..") else top
        for folder in (here, *here.parents):
            if folder.is_relative_to(top):
                yield from _of_group(folder, *_GROUP_FILES[kind])


def _of_group(folder: Path, limit: str, use: str, caches: tuple[str, ...]) -> Iterator[int]:
    """Yield what is left to one control group, where it has a limit."""
    most, used = _number(folder / limit), _number(folder / use)
    if most is None:
        return
    cached = 0
    for line in _lines(folder / "memory.stat"):
        name, _, value = line.partition(" ")
        if name in caches:
            cached += int(value)
    yield most - max(0, (used or 0) - cached)


def _of_process(threads: int) -> Iterator[int]:
    """Yield what is left of the limits on this process's address space and data."""
    try:
        import resource
    except ImportError:  # Windows has none
        return
    sizes = next(iter(_lines(_SYSTEM / "proc/self/statm")), "0 0 0 0 0 0 0").split()
    page = resource.getpagesize()
    reserved = threads * THREAD_ADDRESSES if threads > 1 else 0  # one thread is the one that is here
    for limit, pages in ((resource.RLIMIT_AS, sizes[0]), (resource.RLIMIT_DATA, sizes[5])):
        soft, _ = resource.getrlimit(limit)
        if soft != resource.RLIM_INFINITY:
            yield soft - int(pages) * page - reserved


def _lines(path: Path) -> list[str]:
    """Return the lines of a file of the system's, none where it does not have it."""
    try:
        return path.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return []


def _number(path: Path) -> int | None:
    """Return the number in a file; ``None`` where it has none, or "max"."""
    lines = _lines(path)
    return int(lines[0]) if lines and lines[0].strip().isdigit() else None


def check_bytes(needed: float, what: str, fix: str, threads: int = 1, method: str = "") -> None:
    """Refuse what would need more memory than is available.

    Parameters
    ----------
    needed
        Bytes.
    what, fix
        What needs so much, as the beginning of a sentence with its verb, and what to do.
    threads
        Number of threads that work on it.
    method
        The method by which they do, whose work takes memory beside; none by default.

    Raises
    ------
    NotEnoughMemoryError
        If it does not fit.
    """
    free = available_bytes(threads)
    needed += work_bytes(method, threads) if method else 0
    if needed > free:
        raise NotEnoughMemoryError(f"{what} about {in_bytes(needed)}; {in_bytes(free)} are free. {fix}")


def result_bytes(cells: int, levels: tuple[float, ...], bins: int = 0) -> int:
    """Return what the result of so many cells takes, with the levels asked for and histogram bins kept of each."""
    return cells * 8 * (COPIES * (2 * len(levels) + 6) + 2 * bins)


def check_memory(
    grid: Grid,
    levels: tuple[float, ...],
    bins: int = 0,
    *,
    threads: int = 1,
    method: str = "monte_carlo",
    goes_to_store: bool = False,
) -> None:
    """Refuse a grid whose result, and the work on it, would not fit in memory.

    Parameters
    ----------
    grid
        The grid.
    levels
        The quantiles asked for.
    bins
        Histogram bins kept per cell.
    threads, method
        How it is computed.
    goes_to_store
        Whether whoever asks could pass a store, where no result is in memory as a whole.

    Raises
    ------
    NotEnoughMemoryError
        If that would need more memory than is available.
    """
    result = result_bytes(grid.size, levels, bins)
    cells = _cells(grid.size)
    if result <= work_bytes(method, threads):  # a shorter axis would not help
        on = f" on {threads} threads" if threads > 1 else ""
        fewer = ", or pass threads=1" if threads > 1 else ""
        check_bytes(result, f"Computing {cells}{on} needs", f"Make room for it{fewer}.", threads, method)
        return
    axes = " x ".join(f"{axis.size} {axis.name}" for axis in grid.dimensions)
    kept = ", with the histograms of keep_histogram=True," if bins else ""
    fix = "Drop keep_histogram, shorten an axis" if bins else "Shorten an axis"
    parts = "run it in parts: one sweep per label of the longest axis, each written to a file of its own"
    if goes_to_store:
        parts = "pass store='study.zarr', which keeps in memory only what is in work"
    check_bytes(
        result,
        f"The grid has {cells} ({axes}){kept} and needs",
        f"{fix}, or {parts}.",
        threads,
        method,
    )


def check_cells(cells: int, each: float, holding: str, fewer: str, *, threads: int, method: str) -> None:
    """Refuse an analysis whose cells would not fit in memory.

    Parameters
    ----------
    cells, each
        Number of cells, and the bytes that each of them takes.
    holding
        What makes them so large, such as ``"32 bins"``.
    fewer
        What to have less of, such as ``"bins"``.
    threads, method
        How it is computed.

    Raises
    ------
    NotEnoughMemoryError
        If they need more memory than is available.
    """
    verb = "needs" if cells == 1 else "need"
    what, fix = f"{_cells(cells)} with {holding} {verb}", f"Shorten an axis, or pass fewer {fewer}."
    check_bytes(cells * each, what, fix, threads, method)


def check_runs(cells: int, numbers: int, runs: int, holding: str, fewer: str, *, threads: int, method: str) -> None:
    """Refuse an analysis that keeps some numbers of each cell, and the statistics of several runs at a time.

    Parameters
    ----------
    cells, numbers, runs
        Number of cells, numbers that the result has of each, and runs whose statistics are there together.
    holding, fewer, threads, method
        As of `check_cells`.
    """
    check_cells(cells, CELL_BYTES + 8 * (numbers + 5 * runs), holding, fewer, threads=threads, method=method)


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count:,} cells"


def work_bytes(method: str, threads: int) -> int:
    """Return what the work on a result takes beside it."""
    return RUN_BYTES + (threads - 1) * THREAD_BYTES + (0 if method in _RAN else FIRST_RUN_BYTES)


@contextmanager
def memory_told(method: str) -> Iterator[None]:
    """Run a method; where memory runs out all the same, say so in a sentence."""
    try:
        yield
    except MemoryError as error:
        if isinstance(error, InputError):
            raise
        raise NotEnoughMemoryError(OUT_OF_MEMORY) from error
    _RAN.add(method)
