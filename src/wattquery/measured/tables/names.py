"""What tables of measurements call models, accelerators, stacks and precisions, to labels of the catalog ``default``.

A name counts without regard to case and separators; of a model, also without the organisation in front and without the
words behind that tell variants of one shape apart; of an accelerator, without the words that all of its kind have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from wattquery.catalog.records import labels_with_aliases, records, words

__all__ = [
    "architecture_of",
    "hardware_of",
    "native_precision",
    "precision_in",
    "precision_of",
    "serving_of",
    "sizes_in",
]

_NOT_LETTERS = re.compile(r"[^a-z0-9.+]+")
_VARIANT = re.compile(
    r"[-_ .:](?:fp[48]|nvfp4|mxfp[48]|int[48]|awq|gptq|bf16|fp16|w[48]a(?:8|16)|gguf|[48]bit|kv|dynamic|block|static"
    r"|quantized|instruct|it|chat|thinking|reasoning|non|base|hf|preview|latest|pt|v\d+(?:\.\d+)*|\d{4}|\d{6}|\d{8}"
    r"|\d{4}-\d\d-\d\d)$",
    re.IGNORECASE,
)
_MAKERS = re.compile(r"^(?:meta|nvidia|google|mistralai|qwen|openai)[-_ ](?=.*\d)", re.IGNORECASE)
_VENDOR = re.compile(r"\b(?:nvidia|amd|intel|instinct|tesla|hgx|dgx|tensor core|gpus?|accelerators?)\b", re.IGNORECASE)
_FORM = re.compile(r"\b(?:sxm\d?|oam|hbm\d?e?)\b", re.IGNORECASE)
_MEMORY = re.compile(r"\b(\d+) ?gb\b", re.IGNORECASE)
_SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)b(?![a-z0-9])", re.IGNORECASE)
_ACTIVE = re.compile(r"(?<![a-z0-9])a(\d+(?:\.\d+)?)b(?![a-z0-9])", re.IGNORECASE)
_PRECISIONS = (
    ("FP4", r"nvfp4|mxfp4|fp4"),
    ("FP8", r"fp8|mxfp8"),
    ("INT4", r"int4|w4a16|awq|gptq"),
    ("INT8", r"int8|w8a8"),
    ("BF16", r"bf16"),
)
_SAME_MEMORY = 0.1


def architecture_of(*names: str) -> str:
    """Return the architecture of a model by the first of its names that is known; empty where none is.

    Examples
    --------
    >>> architecture_of("", "nvidia/Llama-3.1-8B-Instruct-FP8"), architecture_of("Qwen9-1T")
    ('llama-3.1-8b', '')
    """
    known = _architectures()
    for name in names:
        for candidate in _model_names(name):
            if found := known.get(_key(candidate)):
                return found
    return ""


def hardware_of(name: str) -> str:
    """Return the label of an accelerator; empty where none is known by that name.

    Examples
    --------
    >>> hardware_of("NVIDIA H100 80GB HBM3"), hardware_of("b200"), hardware_of("H100 PCIe"), hardware_of("TPU v5e")
    ('H100 SXM', 'B200', 'H100 PCIe', '')
    """
    known = _labels("hardware")
    bare = _VENDOR.sub(" ", name.replace("-", " ").replace("_", " "))
    for candidate in (name, bare, _FORM.sub(" ", bare)):
        if found := known.get(_key(candidate)):
            return found
    memory = _MEMORY.search(bare)
    for candidate in (_MEMORY.sub(" ", bare), _FORM.sub(" ", _MEMORY.sub(" ", bare))):
        found = known.get(_key(candidate), "")
        if found and memory and abs(_memory_gb().get(found, 0.0) / float(memory[1]) - 1.0) < _SAME_MEMORY:
            return found
    return ""


def serving_of(name: str) -> str:
    """Return the label of a serving stack; its own name where it is not known, and empty where none is stated."""
    return _labels("serving").get(_key(name), name)


def precision_of(name: str) -> str:
    """Return the label of a precision; empty where it is not known.

    Examples
    --------
    >>> precision_of("fp8_block"), precision_of("NVFP4"), precision_of("bf16"), precision_of("fp6")
    ('FP8', 'FP4', 'BF16', '')
    """
    found = _labels("precision").get(_key(name))
    return found or _labels("precision").get(_key(re.sub(r"[-_ ](?:block|dynamic|wo|e4m3|static)$", "", name)), "")


def precision_in(*names: str) -> str:
    """Return the precision that a model's name says; empty where none does.

    Examples
    --------
    >>> precision_in("Qwen/Qwen3-235B-A22B-FP8"), precision_in("Qwen/Qwen3-14B")
    ('FP8', '')
    """
    for name in names:
        for label, pattern in _PRECISIONS:
            if re.search(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])", name, re.IGNORECASE):
                return label
    return ""


def native_precision(architecture: str) -> str:
    """Return the precision in which the weights of an architecture were published; empty where it is not known.

    Of several it is that of the experts, which are most of the weights.

    Examples
    --------
    >>> native_precision("deepseek-v3"), native_precision("gpt-oss-120b"), native_precision("qwen3-14b")
    ('FP8', 'FP4', 'BF16')
    """
    words = _native().get(architecture, "")
    of_experts = next((part for part in words.split(",") if "experts" in part), words)
    return precision_of(of_experts.split("(")[0].replace("experts", "").strip())


def sizes_in(*names: str) -> tuple[float | None, float | None]:
    """Return total and active parameters that a model's name says [1e9].

    Examples
    --------
    >>> sizes_in("Qwen9-480B-A35B"), sizes_in("Granite 8B"), sizes_in("Ours")
    ((480.0, 35.0), (8.0, None), (None, None))
    """
    for name in names:
        if total := _SIZE.search(name):
            active = _ACTIVE.search(name)
            return float(total[1]), None if active is None else float(active[1])
    return None, None


def _key(name: str) -> str:
    return _NOT_LETTERS.sub("", name.casefold())


def _model_names(name: str) -> Iterator[str]:
    """Yield the spellings of a model's name that may be known, the whole one first."""
    yield name
    short = re.split(r"/|--", name)[-1]
    while True:
        yield short
        yield _MAKERS.sub("", short)
        shorter = _VARIANT.sub("", short)
        if shorter == short:
            return
        short = shorter


def _by_key(named: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return labels by all their names; a name that two of them have is none."""
    found: dict[str, set[str]] = {}
    for label, names in named.items():
        for name in names:
            found.setdefault(_key(name), set()).add(label)
    return {key: next(iter(labels)) for key, labels in found.items() if len(labels) == 1}


@cache
def _architectures() -> Mapping[str, str]:
    return _by_key(
        {
            row["architecture"]: (row["architecture"], row["model"], *words(row["aliases"]))
            for row in records("architectures")
        }
    )


@cache
def _labels(axis: str) -> Mapping[str, str]:
    return _by_key({label: (label, *aliases) for label, aliases in labels_with_aliases(axis).items()})


@cache
def _native() -> Mapping[str, str]:
    return {row["architecture"]: row["native_precision"] for row in records("architectures")}


@cache
def _memory_gb() -> Mapping[str, float]:
    return {row["hardware"]: float(row["memory_gb"]) for row in records("accelerators") if row["memory_gb"]}
