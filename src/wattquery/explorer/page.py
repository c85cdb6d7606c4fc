"""The explorer's file: skeleton, style sheet and scripts around a payload, under a policy that allows nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from wattquery.pages import Html, page

__all__ = ["PLOT_STYLE", "SCRIPTS", "explorer_page"]

SCRIPTS = (
    "engine/arrays",
    "engine/equation",
    "engine/mixture",
    "engine/lengths",
    "engine/factors",
    "engine/cells",
    "engine/stored",
    "engine/study_values",
    "engine/calls",
    "words",
    "dom",
    "study",
    "state",
    "view",
    "answer",
    "controls",
    "levers",
    "sliders",
    "claims",
    "questions",
    "charts/frame",
    "charts/distribution",
    "charts/bands",
    "charts/frontier",
    "charts/tornado",
    "charts/waterfall",
    "csv",
    "reference",
    "theme",
    "main",
)
"""Files of ``document/scripts`` in the order in which they are carried out: each uses those before it."""

LIBRARIES = ("d3", "plot")
"""Files of ``document/vendored``, each with its licence beside it, which stands in every page too."""

PLOT_STYLE = """:where(.plot) {
  --plot-background: white;
  display: block;
  height: auto;
  height: intrinsic;
  max-width: 100%;
}
:where(.plot text),
:where(.plot tspan) {
  white-space: pre;
}"""
"""What Observable Plot writes into each picture as a style of its own. It stands in the head too, so that its hash is
among those of the policy; a release of Plot that writes something else is refused by the browser and by a test."""


def explorer_page(payload: Mapping[str, object]) -> str:
    """Return the explorer of a study as one HTML document that needs no network.

    Parameters
    ----------
    payload
        What the page shows, in the format ``wattquery-explorer-1``: plain values without NaN.

    Raises
    ------
    ValueError
        If the payload holds a NaN or an infinity as a plain number.
    """
    return page(
        str(payload.get("title") or "Energy per LLM query"),
        Html(_text("explorer.html")),
        styles=[_text("explorer.css"), PLOT_STYLE],
        scripts=[*(_library(name) for name in LIBRARIES), *(_text(f"scripts/{name}.js") for name in SCRIPTS)],
        data={"study": dict(payload)},
        description="Watt-hours per LLM query with their uncertainty: choose, change, compare, and read the numbers.",
    )


@cache
def _text(name: str) -> str:
    folder = files("wattquery.explorer") / "document"
    return folder.joinpath(*name.split("/")).read_text(encoding="utf-8").replace("\r\n", "\n")


@cache
def _library(name: str) -> str:
    """Return a library with its licence as a comment, which the licence asks of every copy."""
    licence = re.sub(r"\*/", "* /", _text(f"vendored/{name}.LICENSE").strip())
    return f"/*\n{licence}\n*/\n{_text(f'vendored/{name}.min.js')}"
