"""Public claims on a logarithmic axis, against the bands of the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from wattquery import catalog as catalogs
from wattquery.catalog import Preset, PublicClaim
from wattquery.claims.listing import chosen, get
from wattquery.errors import InputError, InputTypeError
from wattquery.inputs.arguments import refuses_unknown
from wattquery.plot.style import DARK, INK, LIGHT, MIDDLE, PALE, checked_ax, log_scale, plain_frame, value_text
from wattquery.specs.containers import is_listlike, items
from wattquery.specs.scalars import shown
from wattquery.sweeps.blend import blend
from wattquery.sweeps.frontier import frontier_models
from wattquery.sweeps.sweep import sweep

__all__ = ["claims"]

WIDTH = 9.5
ROW = 0.155
LONGEST = 72
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
    count = len(drawn) + 1.6 * len(groups) + len(bands) + 1.0
    ax = checked_ax(ax)
    if ax is None:
        _, ax = plt.subplots(figsize=(WIDTH, 1.5 + ROW * count), layout="constrained")
    size = _font(ax, count)
    _shade(ax, bands, drawn)
    labels = [*_model_rows(ax, bands), *_claim_rows(ax, groups, float(len(bands)) + 0.6)]
    ax.set_ylim(labels[-1][0] + 1.0, -0.9)
    _labelled(ax, labels, size)
    ax.set_xlabel(
        "energy per query [Wh], each claim at its own boundary\n"
        "bands: frontier blend, untrimmed, at the facility; lines: its medians",
        fontsize=8.5,
    )
    plain_frame(ax)
    ax.tick_params(axis="x", top=True, labeltop=True)
    _legend(ax, drawn, bands)
    ax.set_title("Public claims of energy per LLM query", loc="left", fontsize=11, fontweight="bold", color=INK, pad=14)
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
        said = f"Model: frontier blend, {band.name} query, {value_text(band.p50)} Wh"
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


def _claim_rows(ax: Axes, groups: dict[str, list[PublicClaim]], row: float) -> list[tuple[float, str, bool]]:
    """Draw a row for each claim below the heading of its group, and return their labels."""
    labels: list[tuple[float, str, bool]] = []
    for group, members in groups.items():
        labels.append((row, group, True))
        row += 1.0
        for claim in members:
            _claim(ax, row, claim)
            labels.append((row, _label(claim), False))
            row += 1.0
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


def _label(one: PublicClaim) -> str:
    return one.subject if len(one.subject) <= LONGEST else f"{one.subject[: LONGEST - 3].rstrip()}..."


def _font(ax: Axes, count: float) -> float:
    """Return a size of type [points] at which rows of text fit above each other."""
    root = ax.get_figure(root=True)
    height = 4.0 if root is None else root.get_figheight()
    return min(8.0, max(4.0, 72.0 * (height - 1.5) / count / 1.3))


def _labelled(ax: Axes, labels: Sequence[tuple[float, str, bool]], size: float) -> None:
    ax.set_yticks([row for row, _, _ in labels], [text for _, text, _ in labels], fontsize=size)
    ax.tick_params(axis="y", length=0)
    for tick, (_, _, heading) in zip(ax.get_yticklabels(), labels, strict=True):
        if heading:
            tick.set_fontweight("bold")


def _legend(ax: Axes, drawn: Sequence[PublicClaim], bands: Sequence[_Band]) -> None:
    """Explain markers and shades below the axis, where no claim can be."""
    present = {one.boundary for one in drawn}
    handles: list[Line2D | Patch] = [
        Line2D(
            [], [], linestyle="none", marker=marker, markerfacecolor=face, markeredgecolor=INK, markersize=5, label=name
        )
        for name, (marker, face) in MARKERS.items()
        if name in present
    ]
    for band in bands:
        colour, _, hatch = SHADES.get(band.name, (PALE, ":", ""))
        handles.append(
            Patch(facecolor=colour, alpha=0.4, hatch=hatch, edgecolor="white", label=f"model, {band.name}: P25 to P75")
        )
    root = ax.get_figure(root=True)
    if root is not None and len(root.axes) == 1:
        root.legend(handles=handles, loc="outside lower center", ncols=4, frameon=False, fontsize=8)
    else:
        ax.legend(handles=handles, loc="best", fontsize=6, framealpha=0.9)
