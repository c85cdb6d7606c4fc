"""What stands above and below a picture: its title with what was held fixed, and its legend where no data can be."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.transforms import blended_transform_factory

from wattquery.plot.figures import INK, PANELS, is_own, wrapped
from wattquery.plot.recolouring import restyle
from wattquery.plot.sizes import current_size, points, scale

__all__ = [
    "CONTEXT",
    "LEGENDS",
    "explained",
    "fitted",
    "legend_height",
    "legend_label",
    "legend_of",
    "room",
    "titled",
    "wrapped_label",
]

CONTEXT = "context"
"""How the line is marked that says what was held fixed."""

Handle = Artist | tuple[Artist, ...]

LEGENDS: WeakKeyDictionary[Axes, tuple[str, dict[str, Handle]]] = WeakKeyDictionary()
"""Title and entries of the legends of panels, which the figure has once."""

TITLE, SMALL, LEGEND = 11.0, 8.5, 8.5
LEFT = 0.012
"""Where headings begin, as a share of the width of the figure."""

MOST_LINES = 9
_BRACKET = re.compile(r"\[[^]]*\]$")
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=%|\w?Wh\b)")


def titled(ax: Axes, title: str, context: str = "", *, above: float = 0.0) -> None:
    """Write a title, and below it in smaller type what was held fixed; then give the picture its style.

    They stand ``above`` what is written on the upper edge of the Axes by so much [points].

    In a figure of its own they have all of its width, and the figure becomes higher for them; elsewhere that of the
    Axes, and a figure of little height keeps three lines of the latter. Called last: the labels of rows take their room
    from the Axes, and what is drawn later has no style.
    """
    own = is_own(ax)
    root = ax.get_figure(root=True)
    height = 4.0 if root is None else root.get_figheight()
    inches = height if root is None else (root.get_figwidth() * (1.0 - 2.0 * LEFT) if own else room(ax))
    most = MOST_LINES if own else max(3, int(0.25 * 72.0 * height / points(12.0)))
    small, large = fitted(context, inches, SMALL, most), fitted(title, inches, TITLE)
    lines = small.count("\n") + 1 if small else 0
    if own:
        _grow(ax, max(0, lines - 1) * points(12.0) / 72.0 + large.count("\n") * points(14.0) / 72.0)
    pad = points(7.0 + 12.0 * lines) + above
    ax.set_title(large, loc="left", fontsize=points(TITLE), fontweight="bold", color=INK, pad=pad)
    if small:
        said = ax.annotate(
            small, (0.0, 1.0), (0.0, points(5.0) + above), xycoords="axes fraction", textcoords="offset points"
        )
        said.set_label(context)  # panels write what they have in common across all of them
        said.set(fontsize=points(SMALL), color="#444444", va="bottom", ha="left", annotation_clip=False, gid=CONTEXT)
        if own and root is not None:
            said.xycoords = blended_transform_factory(root.transFigure, ax.transAxes)
            said.xy = (LEFT, 1.0)
            said.set_in_layout(False)  # the title makes room for it
    if own and root is not None:
        # Layout counts the height of a title alone, so that it may begin left of its Axes.
        # Nothing public moves a title sideways: matplotlib keeps that on the left in an attribute without a type.
        ax._left_title.set_transform(  # type: ignore[attr-defined]
            blended_transform_factory(root.transFigure, ax.transAxes) + ax.titleOffsetTrans  # type: ignore[attr-defined]
        )
        ax._left_title.set_x(LEFT)  # type: ignore[attr-defined]
        restyle([root])
    elif root is not None and root.get_gid() != PANELS:
        restyle([ax])


def fitted(text: str, inches: float, size: float, most: int = MOST_LINES) -> str:
    """Return a text in lines that are no longer than so many inches, at a size of type of a page [points]."""
    wide = 0.0096 if size >= TITLE else 0.0080
    width = max(12, int(inches / (wide * points(size))))
    # A unit stays with its number, and whole with its boundary where it can.
    joined = _BEFORE_UNIT.sub("\u2060", text)
    joined = _BRACKET.sub(lambda found: found[0].replace(" ", "\u2060") if len(found[0]) <= width else found[0], joined)
    lines = textwrap.fill(joined, width, max_lines=most, placeholder=" ...")
    return lines.replace("\u2060", " ")


def wrapped_label(ax: Axes, text: str, *, upright: bool = False) -> str:
    """Return the label of an axis in lines that are not longer than the picture is wide, or high."""
    if not upright:
        return fitted(text, room(ax), 10.0)
    root, place = ax.get_figure(root=True), ax.get_subplotspec()
    rows = 1 if place is None else place.get_gridspec().nrows
    height = (4.0 if root is None else root.get_figheight()) / rows
    # A slide makes no further room for heading and legend.
    share = 0.5 if rows == 1 and not current_size().grows else 0.62 if is_own(ax) else 0.8
    return fitted(text, share * height, 10.0)


def explained(ax: Axes, handles: Sequence[Handle], labels: Sequence[str] = (), *, title: str = "") -> None:
    """Explain what was drawn below the axis, where no data can be; in a figure with other Axes, within them.

    Parameters
    ----------
    ax
        Where it was drawn.
    handles
        What is explained; several in a tuple are drawn over each other.
    labels
        In words; those of the handles if left out.
    title
        Of the legend.
    """
    root = ax.get_figure(root=True)
    words = list(labels) or [str(one.get_label()) for one in handles if isinstance(one, Artist)]
    entries = dict(zip(words, handles, strict=True))
    if root is None or not (is_own(ax) or root.get_gid() == PANELS):
        small = {"fontsize": points(7.5), "title_fontsize": points(7.5)}
        ax.legend(list(entries.values()), words, title=title, loc="best", framealpha=0.9, **small)
    elif is_own(ax):
        _grow(ax, max(0.0, legend_height(entries, root.get_figwidth(), title) - points(2.9 * LEGEND) / 72.0))
        legend_of(root, entries, title, loc="outside lower center")
    else:
        LEGENDS[ax] = (title, entries)


def legend_of(figure: Figure, entries: Mapping[str, Handle], title: str, **place: Any) -> Legend:
    """Write a legend of a figure, in as many columns as have room."""
    columns = legend_columns(list(entries), figure.get_figwidth())
    size: dict[str, Any] = {
        "fontsize": points(LEGEND),
        "title_fontsize": points(LEGEND),
        "handlelength": 2.6,
        "handleheight": 1.0,
    }
    handles: list[Any] = list(entries.values())
    found = figure.legend(handles, list(entries), title=title or None, ncols=columns, frameon=False, **size, **place)
    for text in [*found.get_texts(), found.get_title()]:
        text.set_color(INK)
    return found


def legend_height(entries: Mapping[str, Handle], width: float, title: str) -> float:
    """Return about how high a legend is within so many inches of width [inches]."""
    columns = legend_columns(list(entries), width)
    lines = [label.count("\n") + 1 for label in entries]
    rows = -(-len(lines) // columns)
    highest = max((sum(lines[at : at + rows]) for at in range(0, len(lines), rows)), default=0)
    return (highest + bool(title)) * points(LEGEND) * 1.5 / 72.0 + 0.1 * scale()


def legend_columns(labels: Sequence[str], width: float) -> int:
    """Return how many entries of a legend stand beside each other within so many inches."""
    longest = max((len(line) for label in labels for line in label.split("\n")), default=1)
    entry = (0.0078 * longest + 0.055) * points(LEGEND) + 0.12 * scale()
    return max(1, min(int(0.96 * width / entry), len(labels), 4))


def _grow(ax: Axes, inches: float) -> None:
    """Make a figure of its own higher, where its size may."""
    root = ax.get_figure(root=True)
    if root is not None and inches > 0.0 and current_size().grows:
        root.set_figheight(root.get_figheight() + inches)


def room(ax: Axes) -> float:
    """Return about how wide the line above an Axes is, once the layout has made room for its labels [inches]."""
    root, place = ax.get_figure(root=True), ax.get_subplotspec()
    width = current_size().width if root is None else root.get_figwidth()
    share = 1.0 if place is None else len(place.colspan) / place.get_gridspec().ncols
    rows = [line for label in ax.get_yticklabels() for line in label.get_text().split("\n")]
    beside = ax.get_ylabel()
    labels = 0.075 * max(map(len, rows), default=0) + (0.25 + 0.17 * beside.count("\n") if beside else 0.0)
    if root is not None and root.get_gid() == PANELS:
        return max(0.8, (width - labels * scale()) * share - 0.2)  # the first panel alone has labels
    return max(1.2, width * share - labels * scale() - 0.2)


def legend_label(words: object) -> str:
    """Return the label of an entry in lines that fit below a picture."""
    width = int((current_size().width - 0.6) / (0.0078 * points(LEGEND)))
    return wrapped(words, min(44, max(20, width)))
