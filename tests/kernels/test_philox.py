"""Philox4x32-10 against its published answers and plain integers, and the uniform variates made of it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import naive
from wattquery.kernels.philox import philox4x32, uniform_from_words, uniforms

# Random123, file kat_vectors, lines "philox4x32 10": counter, key, answer.
PUBLISHED = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]
STREAM = np.array([0xDEADBEEF, 0x00C0FFEE, 0x01234567, 0x89ABCDEF], dtype=np.uint32)
LEVEL = 1e-3


def words(text: str) -> tuple[int, ...]:
    return tuple(int(word, 16) for word in text.split())


def ours(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(word) for word in philox4x32(*(np.uint64(word) for word in (*counter, *key))))


def drawn(stream: np.ndarray, start: int, size: int) -> np.ndarray:
    out = np.full(size, np.nan)
    uniforms(stream, start, out)
    return out


def in_plain_integers(stream: np.ndarray, draw: int) -> float:
    """Return (k + 1/2) / 2**52 with k the upper 26 bits of two words: two draws share a counter."""
    k0, k1, c2, c3 = (int(word) for word in stream)
    pair, second = divmod(draw, 2)
    answer = naive.philox4x32((pair % 2**32, pair // 2**32, c2, c3), (k0, k1))
    high, low = answer[2 * second : 2 * second + 2]
    return ((high >> 6) * 2**26 + (low >> 6) + 0.5) / 2**52


@pytest.mark.parametrize(("counter", "key", "answer"), PUBLISHED)
def test_published_answers(counter: str, key: str, answer: str) -> None:
    assert ours(words(counter), words(key)) == words(answer)
    assert naive.philox4x32(words(counter), words(key)) == words(answer)


def test_random_counters_agree_with_plain_integers() -> None:
    rng = np.random.default_rng(11)
    for row in rng.integers(0, 2**32, (500, 6), dtype=np.uint64).tolist():
        assert ours(tuple(row[:4]), tuple(row[4:])) == naive.philox4x32(tuple(row[:4]), tuple(row[4:]))


@pytest.mark.parametrize("start", [0, 1, 2, 777, 2**32 - 3, 2**33 - 3, 2**33, 2**40 + 1])
def test_a_draw_is_a_function_of_its_index(start: int) -> None:
    # Draws 2**33 - 1 and 2**33 lie on both sides of the step from one counter word to the next.
    expected = [in_plain_integers(STREAM, start + i) for i in range(9)]
    assert drawn(STREAM, start, 9).tolist() == expected


def test_any_start_and_any_length_give_the_same_numbers() -> None:
    whole = drawn(STREAM, 1000, 101)
    rng = np.random.default_rng(12)
    for low, high in np.sort(rng.integers(0, 102, (200, 2)), axis=1).tolist():
        assert drawn(STREAM, 1000 + low, high - low).tolist() == whole[low:high].tolist()


def test_the_second_counter_word_matters() -> None:
    near, far = drawn(STREAM, 0, 64), drawn(STREAM, 2**33, 64)
    assert not np.any(near == far)


def test_never_zero_and_never_one() -> None:
    smallest = uniform_from_words(np.uint64(0), np.uint64(0))
    largest = uniform_from_words(np.uint64(0xFFFFFFFF), np.uint64(0xFFFFFFFF))
    assert smallest == 2.0**-53
    assert largest == 1.0 - 2.0**-53
    assert smallest == 1.0 - largest


@pytest.mark.parametrize("word", range(4))
def test_every_word_of_a_stream_names_another_one(word: int) -> None:
    other = STREAM.copy()
    other[word] ^= np.uint32(1)
    assert not np.any(drawn(STREAM, 0, 256) == drawn(other, 0, 256))


def test_uniform() -> None:
    """Kolmogorov-Smirnov on each of eight streams; family-wise level 1e-3 (Bonferroni)."""
    for k in range(8):
        stream = np.array([k, 0, 7 * k, 1], dtype=np.uint32)
        assert stats.kstest(drawn(stream, 0, 200_000), "uniform").pvalue > LEVEL / 8


def test_low_bits_are_uniform_too() -> None:
    k = np.floor(drawn(STREAM, 0, 200_000) * 2.0**52).astype(np.int64)
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
