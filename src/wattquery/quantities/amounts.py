"""Times, sizes and counts as people say them."""

from __future__ import annotations

import math

__all__ = ["a_second", "count", "in_bytes", "in_time", "span"]

_UNITS = (("years", 31_557_600.0), ("days", 86_400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0))
_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_SIZES = (("PB", 1e15), ("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3))


def in_time(seconds: float) -> str:
    """Return an estimate of a time, in the largest unit of which there are two or more, to two digits."""
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


def count(number: float) -> str:
    """Return a large number to three digits, in words that are read at a glance."""
    for scale, word in _SCALES:
        if number >= scale:
            return f"{number / scale:.3g} {word}" if number < 1e3 * scale else f"{number / scale:,.0f} {word}"
    return f"{number:,.0f}"


def span(seconds: float) -> str:
    """Return a time that is measured or runs down, in the two largest of its units."""
    whole = math.ceil(round(seconds, 3))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86_400:,} d {whole % 86_400 // 3600} h"


def _rounded(value: float) -> str:
    return f"{value:,.0f}" if value >= 100.0 else f"{value:.2g}"
