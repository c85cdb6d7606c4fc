"""The named workloads that ship: a table of nodes for each, and what there is to know about it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.arguments import refuses_unknown
from wattquery.inputs.names import clean_name
from wattquery.specs.scalars import shown
from wattquery.specs.workload import Workload

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["described", "load", "names", "table"]


def names() -> tuple[str, ...]:
    """Return the names of the workloads that ship.

    Examples
    --------
    >>> import wattquery as wq
    >>> wq.workloads.names()[:3]
    ('azure_conversation', 'azure_code', 'mooncake_conversation')
    """
    return tuple(described())


@refuses_unknown
def load(workload: str | Workload) -> Workload:
    """Return a workload: a shipped one by its name, in any case; a workload as it is.

    Parameters
    ----------
    workload
        One of `names`, or a `Workload`.

    Raises
    ------
    InputError, InputTypeError
        If it is neither.

    Examples
    --------
    >>> import wattquery as wq
    >>> chat = wq.workloads.load("azure_conversation")
    >>> chat, round(chat.mean("output_tokens")), round(chat.mean("input_tokens")), chat.quantile_error
    (Workload('azure_conversation', 1024 nodes), 211, 1155, 0.035)
    """
    if isinstance(workload, Workload):
        return workload
    if not isinstance(workload, str):
        raise InputTypeError(
            f"workload must be a name or a wq.Workload, got {shown(workload)}: name one of {listed(names())}, or make "
            "one of your own with wq.Workload.from_pairs(output_tokens, input_tokens)."
        )
    name = clean_name(workload, "workload")
    folded = name.casefold().replace("-", "_").replace(" ", "_")
    if folded not in described():
        raise InputError(
            f"workload must be one of {listed(names())} or a wq.Workload, got {name!r}: name one of these, or pass "
            f"wq.Workload.from_pairs(output_tokens, input_tokens).{did_you_mean(name, names())}"
        )
    return _shipped(folded)


def table() -> pd.DataFrame:
    """Return what there is to know about the named workloads, a row for each.

    Lengths in tokens: means, medians and P95; the rank correlation of output and input tokens, NaN where it is not
    known; the largest relative error of a quantile of the nodes; source, date and licence.

    Examples
    --------
    >>> import wattquery as wq
    >>> wq.workloads.table().loc["azure_code", ["output_mean", "input_mean", "rank_correlation"]].to_list()
    [27.8825, 2047.85, -0.02]
    """
    import pandas as pd

    numbers = ("nodes", "quantile_error", "rank_correlation", "requests")
    rows = [
        {
            key: _number(text) if key in numbers or key.startswith(("output_", "input_", "cached_")) else text
            for key, text in entry.items()
        }
        | {"independent": entry["independent"] == "True"}
        for entry in described().values()
    ]
    return pd.DataFrame(rows).set_index("name")


@cache
def described() -> Mapping[str, Mapping[str, str]]:
    """Return the rows of the table of workloads by name, as text."""
    return {row["name"]: row for row in csv.DictReader(_data("workloads.csv").splitlines())}


@cache
def _shipped(name: str) -> Workload:
    entry = described()[name]
    header, _, body = _data(f"{name}.csv").partition("\n")
    names = header.split(",")
    numbers = np.array(body.replace("\n", ",").rstrip(",").split(","), np.float64).reshape(-1, len(names))
    columns = dict(zip(names, numbers.T, strict=True))
    return Workload(
        columns["output_tokens"],
        columns["input_tokens"],
        columns["cached_tokens"],
        columns["weights"],
        name=name,
        quantile_error=float(entry["quantile_error"]),
        independent=entry["independent"] == "True",
        origin=f"{entry['source']}, {entry['url']} ({entry['licence']}, {entry['attribution']})",
        notes=entry["notes"].split(" | "),
    )


def _data(file: str) -> str:
    return files(__package__).joinpath("data", file).read_bytes().decode()


def _number(text: str) -> float:
    return float(text or "nan")
