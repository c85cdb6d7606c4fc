"""A table of a page as HTML: a caption, headings with their scope, numbers to the right."""

from __future__ import annotations

from wattquery.pages import Html, element, joined, link
from wattquery.reports.content import Cell, Table

__all__ = ["table_html"]

LONG = 30
"""Letters of a text for which a column stays wide on a narrow page."""


def table_html(table: Table) -> Html:
    """Return a table as HTML, in a box that scrolls by itself where the page is narrow."""
    heads = [
        element("th", name, scope="col", class_=None if i in table.words else "number")
        for i, name in enumerate(table.header)
    ]
    body = [_row(row, table.words) for row in table.rows]
    whole = element(
        "table",
        element("caption", table.caption),
        element("thead", element("tr", joined(heads))),
        element("tbody", joined(body, Html("\n"))),
    )
    box = element("div", whole, class_="box", tabindex=0, role="group", aria_label=table.caption)
    return joined([box, *([element("p", table.below, class_="below")] if table.below else [])])


def _row(row: tuple[str | Cell, ...], words: frozenset[int]) -> Html:
    cells = []
    for i, value in enumerate(row):
        text = value.text if isinstance(value, Cell) else value
        shown = link(value.address, text) if isinstance(value, Cell) else text
        kind = "number" if i not in words else "long" if len(text) > LONG else None
        cells.append(element("th", shown, scope="row") if i == 0 else element("td", shown, class_=kind))
    return element("tr", joined(cells))
