"""Rows of a catalog to rows of a table of measurements: the rate of a node back to the instance that made it.

What a row says beside its known columns is told by its headers, as the checks by physics have it. Nothing is guessed: a
row that leaves open what its concurrency is of is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from wattquery.catalog.facts import architectures
from wattquery.catalog.physics.known import known_hardware
from wattquery.catalog.physics.own_cells import cell_number, own_column
from wattquery.catalog.physics.point import OperatingPoint
from wattquery.catalog.physics.power import is_of_part
from wattquery.catalog.row import NOT_STATED, BenchmarkRow
from wattquery.errors import quoted
from wattquery.measured.one_instance import Division, instances_of
from wattquery.measured.tables.names import architecture_of
from wattquery.measured.tables.own import NOTHING_OWN, Own

__all__ = ["RowCells", "RowError", "cells_of_row"]

_YES = ("yes", "true", "on", "1")
_NO = ("no", "false", "off", "0")
_VERSION = "Version"
_COPIED = {
    "running": "batch_size_avg",
    "concurrency": "concurrency",
    "first_token": "ttft_s",
    "per_token": "tpot_s",
    "power": "avg_power_w_per_gpu",
    "total_power": "avg_power_w_total",
    "joules_per_token": "joules_per_output_token",
    "joules_per_request": "joules_per_request",
}
"""Fields that columns of a user's own fill, and what tables of measurements call them."""

_ENTRY = re.compile(r"[^']{1,60}: '.*', (?:entry|line) \d.*", re.DOTALL)
"""What the reader of a benchmark writes as the source of a row."""

_OF_NODE = ("rate is that of", "node taken to be", "node power")
"""How it begins to say what it did for the node."""

_OF_ALL = ("running", "concurrency", "total_power")
"""Fields that are shared among the instances of a run."""


class RowError(Exception):
    """A row that cannot be used, with the reason."""


@dataclass(frozen=True)
class RowCells:
    """A row of a catalog as one of a table of measurements.

    Attributes
    ----------
    cells
        Text by header; see `wattquery.measured.tables.columns`.
    notes
        What was done with what the row says.
    """

    cells: Mapping[str, str]
    notes: tuple[str, ...] = ()


@dataclass
class _Said:
    """What columns of a user's own say: numbers in the units of their fields, words, and what is to be said of them."""

    numbers: dict[str, float] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def count(self, name: str) -> int | None:
        """Return a number of accelerators."""
        value = self.numbers.get(name)
        if value is None:
            return None
        if not value.is_integer():
            raise RowError(f"{name.replace('_', ' ')} {value:g} must be a whole number: correct it.")
        return int(value)

    def flag(self, name: str) -> bool | None:
        """Return whether something is so; None where it is not said."""
        word = self.words.get(name, "").casefold()
        return True if word in _YES else False if word in _NO else None


def cells_of_row(row: BenchmarkRow, own: Own = NOTHING_OWN) -> RowCells:
    """Return a row of a catalog as one of a table of measurements, of one instance.

    Parameters
    ----------
    row
        The row, whose rate is that of the node.
    own
        Models and accelerators that are known beside those of the catalog ``default``.

    Raises
    ------
    RowError
        If it does not say what is needed, in a sentence.
    """
    said = _said(row)
    if said.flag("prefill_apart"):
        raise RowError("prefill ran on accelerators of its own, and tells nothing of instances that do both.")
    if not {"concurrency", "running"} & said.numbers.keys():
        raise RowError("it says no concurrency, without which a rate is that of no load: add a column 'Concurrency'.")
    hardware, count, whole = _accelerators(row, said, own)
    run = Division(
        accelerators=count,
        tensors=row.tensor_parallel,
        stages=said.count("pipeline_parallel"),
        experts=said.count("expert_parallel"),
        data=said.count("data_parallel"),
        is_attention_copied=said.flag("attention_copied"),
        is_mixture=_is_mixture(row, own),
    )
    instances, note, why = instances_of(run)
    if why:
        raise RowError(f"{why}.")
    notes = [*_of_reader(row), *said.notes, note]
    if whole != count and not _of_reader(row, all_of_it=True):
        notes.append(f"the rate of a node of {whole} accelerators is taken back to the {count} that ran")
    return RowCells(
        {
            **_labels(row, hardware, said),
            **_division(run, instances),
            "output_tps_total": _text(row.tokens_per_second * count / whole / instances),
            **{
                _COPIED[name]: _text(value / instances if name in _OF_ALL else value)
                for name, value in said.numbers.items()
                if name in _COPIED
            },
        },
        tuple(one for one in notes if one),
    )


def _of_reader(row: BenchmarkRow, *, all_of_it: bool = False) -> list[str]:
    """Return what the reader of a benchmark did with its file; not that it scaled the rate, which is taken back."""
    if not _ENTRY.fullmatch(row.source):
        return []
    return [one for one in row.notes.split("; ") if one and (all_of_it or not one.startswith(_OF_NODE))]


def _said(row: BenchmarkRow) -> _Said:
    said = _Said()
    for header, cell in row.others:
        column = own_column(header)
        if column is None or not cell:
            continue
        name, is_time = column.field, column.field in ("first_token", "per_token")
        if is_time and "median" in header.casefold():
            said.notes.append(f"the column {quoted(header)} is left out, as medians are no means")
        elif name in ("node_measured", "any_power"):
            of = "of the whole node" if name == "node_measured" else "of it is not said what"
            said.notes.append(f"the power in the column {quoted(header)} is left out, as it is {of}")
        elif not column.is_number:
            said.words.setdefault(name, cell)
        elif (number := cell_number(cell)) is not None:
            said.numbers.setdefault(name, number * column.scale)
        elif name in (*_COPIED, "accelerators"):
            said.notes.append(f"{quoted(cell)} in the column {quoted(header)} is no number, and is not read")
    if "concurrency" not in said.numbers and (batch := cell_number(row.batch_size)) is not None:
        said.numbers["concurrency"] = batch
    return said


def _accelerators(row: BenchmarkRow, said: _Said, own: Own) -> tuple[str, int, int]:
    """Return the accelerator, how many of them ran, and of how many the rate of the row is."""
    described = own.accelerator(row.hardware)
    found = None if described else known_hardware(row.hardware)
    device, counted = found or (None, None)
    stated = said.count("accelerators")
    label = device.name if device else row.hardware
    node = counted or (int(device.per_node) if device and device.per_node else None)
    if described and not _ENTRY.fullmatch(row.source):  # readers know no node of it, and scale nothing
        node = described.accelerators_per_node
    if stated is None:
        split = (row.tensor_parallel or 0) * (said.count("pipeline_parallel") or 1)
        if node is None or (split and split != node):
            raise RowError(
                "it does not say of how many accelerators its concurrency is: add a column 'Accelerators' with how "
                "many the run had, all instances together."
            )
        return label, node, node
    if node is None or stated > node:
        return label, stated, stated
    part = OperatingPoint(accelerator=device, accelerators=float(stated), node_rating=row.node_power)
    return label, stated, stated if is_of_part(part, float(node), by_name=False) else node


def _is_mixture(row: BenchmarkRow, own: Own) -> bool:
    found = own.architecture(row.model) or architectures().get(architecture_of(row.model))
    if found is not None:
        return bool(found.experts)
    active, total = row.active_parameters, row.total_parameters
    return active is not None and total is not None and active < total


def _labels(row: BenchmarkRow, hardware: str, said: _Said) -> dict[str, str]:
    version = next((cell for header, cell in row.others if header == _VERSION), "")
    return {
        "model": row.model,
        "hardware": hardware,
        "serving_stack": "" if row.serving == NOT_STATED else row.serving,
        "stack_version": version,
        "precision": row.precision,
        "speculative": said.words.get("speculation", ""),
        "phase": said.words.get("phase", ""),
        "confidence": row.confidence,
        "input_tokens": _text(row.input_tokens),
        "output_tokens": _text(row.output_tokens),
        "total_params_b": _text(row.total_parameters),
        "active_params_b": _text(row.active_parameters),
    }


def _division(run: Division, instances: int) -> dict[str, str]:
    """Return the division of one instance."""
    count, stages = run.accelerators // instances, run.stages or 1
    tensors, data = run.tensors, None
    if run.is_mixture and tensors is not None and (run.is_attention_copied or tensors * stages < count):
        data = run.data if run.data and run.data > 1 else count // stages
        tensors = max(count // (stages * data), 1)
    return {
        "n_gpus": str(count),
        "tp": _text(tensors),
        "pp": _text(run.stages),
        "ep": _text(run.experts),
        "dp": _text(data),
    }


def _text(value: float | None) -> str:
    return "" if value is None else repr(float(value))
