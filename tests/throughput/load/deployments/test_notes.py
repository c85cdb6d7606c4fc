"""What a table says that it assumes."""

from __future__ import annotations

import pytest

import wattquery as wq
from load_deployments import CHAT, cases
from wattquery.throughput.load.deployments import LengthCase, load_table


def notes_of(**axes):
    return " ".join(load_table(cases(**axes)).notes)


def test_the_usual_ones():
    found = notes_of()
    for words in (
        "stands for vLLM 0.",
        "At most 256 sequences",
        "the fit finds",
        "taken to be off",
        "a node draws 250 W (H100 SXM)",
    ):
        assert words in found
    for words in (
        *("smallest power of two", "Idle accelerators", "cached input token"),
        *("Equal loads", "No rate of products", "more accelerators than one node", "BF16 and FP16"),
    ):
        assert words not in found


@pytest.mark.parametrize(
    ("axes", "words"),
    [
        ({"precision": ("BF16",), "accelerators": (2,)}, "Equal loads are not equal batches: B_max is "),
        ({"hardware": "A100 SXM 80GB, H100 SXM"}, "No rate of products in FP8 is known of A100 SXM 80GB: weights"),
        ({"accelerators": (16,)}, "more accelerators than one node (H100 SXM): traffic between nodes"),
        ({"accelerators": (None,)}, "to 64, on which 8 sequences run at once"),
        ({"accelerators": (None,), "settings": {"max_sequences": 4}}, "on which 4 sequences run at once"),
        ({"settings": {"kv_precision": "FP8"}}, "kept in FP8"),
        ({"settings": {"speculation": "unknown"}}, "intervals hold both"),
        ({"settings": {"speculation": "on"}}, "decoding is on"),
        ({"loads": (0.001,)}, "idle accelerators was measured, or is stated"),
        ({"loads": (0.001,), "hardware": "H200"}, "of their thermal design power"),
        ({"serving": ("Abacus",)}, "Abacus, which nobody measured"),
        ({"lengths": (LengthCase.of(wq.Workload([10], [100]), cached_share=0.5),)}, "0.05 of the prefill"),
        ({"lengths": (LengthCase.of(wq.Workload([10], [100], [90])), CHAT)}, "0.05 of the prefill"),
    ],
)
def test_those_of_a_case(axes, words):
    assert words in notes_of(**axes)


def test_one_batch_has_one_number():
    """Of one cell, the least and the most that run at once are one number, with the digits of one."""
    table = load_table(cases(precision=("BF16",), accelerators=(2,)))
    assert f"B_max is {table.most_sequences[0]:.3g}, and where" in " ".join(table.notes)
    several = notes_of(precision=("BF16", "FP8"), accelerators=(2,))
    assert "B_max is from " in several


def test_a_latency_that_falls_as_the_load_rises_is_said():
    """Between one and four running sequences, as rows of this model do on eight accelerators."""
    asked = {"accelerators": (8,), "lengths": (CHAT,), "is_concurrency": True}
    words = "median time per output token of some instances falls as their load rises"
    assert words in notes_of(loads=(4.0, 1.0), **asked)
    assert words not in notes_of(loads=(4.0, 64.0), **asked)
    assert words not in notes_of(loads=(4.0,), **asked)
    assert words not in notes_of(models="deepseek-v3", hardware="H200", loads=(1.0, 4.0), **asked)


def test_a_concurrency_compares_equal_batches():
    one = {"precision": ("BF16",), "accelerators": (2,), "loads": (4.0,)}
    assert "Equal loads" not in notes_of(**one, is_concurrency=True)
