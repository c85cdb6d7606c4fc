"""What a power was measured of: the boundary behind the words in ``measurement_scope``."""

from __future__ import annotations

import re

__all__ = ["accelerators_in", "boundary_of"]

_LEFT_OUT = re.compile(r"\b(?:no|not|without|excl\w*)\b[^;.]*", re.IGNORECASE)
_ONLY = re.compile(r"\b(?:gpu|accelerator|board|card|device|chip)s?\b[^,;.()]*\bonly\b", re.IGNORECASE)
_FACILITY = re.compile(r"\b(?:pue|full stack|facility|data ?cent(?:re|er))\b", re.IGNORECASE)
_NODE = re.compile(
    r"\b(?:wall|ac|psu|pdu|ptdaemon|mains|outlet|plug|chassis|rack|ipmi|bmc|redfish|host|cpus?|dram"
    r"|(?:whole|entire|full|total|complete) (?:node|server|system)s?"
    r"|(?:node|server|system)s?(?: (?:power|level|input|total))|node|server|system)\b",
    re.IGNORECASE,
)
_ACCELERATOR = re.compile(
    r"\b(?:gpus?|accelerators?|boards?|cards?|devices?|chips?|tpus?|npus?|nvml|dcgm|zeus|nvidia-smi|amd-smi|rocm-smi)\b",
    re.IGNORECASE,
)
_OF_A_NODE = re.compile(r"\b(?:gpus?|accelerators?) (?:of|in) the (?:node|server|system)\b", re.IGNORECASE)
_ALL = re.compile(r"\ball (\d+) (?:gpus?|accelerators?)\b", re.IGNORECASE)


def boundary_of(scope: str) -> str:
    """Return ``"accelerator"``, ``"node"`` or ``"facility"``; empty where the words say nothing of it.

    Parameters
    ----------
    scope
        What a source says that it measured.

    Examples
    --------
    >>> boundary_of("GPU only (nvidia-smi), all 8 GPUs of the node")
    'accelerator'
    >>> boundary_of("whole node, AC wall power (SPEC PTDaemon analyser)")
    'node'
    >>> boundary_of("full stack incl. host, idle capacity, PUE")
    'facility'
    """
    said = _OF_A_NODE.sub("GPUs", _LEFT_OUT.sub("", scope))
    if _ONLY.search(said):
        return "accelerator"
    for boundary, words in (("facility", _FACILITY), ("node", _NODE), ("accelerator", _ACCELERATOR)):
        if words.search(said):
            return boundary
    return ""


def accelerators_in(scope: str) -> int | None:
    """Return how many accelerators a scope says that it counts.

    Examples
    --------
    >>> accelerators_in("GPU only (nvidia-smi), all 8 GPUs of the node"), accelerators_in("GPU boards")
    (8, None)
    """
    found = _ALL.search(scope)
    return None if found is None else int(found[1][:6])
