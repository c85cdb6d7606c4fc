"""Whether an architecture of the tables has the shape of one that a user described: then what was measured counts."""

from __future__ import annotations

import re

from wattquery.catalog.facts import Architecture, architectures

__all__ = ["same_shape"]

_EQUAL = (
    "layers", "layers_count", "attention_layers", "full_attention_layers", "linear_layers", "window_tokens",
    "sparse_topk_tokens", "hidden_size", "q_heads", "kv_heads", "head_dim", "kv_elements_per_token",
    "kv_elements_per_token_full_layers", "indexer_elements_per_token", "recurrent_state_elements_per_sequence",
    "experts", "active_experts", "shared_experts", "moe_layers", "expert_inter_size",
)  # fmt: skip
_WITHIN = 0.02
"""Share by which computed numbers of parameters may differ: vocabularies are padded."""


def same_shape(facts: Architecture, name: str) -> Architecture | None:
    """Return the architecture of the tables that has the same shape, None where there is none.

    Of several, the one that is called as the configuration is, else one of the same precision, else the first.

    Parameters
    ----------
    facts
        What was computed from a configuration.
    name
        What the configuration is called.
    """
    found = [one for one in architectures().values() if _is_same(facts, one)]
    folded = _folded(name)
    found.sort(
        key=lambda one: (
            folded not in map(_folded, (one.model, one.architecture, *one.aliases)),
            one.native_precision != facts.native_precision,
        )
    )
    return found[0] if found else None


def _is_same(facts: Architecture, other: Architecture) -> bool:
    if any((getattr(facts, one) or 0) != (getattr(other, one) or 0) for one in _EQUAL):
        return False
    return _close(facts.computed_active_b, other.computed_active_b) and _close(_total(facts), _total(other))


def _total(facts: Architecture) -> float | None:
    """Return all parameters as computed from the shape; what is published is rounded [1e9]."""
    if facts.computed_active_b is None:
        return facts.total_params_b
    used = (facts.active_experts or 0) / (facts.experts or 1)
    return facts.computed_active_b + (facts.routed_expert_params_b or 0.0) * (1.0 - used)


def _close(one: float | None, other: float | None) -> bool:
    return one is None or other is None or abs(one - other) <= _WITHIN * other


def _folded(name: str) -> str:
    """Return letters and digits of a name, without what tells variants of one size apart."""
    name = re.sub(
        r"-?(instruct|it|base|chat|hf|fp8|bf16|nvfp4|awq|gptq|int4|[0-9]{4})(?![a-z0-9.])", "", name.casefold()
    )
    return re.sub(r"[^a-z0-9.]", "", name.rpartition("/")[2])
