"""Which names tell what a lever changes, and which tell nothing."""

from __future__ import annotations

import pytest

from wattquery.specs.lever_kinds import LEVER_KINDS, kind_by_name

NAMES = {
    "speculation": [
        "eagle", "EAGLE-3", "Medusa", "lookahead", "look-ahead decoding", "draft model", "mtp", "MTP head",
        "n-gram", "ngram", "speculative decoding", "Speculation", "multi-token prediction", "multi_token_prediction",
        "speculative batching", "Jacobi decoding", "prompt lookup", "spec decoding", "SpecDec",
    ],
    "precision": ["quantization", "Quantisation", "KV-cache quantization", "FP8 weights", "AWQ", "lower precision"],
    "batching": ["batching", "continuous batching", "utilization", "utilisation", "higher concurrency", "load"],
    "caching": ["caching", "prefix reuse", "prompt cache", "RadixAttention"],
    "hardware": ["hardware", "newer GPUs", "accelerators", "next chip", "Blackwell"],
    "serving": ["serving", "serving system", "FlashAttention", "vLLM 1.0", "disaggregation", "kernels"],
    "model": ["model", "distillation", "pruning", "mixture of experts", "MoE", "smaller model"],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in NAMES.items() for name in names])
def test_names_that_tell(kind: str, name: str) -> None:
    assert kind_by_name(name) == kind
    assert kind in LEVER_KINDS


@pytest.mark.parametrize("name", ["ours", "routing", "offloading", "token budgets", "mnemoe", "", "省エネ"])
def test_names_that_tell_nothing(name: str) -> None:
    assert kind_by_name(name) is None
