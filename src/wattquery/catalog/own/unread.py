"""Entries of a configuration that were not read and whose names say that they may change what a token costs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wattquery.catalog.own.entries import Entries
from wattquery.errors import listed

__all__ = ["LEFT_OUT", "unread_notes"]

LEFT_OUT = "not understood, and left out"
"""How the note begins: what has parts that are not understood is not taken for a model of the tables."""

_TELLING = re.compile(
    r"expert|moe|window|attn|attention|layer|(^|_)kv|lora|sparse|compress|mamba|ssm|(^|_)conv|linear|head|hidden|inter|"
    r"share|skip|latent|topk|top_k|index"
)
_HARMLESS = re.compile(
    r"dropout|drop_|bias|init|norm|_eps|rope|scal|softcap|_act|activation|aux|loss|coef|router_|scoring|topk_method|"
    r"topk_group|n_group|norm_topk|routed_scaling|implementation|output_|jitter|z_loss|token_id|index$|_token|position|"
    r"nextn|mtp|chunk|time_step|rescale|residual|use_mamba_kernels|pretraining_tp|ep_size|precision|dtype|sink|"
    r"use_cache|clip|limit|proj_|temperature|num_logits|max_window_layers|query_pre_attn|cross_attention_hidden|"
    r"_type|^head_dim$|^expand$|fused|keep_|^attn_module|flash|prune|is_causal|image|vision|audio|video|swiglu|parallel"
)
"""Of training, of numerics and of the way in which kernels are written."""

_MOST = 8


def unread_notes(entries: Entries) -> Iterator[str]:
    """Yield what to say of keys that were not read, where there are some that may matter."""
    found = [key for key in entries.unread() if _TELLING.search(key) and not _HARMLESS.search(key)]
    if found:
        yield f"{LEFT_OUT}: {listed(found, _MOST)}"
