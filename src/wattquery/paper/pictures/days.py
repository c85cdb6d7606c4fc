"""A day of a billion queries as bars: traditional ones only, with long ones among them, and improved."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from wattquery.paper.claims import claims
from wattquery.paper.pictures.computing import Computed
from wattquery.paper.pictures.listing import PaperFigure
from wattquery.paper.recomputed import Quantities
from wattquery.plot.style import DARK, INK, LIGHT, MIDDLE, plain_frame, value_text

__all__ = ["days"]

SIZE = (9.0, 4.9)
BAR = 0.56

LINES = ((0.3, "a billion web searches (0.3)"), (0.576, "data centre of 30 MW at 80 % (0.576)"))
"""Energies per day that the authors' script draws beside its bars [GWh/day]."""

LEFT = (("traditional", "as it is"), ("traditional_improved", "improved\nserving"))
RIGHT = (
    ("traditional", "traditional\nonly"),
    ("mixed", "10 % long"),
    ("mixed_improved", "10 % long,\nimproved serving"),
)


def days(figure: PaperFigure, found: Computed) -> Figure:
    """Return the bars of fleets with their published totals.

    Parameters
    ----------
    figure
        Which it is.
    found
        All that was computed.
    """
    picture = Figure(figsize=SIZE, layout="constrained")
    picture.suptitle(figure.heading, x=0.01, ha="left", fontsize=11, fontweight="bold", color=INK)
    first, second = picture.subplots(1, 2, width_ratios=(2, 3), sharey=True)
    for ax, bars in ((first, LEFT), (second, RIGHT)):
        for place, (part, _) in enumerate(bars):
            _bar(ax, place, part, found.main)
        ax.set_xticks(range(len(bars)), [words for _, words in bars], fontsize=9)
        ax.set_xlim(-0.5, len(bars) - 0.5)
        plain_frame(ax)
        ax.grid(visible=False, axis="x")
        ax.grid(axis="y", color="#d0d0d0", linewidth=0.6)
        ax.tick_params(axis="x", length=0)
        for value, _ in LINES:
            ax.axhline(value, color=INK, linewidth=0.8, linestyle=(0, (4, 3)), zorder=4)
    for value, words in LINES:
        said = second.annotate(words, (1.0, value), (4, 0), ("axes fraction", "data"), textcoords="offset points")
        said.set(ha="left", va="center", fontsize=8.5, color=INK)
    first.set_ylabel("energy per day [GWh/day, facility and overhead]", fontsize=9)
    first.set_ylim(0.0, 1.24 * max(found.main.fleet(part).value for part, _ in RIGHT))
    first.set_title("Traditional queries only", loc="left", fontsize=9, color="#444444")
    second.set_title(
        "A tenth of the queries long; bold: ours, diamonds: published", loc="left", fontsize=9, color="#444444"
    )
    handles = [
        Patch(facecolor=colour, edgecolor=INK, hatch=hatch, label=words) for words, colour, hatch in _FACES.values()
    ]
    picture.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False, fontsize=8.5)
    return picture


_FACES = {
    "traditional": ("traditional queries", DARK, ""),
    "long": ("long queries", LIGHT, "////"),
    "traditional_improved": ("traditional queries, improved serving", MIDDLE, ""),
    "long_improved": ("long queries, improved serving", "white", "...."),
}


def _bar(ax: Axes, place: int, part: str, source: Quantities) -> None:
    """Draw one fleet by class of query, its total, and what was published."""
    bottom = 0.0
    for name, share in _shares(part, source.long_share).items():
        height = share * source.fleet(name).value
        _, colour, hatch = _FACES[name]
        ax.bar(place, height, BAR, bottom=bottom, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.6, zorder=2)
        bottom += height
    stated = [claim for claim in claims(source.preset.published) if claim.quantity == ("fleet", part)]
    above = [(value_text(bottom), 9.5, "bold")]
    if stated:
        above = [(f"{claim.name.partition(':')[0]} {claim.text}", 7.5, "normal") for claim in stated[::-1]] + above
        corner = place + BAR / 2.0
        ax.plot(corner, stated[-1].value, "D", color="white", markeredgecolor=INK, markersize=6.5, zorder=6)
    for line, (words, size, weight) in enumerate(above):
        said = ax.annotate(words, (place, bottom), (0, 5 + 10 * line), textcoords="offset points", zorder=5)
        said.set(ha="center", va="bottom", fontsize=size, fontweight=weight, color=INK)


def _shares(part: str, long_share: float) -> dict[str, float]:
    """Return the classes of queries of a fleet and their shares."""
    workload, _, improved = part.partition("_")
    names = {"traditional": 1.0} if workload == "traditional" else {"traditional": 1.0 - long_share, "long": long_share}
    return {f"{name}_{improved}" if improved else name: share for name, share in names.items()}
