"""The named workloads that ship: their tables, sources and caveats."""

from __future__ import annotations

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.names import clean_name
from wattquery.specs.scalars import shown
from wattquery.specs.workload import Workload

__all__ = ["load", "names"]


def names() -> tuple[str, ...]:
    """Return the names of the workloads that ship."""
    return ()


def load(workload: str | Workload) -> Workload:
    """Return a workload: a shipped one by its name, whatever its case, a workload as it is."""
    if isinstance(workload, Workload):
        return workload
    if not isinstance(workload, str):
        raise InputTypeError(
            f"workload={shown(workload)} is neither a name nor a Workload. Shipped are {listed(names())}."
        )
    name = clean_name(workload, "workload")
    raise InputError(
        f"workload = {name!r} is no shipped workload. Known are {listed(names())}.{did_you_mean(name, names())}"
    )
