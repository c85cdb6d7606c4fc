"""How large a picture is, and how it is coloured: a column of a paper, a page or a slide; coloured, grey or dark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import matplotlib as mpl

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.choices import SIZES as SIZE_NAMES
from wattquery.plot.choices import STYLES
from wattquery.specs.scalars import shown

__all__ = ["SIZES", "Size", "current_look", "current_size", "points", "scale", "styled"]


@dataclass(frozen=True)
class Size:
    """How large a picture is.

    Attributes
    ----------
    width
        Of a new figure [inches].
    least_height
        Of a new figure [inches].
    type
        How large type is, times that of a page.
    lines
        How wide lines are and how large marks, times those of a page.
    grows
        Whether a figure becomes higher for titles and legends of many lines; a slide is as high as it is.
    """

    width: float
    least_height: float
    type: float
    lines: float
    grows: bool = True


SIZES = dict(
    zip(
        SIZE_NAMES,
        (Size(3.35, 1.8, 0.8, 0.75), Size(7.0, 2.6, 1.0, 1.0), Size(10.0, 5.6, 1.5, 1.4, grows=False)),
        strict=True,
    )
)
"""The sizes by name: one column of a journal, a page or screen, a slide of 16:9."""

PAGE = SIZES["page"]
_CURRENT: ContextVar[tuple[Size, str]] = ContextVar("size and style", default=(PAGE, STYLES[0]))


@refuses_unknown
def styled(size: str = "page", style: str = "default") -> AbstractContextManager[None]:
    """Draw all pictures within a ``with`` block at a size and in a style.

    Fonts and resolution are those of matplotlib's ``rcParams``, and ``font.size`` scales all type: a style sheet of
    yours goes around this block. Colours are those of the style alone.

    Parameters
    ----------
    size
        ``"column"``: 3.35 inches wide, for one column of a paper, with small type; ``"page"``: 7 inches; ``"slide"``:
        10 by 5.6 inches, with large type and thick lines; more rows than have room there make it higher. Of an Axes
        that is passed as ``ax``, it is type and lines.
    style
        ``"default"``, ``"grey"``: no colours; ``"dark"``: light on dark.

    Returns
    -------
    context manager
        What was set before holds again after the block.

    Raises
    ------
    InputError
        If there is no such size or style.

    Examples
    --------
    >>> import wattquery as wq
    >>> with wq.plot.styled(size="column", style="grey"):
    ...     ax = wq.plot.waterfall(wq.sensitivity.shapley("model+serving"))
    >>> float(ax.figure.get_figwidth())
    3.35
    """
    for name, value, known in (("size", size, tuple(SIZES)), ("style", style, STYLES)):
        if not isinstance(value, str) or value not in known:
            raise InputError(f"{name} must be one of {listed(known)}, got {shown(value)}.{did_you_mean(value, known)}")
    return _within(SIZES[size], style)


@contextmanager
def _within(size: Size, look: str) -> Iterator[None]:
    outer = current_size()
    token = _CURRENT.set((size, look))
    try:
        # A block within another: what that one scaled is no part of what the user has set.
        font = mpl.rcParams["font.size"] / outer.type * size.type
        with mpl.rc_context({"font.size": font, "hatch.linewidth": size.lines}):
            yield
    finally:
        _CURRENT.reset(token)


def current_size() -> Size:
    """Return the size at which pictures are drawn."""
    return _CURRENT.get()[0]


def current_look() -> str:
    """Return the style in which they are drawn."""
    return _CURRENT.get()[1]


def scale() -> float:
    """Return how large type is, relative to what matplotlib begins with."""
    return float(mpl.rcParams["font.size"]) / 10.0


def points(size: float) -> float:
    """Return a size of type [points] that a page has, at the size and font size that are set."""
    return size * scale()
