"""Sources: the primary first, second-hand ones marked, and BibTeX that can be read."""

from __future__ import annotations

import re

from wattquery.catalog import public_claims
from wattquery.claims.listing import get
from wattquery.claims.sources import _primary, method_source, sources_of


def test_what_was_read_second_hand_says_so_and_leads_to_the_paper():
    primary, read_in = sources_of(get("devries_2023_chatgpt"))
    assert (primary.key, primary.role, primary.second_hand) == ("devries2023", "primary", True)
    assert "10.1016/j.joule.2023.09.004" in primary.bibtex()
    assert "figure read second hand" in primary.bibtex()
    assert (read_in.role, read_in.second_hand, read_in.url) == ("read in", True, get("devries_2023_chatgpt").url)
    (own,) = sources_of(get("google_gemini_2025_full"))
    assert (own.role, own.second_hand) == ("primary", False)
    (unknown,) = sources_of(get("surfshark_2wh"))
    assert (unknown.role, unknown.note) == ("read in", "the primary source is not known here")


def test_every_claim_has_a_source_and_never_hides_that_it_is_second_hand():
    for claim in public_claims():
        found = sources_of(claim)
        assert found
        assert all(one.second_hand == claim.second_hand for one in found)
        assert ("[second hand]" in str(found[0])) == claim.second_hand


def test_bibtex():
    entries = {one.key: one.bibtex() for claim in public_claims() for one in (*sources_of(claim), method_source())}
    for text in entries.values():
        assert re.match(r"@(article|misc|techreport|inproceedings)\{[a-z0-9_]+,\n", text)
        assert text.count("{") == text.count("}")
        for line in text.splitlines()[1:-1]:
            assert line.startswith("  url") or not re.search(r"(?<!\\)[&%#$]", line)


def test_primary_sources_name_claims_that_there_are():
    ids = [one.id for one in public_claims()]
    for entry in _primary().values():
        assert set(entry.get("claims", ())) <= set(ids)
        assert all(any(one.startswith(prefix) for one in ids) for prefix in entry.get("prefixes", ()))
