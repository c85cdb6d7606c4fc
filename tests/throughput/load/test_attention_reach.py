"""The reach of attentions: those of the catalog, of cells, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from load_cells import CELLS
from wattquery.kernels.load.query import reach_numbers
from wattquery.throughput.load.attention_reach import PLAIN_ATTENTION, AttentionReach, attention_reach


def reach_of(name, **options):
    return attention_reach(wq.catalog.architecture(name), **options)


def test_plain_attention_of_the_catalog():
    for name in ("llama-3.1-70b", "deepseek-r1"):
        assert reach_of(name) == PLAIN_ATTENTION


def test_windows_of_the_catalog():
    gemma = reach_of("gemma-3-27b")
    assert gemma.window_tokens == 1024
    assert gemma.windowed_reads == gemma.windowed_pairs == pytest.approx(52 / 62)


def test_sparse_attention_of_the_catalog():
    sparse = reach_of("deepseek-v3.2")
    assert (sparse.topk_tokens, sparse.window_tokens) == (2048, 0)
    assert sparse.indexed_reads == pytest.approx(128 / (2 * 576))
    assert reach_of("deepseek-v3.2", key_value_bytes=1.0).indexed_reads == pytest.approx(128 / 576)
    assert reach_of("deepseek-v3.2", cached_weight=0.15).cached_weight == 0.15


@pytest.mark.parametrize("cell", CELLS)
def test_of_a_cell(cell):
    reach = AttentionReach.of_cell(CELLS[cell], cached_weight=0.1)
    np.testing.assert_allclose(reach.numbers, reach_numbers(CELLS[cell], 0.1))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"windowed_reads": 1.5, "window_tokens": 128}, "from 0 to 1, got 1.5"),
        ({"cached_weight": -0.1}, "from 0 to 1, got -0.1"),
        ({"topk_tokens": -1}, "0 or more, got -1"),
        ({"windowed_pairs": 0.5}, "window_tokens must be above 0"),
        ({"indexed_reads": "0.1"}, "without quotes"),
    ],
)
def test_refusals(options, words):
    with pytest.raises(wq.InputError, match=words):
        AttentionReach(**options)
