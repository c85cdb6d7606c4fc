"""How to cite a page: a line, and BibTeX."""

from __future__ import annotations

import re

from wattquery.reports.content import Content

__all__ = ["bibtex", "citation"]

_SPECIAL = re.compile(r"([&%$#_{}\\])")
_ORIGIN = ("catalog", "catalog_hash", "preset", "method", "seed")


def citation(content: Content, written: str) -> str:
    """Return the line that says what the page is and what it was made with."""
    return f"{content.title}. {_made(content, written)}."


def bibtex(content: Content, written: str) -> str:
    """Return an entry for the page; what LaTeX would obey is written out."""
    fields = {
        "author": "{The wattquery developers}",
        "title": _plain(content.title),
        "year": written[:4],
        "note": _plain(_made(content, written)),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{wattquery_report,\n{lines}\n}}"


def _made(content: Content, written: str) -> str:
    version = content.provenance.get("wattquery_version", "")
    return f"Computed with wattquery {version}{_with(content)}, {written}"


def _with(content: Content) -> str:
    said = [f"{name.replace('_', ' ')} {content.provenance[name]}" for name in _ORIGIN if name in content.provenance]
    return f" ({', '.join(said)})" if said else ""


def _plain(text: str) -> str:
    return _SPECIAL.sub(lambda found: {"\\": r"\textbackslash{}"}.get(found[0], f"\\{found[0]}"), text)
