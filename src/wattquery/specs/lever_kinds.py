"""What a lever changes: the kinds by which one is told that the load model has already, and names that tell them."""

from __future__ import annotations

import re

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.specs.scalars import shown

__all__ = ["LEVER_KINDS", "checked_kind", "kind_by_name"]

LEVER_KINDS = ("speculation", "precision", "batching", "caching", "serving", "hardware", "model", "other")
"""Speculative decoding, of whichever sort; fewer bits; fuller batches and less idle time; reuse of prompts; a faster
serving system; newer accelerators; another model, smaller or sparser; and what is none of these, as routing."""

_PARTS = {
    "speculation": (
        "specul", "draft", "eagle", "medusa", "hydra", "lookahead", "look_ahead", "ngram", "n_gram", "multi_token",
        "multitoken", "_mtp", "mtp_", "assisted", "self_decod", "blockwise_decod", "parallel_decod", "rejection_sampl",
        "jacobi", "nextn", "dflash", "_spec_", "spec_dec", "specdec", "lookup", "suffix_decod",
    ),
    "precision": (
        "quantis", "quantiz", "precision", "fp8", "fp4", "fp6", "fp16", "bf16", "int8", "int4", "awq", "gptq", "gguf",
        "w4a16", "w8a8", "8_bit", "4_bit", "8bit", "4bit",
    ),
    "batching": ("batch", "utilis", "utiliz", "occupan", "concurren", "_idle", "consolidat", "autoscal", "_load_"),
    "caching": ("cach", "prefix", "prompt_reuse", "radix"),
    "hardware": ("hardware", "accelerator", "_gpu", "_tpu", "_chip", "_asic", "blackwell", "hopper", "rubin"),
    "serving": (
        "serving", "engine", "kernel", "attention", "vllm", "sglang", "tensorrt", "disaggreg", "parallelis", "paged",
        "compil", "cuda_graph", "schedul", "software",
    ),
    "model": (
        "model", "distil", "prun", "spars", "expert", "_moe_", "smaller", "architecture", "_mla_", "_gqa_",
        "sliding_window",
    ),
}  # fmt: skip
"""Parts of names by the kind that they tell, the first that fits: what makes several tokens in a step comes before
the draft model that does, and a quantised cache before a cache. ``_`` is where a word begins or ends."""

_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")


def checked_kind(kind: object, owner: str) -> str | None:
    """Return the kind of a lever as it is spelt here, None where none was stated.

    Raises
    ------
    InputError
        If it is not one of `LEVER_KINDS`.
    """
    if kind is None:
        return None
    if not isinstance(kind, str) or kind.strip().casefold() not in LEVER_KINDS:
        raise InputError(
            f"{owner}: kind must be one of {listed(LEVER_KINDS)}, got {shown(kind)}: write what the lever changes, "
            f"'other' if it is none of these, or leave it out.{did_you_mean(kind, LEVER_KINDS)}"
        )
    return kind.strip().casefold()


def kind_by_name(name: str) -> str | None:
    """Return the kind of lever that a name tells, None where it tells none.

    Examples
    --------
    >>> kind_by_name("EAGLE-3"), kind_by_name("KV-cache quantization"), kind_by_name("routing")
    ('speculation', 'precision', None)
    """
    words = _BETWEEN_WORDS.sub("_", f"_{name.casefold()}_")
    return next((kind for kind, parts in _PARTS.items() if any(part in words for part in parts)), None)
