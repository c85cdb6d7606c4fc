"""Philox4x32-10 against its published answers and plain integers, and the uniform variates made of it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import naive
from wattquery.kernels.random import philox
from wattquery.kernels.random.philox import philox4x32, uniforms

# Random123, file kat_vectors, lines "philox4x32 10": counter, key, answer.
PUBLISHED = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]
STREAM = np.array([0xDEADBEEF, 0x00C0FFEE, 0x01234567, 0x89ABCDEF], dtype=np.uint32)
LEVEL = 1e-3


def hexadecimal(text: str) -> tuple[int, ...]:
    return tuple(int(word, 16) for word in text.split())


def ours(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(word) for word in philox4x32(*(np.uint64(word) for word in (*counter, *key))))


def words(stream: np.ndarray, start: int, size: int) -> np.ndarray:
    out = np.zeros(size, dtype=np.uint32)
    philox.words(stream, start, out)
    return out


def drawn(stream: np.ndarray, start: int, size: int) -> np.ndarray:
    out = np.full(size, np.nan)
    uniforms(stream, start, words(stream, start, size), out)
    return out


def word_in_plain_integers(stream: np.ndarray, draw: int, refining: int = 0) -> int:
    """Return the word of a draw: 256 draws share 64 counters, whose words are 64 draws apart."""
    k0, k1, c2, c3 = (int(word) for word in stream)
    granule, within = divmod(draw, 256)
    counter = granule * 64 + within % 64
    answer = naive.philox4x32((counter % 2**32, counter // 2**32, c2, c3 ^ (refining << 31)), (k0, k1))
    return int(answer[within // 64])


def in_plain_integers(stream: np.ndarray, draw: int) -> float:
    """Return (word + 1/2) / 2**32, with the half replaced by a second word near either end."""
    word = word_in_plain_integers(stream, draw)
    if min(word, 2**32 - 1 - word) >= 4096:
        return (word + 0.5) / 2**32
    return (word + (word_in_plain_integers(stream, draw, 1) + 0.5) / 2**32) / 2**32


@pytest.mark.parametrize(("counter", "key", "answer"), PUBLISHED)
def test_published_answers(counter: str, key: str, answer: str) -> None:
    assert ours(hexadecimal(counter), hexadecimal(key)) == hexadecimal(answer)
    assert naive.philox4x32(hexadecimal(counter), hexadecimal(key)) == hexadecimal(answer)


def test_random_counters_agree_with_plain_integers() -> None:
    rng = np.random.default_rng(11)
    for row in rng.integers(0, 2**32, (500, 6), dtype=np.uint64).tolist():
        assert ours(tuple(row[:4]), tuple(row[4:])) == naive.philox4x32(tuple(row[:4]), tuple(row[4:]))


@pytest.mark.parametrize("start", [0, 1, 2, 777, 2**32 - 3, 2**34 - 3, 2**34, 2**40 + 1])
def test_a_draw_is_a_function_of_its_index(start: int) -> None:
    # Draws 2**34 - 1 and 2**34 lie on both sides of the step from one counter word to the next.
    expected = [in_plain_integers(STREAM, start + i) for i in range(9)]
    assert drawn(STREAM, start, 9).tolist() == expected


def test_any_start_and_any_length_give_the_same_numbers() -> None:
    whole = drawn(STREAM, 1000, 101)
    rng = np.random.default_rng(12)
    for low, high in np.sort(rng.integers(0, 102, (200, 2)), axis=1).tolist():
        assert drawn(STREAM, 1000 + low, high - low).tolist() == whole[low:high].tolist()


def test_the_second_counter_word_matters() -> None:
    near, far = words(STREAM, 0, 64), words(STREAM, 2**34, 64)
    assert not np.any(near == far)


def test_never_zero_and_never_one() -> None:
    ends = np.array([0, 0xFFFFFFFF], dtype=np.uint32)
    for k in range(200):
        out = np.full(2, np.nan)
        uniforms(np.array([k, 1, 2, 3], dtype=np.uint32), 0, ends, out)
        assert 2.0**-53 <= out[0] < 2.0**-32
        assert 1 - 2.0**-32 < out[1] <= 1 - 2.0**-53


def test_tails_have_more_than_32_bits() -> None:
    """Near an end a draw lies anywhere within its word's share, and not at its middle: uniform at level 1e-3."""
    word = np.repeat(np.array([0, 7, 4095, 2**32 - 1, 2**32 - 4096], dtype=np.uint32), 2000)
    out = np.full(word.size, np.nan)
    uniforms(STREAM, 0, word, out)
    within = out * 2.0**32 - word
    # At the upper end a double has 2**-21 of a word's share left, which is plenty here.
    assert stats.kstest(within, "uniform").pvalue > LEVEL


def test_where_tails_begin() -> None:
    word = np.array([4095, 4096, 2**32 - 4097, 2**32 - 4096], dtype=np.uint32)
    out = np.full(4, np.nan)
    uniforms(STREAM, 0, word, out)
    assert (out * 2.0**32 - word == 0.5).tolist() == [False, True, True, False]


@pytest.mark.parametrize("word", range(4))
def test_every_word_of_a_stream_names_another_one(word: int) -> None:
    other = STREAM.copy()
    other[word] ^= np.uint32(1)
    assert not np.any(words(STREAM, 0, 256) == words(other, 0, 256))


def test_uniform() -> None:
    """Kolmogorov-Smirnov on each of eight streams; family-wise level 1e-3 (Bonferroni)."""
    for k in range(8):
        stream = np.array([k, 0, 7 * k, 1], dtype=np.uint32)
        assert stats.kstest(drawn(stream, 0, 200_000), "uniform").pvalue > LEVEL / 8


def test_low_bits_are_uniform_too() -> None:
    k = words(STREAM, 0, 200_000).astype(np.int64)
    counts = np.bincount(k & 1023, minlength=1024)
    assert stats.chisquare(counts).pvalue > LEVEL


def test_streams_and_neighbours_are_uncorrelated() -> None:
    """Three correlations of n pairs, each normal with deviation 1/sqrt(n); family-wise level 1e-3 (Bonferroni)."""
    n = 400_000
    other = STREAM.copy()
    other[0] += np.uint32(1)
    first, second = drawn(STREAM, 0, n), drawn(other, 0, n)
    pairs = [(first, second), (first[:-1], first[1:]), (first[:-2], first[2:])]
    bound = stats.norm.isf(LEVEL / len(pairs) / 2)
    for x, y in pairs:
        assert abs(np.corrcoef(x, y)[0, 1]) * np.sqrt(x.size) < bound
