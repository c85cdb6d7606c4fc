"""Layers with a recurrence in the place of attention: their parameters, and the state of a sequence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wattquery.catalog.own.entries import Entries
from wattquery.errors import InputError

__all__ = ["Recurrence", "recurrence_of"]

_MOST_HEADS = 100_000


@dataclass(frozen=True)
class Recurrence:
    """A layer with a recurrence.

    Attributes
    ----------
    kind
        In words.
    params
        Parameters [1].
    state
        What a sequence keeps of it, whatever its length [elements].
    """

    kind: str
    params: int
    state: int


def recurrence_of(entries: Entries, hidden: int) -> Recurrence:
    """Return the layers with a recurrence that a configuration describes.

    Raises
    ------
    InputError
        If none that is known is described.
    """
    if isinstance(entries.get("linear_attn_config"), Mapping):
        return _kimi_delta(entries, hidden)
    if "linear_num_value_heads" in entries:
        return _delta_net(entries, hidden)
    if "mamba_num_heads" in entries or "mamba_n_heads" in entries or "n_mamba_heads" in entries:
        return _mamba_2(entries, hidden)
    if "mamba_d_state" in entries:
        return _mamba(entries, hidden)
    if "conv_L_cache" in entries:
        return _short_convolution(entries, hidden)
    if "attn_type_list" in entries:
        return _lightning(entries, hidden)
    raise InputError(
        f"{entries.owner} has layers of {entries.model_type or 'an unknown kind'} with a recurrence whose shape it "
        "does not say in a way that is known, and known are Mamba, Mamba-2, Gated DeltaNet, Kimi Delta and Lightning: "
        "give the model by its size, wq.Model(name, total_parameters=...)."
    )


def _delta_net(entries: Entries, hidden: int) -> Recurrence:
    """Gated DeltaNet: a state of keys times values for each head, and a short convolution before."""
    value_heads = entries.needed("linear_num_value_heads", what="its linear value heads", most=_MOST_HEADS)
    key_heads = entries.needed("linear_num_key_heads", what="its linear key heads", most=_MOST_HEADS)
    key_dim = entries.needed("linear_key_head_dim", what="the width of its linear keys")
    value_dim = entries.needed("linear_value_head_dim", what="the width of its linear values")
    kernel = entries.whole("linear_conv_kernel_dim", most=1000) or 4
    keys, values = key_heads * key_dim, value_heads * value_dim
    channels = 2 * keys + values
    params = hidden * (2 * keys + 2 * values + 2 * value_heads) + channels * kernel + values * hidden
    params += 2 * value_heads + value_dim
    state = value_heads * key_dim * value_dim + channels * (kernel - 1)
    return Recurrence("Gated DeltaNet linear attention", params, state)


def _kimi_delta(entries: Entries, hidden: int) -> Recurrence:
    """Kimi Delta attention: gates of their own for each channel, through a narrow matrix."""
    linear = Entries(entries.get("linear_attn_config"), f"{entries.owner}: linear_attn_config")
    heads = linear.needed("num_heads", what="its linear heads", most=_MOST_HEADS)
    width = linear.needed("head_dim", what="the width of its linear heads")
    kernel = linear.whole("short_conv_kernel_size", most=1000) or 4
    inner = heads * width
    params = 4 * hidden * inner + 2 * (hidden * width + width * inner) + hidden * heads + 3 * inner * kernel
    return Recurrence("KDA linear attention", params, heads * width * width + 3 * inner * (kernel - 1))


def _mamba_2(entries: Entries, hidden: int) -> Recurrence:
    heads = entries.needed(
        "mamba_num_heads", "mamba_n_heads", "n_mamba_heads", what="its Mamba heads", most=_MOST_HEADS
    )
    state = entries.needed("ssm_state_size", "mamba_d_state", "mamba_state_dim", what="the size of its Mamba state")
    groups = entries.whole("n_groups", "mamba_n_groups", "mamba_ngroups", most=_MOST_HEADS) or 1
    kernel = entries.whole("conv_kernel", "mamba_d_conv", most=1000) or 4
    width = _mamba_width(entries, hidden, heads)
    inner = heads * width
    channels = inner + 2 * groups * state
    params = hidden * (inner + channels + heads) + channels * (kernel + 1) + 3 * heads + inner + inner * hidden
    return Recurrence("Mamba-2", params, inner * state + channels * (kernel - 1))


def _mamba_width(entries: Entries, hidden: int, heads: int) -> int:
    written = entries.get("mamba_head_dim", "mamba_d_head", "mamba_headdim")
    stated = None if written == "auto" else entries.whole("mamba_head_dim", "mamba_d_head", "mamba_headdim")
    expand = entries.number("mamba_expand", "expand") or 2.0
    return stated or max(round(expand * hidden / heads), 1)


def _mamba(entries: Entries, hidden: int) -> Recurrence:
    state = entries.needed("mamba_d_state", what="the size of its Mamba state")
    kernel = entries.whole("mamba_d_conv", most=1000) or 4
    inner = round((entries.number("mamba_expand", "expand") or 2.0) * hidden)
    rank = entries.get("mamba_dt_rank")
    rank = (
        -(-hidden // 16) if rank in (None, "auto") else entries.needed("mamba_dt_rank", what="its rank of time steps")
    )
    params = 3 * hidden * inner + inner * (kernel + 1) + inner * (rank + 2 * state) + rank * inner + inner * (state + 2)
    return Recurrence("Mamba", params, inner * (state + kernel - 1))


def _short_convolution(entries: Entries, hidden: int) -> Recurrence:
    length = entries.needed("conv_L_cache", what="the length of its convolution")
    return Recurrence("gated short convolution", 4 * hidden * hidden + hidden * length, hidden * length)


def _lightning(entries: Entries, hidden: int) -> Recurrence:
    heads = entries.needed("num_attention_heads", what="its attention heads", most=_MOST_HEADS)
    width = entries.whole("head_dim") or hidden // heads
    return Recurrence("Lightning linear attention", 5 * hidden * heads * width, heads * width * width)
