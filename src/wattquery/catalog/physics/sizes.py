"""What the physics of a row needs to know of a model and of an accelerator, and the bits of a weight.

Sizes are taken so that a bound errs on the side of the row: the smallest work that a token can be, the highest rate
that an accelerator is rated at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

__all__ = ["Accelerator", "Architecture", "bits_of", "number_of"]

_NOT_NUMBERS = ("", "na", "nan", "none", "unknown", "variable")
_BITS = re.compile(r"(?:^|[^a-z0-9])(?:nv|mx)?(?:b?fp?|b?float|u?int|nf|w|q)?-?(32|16|8|4)(?![0-9])", re.IGNORECASE)
_BILLION = 1e9


def number_of(value: object) -> float | None:
    """Return a cell as a number; None where it holds none.

    Examples
    --------
    >>> number_of("10.2"), number_of(""), number_of("several"), number_of(8)
    (10.2, None, None, 8.0)
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value) if value == value else None
    text = str(value).strip() if value is not None else ""
    if text.casefold() in _NOT_NUMBERS:
        return None
    try:
        return float(text)
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def bits_of(precision: str) -> int | None:
    """Return the bits of a weight at a precision: the fewest that its name has; None where it has none.

    Examples
    --------
    >>> bits_of("FP8"), bits_of("bf16"), bits_of("NVFP4"), bits_of("W4A16"), bits_of("as published")
    (8, 16, 4, 4, None)
    """
    found = [int(one) for one in _BITS.findall(precision)]
    return min(found) if found else None


def _first(row: Mapping[str, Any], *names: str) -> float | None:
    return next((value for name in names if (value := number_of(row.get(name))) is not None), None)


@dataclass(frozen=True, slots=True)
class Architecture:
    """The sizes of a model.

    Attributes
    ----------
    name
        What messages call it.
    total, active
        Parameters, and those used per token.
    multiplied
        The fewest parameters that a token is multiplied with: the input embedding is a look-up. Two FLOP each.
    routed, expert_share
        Parameters in routed experts, and the share of them that one token uses [1].
    cache, cache_full_layers, window
        Elements of KV cache per token in all layers and in those without a window, and the window [tokens]; 0 without.
    attended
        The most tokens that sparse attention reads of a context [tokens]; 0 where it reads all.
    """

    name: str
    total: float
    active: float
    multiplied: float
    routed: float = 0.0
    expert_share: float = 1.0
    cache: float = 0.0
    cache_full_layers: float = 0.0
    window: float = 0.0
    attended: float = 0.0

    @property
    def is_mixture(self) -> bool:
        """Whether a token uses some of its experts only."""
        return self.routed > 0.0

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Architecture:
        """Return the sizes in a row of the table of architectures."""
        totals = [_first(row, "total_params_b"), _first(row, "computed_total_b")]
        total = min((one for one in totals if one), default=0.0) * _BILLION
        active = (_first(row, "active_params_b", "computed_active_b") or 0.0) * _BILLION or total
        embedding = (_first(row, "input_embedding_params_b") or 0.0) * _BILLION
        computed = (_first(row, "computed_active_b") or 0.0) * _BILLION
        multiplied = min(active, computed - embedding) if computed > embedding else active
        experts = _first(row, "experts") or 0.0
        cache = _first(row, "kv_elements_per_token") or 0.0
        full = _first(row, "kv_elements_per_token_full_layers")
        return cls(
            name=str(row.get("model") or row.get("display_name") or row.get("architecture") or ""),
            total=total,
            active=active,
            multiplied=multiplied,
            routed=(_first(row, "routed_expert_params_b") or 0.0) * _BILLION,
            expert_share=(_first(row, "active_experts") or 0.0) / experts if experts else 1.0,
            cache=cache,
            cache_full_layers=cache if full is None else full,
            window=_first(row, "window_tokens") or 0.0,
            attended=_first(row, "sparse_topk_tokens") or 0.0,
        )

    @classmethod
    def of_counts(cls, name: str, active: float, total: float | None) -> Architecture:
        """Return what the counts of a table's own columns tell [1e9] of a model that no table has."""
        of_all = active if total is None else max(total, active)
        return cls(name, of_all * _BILLION, active * _BILLION, active * _BILLION)

    def touched(self, sequences: float) -> float:
        """Return the parameters that a decode step of so many sequences reads, experts chosen evenly."""
        idle = (1.0 - self.expert_share) ** sequences if self.is_mixture else 0.0
        return self.multiplied_total - self.routed * idle

    @property
    def multiplied_total(self) -> float:
        """All parameters but the input embedding, of which a step reads a row per token."""
        return self.total - (self.active - self.multiplied)

    def cached(self, context: float) -> float:
        """Return the elements of KV cache of a sequence of so many tokens."""
        seen = min(context, self.window) if self.window else context
        return self.cache_full_layers * context + (self.cache - self.cache_full_layers) * seen

    def read(self, context: float) -> float:
        """Return the elements of KV cache that a decode step of a sequence of so many tokens reads."""
        return self.cached(min(context, self.attended) if self.attended else context)


@dataclass(frozen=True, slots=True)
class Accelerator:
    """The rating of an accelerator and of its node; None for what is not known.

    Attributes
    ----------
    name
        What messages call it.
    per_node
        How many a node has; a rack counts as one node where its accelerators are one domain of links.
    memory, bandwidth
        Memory [byte] and its bandwidth [byte/s].
    flops
        Dense FLOP/s by the bits of a number.
    power, idle
        Rated power and power without work [W].
    node_power
        Rated power of the node [kW].
    """

    name: str
    per_node: float | None = None
    memory: float | None = None
    bandwidth: float | None = None
    flops: tuple[tuple[int, float], ...] = ()
    power: float | None = None
    idle: float | None = None
    node_power: float | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Accelerator:
        """Return the ratings in a row of the table of accelerators."""
        memory, bandwidth = _first(row, "memory_gb"), _first(row, "bandwidth_tbps")
        flops = [(bits, _first(row, f"fp{bits}_tflops")) for bits in (16, 8, 4)]
        return cls(
            name=str(row.get("hardware") or ""),
            per_node=_first(row, "accelerators_per_node"),
            # A nominal gigabyte of memory is up to 2**30 bytes.
            memory=None if memory is None else memory * 2.0**30,
            bandwidth=None if bandwidth is None else bandwidth * 1e12,
            flops=tuple((bits, rate * 1e12) for bits, rate in flops if rate is not None),
            power=_first(row, "tdp_w"),
            idle=_first(row, "idle_w"),
            node_power=_first(row, "node_power_kw"),
        )

    def peak(self, bits: int | None) -> float | None:
        """Return the highest dense FLOP/s at which weights of so many bits can be multiplied.

        An accelerator without units for a format computes in the next wider one; those of 16 bits alone have integer
        units at twice the rate. Weights of unknown width count as the narrowest.
        """
        if not self.flops:
            return None
        narrowest = 4 if bits is None else bits
        rates = dict(self.flops)
        usable = [rate for width, rate in rates.items() if width >= narrowest]
        if 8 not in rates and narrowest <= 8:
            usable.append(2.0 * rates.get(16, 0.0))
        return max(usable, default=0.0) or max(rates.values())
