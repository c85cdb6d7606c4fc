"""The page: every figure with its table, text that is only text, nothing that is carried out."""

from __future__ import annotations

import re

import pytest

from wattquery.paper.pictures.listing import FIGURES
from wattquery.paper.pictures.page import index_page


@pytest.fixture
def text(rows):
    return index_page(rows, {figure.name: b"PNG" for figure in FIGURES}, "Computed by nobody", ("png",))


def test_each_figure_has_a_heading_a_picture_with_words_and_its_table(text):
    assert re.findall(r'<section id="([\w-]+)"', text) == [*(figure.name for figure in FIGURES), "other-claims"]
    assert len(re.findall(r'<img src="data:image/png;base64,UE5H" alt="[^"]{40,}"', text)) == len(FIGURES)
    assert text.count("<table>") == len(FIGURES) + 1
    assert text.count('href="#') == len(FIGURES) + 1


def test_published_stands_beside_computed(text):
    row = re.search(r"<tr><td>paper: frontier, traditional, p75</td>.*?</tr>", text).group()
    cells = re.findall(r"<td[^>]*>(.*?)</td>", row)
    assert cells == ["paper: frontier, traditional, p75", "Wh", "facility", "0.60", "0.6068", "0.0068", "0.021", "ok"]
    assert "345 of 345 published numbers" in text


def test_a_missed_number_is_marked_and_its_reason_told(rows):
    changed = rows.copy()
    changed.loc[0, ["status", "reason"]] = ["NO", "too <much>"]
    text = index_page(changed, {figure.name: b"" for figure in FIGURES}, "", ("png",))
    assert '<td class="miss">NO</td>' in text
    assert "p5: too &lt;much&gt;" in text
    assert "344 of 345" in text


def test_there_is_no_script_and_labels_are_inert(text):
    assert "<script" not in text
    assert "default-src 'none'" in text.replace("&#x27;", "'")
    assert "<b>High</b>" not in text
    assert "&lt;b&gt;High&lt;/b&gt;" in text
