"""Which layers have attention, with or without a window, and which a recurrence or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wattquery.catalog.own.entries import LAYERS, MOST_LAYERS, Entries
from wattquery.catalog.own.model_types import FULL_EVERY, NEVER_WINDOWED
from wattquery.errors import InputError
from wattquery.specs.scalars import is_whole, shown

__all__ = ["FEED_FORWARD", "FULL", "LINEAR", "MIXTURE", "NONE", "WINDOW", "Layers", "layers_of"]

FULL, WINDOW, LINEAR, NONE = "full", "window", "linear", "none"
"""How a layer mixes tokens: attention to all, attention in a window, a recurrence, not at all."""

FEED_FORWARD, MIXTURE = "feed-forward", "mixture"
"""What a block without a mixing of tokens is, where blocks are counted apart."""

_NAMES = {
    "full_attention": FULL,
    "attention": FULL,
    "global": FULL,
    "global_attention": FULL,
    "full": FULL,
    "minimax_attention": FULL,
    "sliding_attention": WINDOW,
    "sliding_window": WINDOW,
    "local_attention": WINDOW,
    "local": WINDOW,
    "sliding": WINDOW,
    "chunked_attention": WINDOW,
    "linear_attention": LINEAR,
    "mamba": LINEAR,
    "mamba2": LINEAR,
    "m": LINEAR,
    "conv": LINEAR,
    "recurrent": LINEAR,
    "hybrid": FULL,
}
_RULES = ("full_attention_interval", "attn_layer_period", "attn_layer_offset", "sliding_window_pattern")
"""Keys that say in another way what a list of all layers says."""

_WINDOWS = ("sliding_window", "sliding_window_size", "attention_chunk_size", "local_attention_window")
"""Keys of the size of a window."""

_BLOCKS = {"M": LINEAR, "*": FULL, "-": FEED_FORWARD, "E": MIXTURE, "|": FULL}
"""What the characters of ``hybrid_override_pattern`` say."""


@dataclass(frozen=True)
class Layers:
    """The layers of a model.

    Attributes
    ----------
    mixers
        How each of them mixes tokens; where blocks are counted apart also `FEED_FORWARD` and `MIXTURE`.
    window_tokens
        What windowed layers see [tokens]; 0 where none has a window.
    are_blocks
        Whether attention and feed-forward blocks count as a layer each.
    """

    mixers: tuple[str, ...]
    window_tokens: int
    are_blocks: bool = False

    def count(self, *kinds: str) -> int:
        """Return how many layers are of some kinds."""
        return sum(self.mixers.count(kind) for kind in kinds)


def layers_of(entries: Entries) -> Layers:
    """Return the layers that a configuration describes.

    Raises
    ------
    InputError
        If it does not say how many there are, or contradicts itself.
    """
    pattern = entries.get("hybrid_override_pattern")
    if isinstance(pattern, str) and pattern:
        return _blocks(entries, pattern)
    count = entries.needed(*LAYERS, what="its layers", most=MOST_LAYERS)
    window = _window(entries)
    stated = _stated(entries, count)
    mixers = stated or _by_rule(entries, count, window or 0)
    if window is None and (WINDOW in mixers or (stated is None and _has_windows(entries))):
        entries.left_out("layers with a window whose size is not stated are taken for layers without one")
    if not window:
        mixers = [FULL if one == WINDOW else one for one in mixers]
    return Layers(tuple(mixers), window if window and WINDOW in mixers else 0)


def _blocks(entries: Entries, pattern: str) -> Layers:
    """Return blocks from a text with a character for each."""
    strange = sorted(set(pattern) - set(_BLOCKS))
    if strange or len(pattern) > MOST_LAYERS:
        what = f"the characters {shown(''.join(strange))}" if strange else f"{len(pattern):,} characters"
        raise entries.refuse(
            f"hybrid_override_pattern has {what}",
            f"it has one of {shown(''.join(_BLOCKS))} for each of at most {MOST_LAYERS:,} blocks",
            "correct it",
        )
    count = entries.whole("num_hidden_layers", most=MOST_LAYERS)
    blocks = pattern.replace("|", "")
    if count is not None and count != len(blocks):
        raise entries.refuse(
            f"hybrid_override_pattern has {len(blocks)} blocks while num_hidden_layers is {count}", "both must agree"
        )
    return Layers(tuple(_BLOCKS[one] for one in blocks), 0, are_blocks=True)


def _has_windows(entries: Entries) -> bool:
    """Return whether there are windows by a pattern, or by the type, of which the size is neither stated nor denied."""
    if entries.get("sliding_window_pattern") is not None or entries.flag("use_sliding_window"):
        return True
    return entries.model_type in FULL_EVERY and not entries.has_any(*_WINDOWS)


def _window(entries: Entries) -> int | None:
    """Return the window [tokens], 0 where there is none in effect, None where it is not stated."""
    window = entries.whole(*_WINDOWS, least=0)
    used = entries.flag("use_sliding_window")
    if used is False or window == 0:
        return 0
    if window is None or (used is None and entries.model_type in NEVER_WINDOWED):
        return None if window is None else 0
    longest = entries.whole("max_position_embeddings", "n_positions", "max_seq_len", most=10**9)
    return 0 if longest is not None and window >= longest else window


def _stated(entries: Entries, count: int) -> list[str] | None:
    """Return what is stated for each layer, None where nothing is."""
    entries.get(*_RULES)
    for key in ("layer_types", "layers_block_type", "attention_layer_types", "block_types"):
        found = entries.get(key)
        if isinstance(found, list) and found and key == "block_types" and len(found) < count:
            found = [found[place % len(found)] for place in range(count)]  # a pattern that is repeated
        elif (found := entries.by_layer(key, count)) is None:
            continue
        return [_named(entries, key, one) for one in found]
    for key, at_one in (("attn_type_list", FULL), ("hybrid_layer_pattern", WINDOW)):
        flags = entries.by_layer(key, count)
        if flags is not None:
            other = LINEAR if key == "attn_type_list" else FULL
            return [at_one if one == 1 else other for one in flags]
    linear = entries.get("linear_attn_config")
    if isinstance(linear, Mapping):
        return _listed(entries, linear, count)
    return _nas(entries, count)


def _listed(entries: Entries, linear: Mapping[str, Any], count: int) -> list[str]:
    """Return layers from the numbers, counted from 1, of those with full attention."""
    full = linear.get("full_attn_layers")
    if not isinstance(full, list) or not all(is_whole(one) and 0 < one <= count for one in full):
        raise entries.refuse(
            f"full_attn_layers is {shown(full)}", f"it must be a list of numbers from 1 to {count}", "correct it"
        )
    return [FULL if place + 1 in full else LINEAR for place in range(count)]


def _nas(entries: Entries, count: int) -> list[str] | None:
    """Return layers from ``block_configs``, which architecture search leaves behind."""
    blocks = entries.by_layer("block_configs", count)
    if blocks is None:
        return None
    made = []
    for block in blocks:
        attention = block.get("attention") if isinstance(block, Mapping) else None
        attention = attention if isinstance(attention, Mapping) else {}
        without = attention.get("no_op") or attention.get("replace_with_linear")
        made.append(NONE if without else FULL)
    return made


def _named(entries: Entries, key: str, name: object) -> str:
    found = _NAMES.get(name.casefold()) if isinstance(name, str) else None
    if found is None:
        raise InputError(
            f"{entries.owner}: {key} names {shown(name)}, of which the cost is not known, and known are "
            f"{', '.join(sorted(_NAMES))}: give a model with such layers by its size, wq.Model(name, "
            "total_parameters=...)."
        )
    return found


def _by_rule(entries: Entries, count: int, window: int) -> list[str]:
    """Return layers from numbers that say which of them are what."""
    every = entries.whole("full_attention_interval", most=MOST_LAYERS)
    if every is not None:
        return [FULL if (place + 1) % every == 0 else LINEAR for place in range(count)]
    period = entries.whole("attn_layer_period", most=MOST_LAYERS)
    if period is not None:
        offset = entries.whole("attn_layer_offset", least=0, most=MOST_LAYERS) or 0
        return [FULL if place % period == offset else LINEAR for place in range(count)]
    return _windowed(entries, count) if window else [FULL] * count


def _windowed(entries: Entries, count: int) -> list[str]:
    """Return which layers have the window, where it is not stated for each."""
    written = entries.get("sliding_window_pattern", "no_rope_layer_interval", "global_attn_every_n_layers")
    if isinstance(written, str) and set(written.upper()) <= set("LG"):
        return [WINDOW if written.upper()[place % len(written)] == "L" else FULL for place in range(count)]
    every = entries.whole(
        "sliding_window_pattern", "no_rope_layer_interval", "global_attn_every_n_layers", most=MOST_LAYERS
    )
    every = FULL_EVERY.get(entries.model_type) if every is None else every
    if every is not None:
        return [FULL if (place + 1) % every == 0 else WINDOW for place in range(count)]
    if entries.flag("use_sliding_window"):
        from_layer = entries.whole("max_window_layers", least=0, most=MOST_LAYERS) or 0
        return [WINDOW if place >= from_layer else FULL for place in range(count)]
    return [WINDOW] * count
