"""Names for people: what pictures, pages and tables write for an identifier.

Identifiers are what code, options and keys of files are called: `power_utilization`, ``lever:model``. What people read
stands in the tables beside them, in `wattquery.quantities` for quantities and axes (`Quantity.display`), in
`specs.factors` for factors of which a cell has several (`FactorKind.words`), and here for what is in neither. What a
user named is nobody else's to change: labels and names of levers and steps stay as they were written.
"""

from __future__ import annotations

from wattquery.inputs.ladder import CLAIM_LADDER
from wattquery.quantities import QUANTITIES
from wattquery.specs.factors import FACTORS, kind_of

__all__ = ["display_label", "display_name", "display_value"]

_SHIPPED = (
    *(rung.adds for rung in CLAIM_LADDER),
    *("factor_1", "factor_2", "factor_3"),
    # What analyses return, and what is measured.
    *("throughput_fit", "load_model", "log_energy", "log_reduction", "metered_benchmark", "idle_watts", "node_watts"),
    "cached_weight",
)
"""Identifiers that no table has: parts of an energy, steps of shipped presets, groups of factors, measurements."""

WORKLOADS = (
    *("azure_conversation", "azure_code", "mooncake_conversation", "mooncake_synthetic", "servegen_deepseek_r1"),
    *("servegen_m_large", "servegen_m_mid", "servegen_m_small", "servegen_mm_image", "arxiv_summarization", "agent"),
)
MEASURED_LEVERS = ("fp4_from_fp8", "fp8_from_bf16", "larger_batch", "multi_token_prediction")
"""Names of ours among labels, which are otherwise a user's."""

_PLAIN = {name: name.replace("_", " ") for name in (*_SHIPPED, *MEASURED_LEVERS)} | {
    "throughput_fit": "throughput fit",
    "metered_benchmark": "benchmark with power meters",
    "benchmark": "benchmark run",
    "idle_watts": "power of idle accelerators",
    "node_watts": "power of the node",
    "cached_weight": "prefill of a cached token",
    "fp4_from_fp8": "FP4 from FP8",
    "fp8_from_bf16": "FP8 from BF16",
    "log_energy": "logarithm of the energy",
    "pawn": "PAWN",
}

_TIMES = " x "
"""How names of axes are joined that explain a variance together."""


def display_name(identifier: object) -> str:
    """Return what people call an identifier: a quantity, an axis, a factor, a part of an energy, or several joined.

    What is none of these, such as a label of a user, comes back as it is.

    Examples
    --------
    >>> display_name("lever:model"), display_name("facility_overhead"), display_name("pue")
    ('model lever', 'facility overhead', 'PUE')
    >>> display_name("output_tokens=long"), display_name("model x output_tokens")
    ('output tokens: long', 'model x output tokens')
    >>> display_name("my_own_label"), display_name("lever:my_lever")
    ('my_own_label', 'my_lever lever')
    """
    text = str(identifier)
    if text in _PLAIN:
        return _PLAIN[text]
    if text in QUANTITIES:
        return QUANTITIES[text].display_name
    if _TIMES in text and all(_is_known(part) for part in text.split(_TIMES)):
        return _TIMES.join(map(display_name, text.split(_TIMES)))
    name, equals, label = text.partition("=")
    if equals and _is_known(name):
        return display_label(name, label)
    kind = kind_of(text)
    if kind is not None and not kind.is_single:
        own = text.partition(":")[2]
        # The user's name may be that of a quantity or of the kind: neither is translated, nor said twice.
        return own if kind.words == f"{{}} {own.rpartition(' ')[2]}" else kind.words.format(_PLAIN.get(own, own))
    head, colon, rest = text.partition(":")
    if colon and head in _PLAIN:
        return f"{_PLAIN[head]}: {rest.replace(':', ', ')}"
    return text


def display_label(axis: object, label: object) -> str:
    """Return a label with the name of its axis, as a line that says what was held fixed has it.

    Examples
    --------
    >>> display_label("output_tokens", "long"), display_label("pue", 1.2), display_label("model", "Llama 3.1 8B")
    ('output tokens: long', 'PUE: 1.2', 'Llama 3.1 8B')
    """
    text = display_value(axis, label)
    return text if axis == "model" else f"{display_name(axis)}: {text}"


def display_value(axis: object, label: object) -> str:
    """Return a label of an axis as people read it: numbers short, steps of a boundary of ours in words.

    Examples
    --------
    >>> display_value("boundary", "facility+idle_reserve"), display_value("boundary", "node+my_step")
    ('facility + idle reserve', 'node + my_step')
    >>> display_value("levers", "model+my_lever"), display_value("pue", 1.10), display_value("workload", "azure_code")
    ('model+my_lever', '1.1', 'azure code')
    """
    if isinstance(label, float):
        return f"{label:g}"
    if axis == "boundary":
        return " + ".join(_PLAIN.get(part, part) for part in str(label).split("+"))
    if axis in ("levers", "lever"):
        return "+".join(_PLAIN.get(part, part) if part in MEASURED_LEVERS else part for part in str(label).split("+"))
    return str(label).replace("_", " ") if axis == "workload" and label in WORKLOADS else str(label)


def _is_known(name: str) -> bool:
    return name in QUANTITIES or name in _PLAIN or any(name == kind.name for kind in FACTORS)
