"""Rows of benchmark tables to operating points: what is known of their labels, and what their own columns say.

A rate is that of a node, and the row may say of how many accelerators the run was: a rate that was scaled to the node
and one of the run are both read, and only what is wrong in each reading counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wattquery.catalog.physics.check import findings
from wattquery.catalog.physics.counts import phase_of
from wattquery.catalog.physics.known import known_architecture, known_hardware, measured_rate
from wattquery.catalog.physics.own_cells import cell_number, own_column
from wattquery.catalog.physics.point import Finding, OperatingPoint
from wattquery.catalog.physics.power import part_findings, power_findings
from wattquery.catalog.physics.sizes import Accelerator, Architecture, bits_of
from wattquery.catalog.physics.unread import unread_findings
from wattquery.catalog.row import BenchmarkRow
from wattquery.quantities import UncheckedNumber

__all__ = ["Setting", "clean_counts", "row_findings", "setting_of"]

_RATE, _TOTAL, _ACTIVE, _NODE = (
    "Tokens per Second (TPS)",
    "Total Parameter Count (B)",
    "Active Parameter Count (B)",
    "Power for Node (kW)",
)
_TIMES = ("per-accelerator", "rate-below-latency", "rate-above-latency")
"""Kinds of findings by which times tell that a rate is not of so many accelerators."""

_ON = {"true": "on", "yes": "on", "on": "on", "1": "on", "false": "off", "no": "off", "off": "off", "0": "off"}

_FIELDS_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "active-above-total": ("active_parameters", "total_parameters"),
    "active-equals-total": ("active_parameters", "total_parameters"),
    "active-differs": ("active_parameters",),
    "node-rating": ("node_rating",),
    "milliseconds": ("per_token",),
    "unit-of-first-token": ("first_token",),
    "part-of-node": ("node_rating", "output_rate"),
    "per-accelerator": ("output_rate", "per_token", "concurrency"),
    "rate-above-latency": ("output_rate", "per_token", "concurrency"),
    "rate-below-latency": ("output_rate", "per_token", "concurrency"),
    "joules-disagree": ("joules_per_token", "power", "total_power", "output_rate"),
    "nominal-length": ("joules_per_request", "request_rate"),
    "length-disagrees": ("joules_per_request", "request_rate"),
    "one-phase": ("phase", "output_rate"),
    "cache-does-not-fit": ("running", "concurrency"),
    "above-bandwidth": ("output_rate", "running", "concurrency"),
    "accelerator-count": ("accelerators",),
    **dict.fromkeys(
        ("above-rating", "wall-power", "total-power", "watts", "kilowatts", "below-idle"),
        ("power", "total_power", "node_measured", "any_power"),
    ),
}
"""What a kind of finding hinges on: a cell in ``unchecked(...)`` among them vouches for the row. All others hinge on
the rate."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the labels of a row stand for.

    Attributes
    ----------
    architecture, accelerator
        Sizes and ratings; None where the catalog ``default`` does not know them.
    counted
        Accelerators that the name of the hardware says, as ``8xH100`` does.
    """

    architecture: Architecture | None
    accelerator: Accelerator | None
    counted: int | None

    def measured(self, precision: str) -> float | None:
        """Return the most input and output tokens per second of one accelerator that was measured of the same."""
        if self.architecture is None or self.accelerator is None:
            return None
        return measured_rate(self.architecture, self.accelerator, bits_of(precision))

    @property
    def is_known(self) -> bool:
        """Whether anything is known that a row could contradict."""
        return self.architecture is not None or self.accelerator is not None


def setting_of(model: str, hardware: str, active: float | None, total: float | None) -> Setting:
    """Return what the labels of a row stand for; for a model that is not known, what its table's own counts tell.

    Examples
    --------
    >>> setting = setting_of("Ours 8B", "8xH100", 8.0, None)
    >>> setting.architecture.active / 1e9, setting.accelerator.name, setting.counted
    (8.0, 'H100 SXM', 8)
    """
    architecture = known_architecture(model)
    if architecture is None and active is not None:
        architecture = Architecture.of_counts(model, active, total)
    device, counted = known_hardware(hardware) or (None, None)
    return Setting(architecture, device, counted)


def row_findings(row: BenchmarkRow, setting: Setting) -> list[tuple[Finding, str, str | float | None]]:
    """Return what is wrong with a row, each with the header and the cell that it hinges on; mostly nothing."""
    cells = _own_cells(row)
    point = _point(row, setting, cells)
    readings = _readings(point, row, setting)
    read = [findings(reading, row.architecture) for reading in readings]
    found = min(read, key=_how_bad)
    if len(readings) > 1 and (
        setting.counted or (found is read[0] and any(one.kind in _TIMES for one in read[1]))
    ):  # by its name or its times the rate is not of a whole node
        found += part_findings(*readings)
    found += _of_other_powers(point, cells)
    placed: list[tuple[Finding, str, str | float | None]] = []
    for finding in found:
        headers = _hinges_on(finding, row, cells)
        if not any(_is_vouched(cell) for _, cell in headers):
            placed.append((finding, *headers[0]))
    return [*placed, *unread_findings(row)]


def clean_counts(row: BenchmarkRow, setting: Setting) -> list[float]:
    """Return of how many accelerators the rates of all rows with the labels and counts of this one may be.

    Those of each reading in which nothing is wrong whatever the rate is: empty where something is in all.
    """
    point = replace(_point(row, setting, {}), output_rate=None)
    readings = _readings(point, row, setting)
    if len(readings) > 1 and part_findings(*readings):
        return []
    return [one.accelerators or 1.0 for one in readings if not findings(one, row.architecture)]


def _own_cells(row: BenchmarkRow) -> dict[str, tuple[str, str, float | None]]:
    """Return header, cell and number of the columns of a user's own that are recognised, by field."""
    found: dict[str, tuple[str, str, float | None]] = {}
    for header, cell in row.others:
        column = own_column(header)
        if column is None or not cell or column.field in found:
            continue
        number = cell_number(cell) if column.is_number else None
        if number is not None or not column.is_number:
            scaled = None if number is None else number * column.scale
            found[column.field] = (header, cell, scaled)
    if "concurrency" not in found and (batch := cell_number(row.batch_size)) is not None:
        found["concurrency"] = ("Batch Size", row.batch_size, batch)
    return found


def _point(row: BenchmarkRow, setting: Setting, cells: Mapping[str, tuple[str, str, float | None]]) -> OperatingPoint:
    numbers: dict[str, Any] = {
        field: number for field, (_, _, number) in cells.items() if field in _NUMBERS and number is not None
    }
    texts = {field: cell for field, (_, cell, _) in cells.items()}
    return OperatingPoint(
        architecture=setting.architecture,
        accelerator=setting.accelerator,
        precision=row.precision,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        output_rate=row.tokens_per_second,
        node_rating=row.node_power,
        total_parameters=row.total_parameters,
        active_parameters=row.active_parameters,
        measured=setting.measured(row.precision),
        tensor_parallel=row.tensor_parallel,
        phase=phase_of(texts.get("phase", "")),
        speculation=_ON.get(texts.get("speculation", "").casefold(), "unknown"),
        **numbers,
    )


_NUMBERS = (
    "accelerators",
    "concurrency",
    "running",
    "request_rate",
    "first_token",
    "per_token",
    "power",
    "total_power",
    "joules_per_token",
    "joules_per_request",
    "expert_parallel",
    "pipeline_parallel",
    "nodes",
)


def _readings(point: OperatingPoint, row: BenchmarkRow, setting: Setting) -> list[OperatingPoint]:
    """Return what a row may mean: its rate is of the accelerators that it names, or of a whole node of them."""
    device, counted = setting.accelerator, setting.counted
    per_node = (device.per_node if device else None) or 1.0
    whole = max(per_node, counted or 0.0, point.accelerators or 0.0)
    if counted and row.tensor_parallel and counted < row.tensor_parallel:
        whole = max(whole, counted * per_node)  # the name counts nodes
        counted = None
    run = point.accelerators or (float(counted) if counted else None)
    if run is None or run == whole:
        return [replace(point, accelerators=whole if device or run else None)]
    scale = whole / run
    scaled = {
        name: value * scale
        for name in ("concurrency", "running", "total_power", "request_rate")
        if (value := getattr(point, name)) is not None
    }
    return [
        replace(point, accelerators=run),
        replace(point, accelerators=whole, **scaled),
    ]


def _how_bad(found: list[Finding]) -> tuple[int, int]:
    return sum(one.is_impossible for one in found), len(found)


def _of_other_powers(point: OperatingPoint, cells: Mapping[str, tuple[str, str, float | None]]) -> list[Finding]:
    """Return what is wrong with the power of a node, or with one of which its column does not say what it is of."""
    found = []
    device = point.accelerator
    for field in ("node_measured", "any_power"):
        power = cells[field][2] if field in cells else None
        if power is None or device is None:
            continue
        count = max(device.per_node or 1.0, point.accelerators or 1.0)
        of_node = replace(point, power=None, total_power=power, node_rating=None, boundary="node", accelerators=count)
        found += [one for one in power_findings(of_node) if field == "node_measured" or one.is_impossible]
    return found


def _hinges_on(
    finding: Finding, row: BenchmarkRow, cells: Mapping[str, tuple[str, str, float | None]]
) -> Sequence[tuple[str, str | float | None]]:
    """Return header and cell of what a finding hinges on, the first of them first."""
    known = {
        "output_rate": (_RATE, row.tokens_per_second),
        "active_parameters": (_ACTIVE, row.active_parameters),
        "total_parameters": (_TOTAL, row.total_parameters),
        "node_rating": (_NODE, row.node_power),
    }
    places: list[tuple[str, str | float | None]]
    fields = _FIELDS_OF_KIND.get(finding.kind, ("output_rate",))
    places = [
        known[field] if field in known else cells[field][:2] for field in fields if field in known or field in cells
    ]
    return places or [known["output_rate"]]


def _is_vouched(cell: str | float | None) -> bool:
    return isinstance(cell, UncheckedNumber) or (isinstance(cell, str) and cell.startswith("unchecked("))
