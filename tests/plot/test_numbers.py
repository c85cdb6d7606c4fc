"""Numbers as texts: those that differ look different, those that are equal look equal, and none has too many digits."""

from __future__ import annotations

import numpy as np
import pytest

from wattquery.plot.numbers import table_texts, value_text, value_texts


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.33, 0.5], ["0.33", "0.50"]),
        ([0.3312, 0.3343], ["0.331", "0.334"]),
        ([0.33121, 0.33124], ["0.33121", "0.33124"]),
        ([0.331212, 0.331213], ["0.33", "0.33"]),
        ([1.0, 1.0, 2.0], ["1.00", "1.00", "2.00"]),
        ([1200.1, 1200.4, np.nan], ["1,200.1", "1,200.4", "-"]),
        ([2.01e-6, 2.04e-6], ["2.01e-06", "2.04e-06"]),
        ([], []),
    ],
)
def test_numbers_that_differ_look_different(values, texts) -> None:
    assert value_texts(values) == texts


def test_of_a_table_neighbours_alone_count() -> None:
    apart = np.array([[0.331, 0.5], [0.7, 0.334]])
    assert table_texts(apart) == [["0.33", "0.50"], ["0.70", "0.33"]]
    assert table_texts(apart[:, ::-1].T[:1]) == [["0.50", "0.33"]]
    assert table_texts(np.array([[0.331, np.nan], [0.334, 0.331]])) == [["0.331", "-"], ["0.334", "0.331"]]


def test_a_number_alone_is_as_it_was() -> None:
    texts = [value_text(value) for value in (0.0, 1e7, 123.4, 12.34, 0.1234, 0.01234, 0.001234, 0.00012)]
    assert texts == ["0", "1.0e+07", "123", "12.3", "0.12", "0.012", "0.0012", "0.00012"]
