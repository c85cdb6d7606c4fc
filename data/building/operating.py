"""What a measured row has in any table: its configuration and where it is from. Labels get their one form here."""

from __future__ import annotations

from dataclasses import dataclass

from building.cells import Row, tidy
from building.names import Models, date, hardware, precision, serving_and_version
from building.report import Report
from building.sources import Sources

CONFIGURATION = (
    "row_id",
    "model",
    "architecture",
    "model_as_published",
    "hardware",
    "accelerators",
    "nodes",
    "serving",
    "version",
    "precision",
    "tp",
    "ep",
    "dp",
    "pp",
    "disaggregated",
    "speculation",
)
ORIGIN = ("source_id", "reference", "date", "confidence", "flags", "derived")

_SPECULATION = {"True": "on", "False": "off", "": "unknown", "unknown": "unknown"}


@dataclass(frozen=True)
class Known:
    """What every table is built with."""

    models: Models
    sources: Sources
    report: Report


def configuration(row: Row, known: Known) -> Row:
    """Return the configuration of a raw row; a model that no architecture has the name of stops the build."""
    found = known.models.find(row["model"])
    if found is None:
        raise SystemExit(f"{row['row_id']}: no architecture is called {row['model']!r}. Add an alias.")
    serving, version = serving_and_version(row["serving_stack"], row["stack_version"])
    return {
        "row_id": row["row_id"],
        "model": found[1],
        "architecture": found[0],
        "model_as_published": row.get("model_as_published") or row["model"],
        "hardware": hardware(row["hardware"]),
        "accelerators": tidy(row.get("n_accelerators") or row.get("n_gpus", "")),
        "nodes": tidy(row.get("n_nodes", "")),
        "serving": serving,
        "version": version,
        "precision": precision(row["precision"]),
        "tp": tidy(row.get("tp", "")),
        "ep": {"0": ""}.get(row.get("ep", ""), row.get("ep", "")),
        "dp": row.get("dp", ""),
        "pp": row.get("pp", ""),
        "disaggregated": row.get("disaggregated", ""),
        "speculation": _SPECULATION[row.get("speculative", "")],
    }


def origin(row: Row, known: Known) -> Row:
    """Return where a raw row is from and when."""
    source, reference = known.sources.find(row["source"], row["licence"])
    return {
        "source_id": source,
        "reference": reference,
        "date": date(row["source_date"]),
        "confidence": row["confidence"],
    }
