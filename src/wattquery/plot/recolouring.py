"""A finished picture in another style: its colours as greys or on dark, its lines thinner or thicker."""

from __future__ import annotations

import colorsys
from collections.abc import Iterable
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.colors import Colormap, ListedColormap, to_hex, to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from wattquery.plot.sizes import current_look, current_size

__all__ = ["FINAL", "background", "colour_map", "lightness", "restyle"]

BACKGROUND = 0.09
"""Lightness of what is white by day: black makes thin lines glare."""

TICKS, GRID = "#222222", "#d0d0d0"

FINAL = "final"
"""How a text is marked whose colour fits what is behind it already."""


def lightness(colour: Any) -> float:
    """Return the relative luminance of a colour, from 0 to 1 (sRGB weights)."""
    red, green, blue, _ = to_rgba(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def restyle(artists: Iterable[Artist]) -> None:
    """Give artists, with all that is in them, the colours and widths of the style and size that are set."""
    look, lines = current_look(), current_size().lines
    if look == "default" and lines == 1.0:
        return
    found = {id(one): one for artist in artists for one in artist.findobj()}
    for one in found.values():
        if lines != 1.0:
            _widths(one, lines)
        if look != "default":
            _colours(one, look)
    if look != "default":
        for ax in (one for one in found.values() if isinstance(one, Axes)):
            # Ticks that are made later.
            ax.tick_params(which="both", color=_mapped(TICKS, look), labelcolor=_mapped(TICKS, look))
            ax.tick_params(which="both", grid_color=_mapped(GRID, look))


def _mapped(colour: Any, look: str) -> Any:
    """Return a colour in a style: of the same lightness without hue, or of the opposite lightness."""
    if isinstance(colour, str) and colour in ("none", "auto", "inherit"):
        return colour
    red, green, blue, alpha = to_rgba(colour)
    if alpha == 0.0:
        return (red, green, blue, alpha)
    if look == "grey":
        return (*(lightness(colour),) * 3, alpha)
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    return (*colorsys.hls_to_rgb(hue, 1.0 - (1.0 - BACKGROUND) * light, saturation), alpha)


def colour_map(name: str) -> Colormap:
    """Return a map of colours in the style that is set."""
    table, look = mpl.colormaps[name], current_look()
    if look == "default":
        return table
    return ListedColormap([to_hex(_mapped(row, look)) for row in table(np.linspace(0.0, 1.0, 256))])


def background() -> Any:
    """Return what is white by day in the style that is set: the colour of what is drawn around texts."""
    look = current_look()
    return "white" if look == "default" else _mapped("white", look)


def _widths(one: Artist, lines: float) -> None:
    """Scale what is drawn as lines and marks."""
    if isinstance(one, Line2D):
        one.set(linewidth=one.get_linewidth() * lines, markersize=one.get_markersize() * lines)
        one.set_markeredgewidth(one.get_markeredgewidth() * lines)
    elif isinstance(one, Patch):
        one.set_linewidth(one.get_linewidth() * lines)
    elif isinstance(one, Collection):
        one.set_linewidth([width * lines for width in np.atleast_1d(one.get_linewidth())])


def _colours(one: Artist, look: str) -> None:
    """Map the colours of one artist."""
    if isinstance(one, Text) and one.get_gid() == FINAL:
        return
    if isinstance(one, Text):
        one.set_color(_mapped(one.get_color(), look))
        box = one.get_bbox_patch()
        if box is not None:
            _colours(box, look)
    elif isinstance(one, Line2D):
        face, edge = one.get_markerfacecolor(), one.get_markeredgecolor()
        one.set_color(_mapped(one.get_color(), look))
        one.set(markerfacecolor=_mapped(face, look), markeredgecolor=_mapped(edge, look))
    elif isinstance(one, Patch):
        face, edge, hatch = one.get_facecolor(), one.get_edgecolor(), getattr(one, "get_hatchcolor", lambda: None)()
        one.set(facecolor=_mapped(face, look), edgecolor=_mapped(edge, look))
        if hatch is not None:  # from matplotlib 3.11 on; before, it is that of the edge
            one.set(hatchcolor=_mapped(hatch, look))
    elif isinstance(one, Collection) and one.get_array() is None:
        faces, edges = one.get_facecolor(), one.get_edgecolor()
        one.set_facecolor([_mapped(face, look) for face in np.atleast_2d(faces)] if len(faces) else "none")
        one.set_edgecolor([_mapped(edge, look) for edge in np.atleast_2d(edges)] if len(edges) else "none")
