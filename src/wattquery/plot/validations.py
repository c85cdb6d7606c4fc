"""Predicted against measured: a panel for each quantity, with intervals and how often they hold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed, quoted
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.figures import PANELS
from wattquery.plot.lines import MARKERS
from wattquery.plot.recolouring import restyle
from wattquery.plot.sizes import current_size
from wattquery.plot.style import (
    INK,
    WIDTH,
    checked_ax,
    explained,
    legend_label,
    log_scale,
    new_axes,
    new_grid,
    plain_frame,
    points,
    scale,
    shades,
    titled,
    wrapped_label,
)
from wattquery.specs.display_names import display_value
from wattquery.specs.scalars import shown
from wattquery.throughput.load.support import SUPPORTS
from wattquery.validation import Comparison
from wattquery.validation.groups import is_trusted
from wattquery.validation.long_table import LEVELS
from wattquery.validation.side_by_side import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["predicted_against_measured", "validation"]

WORDS = {
    "joules_per_output_token": ("Energy", "energy, accelerators alone [J per output token]"),
    "power_w_per_accelerator": ("Power", "mean power per accelerator [W]"),
    "output_tps_per_accelerator": ("Throughput", "output tokens per second and accelerator [tokens/s]"),
    "tpot_s": ("Time per output token", "mean time per output token [s]"),
    "ttft_s": ("Time to first token", "mean time to the first token [s]"),
}
"""What a quantity is, in a word and with its unit."""

NAMES = {name: name for name in WORDS} | {column: name for name, column in COLUMNS.items()}
"""Of each name that a quantity has in tables, the one that it has in `WORDS`."""

LARGEST = 1e100
"""No number that was measured is larger, or smaller than one over it."""

NEEDED = ("quantity", "measured", *LEVELS)
MADE_BY = "wattquery.validation.compare"

MOST_LINES = 300
"""Points whose intervals can be told apart; of more, the points alone are drawn."""

MOST_LABELS = 8
FEW_LABELS = 2
ROOM = 1.25
"""Factor that a panel reaches beyond its outermost point."""


@refuses_unknown
def validation(
    comparison: Comparison | pd.DataFrame, quantity: str | None = None, by: str = "support", ax: Axes | None = None
) -> Axes:
    """Draw predictions over what was measured, with their 90 % intervals.

    On the line, predictions are right. The legend says for each label how many points there are and how many of them
    lie inside their 90 % interval. Of more than 300 points the intervals are left out, and counted all the same.

    Parameters
    ----------
    comparison
        Result of `wattquery.validation.compare`, or a DataFrame with columns like those of its ``rows``. Rows of low
        confidence and points that calibrated are not drawn.
    quantity
        What is compared: one of its quantities. If left out, all that were measured, a panel each; in an Axes of yours
        the first.
    by
        The column whose labels are told apart by marker and lightness: ``"support"``, or such as ``"kind"``,
        ``"hardware"`` or ``"serving"``, with eight labels at most.
    ax
        Where to draw one quantity; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        The first panel. Both axes are logarithmic and alike.

    Raises
    ------
    InputError
        If nothing was measured that can be compared, the quantity or column is none, or rows stand more than once.
    """
    rows = _checked_rows(comparison, by)
    there = [name for name in WORDS if name in set(rows["quantity"].map(NAMES))]
    if quantity is not None:
        known = {name for name, standard in NAMES.items() if standard in there}
        if not isinstance(quantity, str) or quantity not in known:
            raise InputError(
                f"quantity must be one that was measured, {listed(rows['quantity'].unique().tolist())}, got "
                f"{shown(quantity)}: write one of these.{did_you_mean(quantity, known)}"
            )
        there = [NAMES[quantity]]
    order = _labels(rows[by].astype(str).tolist(), by)
    ax = checked_ax(ax)
    panels = [ax] if ax is not None else _panels(len(there), len(order))
    for panel, name in zip(panels, there, strict=False):
        _draw(panel, rows[rows["quantity"].map(NAMES) == name], name, by, order)
    figure = panels[0].get_figure(root=True)
    if len(panels) > 1 and figure is not None:
        restyle([figure])
    return panels[0]


def predicted_against_measured(labelled: pd.DataFrame, quantities: Sequence[str] = tuple(WORDS)[:4]) -> Figure:
    """Return the picture of the cross-validation of the shipped load model: dense models and mixtures of experts.

    Parameters
    ----------
    labelled
        Predictions as `wattquery.validation.groups.with_groups` returns them, of one kind of folds and without measured
        points that calibrated.
    quantities
        What has a panel.
    """
    ax = validation(labelled[labelled["quantity"].isin(quantities)], by="kind")
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)  # it was made for it
    return figure


def _checked_rows(comparison: object, by: object) -> pd.DataFrame:
    """Return the rows that have both numbers, each once."""
    import pandas as pd

    rows = comparison.rows if isinstance(comparison, Comparison) else comparison
    if not isinstance(rows, pd.DataFrame):
        raise InputTypeError(
            f"comparison must be the result of {MADE_BY}, or a DataFrame of its rows, got {quoted(comparison)}: pass "
            "that result as it is."
        )
    if not rows.columns.is_unique:
        twice = rows.columns[rows.columns.duplicated()].tolist()
        raise InputError(f"Each column must be there once, got {listed(twice)} more than once: leave the others out.")
    missing = [name for name in NEEDED if name not in rows]
    if missing:
        raise InputError(
            f"The rows have no {listed(missing)}; they have {listed([str(name) for name in rows.columns])}. They must "
            f"be those of {MADE_BY}: pass its result as it is."
        )
    if not isinstance(by, str) or by not in rows or by in ("measured", *LEVELS):
        texts = [str(name) for name in rows if not pd.api.types.is_numeric_dtype(rows[name]) and name != "quantity"]
        raise InputError(
            f"by must be a column with labels, such as {listed(texts)}, got {shown(by)}: write one of these."
            f"{did_you_mean(by, texts)}"
        )
    numbers = ["measured", *LEVELS]
    try:
        values = rows[numbers].to_numpy(dtype=np.float64)
    except (TypeError, ValueError):
        raise InputTypeError(
            f"The columns {listed(numbers)} must hold numbers: pass the result of {MADE_BY}."
        ) from None
    with np.errstate(invalid="ignore"):
        kept = ((values > 1.0 / LARGEST) & (values < LARGEST)).all(axis=1) & rows["quantity"].isin(NAMES).to_numpy()
    if "scored" in rows:
        kept &= rows["scored"].to_numpy(dtype=bool)
    if "confidence" in rows:
        kept &= is_trusted(rows)
    rows = rows[kept]
    rows = rows.assign(**{by: rows[by].fillna("not stated").astype(str)})
    if rows.empty:
        raise InputError(
            "No row has a measured number that can be compared with a prediction, so there is nothing to draw. Its "
            "'reason' tells why: pass rows with a measured quantity."
        )
    for name in ("by", "points"):
        ways = list(dict.fromkeys(rows[name].astype(str))) if name in rows else []
        if len(ways) > 1:
            raise InputError(
                f"The rows are predicted in several ways, which {name!r} tells apart: {listed(ways)}. Choose one: "
                f"table[table[{name!r}] == {rows[name].tolist()[0]!r}]."
            )
    return rows


def _labels(labels: Sequence[str], by: str) -> list[str]:
    """Return the labels that are told apart: those of support from the best, others the most frequent first."""
    order = sorted(set(labels), key=lambda label: (-labels.count(label), label))
    if by == "support":
        order = [*(label for label in SUPPORTS if label in order), *(label for label in order if label not in SUPPORTS)]
    if len(order) > MOST_LABELS:
        raise InputError(
            f"A picture tells at most {MOST_LABELS} labels apart, and {by!r} has {len(order)}: choose another column "
            "for by, or fewer rows."
        )
    return order


def _panels(count: int, labels: int) -> list[Axes]:
    """Return the Axes of a new figure, beside each other where there is room; legends have as many labels."""
    if count == 1:
        return [new_axes(5.2)]
    size = current_size()
    columns = 1 if size.width < WIDTH else 2
    rows = math.ceil(count / columns)
    # A panel is square, with title and labels above and below it.
    around = 1.35 + 0.17 * labels
    side = size.width / scale() / columns - 0.7
    panels = new_grid(rows, columns, rows * (side + around), tall=True)
    for ax in panels[count:]:
        ax.remove()
    figure = panels[0].get_figure(root=True)
    assert isinstance(figure, Figure)  # it was made for them
    figure.set_gid(PANELS)
    return panels[:count]


def _draw(ax: Axes, rows: pd.DataFrame, name: str, by: str, order: Sequence[str]) -> None:
    """Draw one quantity."""
    many = len(rows) > MOST_LINES
    log_scale(ax, "x")
    log_scale(ax, "y")
    shown_values = rows[["measured", "q50"] if many else ["measured", "q05", "q50", "q95"]].to_numpy(dtype=np.float64)
    ends = np.array([shown_values.min() / ROOM, shown_values.max() * ROOM])
    ax.plot(ends, ends, color=INK, linewidth=0.9, zorder=2)
    handles: list[Artist] = []
    for label, marker, colour in zip(order, MARKERS, _colours(len(order)), strict=False):
        mine = rows[rows[by].astype(str) == label]
        if len(mine):
            _points(ax, mine, many, {"color": colour, "marker": marker})
            words = f"{display_value(by, label)}: {len(mine):,}, {_inside(mine, 'q05', 'q95')} inside"
            mark: dict[str, Any] = {"marker": marker, "markersize": 5.0, "markeredgecolor": INK, "markeredgewidth": 0.5}
            handles.append(Line2D([], [], linestyle="none", color=colour, label=legend_label(words), **mark))
    ax.set(xlim=ends, ylim=ends, aspect="equal")
    ax.set_ylabel("predicted median")
    ax.set_xlabel(wrapped_label(ax, f"measured {WORDS[name][1]}"))
    plain_frame(ax, "both")
    _legend(ax, handles)
    half, most = _inside(rows, "q25", "q75"), _inside(rows, "q05", "q95")
    counts = f"{len(rows):,} measured; {half} inside 50 % intervals, {most} inside 90 % intervals"
    titled(ax, WORDS[name][0], counts)


def _legend(ax: Axes, handles: Sequence[Artist]) -> None:
    """Explain the points below the axis; those of each panel have numbers of their own."""
    figure = ax.get_figure(root=True)
    if figure is None or figure.get_gid() != PANELS:
        explained(ax, handles)
        return
    lines = ax.get_xlabel().count("\n") + 1
    below = ScaledTranslation(0.0, -points(22.0 + 14.5 * lines) / 72.0, figure.dpi_scale_trans)
    place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (0.0, 0.0), "borderaxespad": 0.0, "borderpad": 0.0}
    legend = ax.legend(
        handles=handles,
        fontsize=points(8.0),
        frameon=False,
        handletextpad=0.2,
        bbox_transform=ax.transAxes + below,
        **place,
    )
    for text in legend.get_texts():
        text.set_color(INK)


def _colours(count: int) -> list[Any]:
    """Return shades, for two the ends: points lie over each other more than lines do."""
    return shades(count + 1)[:count] if count > FEW_LABELS else [shades(2)[0], "#d9a520"][:count]


def _points(ax: Axes, mine: pd.DataFrame, many: bool, style: dict[str, Any]) -> None:
    """Draw the points of one label, with their intervals where these can be told apart."""
    x, y = (mine[column].to_numpy(dtype=np.float64) for column in ("measured", "q50"))
    if many:
        ax.scatter(x, y, s=9.0, alpha=0.35, linewidths=0.0, rasterized=True, zorder=3, **style)
        return
    ax.vlines(x, mine["q05"], mine["q95"], color=style["color"], linewidth=1.0, alpha=0.8, zorder=3)
    ax.scatter(x, y, s=26.0, linewidths=0.6, edgecolors=INK, zorder=4, **style)


def _inside(rows: pd.DataFrame, low: str, high: str) -> str:
    """Return in per cent how many measured numbers lie inside an interval."""
    share = ((rows["measured"] >= rows[low]) & (rows["measured"] <= rows[high])).mean()
    return f"{100.0 * share:.0f} %"
