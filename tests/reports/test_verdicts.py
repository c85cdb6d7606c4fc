"""Pages on claims: the sentence of the verdict, its sources, and what would close the gap."""

import wattquery as wq
from html_pages import Page, check_inert, check_usable
from wattquery.reports.report import content_of, page_text


def test_a_page_says_what_the_verdict_says():
    verdict = wq.claims.verdict("altman_2025")
    page = Page(page_text(content_of(verdict, {})))
    check_inert(page)
    check_usable(page)
    assert verdict.sentence in page.text
    assert {one.name for one in verdict.comparison.assumptions} <= set(page.inside("th"))
    assert all(one.bibtex() in page.text for one in verdict.sources)
    assert {one.url for one in verdict.sources if one.url} <= {one.get("href") for one in page.named("a")}


def test_a_figure_is_held_against_a_query():
    content = content_of("google_search_2009", {})
    assert content.answer.startswith("At the median, a typical query to a frontier model takes")
    assert content.cells == ()
    assert content.call.endswith("wq.claims.verdict('google_search_2009')")
