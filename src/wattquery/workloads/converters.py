"""What a user writes for a workload: a name, a workload, or a dict of its columns."""

from __future__ import annotations

from collections.abc import Mapping

from wattquery.errors import InputTypeError, listed
from wattquery.specs.scalars import shown
from wattquery.specs.workload import Workload
from wattquery.workloads.named import load, names

__all__ = ["workload"]


def workload(value: object) -> Workload:
    """Return the workload that a value stands for.

    Parameters
    ----------
    value : str, Workload or mapping
        The name of a shipped one, a workload, or a dict with the keys ``output_tokens`` and ``input_tokens``.

    Raises
    ------
    InputError, InputTypeError
        If it is none.
    """
    if isinstance(value, (str, Workload)):
        return load(value)
    if isinstance(value, Mapping):
        return Workload.from_dict(value)
    raise InputTypeError(
        f"workload must be a name, a wq.Workload or a dict with output_tokens and input_tokens, got {shown(value)}: "
        f"name one of {listed(names())}, or make one with wq.Workload.from_pairs(output_tokens, input_tokens)."
    )
