"""Names of steps that tell idle capacity, which a load counts already, and names that tell something else."""

from __future__ import annotations

import re

__all__ = ["tells_idle", "tells_nothing"]

_IDLE = (
    "idle", "idling", "standby", "stand_by", "spare", "reserve", "reservation", "headroom", "slack", "unused",
    "under_us", "underus", "underutil", "under_util", "utilis", "utiliz", "unutil", "overprov", "over_prov",
    "provision", "overcapac", "capacity", "redundan", "failover", "fail_over", "backup_node", "backup_instance",
    "backup_gpu", "backup_server",
    "warm_pool", "warm_start", "prewarm", "pre_warm", "keep_warm", "kept_warm", "keep_alive", "kept_ready", "dormant",
    "parked", "vacan", "unoccup", "occupan", "low_load", "partial_load", "part_load", "off_peak", "offpeak", "waiting",
    "not_busy", "n_1_", "empty_", "buffer_node", "buffer_gpu", "buffer_server", "_stranded", "leerlauf",
)  # fmt: skip
"""Parts of names of what draws power and serves nobody. ``_`` is where a word begins or ends."""

_ELSE = (
    "network", "switch", "router", "routing", "transmi", "internet", "_cdn", "_wan", "_lan", "last_mile", "storage",
    "disk", "_ssd", "database", "retriev", "_rag_", "search", "vector", "embedding", "cool", "chiller", "_fan", "pump",
    "water", "_ups_", "power_supply", "power_conver", "conversion", "transformer_loss", "_loss", "distribution",
    "lighting", "building", "client", "device", "phone", "browser", "train", "fine_tun", "finetun", "experiment",
    "research", "evaluation", "safety", "moderat", "guardrail", "filter", "classif", "logging", "monitor", "telemetry",
    "orchestrat", "gateway", "front_end", "frontend", "_web", "authent", "billing", "retr", "fail", "error", "cancel",
    "abandon", "manufactur", "embodied", "tool_call", "tools", "_tax_",
)  # fmt: skip
"""Parts of names of what a load does not count."""

_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")


def tells_idle(name: str) -> bool:
    """Return whether a name tells capacity that is idle, of whichever sort.

    Examples
    --------
    >>> tells_idle("idle_reserve"), tells_idle("Stand-by machines"), tells_idle("network")
    (True, True, False)
    """
    return any(part in _words(name) for part in _IDLE)


def tells_nothing(name: str) -> bool:
    """Return whether a name tells neither idle capacity nor anything that a load does not count.

    Examples
    --------
    >>> tells_nothing("factor_1"), tells_nothing("network")
    (True, False)
    """
    return not tells_idle(name) and not any(part in _words(name) for part in _ELSE)


def _words(name: str) -> str:
    return _BETWEEN_WORDS.sub("_", f"_{name.casefold()}_")
