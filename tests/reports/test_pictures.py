"""Without matplotlib a page says how to get its pictures."""

import importlib.util

from html_pages import Page, check_usable
from wattquery.errors import InputError
from wattquery.reports.content import Content, Table
from wattquery.reports.document import document
from wattquery.reports.pictures import picture


def without(name, package=None, find=importlib.util.find_spec):
    return None if name == "matplotlib" else find(name, package)


def test_the_page_comes_without_matplotlib(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", without)
    found = picture(lambda: 1 / 0, "A caption", "Its words")
    assert found.svg == b""
    table = Table("T", ("a",), (("b",),))
    content = Content("T", "A.", (table,), (), table, (), (), (found,), (), None, (), "", "", {}, ())
    page = Page(document(content, "2026-01-31"))
    check_usable(page)
    assert not page.named("img")
    assert "A caption: not drawn, as matplotlib is not installed. Run pip install 'wattquery[plot]'" in page.text


def test_what_cannot_be_drawn_says_why():
    def draw():
        raise InputError("There is no histogram.")

    assert picture(draw, "C", "W").instead == "not drawn. There is no histogram."
