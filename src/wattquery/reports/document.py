"""The parts of a page as HTML, in their order: the answer first, sources last. Nothing is computed here."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from importlib.resources import files

from wattquery.pages import Html, element, joined, link, page
from wattquery.reports.citing import bibtex, citation
from wattquery.reports.content import Content, Picture, Reference, Table
from wattquery.reports.equations import equation_html
from wattquery.reports.tables import table_html

__all__ = ["document"]


def document(content: Content, written: str) -> str:
    """Return a page as text.

    Parameters
    ----------
    content
        What it says.
    written
        The day on which it is made, as 2026-01-31.
    """
    parts = [
        _head(content),
        _section("The number, boundary by boundary", [table_html(one) for one in content.numbers]),
        _warnings(content),
        _section("In detail", [table_html(one) for one in content.cells]),
        _section("Pictures", [_picture(one) for one in content.pictures]),
        _section("What drives it", [_table_or_picture(one) for one in content.drivers]),
        _section("What is assumed", [table_html(content.assumptions)]),
        _section("Notes", [_list(content.notes)] if content.notes else []),
        _section("Public claims beside it", [] if content.beside is None else [table_html(content.beside)]),
        _section("The equation", [equation_html(name) for name in content.equations]),
        _section("How this was computed", _computed(content, written)),
        _section("How to cite this", _cited(content, written)),
        _section("Sources", [_references(content.sources)] if content.sources else []),
    ]
    body = element("main", joined(filter(None, parts), Html("\n")))
    sheet = files("wattquery.reports").joinpath("style.css").read_text(encoding="utf-8").replace("\r", "")
    return page(content.title, body, styles=[sheet], description=content.answer)


def _head(content: Content) -> Html:
    return element(
        "header",
        element("p", "wattquery report", class_="kind"),
        element("h1", content.title),
        element("p", content.answer, class_="answer"),
    )


def _section(title: str, parts: Sequence[Html]) -> Html | None:
    return element("section", element("h2", title), joined(parts, Html("\n"))) if parts else None


def _warnings(content: Content) -> Html | None:
    if not content.warnings:
        return None
    heading = element("h2", "Read this before you use the number")
    return element("section", heading, _list(content.warnings), class_="warnings")


def _list(texts: Sequence[str]) -> Html:
    return element("ul", joined([element("li", one) for one in texts]))


def _table_or_picture(part: Table | Picture) -> Html:
    return table_html(part) if isinstance(part, Table) else _picture(part)


def _picture(picture: Picture) -> Html:
    if not picture.svg:
        return element("p", f"{picture.caption}: {picture.instead}", class_="instead")
    source = f"data:image/svg+xml;base64,{b64encode(picture.svg).decode()}"
    return element("figure", element("img", src=source, alt=picture.words), element("figcaption", picture.caption))


def _computed(content: Content, written: str) -> list[Html]:
    facts = {**content.provenance, "date": written}
    rows = tuple((name.replace("_", " "), value) for name, value in facts.items())
    table = Table("Versions, data and random numbers", ("what", "value"), rows, frozenset({0, 1}))
    parts = []
    for label, code in (("In Python:", content.call), ("In a shell:", content.command)):
        if code:
            parts += [element("p", label), element("pre", element("code", code), tabindex=0)]
    return [*parts, table_html(table)]


def _cited(content: Content, written: str) -> list[Html]:
    entries = [bibtex(content, written), *(one.bibtex for one in content.sources if one.bibtex)]
    return [
        element("p", citation(content, written)),
        element("pre", element("code", "\n\n".join(entries)), tabindex=0),
    ]


def _references(sources: Sequence[Reference]) -> Html:
    items = []
    for one in sources:
        address = joined([" ", link(one.address)]) if one.address else ""
        items.append(element("li", one.text, address, f" ({one.note})" if one.note else ""))
    return element("ul", joined(items))
