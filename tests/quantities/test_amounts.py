"""Times and sizes in words."""

import pytest

from wattquery.quantities.amounts import a_second, count, in_bytes, in_time, span


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0001, "0.01 s"), (0.5, "0.5 s"), (119.0, "119 s"), (600.0, "10 min"), (90_000.0, "25 h"), (1e9, "32 years")],
)
def test_times(seconds, words):
    assert in_time(seconds) == words


@pytest.mark.parametrize(("size", "words"), [(12, "12 bytes"), (4.31e6, "4.3 MB"), (1.3e11, "130 GB")])
def test_sizes(size, words):
    assert in_bytes(size) == words


@pytest.mark.parametrize(("rate", "words"), [(3.14, "3.1"), (46_123.0, "46,000"), (2.2e8, "2.2e+08")])
def test_rates(rate, words):
    assert a_second(rate) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0"),
        (999_999, "999,999"),
        (1e6, "1 million"),
        (4.12e8, "412 million"),
        (2.5e11, "250 billion"),
        (1e16, "10,000 trillion"),
    ],
)
def test_counts_in_words(number: float, words: str) -> None:
    assert count(number) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 s"),
        (59.0, "59 s"),
        (72.0, "1 min 12 s"),
        (7300.0, "2 h 1 min"),
        (200_000.0, "2 d 7 h"),
        (1e9, "11,574 d 1 h"),
    ],
)
def test_times_in_words(seconds: float, words: str) -> None:
    assert span(seconds) == words
