"""A configuration to the facts of an architecture: numbers of parameters, cache and state, from its shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from wattquery.catalog.facts import Architecture
from wattquery.catalog.own.attention import Attention, attention_of, searched
from wattquery.catalog.own.context import context_of
from wattquery.catalog.own.entries import Entries
from wattquery.catalog.own.experts import FeedForward, feed_forward_of
from wattquery.catalog.own.keys import own_key
from wattquery.catalog.own.kinds import text_entries
from wattquery.catalog.own.layers import FULL, LINEAR, WINDOW, Layers, layers_of
from wattquery.catalog.own.model_types import TIED, VOCABULARY
from wattquery.catalog.own.precision import precision_of
from wattquery.catalog.own.recurrent import Recurrence, recurrence_of
from wattquery.catalog.own.unread import unread_notes
from wattquery.errors import InputError
from wattquery.quantities import QUANTITIES

__all__ = ["architecture_of"]

_MOST_VOCABULARY = 100_000_000


@dataclass(frozen=True)
class _Parts:
    """What a model is made of."""

    hidden: int
    vocabulary: int
    is_tied: bool
    layers: Layers
    attention: Attention
    recurrence: Recurrence | None
    feed_forward: FeedForward
    searched: list[int] | None
    has_both: bool


def architecture_of(config: Mapping[str, Any], owner: str) -> tuple[Architecture, tuple[str, ...]]:
    """Return the facts of a configuration, without a label, and notes on what was assumed or not understood.

    Parameters
    ----------
    config
        The entries of a ``config.json``.
    owner
        How messages name it.

    Raises
    ------
    InputError, InputTypeError
        If it describes no decoder of text, lacks a size, or contradicts itself.
    """
    entries = text_entries(config, owner)
    parts = _parts(entries)
    precision = precision_of(entries, has_experts=parts.feed_forward.experts > 0)
    made = replace(_facts(parts, precision), context_tokens=context_of(entries))
    _check_size(made, owner)
    notes = (*entries.notes, *unread_notes(entries))
    return replace(made, architecture=own_key(made)), tuple(notes)


def _parts(entries: Entries) -> _Parts:
    layers = layers_of(entries)
    hidden = entries.needed("hidden_size", "n_embd", "d_model", what="its width")
    attention = attention_of(entries, hidden, layers)
    if not layers.count(FULL, WINDOW):
        raise entries.refuse(
            "no layer has attention",
            "the load model has seen only models with attention in some layers",
            "give the model by its size, wq.Model(name, total_parameters=...)",
        )
    has_both = entries.model_type == "falcon_h1"
    return _Parts(
        hidden=hidden,
        vocabulary=_vocabulary(entries),
        is_tied=_is_tied(entries),
        layers=layers,
        attention=attention,
        recurrence=recurrence_of(entries, hidden) if has_both or layers.count(LINEAR) else None,
        feed_forward=feed_forward_of(entries, hidden, layers),
        searched=searched(entries, attention.heads, len(layers.mixers)),
        has_both=has_both,
    )


def _vocabulary(entries: Entries) -> int:
    stated = entries.whole("vocab_size", "padded_vocab_size", "n_vocab", most=_MOST_VOCABULARY)
    if stated is not None:
        return stated
    usual = VOCABULARY.get(entries.model_type)
    if usual is None:
        entries.needed("vocab_size", what="the size of its vocabulary")
    entries.notes.append(f"the size of its vocabulary is not stated, and taken to be {usual:,} as for its type")
    return int(usual or 0)


def _is_tied(entries: Entries) -> bool:
    stated = entries.flag("tie_word_embeddings")
    return entries.model_type in TIED if stated is None else stated


def _facts(parts: _Parts, precision: str) -> Architecture:
    layers, attention, experts = parts.layers, parts.attention, parts.feed_forward
    embedding = parts.hidden * parts.vocabulary
    full, windowed = layers.count(FULL), layers.count(WINDOW)
    linear = full if parts.has_both else layers.count(LINEAR)
    cache_full = _cache_full(parts)
    total = embedding * (1 if parts.is_tied else 2) + _mixing_params(parts)
    total += experts.shared_params + experts.routed_params + 2 * parts.hidden * len(layers.mixers)
    active = total - experts.routed_params + experts.routed_params * experts.active / max(experts.experts, 1)
    return Architecture(
        architecture="",
        model="",
        total_params_b=total / 1e9,
        active_params_b=active / 1e9,
        computed_active_b=active / 1e9,
        routed_expert_params_b=experts.routed_params / 1e9,
        input_embedding_params_b=embedding / 1e9,
        layers=len(layers.mixers),
        attention_layers=full + windowed,
        full_attention_layers=full,
        sliding_attention_layers=windowed,
        linear_layers=linear,
        layers_count="blocks" if layers.are_blocks else "layers",
        attention_kind=_attention_kind(parts),
        linear_kind=parts.recurrence.kind if parts.recurrence and linear else "",
        window_tokens=layers.window_tokens,
        sparse_topk_tokens=attention.topk,
        hidden_size=parts.hidden,
        q_heads=attention.heads,
        kv_heads=attention.key_value_heads,
        head_dim=attention.head_dim,
        kv_elements_per_token=cache_full + windowed * attention.cache_window,
        kv_elements_per_token_full_layers=cache_full,
        indexer_elements_per_token=attention.indexer * full,
        recurrent_state_elements_per_sequence=parts.recurrence.state * linear if parts.recurrence else 0,
        kv_sharded_by_tp=not attention.is_latent,
        experts=experts.experts,
        active_experts=experts.active,
        shared_experts=experts.shared,
        moe_layers=experts.layers,
        expert_inter_size=experts.width,
        vocab_size=parts.vocabulary,
        native_precision=precision,
        source_id="",
        confidence="",
    )


def _cache_full(parts: _Parts) -> int:
    """Return what a token adds to the caches of all layers without a window [elements]."""
    attention = parts.attention
    if parts.searched is None:
        return parts.layers.count(FULL) * attention.cache_full
    per_head = attention.cache_full // attention.key_value_heads
    by_layer = zip(parts.layers.mixers, parts.searched, strict=True)
    return sum((heads or attention.key_value_heads) * per_head for mixer, heads in by_layer if mixer == FULL)


def _mixing_params(parts: _Parts) -> int:
    """Return the parameters of attention and recurrences."""
    attention, full = parts.attention, parts.layers.count(FULL)
    # What architecture search saves in keys and values of attention is below a hundredth of all.
    params = full * attention.params_full + parts.layers.count(WINDOW) * attention.params_window
    if parts.recurrence is not None:
        params += (full if parts.has_both else parts.layers.count(LINEAR)) * parts.recurrence.params
    return params


def _attention_kind(parts: _Parts) -> str:
    """Return the kind of attention in the words of the tables."""
    attention, windowed = parts.attention, parts.layers.count(WINDOW)
    heads = "MHA" if attention.key_value_heads == attention.heads else "GQA"
    heads = "MQA" if attention.key_value_heads == 1 < attention.heads else heads
    kind = "MLA" if attention.is_latent else f"(gated {heads})" if attention.is_gated else heads
    if windowed and not parts.layers.count(FULL):
        kind = f"sliding window {kind} in all layers"
    elif not attention.is_latent:
        kind = f"full {kind}"
    if windowed and parts.layers.count(FULL):
        kind += " + sliding window"
    if attention.topk:
        kind += f" + sparse selection (top-{attention.topk})"
    if parts.recurrence is not None:
        kind += f" + {parts.recurrence.kind}"
    return kind


def _check_size(made: Architecture, owner: str) -> None:
    """Refuse numbers of parameters that no model has: one of its sizes is wrong."""
    row, total = QUANTITIES["total_parameters"], made.total_params_b or 0.0
    if total > row.highest:
        raise InputError(
            f"{owner} describes a model of {total:.3g} billion parameters, and at most {row.highest:,.0f} billion are "
            "allowed: check its layers and widths."
        )
