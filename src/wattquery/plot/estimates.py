"""Public claims on a logarithmic axis, against the bands of the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from wattquery import catalog as catalogs
from wattquery.catalog import Preset, PublicClaim
from wattquery.claims.listing import chosen, get
from wattquery.errors import InputError, InputTypeError
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.sizes import SIZES, current_size
from wattquery.plot.style import (
    DARK,
    INK,
    LIGHT,
    MIDDLE,
    PALE,
    checked_ax,
    explained,
    log_scale,
    new_axes,
    plain_frame,
    points,
    scale,
    titled,
    value_texts,
    wrapped,
    wrapped_label,
)
from wattquery.specs.containers import is_listlike, items
from wattquery.specs.display_names import display_value
from wattquery.specs.scalars import shown
from wattquery.sweeps.blend import blend
from wattquery.sweeps.frontier import frontier_models
from wattquery.sweeps.sweep import sweep

__all__ = ["claims"]

WIDTH = 9.5
ROW = 0.155
LONGEST = 72
"""Characters of a line of a label on a page."""

GROUPS = {
    "frontier": "Frontier models",
    "": "Model unknown",
    "large": "70 to 200 billion parameters",
    "small": "Smaller models",
}
MARKERS = {
    "accelerator": ("o", "white"),
    "node": ("s", LIGHT),
    "facility": ("o", DARK),
    "facility+idle_reserve": ("D", DARK),
    "unknown": ("x", INK),
}
"""Shape and filling by boundary: told apart without colour."""

SHADES = {"traditional": (MIDDLE, "-", ""), "long": (LIGHT, "--", "////")}


@dataclass(frozen=True)
class _Band:
    """Quantiles of the model for one workload [Wh]."""

    name: str
    p5: float
    p25: float
    p50: float
    p75: float
    p95: float


@refuses_unknown
def claims(
    which: Sequence[str | PublicClaim] | None = None, *, preset: str | Preset = "v2-code", ax: Axes | None = None
) -> Axes:
    """Draw public claims on queries to language models, against the frontier blend of the model.

    Shaded: P25 to P75 of the untrimmed blend, for the preset's traditional and long queries, with a line at the median;
    the two rows on top add P5 to P95. Claims are grouped by model and sorted; their marker tells the boundary. Lines
    are the ranges of claims that give one.

    Parameters
    ----------
    which
        Ids or claims; all public ones if left out. Those without an energy, that are no LLM query, or that come from
        the method itself are passed over.
    preset
        The assumptions of the model.
    ax
        Where to draw; a new figure, high enough for all labels, if left out.

    Returns
    -------
    matplotlib.axes.Axes
        Energies on a logarithmic axis. Boundaries are those of the claims, and the model's is the facility.

    Raises
    ------
    InputError
        If a claim is unknown, or none is left to draw.
    """
    drawn = _drawn(which)
    bands = _bands(preset)
    groups = _grouped(drawn)
    wide = _label_width()
    lines = [_label(one, wide).count("\n") + 1 for one in drawn]
    count = sum(lines) + 1.6 * len(groups) + len(bands) + 1.0
    ax = checked_ax(ax) or new_axes(1.9 + ROW * count, WIDTH if current_size() is SIZES["page"] else None, rows=True)
    size = _font(ax, count)
    _shade(ax, bands, drawn)
    labels = [*_model_rows(ax, bands), *_claim_rows(ax, groups, float(len(bands)) + 0.6, wide)]
    ax.set_ylim(labels[-1][0] + 1.0, -0.9)
    _labelled(ax, labels, size)
    ax.set_xlabel(wrapped_label(ax, "energy per query [Wh, each claim at its own boundary]"))
    plain_frame(ax)
    ax.tick_params(axis="x", top=True, labeltop=True)
    explained(ax, _handles(drawn, bands))
    said = "bands: frontier blend, untrimmed, at the facility; lines: its medians"
    titled(ax, "Public claims of energy per LLM query", said, above=points(14.0))
    return ax


def _drawn(which: Sequence[str | PublicClaim] | None) -> list[PublicClaim]:
    """Return the claims that have a place in the picture."""
    if which is not None and not is_listlike(which):
        raise InputTypeError(
            f"which must be a list of ids or claims, got {shown(which)}. Write which=[{shown(which)}]."
        )
    given = (
        chosen(origin="public")
        if which is None
        else [one if isinstance(one, PublicClaim) else get(one) for one in items(which, "which")]
    )
    drawn = [one for one in given if one.is_llm_query and one.wh is not None and one.origin == "public"]
    if not drawn:
        raise InputError(
            "No claim is left to draw: those that can be are public, on queries to language models, with an energy. "
            "wattquery.claims.table(kind='llm_query', origin='public') lists them."
        )
    return drawn


def _bands(preset: str | Preset) -> list[_Band]:
    asked = catalogs.preset(preset)
    ds = sweep(
        list(frontier_models(asked)),
        output_tokens=list(asked.output_tokens),
        preset=asked,
        method="exact",
        keep_histogram=True,
    )
    energy = blend(ds)["energy"]
    return [_Band(name, *energy.sel(output_tokens=name).values.tolist()) for name in asked.output_tokens]


def _grouped(drawn: Sequence[PublicClaim]) -> dict[str, list[PublicClaim]]:
    """Return the claims by group, frontier first, then models by name; each sorted by energy."""
    classes = sorted({one.model_class for one in drawn})
    named = [one for one in classes if one not in GROUPS]
    order = [one for one in ("frontier", "", *named, "large", "small") if one in classes]
    return {
        GROUPS.get(one, one): sorted(
            (claim for claim in drawn if claim.model_class == one), key=lambda claim: (claim.wh or 0.0, claim.id)
        )
        for one in order
    }


def _model_rows(ax: Axes, bands: Sequence[_Band]) -> list[tuple[float, str, bool]]:
    """Draw a row for each band, P5 to P95 and P25 to P75, and return their labels."""
    labels = []
    texts = value_texts([band.p50 for band in bands])
    for row, band in enumerate(bands):
        colour, _, hatch = SHADES.get(band.name, (PALE, ":", ""))
        ax.plot([band.p5, band.p95], [row, row], color=INK, linewidth=1.0, zorder=2)
        ax.barh(
            row,
            band.p75 - band.p25,
            left=band.p25,
            height=0.66,
            color=colour,
            hatch=hatch,
            edgecolor=INK,
            linewidth=0.7,
        )
        ax.plot([band.p50, band.p50], [row - 0.33, row + 0.33], color=INK, linewidth=2.0, zorder=3)
        said = f"Model, {band.name}: {texts[row]} Wh"
        labels.append((float(row), said, True))
    return labels


def _shade(ax: Axes, bands: Sequence[_Band], drawn: Sequence[PublicClaim]) -> None:
    """Draw the bands of the model over the whole height, on an axis that holds all claims."""
    ends = [end for claim in drawn for end in (claim.low, claim.wh, claim.high) if end is not None]
    low = min(*ends, *(band.p5 for band in bands))
    high = max(*ends, *(band.p95 for band in bands))
    log_scale(ax)
    ax.set_xlim(low / 1.5, high * 1.5)
    for band in bands:
        colour, line, hatch = SHADES.get(band.name, (PALE, ":", ""))
        ax.axvspan(band.p25, band.p75, facecolor=colour, alpha=0.22, hatch=hatch, edgecolor="white", linewidth=0.0)
        ax.axvline(band.p50, color=INK, linewidth=1.0, linestyle=line, zorder=1.5)


def _claim_rows(ax: Axes, groups: dict[str, list[PublicClaim]], row: float, wide: int) -> list[tuple[float, str, bool]]:
    """Draw a row for each claim below the heading of its group, and return their labels."""
    labels: list[tuple[float, str, bool]] = []
    for group, members in groups.items():
        labels.append((row, group, True))
        row += 1.0
        for claim in members:
            label = _label(claim, wide)
            middle = row + 0.5 * label.count("\n")
            _claim(ax, middle, claim)
            labels.append((middle, label, False))
            row += 1.0 + label.count("\n")
        row += 0.6
    return labels


def _claim(ax: Axes, row: float, one: PublicClaim) -> None:
    assert one.wh is not None
    ends = (one.low or one.wh, one.high or one.wh)
    if one.range_is:
        ax.plot(ends, [row, row], color="white", linewidth=3.0, zorder=2.5)
        ax.plot(ends, [row, row], color=INK, linewidth=1.1, zorder=3)
        arrow = {"at least": ">", "up to": "|"}.get(one.range_is)
        if arrow is not None:
            ax.plot(ends[1] if arrow == "|" else one.wh * 1.25, row, arrow, color=INK, markersize=3.5, zorder=3)
    marker, face = MARKERS[one.boundary]
    ax.plot(
        one.wh, row, marker, markersize=5.0, markerfacecolor=face, markeredgecolor=INK, markeredgewidth=1.0, zorder=4
    )


def _label_width() -> int:
    """Return how many characters a line of labels may have: about half of the figure."""
    return max(24, int(LONGEST * min(1.0, current_size().width / scale() / WIDTH)))


def _label(one: PublicClaim, wide: int) -> str:
    return wrapped(one.subject, wide)


def _font(ax: Axes, count: float) -> float:
    """Return a size of type [points] at which rows of text fit above each other."""
    root = ax.get_figure(root=True)
    height = 4.0 if root is None else root.get_figheight()
    return min(points(8.0), max(4.0, 72.0 * (height - 1.5 * scale()) / count / 1.3))


def _labelled(ax: Axes, labels: Sequence[tuple[float, str, bool]], size: float) -> None:
    ax.set_yticks([row for row, _, _ in labels], [text for _, text, _ in labels], fontsize=size)
    ax.tick_params(axis="y", length=0)
    for tick, (_, _, heading) in zip(ax.get_yticklabels(), labels, strict=True):
        if heading:
            tick.set_fontweight("bold")


def _handles(drawn: Sequence[PublicClaim], bands: Sequence[_Band]) -> list[Artist]:
    """Return what the legend says of markers and shades."""
    present = {one.boundary for one in drawn}
    handles: list[Artist] = [
        Line2D(
            [],
            [],
            linestyle="none",
            marker=marker,
            markerfacecolor=face,
            markeredgecolor=INK,
            markersize=5,
            label=display_value("boundary", name),
        )
        for name, (marker, face) in MARKERS.items()
        if name in present
    ]
    for band in bands:
        colour, _, hatch = SHADES.get(band.name, (PALE, ":", ""))
        handles.append(
            Patch(facecolor=colour, alpha=0.4, hatch=hatch, edgecolor="white", label=f"model, {band.name}: P25 to P75")
        )
    return handles
