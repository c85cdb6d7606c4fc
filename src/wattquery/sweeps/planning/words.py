"""Times, sizes and counts as people say them."""

from __future__ import annotations

__all__ = ["a_second", "in_bytes", "in_time"]

_UNITS = (("years", 31_557_600.0), ("days", 86_400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0))
_SIZES = (("PB", 1e15), ("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3))


def in_time(seconds: float) -> str:
    """Return a time in the largest unit of which there are two or more, to two digits."""
    for unit, length in _UNITS:
        if seconds >= 2.0 * length:
            return f"{_rounded(seconds / length)} {unit}"
    return f"{seconds:.2g} s" if seconds >= 0.01 else "0.01 s"


def in_bytes(size: float) -> str:
    """Return a size to two digits."""
    for unit, length in _SIZES:
        if size >= length:
            return f"{_rounded(size / length)} {unit}"
    return f"{size:.0f} bytes"


def a_second(rate: float) -> str:
    """Return how many of something are done in a second, to two digits."""
    return f"{rate:.2g}" if not 100.0 <= rate < 1e6 else f"{float(f'{rate:.2g}'):,.0f}"


def _rounded(value: float) -> str:
    return f"{value:,.0f}" if value >= 100.0 else f"{value:.2g}"
