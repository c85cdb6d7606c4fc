"""Entries of a configuration that were not read and may change what a token costs: by their names, or as unknown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from wattquery.catalog.own.entries import LEFT_OUT, Entries
from wattquery.errors import listed

__all__ = ["unread_notes"]

_TELLING = re.compile(
    r"expert|moe|window|attn|attention|layer|(^|_)kv|lora|sparse|compress|mamba|ssm|(^|_)conv|linear|head|hidden|inter|"
    r"share|skip|latent|topk|top_k|index|adapter|prun"
)
_HARMLESS = re.compile(
    r"dropout|drop_|bias|init|norm|_eps|rope|scal|softcap|_act|activation|aux|loss|coef|router_|scoring|topk_method|"
    r"topk_group|n_group|norm_topk|routed_scaling|implementation|output_|jitter|z_loss|token_id|index$|_token|position|"
    r"nextn|mtp|chunk|time_step|rescale|residual|use_mamba_kernels|pretraining_tp|ep_size|precision|dtype|sink|"
    r"use_cache|clip|limit|proj_|temperature|num_logits|max_window_layers|query_pre_attn|cross_attention_hidden|"
    r"_type|drop|multiplier|^top_k$|^head_dim$|^expand$|fused|keep_|^attn_module|flash|is_causal|image|vision|audio|video|swiglu|parallel"
)
"""Of training, of numerics and of the way in which kernels are written."""
_USUAL = re.compile(
    r"^_|^architectures$|^auto_map$|_ids?$|id2|2id|vocab|token|version|unsloth|task|label|^max_|^min_|_length$|seq_len|"
    r"n_ctx|ctx|context|sample|beam|penalty|ngram|top_p|typical_p|early_stopping|suppress|return_dict|torchscript|"
    r"float|^bf16$|^fp16$|^fp32$|is_decoder|is_encoder|tie_|seed|rotary|theta|ntk|logn|logit|mask|alibi|custom|"
    r"generation|train|gradient|checkpoint|chat|template|prefix|trust_remote|problem|summary|compressor|quant|"
    r"dim_model_base|base$|remove_invalid|onnx|safe|pad_|multiple|emb"
)
"""Of texts, of generation and of files, where the name tells nothing of a shape."""

_MOST = 8


def unread_notes(entries: Entries) -> Iterator[str]:
    """Yield what to say of keys that were not read, where there are some that may matter."""
    found = [key for key, value in entries.unread() if not _HARMLESS.search(key) and _may_matter(key, value)]
    if found:
        yield f"{LEFT_OUT}: {listed(found, _MOST)}"


def _may_matter(key: str, value: Any) -> bool:
    """Return whether an entry may change the shape: what nobody knows may, unless it is a text."""
    return bool(_TELLING.search(key)) or not (isinstance(value, str) or _USUAL.search(key))
