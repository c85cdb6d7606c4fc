"""Times and sizes in words."""

import pytest

from wattquery.sweeps.planning.words import a_second, in_bytes, in_time


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
