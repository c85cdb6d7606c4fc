"""Model architectures as the equations see them: numbers of parameters, layers and cache elements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

import numpy as np

from wattquery.catalog.facts import OWN_KEY, Architecture
from wattquery.throughput.load.gathered import gathered
from wattquery.throughput.load.imputed import imputed
from wattquery.throughput.load.known import TABLES, Known

__all__ = ["Shape", "shape_of", "shapes_of"]

_LEAST_SHARED = 0.02
"""Of the parameters that a token uses, where facts of experts and of parameters do not agree."""

_WIDEST_HEAD = 192
"""Of which attention computes products; a latent cache is listed with the width of what it stores."""

_USUAL_KEY_VALUE_HEADS = 8


@dataclass(frozen=True, eq=False)
class Shape:
    """What the equations need of an architecture: numbers, or an array of them for each row.

    Attributes
    ----------
    layers, linear_share, hidden_size
        Transformer layers, a pair of blocks counting as one, the share of them with a linear recurrence, and the
        width [1].
    mixture, latent
        Whether there are routed experts, and whether the cache is latent: 1 or 0.
    active_params, shared_params, routed_params
        Those that a token computes with, without the input embedding; those that every token uses; those of all
        routed experts [1].
    used_share
        Of the routed experts, by one token [1].
    cache_elements, full_cache_elements, indexer_elements, state_elements
        Of the cache per token in all layers, in those without a window, of a sparse attention's indexer, and of the
        fixed state of a sequence [1].
    window_tokens, selected_tokens
        Which a window and a sparse attention see; infinite without [tokens].
    attention_layers, full_layers, attention_width, key_value_heads
        Layers with attention, those of them without a window, heads times their width, and heads of the cache [1].
    sixteen_bits
        1 where all weights but those of experts stay in 16 bits at any precision (gpt-oss), else 0.
    imputed
        1 where only the numbers of parameters are known and the rest is guessed from other architectures, else 0.
    """

    layers: Any
    linear_share: Any
    hidden_size: Any
    mixture: Any
    latent: Any
    active_params: Any
    shared_params: Any
    routed_params: Any
    used_share: Any
    cache_elements: Any
    full_cache_elements: Any
    indexer_elements: Any
    state_elements: Any
    window_tokens: Any
    selected_tokens: Any
    attention_layers: Any
    full_layers: Any
    attention_width: Any
    key_value_heads: Any
    sixteen_bits: Any
    imputed: Any = 0.0


_UNKNOWN = Shape(**{one.name: np.nan for one in fields(Shape)})


def shapes_of(names: Sequence[str], total_params_b: Any, active_params_b: Any, *, known: Known = TABLES) -> Shape:
    """Return the shapes of architectures, one for each row; NaN where nothing is known.

    Parameters
    ----------
    names
        Labels of the catalog ``default``; see `wattquery.catalog.Architecture`.
    total_params_b, active_params_b
        Sizes that are stated for each row, for architectures that are not known; NaN where they are not [1e9].
    known
        The architectures that are.
    """
    facts = {name: known.architecture(name) for name in dict.fromkeys(names)}
    keys = [
        (name, float(total), float(active)) if facts[name] is None else (name, np.nan, np.nan)
        for name, total, active in zip(names, total_params_b, active_params_b, strict=True)
    ]
    places = {key: place for place, key in enumerate(dict.fromkeys(map(str, keys)))}
    records = {str(key): _shape(facts[key[0]], *key) for key in dict.fromkeys(keys)}
    return gathered(
        [records[key] for key in places] or [_UNKNOWN], np.array([places[str(key)] for key in keys], dtype=np.intp)
    )


def _shape(facts: Architecture | None, name: str, total_params_b: float, active_params_b: float) -> Shape:
    return _imputed(name, total_params_b, active_params_b) if facts is None else _known(facts)


@cache
def _known(facts: Architecture) -> Shape:
    return shape_of(facts)


def _imputed(name: str, total_params_b: float, active_params_b: float) -> Shape:
    """Return the shape that is usual for two numbers of parameters."""
    if not total_params_b > 0.0:
        return _UNKNOWN
    guessed = imputed(name, total_params_b, active_params_b if active_params_b > 0.0 else total_params_b)
    return replace(shape_of(guessed), imputed=1.0)


def shape_of(facts: Architecture) -> Shape:
    """Return the shape of an architecture: where it has no layers, the one that is usual for its parameters.

    Parameters
    ----------
    facts
        What is known of it.

    Examples
    --------
    >>> from wattquery.catalog.facts import architectures
    >>> shape = shape_of(architectures()["llama-3.1-70b"])
    >>> shape.layers, round(shape.active_params / 1e9), shape.mixture
    (80.0, 70, 0.0)
    """
    if facts.layers is None:
        return _imputed(facts.architecture, _number(facts.total_params_b), _number(facts.active_params_b))
    layers = _number(facts.layers)
    return Shape(
        layers=layers / 2 if facts.layers_count == "blocks" else layers,
        linear_share=_or_none(facts.linear_layers) / layers,
        hidden_size=_number(facts.hidden_size),
        latent=float("MLA" in facts.attention_kind),
        sixteen_bits=float(_keeps_sixteen_bits(facts)),
        **_parameters(facts),
        **_cache(facts),
        **_attention(facts),
    )


def _keeps_sixteen_bits(facts: Architecture) -> bool:
    """Return whether all weights but those of experts stay in 16 bits at any precision."""
    if facts.architecture.startswith(OWN_KEY):
        return "bf16 rest" in facts.native_precision
    return "gpt-oss" in facts.architecture


def _parameters(facts: Architecture) -> dict[str, float]:
    computed = facts.active_params_b if facts.computed_active_b is None else facts.computed_active_b
    active = 1e9 * (_number(computed) - _or_none(facts.input_embedding_params_b))
    routed = 1e9 * _or_none(facts.routed_expert_params_b)
    mixture = bool(facts.experts)
    used = _or_none(facts.active_experts) / float(facts.experts or 1) if mixture else 1.0
    return {
        "mixture": float(mixture),
        "active_params": active,
        "routed_params": routed,
        "shared_params": max(active - (routed * used if mixture else 0.0), _LEAST_SHARED * active),
        "used_share": used,
    }


def _cache(facts: Architecture) -> dict[str, float]:
    return {
        "cache_elements": _number(facts.kv_elements_per_token),
        "full_cache_elements": _number(facts.kv_elements_per_token_full_layers),
        "indexer_elements": _or_none(facts.indexer_elements_per_token),
        "state_elements": _or_none(facts.recurrent_state_elements_per_sequence),
        "window_tokens": float(facts.window_tokens or np.inf),
        "selected_tokens": float(facts.sparse_topk_tokens or np.inf),
    }


def _attention(facts: Architecture) -> dict[str, float]:
    heads = _number(facts.q_heads)
    return {
        "attention_layers": _number(facts.attention_layers),
        "full_layers": _number(facts.full_attention_layers),
        "attention_width": heads * min(_number(facts.head_dim), _WIDEST_HEAD),
        "key_value_heads": _USUAL_KEY_VALUE_HEADS if facts.kv_heads is None else float(facts.kv_heads),
    }


def _number(fact: float | None) -> float:
    return np.nan if fact is None else float(fact)


def _or_none(fact: float | None) -> float:
    """Return a number that counts as 0 where it is not known."""
    return 0.0 if fact is None else float(fact)
