"""How many sequences run at once, by hand."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from load_deployments import CHAT, FIXED, cases
from wattquery.catalog.facts import accelerators, architectures
from wattquery.throughput.load.deployments import LengthCase, load_table
from wattquery.throughput.load.deployments.capacity import smallest_enough

BF16 = {"kv_precision": "BF16", "max_sequences": 10**6}


def most_of(**arguments):
    return float(load_table(cases(**{"settings": BF16, **arguments})).most_sequences[0])


def test_llama_70b_in_fp8_on_four_h100():
    """Weights of 69.5e9 bytes and an input embedding of 2.1e9, caches of 163,840 elements a token."""
    weights = 1.0 * (70.552e9 - 1.051e9) + 2.0 * 1.051e9
    expected = (0.9 * 4 * 80e9 - weights) / (163840 * 2 * (1000 + 250))
    assert most_of() == pytest.approx(expected, rel=1e-6)
    assert most_of(settings={**BF16, "kv_precision": "FP8"}) == pytest.approx(2 * expected, rel=1e-6)
    # Exponential outputs are met when they are long: 500 + 300/ln 2, and not half of that.
    expected *= 1250 / (500 + 300 / np.log(2))
    assert most_of(lengths=(CHAT,)) == pytest.approx(expected, rel=1e-6)


def test_a_latent_cache_is_on_every_accelerator():
    """DeepSeek-V3 in FP8 on eight H200: each holds 35,136 elements a token."""
    weights = 653.909e9 + (37.551 + 0.927 - 653.909 * 8 / 256) * 1e9
    expected = (0.9 * 141e9 - weights / 8) / (35136 * 2 * 1250)
    found = most_of(models="deepseek-v3", hardware="H200", accelerators=(8,))
    assert found == pytest.approx(expected, rel=1e-6)


def test_windows_hold_no_more_than_they_see():
    """gpt-oss-120b in FP4: all weights but those of experts in 16 bits; half of the layers see 128 tokens."""
    shared = 5.71 - 114.662 * 4 / 128
    weights = 2e9 * shared + 0.5625e9 * 114.662
    held = 18432 * 1250 + 18432 * 128
    found = most_of(models="gpt-oss-120b", precision=("FP4",), accelerators=(1,), settings=BF16)
    assert found == pytest.approx((0.9 * 80e9 - weights) / (2 * held), rel=1e-4)


def test_heads_that_are_fewer_than_accelerators_are_kept_on_several():
    facts = architectures()["llama-3.1-70b"]
    assert facts.kv_heads == 8
    weights = (facts.computed_active_b + facts.input_embedding_params_b) * 1e9
    for count, copies in ((8, 1), (16, 2)):
        expected = (0.9 * count * 80e9 - weights) / (copies * 163840 * 2 * 1250)
        assert most_of(accelerators=(count,)) == pytest.approx(expected, rel=1e-6)


def test_sparse_attention_holds_all_tokens_and_its_indexer():
    facts = architectures()["deepseek-v3.2"]
    assert facts.sparse_topk_tokens
    long = LengthCase.of(output_tokens=wq.Fixed(1000), input_tokens=wq.Fixed(60000))
    found = most_of(models="deepseek-v3.2", hardware="H200", accelerators=(8,), lengths=(long,))
    plain = most_of(models="deepseek-v3", hardware="H200", accelerators=(8,), lengths=(long,))
    indexed = facts.indexer_elements_per_token / (2 * facts.kv_elements_per_token)
    assert found == pytest.approx(plain / (1 + indexed), rel=0.01)


def test_hybrids_hold_a_state_beside_their_cache():
    """At short lengths the fixed state of linear layers is most of what a sequence holds."""
    short = LengthCase.of(output_tokens=wq.Fixed(2), input_tokens=wq.Fixed(2))
    shorter = LengthCase.of(output_tokens=wq.Fixed(1), input_tokens=wq.Fixed(1))
    name = "nemotron-3-nano-30b-a3b"
    assert architectures()[name].recurrent_state_elements_per_sequence
    found = [most_of(models=name, lengths=(one,)) for one in (short, shorter)]
    assert 0.99 < found[0] / found[1] < 1.0
    llama = [most_of(lengths=(one,)) for one in (short, shorter)]
    assert llama[0] / llama[1] == pytest.approx(0.5, rel=1e-4)


def test_the_scheduler_lets_at_most_256_run():
    assert most_of(settings={}, lengths=(CHAT,)) == 256.0
    assert most_of(settings={"max_sequences": 10}) == 10.0


def test_monotone():
    by_length = [
        most_of(lengths=(LengthCase.of(output_tokens=wq.Fixed(100), input_tokens=wq.Fixed(n)),))
        for n in (10, 100, 9000)
    ]
    assert by_length == sorted(by_length, reverse=True)
    by_precision = [most_of(precision=(one,)) for one in ("BF16", "FP8", "FP4")]
    assert by_precision == sorted(by_precision)
    by_size = [most_of(accelerators=(n,)) for n in (1, 2, 4, 8)]
    assert np.all(np.diff(np.nan_to_num(by_size)) > 0)


def test_the_smallest_instance_on_which_eight_sequences_run():
    table = load_table(cases("llama-3.1-8b llama-3.1-70b llama-3.1-405b", accelerators=(None,), precision=("BF16",)))
    assert table.accelerators.tolist() == [1, 4, 16]
    for facts, count, most in zip(
        ("llama-3.1-8b", "llama-3.1-70b", "llama-3.1-405b"), table.accelerators, table.most_sequences, strict=True
    ):
        assert most >= 8
        if count > 1:
            smaller = load_table(cases(facts, accelerators=(int(count) // 2,), precision=("BF16",)))
            assert not smaller.most_sequences[0] >= 8


def test_the_size_goes_by_the_lengths_and_by_what_a_scheduler_lets_run():
    long = LengthCase.of(output_tokens=wq.Fixed(1000), input_tokens=wq.Fixed(100000))
    sizes = load_table(cases(accelerators=(None,), lengths=(FIXED, long))).accelerators.tolist()
    assert sizes[0] < sizes[1]
    few = load_table(cases(accelerators=(None,), lengths=(long,), settings={"max_sequences": 1}))
    assert few.accelerators[0] < sizes[1]
    assert few.most_sequences[0] == 1.0


def test_smallest_enough():
    fitting = np.array([[[0.0, 9.0], [8.0, 9.0]], [[0.0, 7.9], [1.0, 0.0]]])
    assert smallest_enough(fitting, 8.0).tolist() == [[1, 0], [-1, -1]]


def test_the_memory_is_that_of_the_data_sheet():
    assert accelerators()["H100 SXM"].memory_gb == 80.0
