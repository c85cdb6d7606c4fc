"""Attention: its parameters, and what a token adds to the key-value cache of a layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wattquery.catalog.own.entries import Entries
from wattquery.catalog.own.layers import Layers
from wattquery.specs.scalars import is_whole, shown

__all__ = ["Attention", "attention_of"]

_MOST_HEADS = 100_000


@dataclass(frozen=True)
class Attention:
    """The attention of a model.

    Attributes
    ----------
    heads, key_value_heads, head_dim
        As `wattquery.catalog.Architecture` has them: of a latent cache one head of the width of what is stored.
    is_latent
        Whether keys and values are compressed into one vector (MLA).
    params_full, params_window
        Parameters of a layer without and with a window [1].
    cache_full, cache_window
        What a token adds to the cache of such a layer [elements].
    indexer, topk
        Elements per token of the keys of a sparse attention's indexer in a layer, and the tokens that it selects.
    is_gated
        Whether the output has a gate of the width of all heads.
    """

    heads: int
    key_value_heads: int
    head_dim: int
    is_latent: bool
    params_full: int
    params_window: int
    cache_full: int
    cache_window: int
    indexer: int = 0
    topk: int = 0
    is_gated: bool = False


def attention_of(entries: Entries, hidden: int, layers: Layers) -> Attention:
    """Return the attention that a configuration describes.

    Raises
    ------
    InputError
        If it lacks heads, or contradicts itself.
    """
    heads = entries.needed("num_attention_heads", "n_head", "n_heads", what="its attention heads", most=_MOST_HEADS)
    if entries.whole("kv_lora_rank", least=0) or "qk_nope_head_dim" in entries:
        return _latent(entries, hidden, heads)
    return _grouped(entries, hidden, heads, layers)


def _grouped(entries: Entries, hidden: int, heads: int, layers: Layers) -> Attention:
    """Return attention with heads of keys and values, that groups of heads share."""
    width = _head_dim(entries, hidden, heads)
    key_value_heads = _key_value_heads(entries, heads)
    value_width = entries.whole("v_head_dim") or width
    gated = _is_gated(entries)
    # Full layers of some models are wider than those with a window, and the other way round.
    full = (
        entries.whole("num_global_key_value_heads", most=_MOST_HEADS) or key_value_heads,
        entries.whole("global_head_dim") or width,
        entries.whole("global_head_dim") or value_width,
    )
    window = (
        entries.whole("swa_num_key_value_heads", most=_MOST_HEADS) or key_value_heads,
        entries.whole("swa_head_dim") or width,
        entries.whole("swa_v_head_dim") or value_width,
    )
    shared = entries.flag("attention_k_eq_v") is True

    def params(shape: tuple[int, int, int]) -> int:
        kv_heads, key, value = shape
        queries = heads * key * (2 if gated else 1) + heads * value
        return hidden * (queries + kv_heads * (key if shared and shape is full else key + value))

    return Attention(
        heads=heads,
        key_value_heads=key_value_heads,
        head_dim=width,
        is_latent=False,
        params_full=params(full),
        params_window=params(window),
        cache_full=full[0] * (full[1] + full[2]),
        cache_window=window[0] * (window[1] + window[2]),
        indexer=entries.whole("index_head_dim", least=0) or 0 if entries.whole("index_topk", least=0) else 0,
        topk=entries.whole("index_topk", least=0) or 0,
        is_gated=gated,
    )


def _latent(entries: Entries, hidden: int, heads: int) -> Attention:
    """Return attention whose keys and values are one compressed vector for all heads."""
    rank = entries.needed("kv_lora_rank", what="the rank of its latent cache")
    rope = entries.needed("qk_rope_head_dim", what="the width of its keys with positions")
    nope = entries.needed("qk_nope_head_dim", what="the width of its keys without positions")
    value = entries.needed("v_head_dim", what="the width of its values")
    entries.get("num_key_value_heads", "head_dim", "qk_head_dim")
    query_rank = entries.whole("q_lora_rank", least=0) or 0
    queries = heads * (nope + rope)
    params = (hidden * query_rank + query_rank * queries) if query_rank else hidden * queries
    params += hidden * (rank + rope) + rank * heads * (nope + value) + heads * value * hidden
    topk = entries.whole("index_topk", least=0) or 0
    indexer = 0
    if topk:
        indexer = entries.needed("index_head_dim", what="the width of its indexer")
        index_heads = entries.needed("index_n_heads", what="the heads of its indexer", most=_MOST_HEADS)
        params += (query_rank or hidden) * index_heads * indexer + hidden * (indexer + index_heads)
    return Attention(
        heads=heads,
        key_value_heads=1,
        head_dim=rank + rope,
        is_latent=True,
        params_full=params,
        params_window=params,
        cache_full=rank + rope,
        cache_window=rank + rope,
        indexer=indexer,
        topk=topk,
    )


def _head_dim(entries: Entries, hidden: int, heads: int) -> int:
    stated = entries.whole("head_dim", "attention_head_dim", "kv_channels")
    if stated is not None:
        return stated
    if hidden % heads:
        raise entries.refuse(
            f"hidden_size {hidden:,} is no multiple of num_attention_heads {heads:,}",
            "without a head_dim the heads divide it",
            "correct one of the two, or add head_dim",
        )
    return hidden // heads


def _key_value_heads(entries: Entries, heads: int) -> int:
    stated = entries.whole(
        "num_key_value_heads", "num_kv_heads", "n_head_kv", "n_kv_heads", "kv_n_heads", "num_attention_groups",
        "multi_query_group_num", most=_MOST_HEADS,
    )  # fmt: skip
    one_for_all = entries.flag("multi_query") and not entries.flag("new_decoder_architecture")
    found = 1 if one_for_all else heads if stated is None else stated
    if found > heads or heads % found:
        raise entries.refuse(
            f"num_key_value_heads is {found:,} while num_attention_heads is {heads:,}",
            "heads of keys and values must divide the heads",
        )
    return found


def _is_gated(entries: Entries) -> bool:
    stated = entries.flag("attn_output_gate", "use_gated_attention", "attention_output_gate")
    if stated is None:
        return entries.model_type.startswith(("qwen3_next", "qwen3_5"))
    return stated


def searched(entries: Entries, heads: int, layers: int) -> list[int] | None:
    """Return the heads of keys and values by layer of a model that architecture search made, None for others."""
    blocks = entries.by_layer("block_configs", layers)
    if blocks is None:
        return None
    made = []
    for block in blocks:
        attention = block.get("attention") if isinstance(block, Mapping) else None
        group = attention.get("n_heads_in_group") if isinstance(attention, Mapping) else None
        if group is not None and (not is_whole(group) or not 0 < group <= heads or heads % group):
            raise entries.refuse(
                f"n_heads_in_group is {shown(group)}", f"it must divide the {heads} heads", "correct it"
            )
        made.append(0 if group is None else heads // int(group))
    return made
