"""Logarithmic axes: ticks at round numbers, as many as their length has room for, with plain numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, Locator, MaxNLocator, NullFormatter, NullLocator
from numpy.typing import NDArray

from wattquery.plot.sizes import scale

__all__ = ["log_scale"]

DIGIT, BETWEEN, UP = 0.09, 0.1, 0.22
"""Width of a digit, what is left free between two numbers across, and room of a number up [inches], at the type of a
page."""

MOST, ENOUGH = 9, 4
LIMITS = (1e-300, 1e300)


def log_scale(ax: Axes, axis: str = "x") -> None:
    """Make an axis logarithmic, with plain numbers at as many ticks as fit."""
    getattr(ax, f"set_{axis}scale")("log")
    one = getattr(ax, f"{axis}axis")
    one.set_major_locator(_RoundTicks(ax, across=axis == "x"))
    one.set_major_formatter(FuncFormatter(lambda value, _: _number(value)))
    one.set_minor_locator(NullLocator())
    one.set_minor_formatter(NullFormatter())


def _number(value: float) -> str:
    return f"{value:,.10g}"


class _RoundTicks(Locator):
    """Ticks at decades, 1-2-5, or finer: the coarsest that are enough, of those whose numbers do not touch."""

    STEPS = ((1.0,), (1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 1.5, 2.0, 3.0, 5.0, 7.0), tuple(map(float, range(1, 10))))

    def __init__(self, ax: Axes, *, across: bool) -> None:
        self._ax, self._across = ax, across
        self._scale = scale()  # that of when it is drawn may be another

    def __call__(self) -> Sequence[float]:
        if self.axis is None:
            return []
        low, high = self.axis.get_view_interval()
        return self.tick_values(float(low), float(high))

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        low, high = (float(end) for end in np.clip(sorted((vmin, vmax)), *LIMITS))
        if not low < high:
            return [low]
        decades = 10.0 ** np.arange(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        best: list[float] = []
        for steps in self.STEPS:
            ticks = _between(np.outer(decades, steps), low, high)
            while len(steps) == 1 and len(ticks) > 2 and not self._fit(ticks, low, high):
                ticks = ticks[::2]
            if len(best) < len(ticks) and self._fit(ticks, low, high):
                best = ticks
            if len(best) >= ENOUGH:
                return best
        if len(best) >= 2:
            return best
        for most in (6, 4, 3, 2):
            ticks = _between(np.asarray(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)), low, high)
            if len(ticks) >= 2 and self._fit(ticks, low, high):
                return ticks
        return best or [float(f"{math.sqrt(low * high):.2g}")]

    def _fit(self, ticks: Sequence[float], low: float, high: float) -> bool:
        """Return whether there are not too many, and their numbers lie beside each other."""
        root = self._ax.get_figure(root=True)
        if len(ticks) > MOST or root is None:
            return len(ticks) <= MOST
        length = (self._ax.bbox.width if self._across else self._ax.bbox.height) / root.dpi / self._scale
        for one, other in pairwise(ticks):
            apart = math.log(other / one) / math.log(high / low) * length
            digits = 0.5 * (len(_number(one)) + len(_number(other)))
            if apart < (DIGIT * digits + BETWEEN if self._across else UP):
                return False
        return True


def _between(ticks: NDArray[Any], low: float, high: float) -> list[float]:
    """Return in order those of some ticks that are seen."""
    there = np.sort(np.ravel(ticks))
    return [float(tick) for tick in there[(there >= low * 0.9999) & (there <= high * 1.0001)]]
