"""How many times public estimates exceed the model, comparison by comparison, with the range that was published."""

from __future__ import annotations

from matplotlib.figure import Figure

from wattquery.claims.overstating import COMPARATOR
from wattquery.paper.claims import published
from wattquery.paper.pictures.computing import Computed
from wattquery.paper.pictures.listing import PaperFigure
from wattquery.plot.style import DARK, INK, PALE, log_scale, plain_frame, titled, value_text, wrapped

__all__ = ["multiples"]

WIDTH, ROW, LABEL = 9.0, 0.36, 44

KNOWN = f" ({COMPARATOR})"
"""What the colour of a dot says."""


def multiples(figure: PaperFigure, found: Computed) -> Figure:
    """Return the ratios of estimates to the model as dots, the published range shaded.

    Parameters
    ----------
    figure
        Which it is.
    found
        All that was computed.
    """
    table = found.estimates.sort_values(["group", "ratio"], kind="stable").to_dict("records")
    rows = list(range(len(table)))[::-1]
    picture = Figure(figsize=(WIDTH, 1.7 + ROW * len(table)), layout="constrained")
    ax = picture.subplots()
    ends = published()["headline"][found.main.preset.published].get("public_estimates_overstated")
    if ends:
        low, high = map(float, ends)
        ax.axvspan(low, high, facecolor=PALE, edgecolor="none", zorder=0)
        for value, text, side in zip((low, high), ends, (-1, 1), strict=True):
            ax.axvline(value, color=INK, linewidth=1.0, zorder=1)
            ax.plot(value, len(rows) - 0.35, "D", color="white", markeredgecolor=INK, markersize=6.5, clip_on=False)
            said = ax.annotate(
                f"published {text}", (value, len(rows) - 0.35), (6 * side, 0), textcoords="offset points"
            )
            said.set(ha="left" if side > 0 else "right", va="center", fontsize=8.5, color=INK)
    ax.axvline(1.0, color=INK, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    for row, one in zip(rows, table, strict=True):
        is_comparator = one["group"] == COMPARATOR
        ax.plot(one["ratio"], row, "o" if is_comparator else "s", color=DARK if is_comparator else "white",
                markeredgecolor=DARK, markersize=7, zorder=3)  # fmt: skip
        words = f"{value_text(one['ratio'])} x {one['model']}, {value_text(one['model_wh'])} Wh"
        said = ax.annotate(words, (1.0, row), (8, 0), ("axes fraction", "data"), textcoords="offset points")
        said.set(ha="left", va="center", fontsize=8.5, color=INK)
    log_scale(ax)
    ax.set_yticks(rows, [wrapped(str(one["subject"]).removesuffix(KNOWN), LABEL) for one in table], fontsize=8.5)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(-0.7, len(rows) + 0.1)
    ax.set_xlabel("estimate over the model's median at the facility [times]")
    plain_frame(ax)
    titled(ax, figure.heading, "dots: comparators of the paper; squares: widely cited")
    return picture
