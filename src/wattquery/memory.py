"""Whether a result fits in memory: asked before any of it is made."""

from __future__ import annotations

import os

from wattquery.errors import InputError
from wattquery.specs.grid import Grid

__all__ = ["available_bytes", "check_memory"]

COPIES = 3  # the flat answers, the labelled arrays and what a caller derives from them


def available_bytes() -> int:
    """Return the memory that is free now, or all there is where a system does not tell."""
    for name in ("SC_AVPHYS_PAGES", "SC_PHYS_PAGES"):
        try:
            return os.sysconf(name) * os.sysconf("SC_PAGE_SIZE")
        except (AttributeError, OSError, ValueError):  # not every platform knows both names
            continue
    return 2**33


def check_memory(grid: Grid, levels: tuple[float, ...], bins: int = 0) -> None:
    """Refuse a grid whose result would not fit in memory.

    Parameters
    ----------
    grid
        The grid.
    levels
        The quantiles asked for.
    bins
        Histogram bins kept per cell.

    Raises
    ------
    InputError
        If the result would need more than the memory that is free.
    """
    needed = grid.size * 8 * (COPIES * (2 * len(levels) + 6) + 2 * bins)
    free = available_bytes()
    if needed <= free:
        return
    axes = " x ".join(f"{axis.size} {axis.name}" for axis in grid.dimensions)
    kept = ", with the histograms of keep_histogram=True" if bins else ""
    fix = "Drop keep_histogram, shorten an axis" if bins else "Shorten an axis"
    raise InputError(
        f"The grid has {grid.size:,} cells ({axes}) and needs about {needed / 1e9:,.1f} GB{kept}; "
        f"{free / 1e9:,.1f} GB are free. {fix}, or run it in parts: one sweep per label of the longest axis, each "
        "written to a file of its own."
    )
