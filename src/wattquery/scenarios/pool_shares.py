"""That each class is served by pools, in shares that sum to one, and that pools say all that an instance needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.scenarios.pool import Pool
from wattquery.scenarios.query_class import REST, ROUNDING, QueryClass
from wattquery.specs.scalars import shown

__all__ = ["check_pools", "pool_shares"]

_OF_POOLS = (
    "hardware",
    "serving",
    "precision",
    "accelerators",
    "load",
    "concurrency",
    "pue",
    "batch_workload",
    "kv_precision",
    "max_sequences",
    "speculation",
)
"""What a pool says, and a class of a fleet with pools does not."""

Shares = dict[str, dict[str, float]]


def check_pools(classes: Mapping[str, QueryClass], pools: Mapping[str, Pool], axes: Mapping[str, Any]) -> None:
    """Refuse pools that do not say how large they are, or that serve no class, and classes that say what pools do.

    Raises
    ------
    InputError
        If something is missing, or said twice.
    """
    for name, query_class in classes.items():
        stating = next((key for key in _OF_POOLS if getattr(query_class, key) is not None), None)
        if stating is not None:
            raise InputError(
                f"class {name!r} states {stating} = {shown(getattr(query_class, stating))}, which is for its pools to "
                f"say: leave it out of the class, and state it in {listed(list(pools))} where a pool has it."
            )
    if "concurrency" in axes:
        raise InputError(
            "concurrency is no axis of a fleet with pools, whose sequences follow demand hour by hour: pass load= for "
            "the hour of highest demand."
        )
    for name, pool in pools.items():
        _check_pool(name, pool, classes, axes)
    _check_capacities(classes, pools)
    pool_shares(classes, pools)


def _check_pool(name: str, pool: Pool, classes: Mapping[str, QueryClass], axes: Mapping[str, Any]) -> None:
    named = [*(pool.classes or ()), *(pool.share if isinstance(pool.share, Mapping) else ())]
    unknown = next((label for label in named if label not in classes), None)
    if unknown is not None:
        raise InputError(
            f"pool {name!r} serves {unknown!r}, which is no class of this fleet; it has {listed(list(classes))}. "
            f"Correct the name, or leave it out.{did_you_mean(unknown, classes)}"
        )
    has_target = bool(pool.targets) or "load" in axes
    if not has_target and pool.nodes is None:
        raise InputError(
            f"pool {name!r} must say how busy its instances are in the hour of highest demand, or how many nodes it "
            "has, got neither: state load = 0.6, or interactivity = 40, or nodes = 20."
        )
    if "load" in axes and pool.nodes is not None and pool.share is not None:
        raise InputError(
            f"pool {name!r} has nodes and a share of the queries, from which its load follows, and load is an axis as "
            "well: leave one of them out."
        )
    if pool.pue_by_load is not None and "pue" in axes:
        raise InputError(f"pool {name!r} has pue_by_load, and pue is an axis as well: leave one of them out.")


def _check_capacities(classes: Mapping[str, QueryClass], pools: Mapping[str, Pool]) -> None:
    """Refuse pools that serve as much as they can beside others that serve other classes."""
    able = [name for name, pool in pools.items() if pool.is_capacity]
    if not able:
        return
    served = {name: {label for label in classes if pool.share_of(label) != 0.0} for name, pool in pools.items()}
    other = next((name for name, labels in served.items() if labels != served[able[0]]), None)
    by_class = next((name for name, pool in pools.items() if isinstance(pool.share, Mapping)), None)
    if other is not None or by_class is not None:
        raise InputError(
            f"pool {able[0]!r} serves what its nodes can, the same share of each class, for which all pools must serve "
            f"the same classes, got another choice of classes for pool {(other or by_class)!r}: state its share "
            "instead of its nodes."
        )
    if not any(_takes_rest(pool) for pool in pools.values()):
        raise InputError(
            f"pool {able[0]!r} serves what its nodes can, and no pool takes the rest: give one the share {REST!r}, "
            "without nodes."
        )


def _takes_rest(pool: Pool) -> bool:
    return not pool.is_capacity and pool.share in (None, REST)


def pool_shares(
    classes: Mapping[str, QueryClass], pools: Mapping[str, Pool], taken: Mapping[str, float] | None = None
) -> Shares:
    """Return the share of each class that each pool serves, by class and pool [1].

    Parameters
    ----------
    classes, pools
        Of a fleet.
    taken
        What pools serve whose nodes say it; nothing where it is not known yet.

    Raises
    ------
    InputError
        If shares of a class do not sum to one.
    """
    return {label: _of_class(label, pools, taken or {}) for label in classes}


def _of_class(label: str, pools: Mapping[str, Pool], taken: Mapping[str, float]) -> dict[str, float]:
    shares: dict[str, float] = {}
    rest = []
    for name, pool in pools.items():
        said = pool.share_of(label)
        if pool.is_capacity and said is None:
            shares[name] = taken.get(name, 0.0)
        elif said is None or isinstance(said, str):
            rest.append(name)
            shares[name] = 0.0
        else:
            shares[name] = said
    total = sum(shares.values())
    words = ", ".join(f"{name} = {share:.10g}" for name, share in shares.items() if name not in rest)
    if len(rest) > 1:
        raise InputError(
            f"class {label!r}: one pool at most takes the rest of its queries, got {listed(rest)}: give all but one of "
            "them a share."
        )
    if total > 1.0 + ROUNDING or (not rest and abs(total - 1.0) > ROUNDING):
        must = "at most 1" if rest else "1"
        raise InputError(
            f"class {label!r}: the shares of its pools must sum to {must}, got {words or 'none'}, which is "
            f"{total:.10g}: correct them, or give one pool the share {REST!r}."
        )
    if rest:
        shares[rest[0]] = max(0.0, 1.0 - total)
    return shares
