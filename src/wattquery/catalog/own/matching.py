"""Whether an architecture of the tables has the shape of one that a user described: then what was measured counts."""

from __future__ import annotations

import re

from wattquery.catalog.facts import Architecture, architectures

__all__ = ["same_shapes"]

_EQUAL = (
    "layers", "layers_count", "attention_layers", "full_attention_layers", "linear_layers", "window_tokens",
    "sparse_topk_tokens", "hidden_size", "q_heads", "kv_heads", "head_dim", "kv_elements_per_token",
    "kv_elements_per_token_full_layers", "indexer_elements_per_token", "recurrent_state_elements_per_sequence",
    "experts", "active_experts", "shared_experts", "moe_layers", "expert_inter_size",
)  # fmt: skip
_PADDED = 0.02
"""Share by which vocabularies may differ: they are padded."""

_WITHIN = 0.005
"""Share by which computed numbers of parameters may differ beside what vocabularies do. Embeddings that are also the
output layer make more of a difference than this, to some 400 billion parameters."""


def same_shapes(facts: Architecture, name: str) -> list[Architecture]:
    """Return the architectures of the tables that have the same shape, the nearest first.

    That is the one that is called as the configuration is, else one of the same precision. Of those that are called so,
    or else have this precision, no others are returned.

    Parameters
    ----------
    facts
        What was computed from a configuration.
    name
        What the configuration is called.
    """
    found = [one for one in architectures().values() if _is_same(facts, one)]
    folded = _folded(name)
    called_so = [one for one in found if folded in map(_folded, (one.model, one.architecture, *one.aliases))]
    found = called_so or found
    return [one for one in found if one.native_precision == facts.native_precision] or found


def _is_same(facts: Architecture, other: Architecture) -> bool:
    if any((getattr(facts, one) or 0) != (getattr(other, one) or 0) for one in _EQUAL):
        return False
    one, two = facts.vocab_size or 0, other.vocab_size or 0
    if abs(one - two) > _PADDED * two:
        return False
    beside = 2e-9 * (facts.hidden_size or 0) * abs(one - two)
    pairs = ((facts.computed_active_b, other.computed_active_b), (_total(facts), _total(other)))
    return all(_close(*pair, beside) for pair in pairs)


def _total(facts: Architecture) -> float | None:
    """Return all parameters as computed from the shape; what is published is rounded [1e9]."""
    if facts.computed_active_b is None:
        return facts.total_params_b
    used = (facts.active_experts or 0) / (facts.experts or 1)
    return facts.computed_active_b + (facts.routed_expert_params_b or 0.0) * (1.0 - used)


def _close(one: float | None, other: float | None, beside: float) -> bool:
    return one is None or other is None or abs(one - other) <= _WITHIN * other + beside


def _folded(name: str) -> str:
    """Return letters and digits of a name, without what tells variants of one size apart."""
    name = re.sub(
        r"-?(instruct|it|base|chat|hf|fp8|bf16|nvfp4|awq|gptq|int4|[0-9]{4})(?![a-z0-9.])", "", name.casefold()
    )
    return re.sub(r"[^a-z0-9.]", "", name.rpartition("/")[2])
