"""Pages for a browser, read: elements, text and tables; unclosed and unknown ones fail."""

from __future__ import annotations

import base64
from html.parser import HTMLParser

VOID = {"br", "col", "hr", "img", "input", "link", "meta"}


class Page(HTMLParser):
    """What a page has, once it was read to its end."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.texts.append((self._open[-1] if self._open else "", data))

    @property
    def text(self) -> str:
        return "".join(data for tag, data in self.texts if tag not in ("style", "script"))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def inside(self, tag: str) -> list[str]:
        return [data for name, data in self.texts if name == tag]

    def pictures(self) -> list[tuple[str, str]]:
        """Return the words of each image, and its source as text."""
        sources = [(one["alt"] or "", one["src"] or "") for one in self.named("img")]
        return [(alt, base64.b64decode(source.partition("base64,")[2]).decode()) for alt, source in sources]


def check_inert(page: Page) -> None:
    """Fail where a page could carry anything out, or load anything."""
    names = {name for name, _ in page.tags}
    assert not names & {"script", "iframe", "object", "embed", "link", "form", "svg", "base"}
    for name, attributes in page.tags:
        assert not [one for one in attributes if one.startswith("on") or one in ("style", "srcdoc")]
        for place in ("href", "src"):
            address = attributes.get(place)
            allowed = ("https://", "http://") if place == "href" else ("data:image/svg+xml;base64,",)
            assert address is None or address.startswith(allowed), (name, address)


def check_usable(page: Page) -> None:
    """Fail where a table has no caption or scope, an image no words, or headings leave out a level."""
    assert page.named("html")[0]["lang"] == "en"
    assert len(page.named("h1")) == 1
    assert not page.named("h3")
    assert len(page.named("caption")) == len(page.named("table")) > 0
    assert all(one.get("scope") in ("col", "row") for one in page.named("th"))
    assert all(one.get("alt") for one in page.named("img"))
