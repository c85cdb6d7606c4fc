"""In which precision weights were published: in the words of the tables, such as ``fp8 (block 128)``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wattquery.catalog.own.entries import Entries
from wattquery.errors import quoted
from wattquery.specs.scalars import is_number, shown

__all__ = ["precision_of"]

_TYPES = {
    "bfloat16": "bf16",
    "float16": "fp16",
    "half": "fp16",
    "float32": "bf16",
    "float": "bf16",
    "float8_e4m3fn": "fp8",
    "float8_e5m2": "fp8",
}
_METHODS = {
    "fp8": "fp8",
    "fbgemm_fp8": "fp8",
    "finegrained_fp8": "fp8",
    "mxfp4": "mxfp4",
    "mxfp8": "fp8",
    "nvfp4": "nvfp4",
    "modelopt_fp4": "nvfp4",
    "awq": "int4",
    "gptq": "int4",
    "awq_marlin": "int4",
    "gptq_marlin": "int4",
    "auto-round": "int4",
    "autoround": "int4",
    "eetq": "int8",
    "hqq": "int4",
}
_UNTOUCHED = ("attn", "attention", "self_attn")
"""Words in the names of modules that stay as they are where only experts are quantised."""


def precision_of(entries: Entries, *, has_experts: bool) -> str:
    """Return the precision in which the weights of a configuration were published.

    Parameters
    ----------
    entries
        The configuration.
    has_experts
        Whether there are routed experts, which alone are quantised where attention is left out.
    """
    settings = entries.get("quantization_config", "compression_config")
    if not settings:
        return _of_type(entries)
    if isinstance(settings, str):
        settings = {"quant_method": settings.strip(), "quant_algo": settings.strip()}
    if not isinstance(settings, Mapping):
        entries.left_out(f"the quantisation {shown(settings)}; the weights are taken to have 16 bits")
        return _of_type(entries)
    method = settings.get("quant_method")
    found = _found(settings, method.casefold() if isinstance(method, str) else "")
    if not found:
        entries.left_out(f"the quantisation {quoted(method, 40)}; the weights are taken to have 16 bits")
        return _of_type(entries)
    if found.startswith("int") and (bits := _bits(settings)) not in (None, 4, 8):
        entries.left_out(f"weights of {shown(bits)} bits, which are taken to have {found[3]}")
    experts_only = has_experts and not found.startswith("fp8") and _keeps_attention(settings)
    parts = found.partition(" (")
    return f"{parts[0]} experts{parts[1]}{parts[2]}, bf16 rest" if experts_only else found


def _of_type(entries: Entries) -> str:
    written = entries.get("dtype", "torch_dtype")
    name = written.casefold().removeprefix("torch.") if isinstance(written, str) else ""
    if name.startswith("float32") or name == "float":
        entries.notes.append("its weights are stored in 32 bits, and taken to be served in 16")
    elif name not in _TYPES:
        entries.notes.append("the precision of its weights is not stated, and taken to be 16 bits")
    return _TYPES.get(name, "bf16")


def _found(settings: Mapping[str, Any], method: str) -> str:
    """Return the precision of quantised weights, empty where it is not understood."""
    if method in ("compressed-tensors", "compressed_tensors", "modelopt", "modelopt_fp4", "modelopt_mixed"):
        return _of_groups(settings) or _of_algorithm(settings) or _METHODS.get(method, "")
    if method == "quark":
        weight = _weights(settings.get("global_quant_config"), "weight")
        name = str(weight.get("dtype", "")).casefold()
        return "mxfp4" if "fp4" in name else "fp8" if "fp8" in name else "int4" if "int4" in name else ""
    if method in ("bitsandbytes", "bnb"):
        return "int4" if settings.get("load_in_4bit") else "int8" if settings.get("load_in_8bit") else ""
    if method in ("quanto", "torchao"):
        return _of_name(settings.get("weights") or settings.get("quant_type"))
    found = _METHODS.get(method, "") or _of_algorithm(settings)
    block = settings.get("weight_block_size")
    if found == "fp8" and isinstance(block, list) and block:
        return f"fp8 (block {block[-1]})"
    if found == "int4" and (bits := _bits(settings)) is not None:
        found = "int8" if is_number(bits) and bits > 4 else "int4"
    group = settings.get("group_size", settings.get("q_group_size"))
    return f"{found} (group {group})" if found.startswith("int") and isinstance(group, int) and group > 0 else found


def _bits(settings: Mapping[str, Any]) -> Any:
    """Return the bits of integer weights as they are stated, None where they are not."""
    return next((settings[one] for one in ("bits", "w_bit", "nbits") if settings.get(one) is not None), None)


def _of_name(name: object) -> str:
    """Return the precision that a text begins with, such as ``int4_weight_only``; empty where it is not understood."""
    written = name.casefold().strip() if isinstance(name, str) else ""
    for word, found in (
        ("float8", "fp8"),
        ("fp8", "fp8"),
        ("int8", "int8"),
        ("qint8", "int8"),
        ("int4", "int4"),
        ("qint4", "int4"),
    ):
        if written.startswith(word):
            return found
    return ""


def _of_groups(settings: Mapping[str, Any]) -> str:
    """Return the precision of the first group of weights that is described."""
    groups = settings.get("config_groups")
    written = groups.values() if isinstance(groups, Mapping) else ()
    for group in written:
        weights = _weights(group, "weights")
        bits, kind, size = weights.get("num_bits"), weights.get("type"), weights.get("group_size")
        if bits == 4 and kind == "float":
            return "nvfp4" if size == 16 else "mxfp4"
        if bits == 8 and kind == "float":
            block = weights.get("block_structure")
            return f"fp8 (block {block[-1]})" if isinstance(block, list) and block else "fp8"
        if bits in (4, 8):
            return f"int{bits} (group {size})" if isinstance(size, int) and size > 0 else f"int{bits}"
    return ""


def _of_algorithm(settings: Mapping[str, Any]) -> str:
    inner = settings.get("quantization")
    written = settings.get("quant_algo") or (inner.get("quant_algo") if isinstance(inner, Mapping) else None)
    name = str(written or "").casefold()
    for word, found in (("nvfp4", "nvfp4"), ("mxfp4", "mxfp4"), ("fp8", "fp8"), ("w4a16", "int4"), ("int8", "int8")):
        if word in name:
            return found
    return ""


def _weights(group: object, key: str) -> Mapping[str, Any]:
    found = group.get(key) if isinstance(group, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _keeps_attention(settings: Mapping[str, Any]) -> bool:
    """Return whether attention is left as it is, as where only experts are quantised."""
    for key in ("modules_to_not_convert", "ignore", "exclude_modules", "ignored_layers", "exclude"):
        names = settings.get(key)
        if isinstance(names, list) and any(word in str(name) for name in names for word in _UNTOUCHED):
            return True
    return False
