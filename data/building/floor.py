"""Power per accelerator when idle, at batch 1, and on the plateau."""

from __future__ import annotations

from collections.abc import Sequence

from building.cells import Row, tidy
from building.names import hardware
from building.operating import Known

COLUMNS = (
    "row_id",
    "hardware",
    "kind",
    "power_w_per_accelerator",
    "power_minimum_w",
    "power_maximum_w",
    "observations",
    "condition",
    "scope",
    "source_id",
    "reference",
    "confidence",
    "notes",
)
TABLE = "power_floor"


def floors(raw: Sequence[Row], known: Known) -> list[Row]:
    """Return the table, in the order of its identities."""
    known.report.received(TABLE, "serving_power_floor.csv", len(raw))
    made = []
    for row in raw:
        source, reference = known.sources.find(row["source"], row["licence"])
        made.append(
            {
                "row_id": row["row_id"],
                "hardware": hardware(row["hardware"]),
                "kind": row["kind"],
                "power_w_per_accelerator": tidy(row["watts_per_accelerator"]),
                "power_minimum_w": tidy(row["watts_min"]),
                "power_maximum_w": tidy(row["watts_max"]),
                "observations": row["n_observations"],
                "condition": row["condition"],
                "scope": row["measurement_scope"],
                "source_id": source,
                "reference": reference,
                "confidence": row["confidence"],
                "notes": row["notes"],
            }
        )
    return made
