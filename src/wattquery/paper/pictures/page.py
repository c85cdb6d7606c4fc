"""The page that shows all figures, each with its published numbers beside ours. One file, without a script."""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Mapping, Sequence

import pandas as pd

from wattquery.pages import Html, element, joined, link, page
from wattquery.paper.pictures.comparison import STATUS, compared_rows
from wattquery.paper.pictures.listing import CODE, FIGURES, OTHER

__all__ = ["index_page"]

PAPER = "https://arxiv.org/abs/2509.20241"

STYLE = """
:root { color-scheme: light dark; --ink: #222; --pale: #5a5a5a; --line: #c9c9c9; --paper: #fff; --miss: #9c1c1c; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eee; --pale: #b5b5b5; --line: #555; --paper: #1b1b1b; --miss: #ff9c8f; }
}
body { margin: 0 auto; max-width: 70rem; padding: 1rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 system-ui, sans-serif; }
a { color: inherit; }
p, li { max-width: 44rem; }
img { display: block; max-width: min(100%, 56rem); height: auto; background: #fff; margin: 0.8rem 0; }
section { border-top: 1px solid var(--line); margin-top: 2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.86rem; }
caption { text-align: left; color: var(--pale); padding-bottom: 0.3rem; }
th, td { padding: 0.15rem 0.7rem 0.15rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); }
td:first-child { min-width: 13rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.miss { color: var(--miss); font-weight: bold; }
.files, .layout { color: var(--pale); font-size: 0.9rem; }
"""

_NUMBERS = ("published", "computed", "difference", "allowed")
_COLUMNS = ("quantity", "unit", "boundary", *_NUMBERS, "status")


def index_page(rows: pd.DataFrame, pictures: Mapping[str, bytes], made: str, formats: Sequence[str]) -> str:
    """Return the page.

    Parameters
    ----------
    rows
        Of `wattquery.paper.pictures.comparison.comparison`.
    pictures
        PNG by name of figure.
    made
        What it was computed with, in words.
    formats
        Endings of the files beside the page.
    """
    sections = [
        _section(figure.heading, figure.name, rows, formats, _about(figure.name, pictures)) for figure in FIGURES
    ]
    if (rows["figure"] == OTHER).any():
        sections.append(_section("Claims that no figure shows", OTHER, rows, (), Html("")))
    body = element("main", _head(rows, made), _contents(rows), *sections)
    return page("The figures of Oviedo et al., computed again", body, styles=[STYLE], description=made)


def _head(rows: pd.DataFrame, made: str) -> Html:
    compared = compared_rows(rows)
    met = int((compared["status"] == STATUS[True]).sum())
    return joined(
        [
            element("h1", "The paper's figures, with the published numbers beside ours"),
            element(
                "p",
                "Oviedo et al., Energy Use of AI Inference, Efficiency Pathways, and Test-Time Scaling, Joule 2026 (",
                link(PAPER, "arXiv 2509.20241"),
                "). Layouts are those of the scripts in the authors' ",
                link(CODE, "public analysis code"),
                ", not copies of the printed figures.",
            ),
            element(
                "p",
                element("strong", f"{met} of {len(compared)} published numbers"),
                f" come out within what rounding and sampling allow. {made}.",
            ),
            element(
                "p",
                "paper: what the article states. code: what its code prints. supplement: what the code of the "
                "supplement prints when its steps are followed from its seed. allowed: half a unit in the last "
                "published digit, three standard errors of the paper's own draws and three of ours. n/a: the method "
                "cannot tell.",
            ),
        ]
    )


def _contents(rows: pd.DataFrame) -> Html:
    items = [element("li", element("a", figure.heading, href=f"#{figure.name}")) for figure in FIGURES]
    if (rows["figure"] == OTHER).any():
        items.append(element("li", element("a", "Claims that no figure shows", href=f"#{OTHER}")))
    return element("nav", element("ul", *items), aria_label="Figures")


def _about(name: str, pictures: Mapping[str, bytes]) -> Html:
    """Return what is said of a figure, and its picture."""
    (figure,) = (one for one in FIGURES if one.name == name)
    source = f"data:image/png;base64,{b64encode(pictures[name]).decode()}"
    return joined(
        [
            element("p", figure.shows),
            element("img", src=source, alt=f"{figure.heading}. {figure.shows} The numbers are in the table below."),
            element("p", f"Layout: {figure.layout}", class_="layout"),
        ]
    )


def _section(heading: str, name: str, rows: pd.DataFrame, formats: Sequence[str], about: Html) -> Html:
    files = ", ".join(f"{name}.{ending}" for ending in (*formats, "csv"))
    own = rows[rows["figure"] == name]
    head = element("tr", *(element("th", column, scope="col", class_=_class(column)) for column in _COLUMNS))
    lines = [element("tr", *(_cell(column, row[column]) for column in _COLUMNS)) for row in own.to_dict("records")]
    table = element(
        "table",
        element("caption", f"{heading}: published and computed"),
        element("thead", head),
        element("tbody", *lines),
    )
    reasons = dict.fromkeys(f"{row['quantity']}: {row['reason']}" for row in own.to_dict("records") if row["reason"])
    return element(
        "section",
        element("h2", heading),
        about,
        element("div", table, class_="scroll", tabindex=0, role="region", aria_label=f"Table: {heading}"),
        *(element("p", reason, class_="layout") for reason in reasons),
        element("p", f"Files: {files}", class_="files"),
        id=name,
    )


def _cell(column: str, value: object) -> Html:
    if column in _NUMBERS:
        return element("td", _number(column, value), class_="number")
    return element("td", value, class_="miss" if column == "status" and value == "NO" else None)


def _class(column: str) -> str | None:
    return "number" if column in _NUMBERS else None


def _number(column: str, value: object) -> str:
    """Return a published number as it was printed, others with as many digits as mean something."""
    if isinstance(value, str):
        return value
    if not isinstance(value, float) or math.isnan(value):
        return ""
    return f"{value:.{4 if column == 'computed' else 2}g}"
