"""What a study under load asks for beside its axes, and what it must not ask for: nothing counts twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from wattquery.catalog.own import Accelerator, Model
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.quantities import LOAD_AXES
from wattquery.specs.boundary import Boundary
from wattquery.specs.distributions import Distribution
from wattquery.specs.grid import Grid
from wattquery.specs.idle_names import tells_idle
from wattquery.specs.load import KV_PRECISIONS, MOST_SEQUENCES, SPECULATION, UnderLoad
from wattquery.specs.scalars import is_whole, shown
from wattquery.specs.scalars import shortest as shortest_text
from wattquery.specs.workload import Workload
from wattquery.sweeps.load_levers import check_no_speculation, check_not_on_axes, levers_of
from wattquery.sweeps.measured_points import calibrating, name_of

__all__ = [
    "LOAD_SETTINGS",
    "check_cached",
    "check_names_alone",
    "check_nothing_twice",
    "is_under_load",
    "under_load",
]

LOAD_SETTINGS = ("batch_workload", "kv_precision", "max_sequences", "speculation", "measured")
"""Arguments that only a study under load has, beside its axes."""

_REPLACED = {
    "power_utilization": "the power of an instance at its load",
    "node_power": "the power of an instance at its load",
    "prefill_weight": "the energy of a prompt",
    "throughput_model": "throughput at its load",
}
"""What the load model says itself, by the argument that would say it once more."""

_DESCRIBED = frozenset({"config", "total_parameters", "memory_gb"})
"""Keys of which one is in every table that describes a model or an accelerator."""


def is_under_load(on_axes: Mapping[str, object]) -> bool:
    """Return whether the load model is asked; refuse what belongs to it where it is not, and a load in two ways.

    Raises
    ------
    InputError
        If a load and a concurrency are given, or what needs one of them and has none.
    """
    load, concurrency = on_axes.get("load"), on_axes.get("concurrency")
    if load is not None and concurrency is not None:
        raise InputError(
            f"load and concurrency both say how busy an instance is, got load = {shown(load)} and concurrency = "
            f"{shown(concurrency)}: leave one of them out, of which load is the share of the most that run at once."
        )
    if load is not None or concurrency is not None:
        return True
    idle = [name for name in (*LOAD_AXES, *LOAD_SETTINGS) if on_axes.get(name) is not None]
    if idle:
        raise InputError(
            f"{listed(idle)} belongs to an instance under load, got {idle[0]} = {_shown(idle, on_axes)} without load "
            "or concurrency: pass load=0.5 (or concurrency=16) too, or leave it out."
        )
    return False


def _shown(names: Sequence[str], values: Mapping[str, object]) -> str:
    """Return the first of some values as text; a table of measurements, by what it is called."""
    value = values[names[0]]
    return name_of(value) if names[0] == "measured" else shown(value)


def check_names_alone(name: str, value: object) -> None:
    """Refuse a description of a model or an accelerator where no load is stated, and so only names of a catalog count.

    Parameters
    ----------
    name
        ``"model"`` or ``"hardware"``.
    value
        What a user wrote for this axis.

    Raises
    ------
    InputError
        If one of its values is a description, or the path of a file with one.
    """
    several = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else (value,)
    found = next((one for one in several if _is_described(one)), None)
    if found is None and isinstance(value, Mapping) and not _DESCRIBED.isdisjoint(value):
        found = value
    if found is not None:
        raise InputError(
            f"{name} must be a name of the catalog where no load is stated, for the load model alone knows what no "
            f"table has, got {shown(found)}: pass load=0.5 (or concurrency=16) as well, or name a "
            f"{name} of the catalog."
        )


def _is_described(value: object) -> bool:
    is_file = isinstance(value, str) and value.casefold().endswith((".json", ".toml"))
    return (
        is_file
        or isinstance(value, (Model, Accelerator))
        or (isinstance(value, Mapping) and not _DESCRIBED.isdisjoint(value))
    )


def under_load(given: Mapping[str, Any], workload: Callable[[object], Workload]) -> UnderLoad:
    """Return the settings of a study under load, checked.

    Parameters
    ----------
    given
        `LOAD_SETTINGS` by name; None for what was left out.
    workload
        Makes a workload of what a user wrote.

    Raises
    ------
    InputError, InputTypeError
        If one is not allowed.
    """
    measured, name = calibrating(given.get("measured"))
    return UnderLoad(
        batch_workload=_of_a_batch(given["batch_workload"], workload),
        kv_precision=_one_of("kv_precision", given["kv_precision"], KV_PRECISIONS),
        max_sequences=_most_sequences(given["max_sequences"]),
        speculation=_one_of("speculation", given["speculation"], SPECULATION) or "off",
        measured=measured,
        measured_as=name,
    )


def _one_of(name: str, value: object, allowed: Sequence[str]) -> str | None:
    if value is None:
        return None
    found = next((one for one in allowed if isinstance(value, str) and one.casefold() == value.casefold()), None)
    if found is None:
        raise InputError(
            f"{name} must be one of {listed(allowed)}, got {shown(value)}: write one of these, or leave it "
            f"out.{did_you_mean(str(value), allowed)}"
        )
    return found


def _most_sequences(value: object) -> int:
    if value is None:
        return MOST_SEQUENCES
    if not is_whole(value) or not 1 <= value <= 100_000:
        raise InputTypeError(
            f"max_sequences must be a whole number from 1 to 100,000, got {shown(value)}: write what the scheduler of "
            f"the serving system is set to, such as {MOST_SEQUENCES}."
        )
    return int(value)


def _of_a_batch(value: object, workload: Callable[[object], Workload]) -> tuple[tuple[float, Workload], ...] | None:
    """Return what fills a batch, None where it was not stated; what is wrong is said of this argument."""
    try:
        return None if value is None else _mixture(value, workload)
    except InputError as error:
        said = str(error)
        if said.startswith("workload "):
            raise type(error)(f"batch_{said}") from None
        raise type(error)(said if said.startswith("batch_workload") else f"batch_workload: {said}") from None


def _mixture(value: object, workload: Callable[[object], Workload]) -> tuple[tuple[float, Workload], ...]:
    """Return what fills a batch: one workload, or several with their weights."""
    if isinstance(value, Mapping) and value.keys().isdisjoint(("output_tokens", "file")):
        names, weights = list(value.keys()), list(value.values())
    elif isinstance(value, (list, tuple)):
        names, weights = list(value), [1.0] * len(value)
    else:
        return ((1.0, workload(value)),)
    numbers = [
        weight if isinstance(weight, (int, float)) and not isinstance(weight, bool) else -1.0 for weight in weights
    ]
    if not numbers or min(numbers) < 0.0 or not 0.0 < sum(numbers) < float("inf"):
        raise InputError(
            "batch_workload must be a workload, a list of them, or a dict of their weights, which are 0 or more and "
            f"not all 0, got {shown(value)}: write {{'azure_conversation': 0.9, 'azure_code': 0.1}}."
        )
    total = sum(numbers)
    return tuple((number / total, workload(name)) for name, number in zip(names, numbers, strict=True) if number)


def check_nothing_twice(grid: Grid, given: Mapping[str, object], asked: UnderLoad) -> None:
    """Refuse what the load model says already.

    Parameters
    ----------
    grid
        The grid.
    given
        What a user passed for each argument by name; None for what was left out.
    asked
        The settings of the load.

    Raises
    ------
    InputError
        If something would count twice.
    """
    for name, what in _REPLACED.items():
        if given.get(name) is not None:
            raise InputError(
                f"{name} must be left out under a load, where the load model says {what}, or it would count twice, got "
                f"{name} = {shown(given[name])}: leave out {name}, or the load."
            )
    for boundary in grid.boundary.values:
        _check_boundary(boundary)
    check_no_speculation(levers_of(grid), asked.speculation)
    check_not_on_axes(grid)


def check_cached(grid: Grid) -> None:
    """Refuse cached tokens that a workload says already, and more of them than there are in an input.

    Raises
    ------
    InputError
        If a cell of the grid has cached tokens in two ways, or no new token.
    """
    stated = [value for value in grid.cached_tokens.values if value is not None]
    if not stated:
        return
    own = next((one for one in grid.workload.values if one is not None and one.has_cached_tokens), None)
    if own is not None:
        raise InputError(
            f"cached_tokens must be left out beside a workload that has its own, got {shown(stated[0])} and "
            f"{own.label!r}: leave one of them out, or the cached tokens of the workload."
        )
    shortest = min(_shortest(one) for one in (*grid.workload.values, *grid.input_tokens.values) if one is not None)
    number = max((one for one in stated if one >= 1.0), default=None)
    if number is not None and number > shortest - 1.0:
        raise InputError(
            f"cached_tokens must be below the shortest input, which has {shortest:g} tokens, got "
            f"{shortest_text(number)}: a query has a new token at least, so give a share of each input, such as 0.9, "
            "or lengths with their cached tokens as wq.Workload(output_tokens, input_tokens, cached_tokens)."
        )
    share = max((one for one in stated if one < 1.0), default=0.0)
    usual = min(_usual(one) for one in (*grid.workload.values, *grid.input_tokens.values) if one is not None)
    if share and usual * (1.0 - share) < 1.0 - 1e-9:
        raise InputError(
            f"cached_tokens must leave one token of an input new at least, got {shortest_text(share)} of {usual:g} "
            "tokens: pass a smaller share, such as 0.9."
        )


def _usual(lengths: Workload | Distribution) -> float:
    """Return the mean input of a workload, the median of a distribution [tokens]."""
    return lengths.mean("input_tokens") if isinstance(lengths, Workload) else float(lengths.ppf(0.5))


def _shortest(lengths: Workload | Distribution) -> float:
    """Return the fewest tokens of an input."""
    if isinstance(lengths, Workload):
        return float(np.min(lengths.input_tokens))
    return float(lengths.support()[0])


def _check_boundary(boundary: Boundary) -> None:
    idle = [step.name for step in boundary.steps if tells_idle(step.name)]
    if idle:
        raise InputError(
            f"boundary must not name {idle[0]!r} under a load, where what instances draw while they are idle counts "
            f"already and would count twice, got {boundary.label!r}: leave the step out, state a lower load, or give "
            "it another name if it is something else."
        )
