"""What the shell says of an instance under a load, read: numbers with commas, and mixtures of workloads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from wattquery.errors import InputError
from wattquery.quantities import LOAD_AXES

__all__ = ["axis_value", "batch_workload", "measured", "replacing", "study_arguments"]

_OTHER = {"load": "concurrency", "concurrency": "load"}
"""What says the same in another way, and cannot stand beside it."""


def study_arguments(options: Mapping[str, Any], axes: Collection[str]) -> dict[str, Any]:
    """Return the arguments of a study that were given as options, those of its axes and of a batch read.

    Parameters
    ----------
    options
        Texts and values by name; what was left out is None, or an empty tuple for ``batch_workload`` and ``measured``.
    axes
        Names of those that are texts of an axis.
    """
    said: dict[str, Any] = {
        name: axis_value(name, value) if name in axes else value
        for name, value in options.items()
        if name not in _REPEATED and value is not None
    }
    return said | {name: read(options[name]) for name, read in _REPEATED.items() if options.get(name)}


def replacing(arguments: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a file with what was said as options: a load also takes the place of a concurrency.

    Examples
    --------
    >>> replacing({"model": "DeepSeek-R1", "load": 0.5}, {"concurrency": 16})
    {'model': 'DeepSeek-R1', 'concurrency': 16}
    """
    gone = {_OTHER[name] for name in said if name in _OTHER}
    return {name: value for name, value in arguments.items() if name not in gone} | dict(said)


def axis_value(name: str, text: str) -> object:
    """Return what an option of an axis says: several numbers of a load, with commas between them, are an axis.

    Examples
    --------
    >>> axis_value("load", "0.5"), axis_value("load", "10%,50%"), axis_value("accelerators", "4,8")
    (0.5, [0.1, 0.5], [4, 8])
    """
    from wattquery.specs.expressions import parse_factor

    if name not in LOAD_AXES:
        return parse_factor(name, text)
    values = [_number(name, part) for part in text.split(",")]
    return values if len(values) > 1 else values[0]


def _number(name: str, text: str) -> object:
    from wattquery.specs.expressions import parse_factor

    if not text.strip().endswith("%"):
        return parse_factor(name, text)
    share = parse_factor(name, text.strip().removesuffix("%"))
    return share / 100.0 if isinstance(share, (int, float)) else text


def batch_workload(written: Sequence[str]) -> object:
    """Return what fills a batch: a workload, or the weight of each.

    Raises
    ------
    InputError
        If a weight is no number, or a workload is named twice.

    Examples
    --------
    >>> batch_workload(["azure_code"]), batch_workload(["azure_code=0.1", "azure_conversation=0.9"])
    ('azure_code', {'azure_code': 0.1, 'azure_conversation': 0.9})
    """
    if len(written) == 1 and "=" not in written[0]:
        return written[0]
    weights: dict[str, float] = {}
    for text in written:
        name, _, weight = (part.strip() for part in text.partition("="))
        try:
            number = float(weight or 1.0)
        except ValueError:
            raise InputError(
                f"--batch-workload must be NAME or NAME=WEIGHT, got {text}: write for example azure_code=0.1."
            ) from None
        if name in weights:
            raise InputError(f"--batch-workload names {name!r} more than once, and each has one weight: give it once.")
        weights[name] = number
    return weights


def measured(written: Sequence[str]) -> str | list[str]:
    """Return the file of measurements, or all of them.

    Examples
    --------
    >>> measured(["mine.csv"]), measured(["mine.csv", "theirs.csv"])
    ('mine.csv', ['mine.csv', 'theirs.csv'])
    """
    return written[0] if len(written) == 1 else list(written)


_REPEATED: Mapping[str, Callable[[Sequence[str]], object]] = {"batch_workload": batch_workload, "measured": measured}
"""Options that may be given several times, and what reads them."""
