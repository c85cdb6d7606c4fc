"""All tables at once, from the folder of raw tables."""

from __future__ import annotations

from pathlib import Path

from building import accelerators, architectures, benchmarks, energy, floor, maximum, physics, serving, sources, stacks
from building import throughput as rates
from building.cells import Row, read_table, table_text
from building.names import Models
from building.operating import Known
from building.report import Report

FOLDER = "default/"
_RAW = (
    "architectures",
    "hardware",
    "hardware_specs",
    "hardware_added",
    "throughput",
    "throughput_added",
    "serving_points",
    "measured_energy",
    "measured_energy_2",
    "serving_power_floor",
    "left_out",
)


class Built:
    """The tables, their text by the name of their file, and the report of how they were made."""

    def __init__(self, raw_folder: Path) -> None:
        raw = {name: read_table(raw_folder / f"{name}.csv") for name in _RAW}
        self.report = report = Report()
        found = sources.Sources()
        self._licences(raw["left_out"])
        self.architectures = architectures.architectures(raw["architectures"], found, report)
        hardware = (raw["hardware_specs"], raw["hardware"], raw["hardware_added"])
        self.accelerators = accelerators.accelerators(*hardware, found, report)
        known = Known(Models(self.architectures), found, report)
        of_energy = {f"{name}.csv": raw[name] for name in ("measured_energy", "measured_energy_2")}
        self.energy = energy.energy(of_energy, known)
        self.performance = [
            *rates.published(raw["throughput"], raw["measured_energy"], known),
            *rates.published(raw["throughput_added"], [], known, "throughput_added.csv"),
            *serving.points(raw["serving_points"], known),
        ]
        self.performance.sort(key=lambda row: row["row_id"])
        maximum.mark_maximum_load(self.performance)
        self.floors = floor.floors(raw["serving_power_floor"], known)
        by_label = {row["hardware"]: row for row in self.accelerators}
        by_shape = {row["architecture"]: row for row in self.architectures}
        for table in (self.performance, self.energy):
            physics.mark(table, by_label, by_shape)
        self.default = benchmarks.benchmarks(self.performance, by_label, by_shape, report)
        self.stacks = stacks.stacks(self.performance, self.energy, self.default)
        self.precisions = stacks.precisions(self.performance, self.energy, self.default)
        self.sources, self.not_named = found.table(), found.not_named()

    @property
    def tables(self) -> dict[str, tuple[tuple[str, ...], list[Row]]]:
        """Columns and rows by the name of the file below `catalog/data`."""
        return {
            "default.csv": (benchmarks.COLUMNS, self.default),
            f"{FOLDER}architectures.csv": (architectures.COLUMNS, self.architectures),
            f"{FOLDER}accelerators.csv": (accelerators.COLUMNS, self.accelerators),
            f"{FOLDER}stacks.csv": (stacks.STACKS, self.stacks),
            f"{FOLDER}precisions.csv": (stacks.PRECISIONS, self.precisions),
            f"{FOLDER}performance.csv": (rates.COLUMNS, self.performance),
            f"{FOLDER}energy.csv": (energy.COLUMNS, self.energy),
            f"{FOLDER}power_floor.csv": (floor.COLUMNS, self.floors),
            f"{FOLDER}sources.csv": (sources.COLUMNS, self.sources),
        }

    def files(self) -> dict[str, bytes]:
        """Return the content of every file that ships."""
        return {name: table_text(columns, rows).encode() for name, (columns, rows) in self.tables.items()}

    def finish(self) -> Report:
        """Return the report, with the rows and marks of the finished tables."""
        for name, (_, rows) in self.tables.items():
            self.report.mark(Path(name).stem, rows)
        return self.report

    def _licences(self, left_out: list[Row]) -> None:
        names = {"measured_energy_2": energy.TABLE, "serving_power_floor": floor.TABLE}
        for row in left_out:
            self.report.leave_out(names.get(row["table"], rates.TABLE), "licence", row["row_id"])
