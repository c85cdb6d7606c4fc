"""Columns that are known, and what the documentation says of them."""

from __future__ import annotations

from wattquery.measured.tables.columns import KEYS, MEANINGS, OTHERS, VALUES, WORDS, folded


def test_each_field_is_described() -> None:
    assert list(MEANINGS) == [*WORDS, *KEYS, *VALUES]


def test_headers_are_in_the_form_that_is_compared() -> None:
    headers = [header for names in WORDS.values() for header in names]
    headers += [header for column in (*KEYS.values(), *VALUES.values()) for header in column.headers]
    assert [folded(header) for header in headers] == headers
    assert OTHERS.isdisjoint(headers)


def test_a_header_in_another_spelling_is_the_same() -> None:
    assert folded("  Avg Power-W per GPU ") == "avg_power_w_per_gpu"


def test_ranges_are_not_empty() -> None:
    for column in (*KEYS.values(), *VALUES.values()):
        assert 0.0 < column.least < column.most
