"""Progress where someone watches: a line on a terminal, a bar in a notebook, nothing where output goes elsewhere."""

from __future__ import annotations

import html
import math
import shutil
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

from wattquery.engine.executor import Progress
from wattquery.engine.rate import Rate
from wattquery.quantities.amounts import count, span

__all__ = ["Display", "expect", "watched"]

PAUSE = 0.1
"""Seconds between two updates."""

UP_AND_CLEAR = "\x1b[1A\r\x1b[2K"
"""Tells a terminal to go up a line and clear it. The line always ends, so that an error begins on one of its own."""

BETWEEN = " | "
"""Stands between the parts of a line."""


class Display:
    """Receives the share of the work that is done, and shows it with what is known of the work.

    Parameters
    ----------
    show
        Receives the line, and the share.
    label
        What is done, a word.
    clock
        Returns seconds, and only ever goes on.
    """

    def __init__(
        self, show: Callable[[str, float], None], label: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._show = show
        self._label = label
        self._clock = clock
        self._rate = Rate(clock=clock)
        self._cells = self._draws = 0
        self._latest, self._shown = 0.0, -math.inf

    def expect(self, cells: int, draws: int = 0, before: float = 0.0) -> None:
        """Learn how much there is to do.

        Parameters
        ----------
        cells
            Number of cells of the whole.
        draws
            Number of draws of all cells together; 0 where there are none, or nobody knows.
        before
            The share that an earlier run has done: it is shown as done, and counts for no rate.
        """
        self._cells, self._draws = cells, draws
        self._rate = Rate(before, self._clock)
        self._latest = before
        self._update(before)

    def __call__(self, share: float) -> None:
        """Show the share, unless that was done just now; the whole is always shown."""
        self._latest = share = min(max(share, 0.0), 1.0)
        if share >= 1.0 or self._clock() - self._shown >= PAUSE:
            self._update(share)

    def passed_over(self, share: float) -> None:
        """Show the share, of which what is new was found done: by an earlier run, so that it counts for no rate."""
        self._rate.skip(share - self._latest)
        self(share)

    def _update(self, share: float) -> None:
        self._rate.see(share)
        self._shown = self._clock()
        self._show(self.line(), share)

    def line(self) -> str:
        """Return what is shown: the share, cells, draws with their rate, and the time that is left or was taken."""
        share = self._rate.share
        parts = [f"{self._label} {math.floor(100.0 * share):3d} %".strip()]
        if self._cells:
            # Shares are rounded: 719.9999997 cells are 720.
            parts.append(f"{math.floor(round(share * self._cells, 3)):,} of {self._cells:,} cells")
        if self._draws:
            parts.append(f"{count(share * self._draws)} of {count(self._draws)} draws")
            if self._rate.per_second > 0.0:
                parts[-1] += f", {count(self._rate.per_second * self._draws)}/s"
        if share >= 1.0:
            parts.append(f"in {span(self._rate.elapsed)}")
        elif math.isfinite(self._rate.left):
            parts.append(f"{span(self._rate.left)} left")
        return BETWEEN.join(parts)


def expect(progress: Progress | None, *, cells: int, draws: int = 0, before: float = 0.0) -> None:
    """Tell whoever receives progress how much there is to do, if that can be shown; see `Display.expect`."""
    if isinstance(progress, Display):
        progress.expect(cells, draws, before)


def watched(label: str = "") -> Display | None:
    """Return what shows progress here: a bar in a notebook, a line on a terminal, and ``None`` where nobody watches."""
    notebook = _notebook()
    if notebook is not None:
        return Display(_Bar(notebook), label)
    if sys.stderr is not None and sys.stderr.isatty():
        return Display(_Line(sys.stderr), label)
    return None


class _Line:
    """A line on a terminal, which the next one replaces."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._replaces = ""

    def __call__(self, line: str, share: float) -> None:
        columns = shutil.get_terminal_size().columns
        self._stream.write(f"{self._replaces}{_fitted(line, columns - 1)}\n")
        self._stream.flush()
        self._replaces = UP_AND_CLEAR


def _fitted(line: str, columns: int) -> str:
    """Return a line of so many columns: how much is done and how long it takes are what a narrow terminal shows."""
    parts = line.split(BETWEEN)
    while len(BETWEEN.join(parts)) > columns and len(parts) > 2:
        del parts[1]
    return BETWEEN.join(parts)[:columns]


class _Bar:
    """A bar below a notebook's cell, with the line beside it; where there are no bars, the line."""

    def __init__(self, display: Callable[..., Any]) -> None:
        self._display = display
        self._handle: Any = None

    def __call__(self, line: str, share: float) -> None:
        bar = f'<progress value="{share:.4f}" max="1"></progress> <code>{html.escape(line)}</code>'
        shown = {"text/plain": line, "text/html": bar}
        if self._handle is None:
            self._handle = self._display(shown, raw=True, display_id=True)
        else:
            self._handle.update(shown, raw=True)


def _notebook() -> Callable[..., Any] | None:
    """Return what displays something in a notebook; ``None`` elsewhere. IPython is there if this is one."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    if ipython is None or not hasattr(shell, "kernel"):  # an IPython on a terminal has none
        return None
    from importlib import import_module

    display: Callable[..., Any] = import_module("IPython.display").display
    return display
