"""The table of accelerators and of the nodes that they stand in."""

from __future__ import annotations

from collections.abc import Sequence

from building.cells import Row, number, tidy, words, written
from building.names import by_any_name, labels
from building.report import Report
from building.sources import Sources

COLUMNS = (
    "hardware",
    "aliases",
    "accelerators_per_node",
    "accelerators_per_node_basis",
    "memory_gb",
    "bandwidth_tbps",
    "fp16_tflops",
    "fp8_tflops",
    "fp4_tflops",
    "tdp_w",
    "idle_w",
    "idle_source_id",
    "node_power_kw",
    "node_power_basis",
    "node_power_source_id",
    "node_power_confidence",
    "node_idle_power_kw",
    "link_gbps",
    "link_inter_node_gbps",
    "link_domain",
    "year",
    "source_id",
    "reference",
    "confidence",
    "notes",
)
_PER_TDP, _RACK_PER_TDP = 1.8, 1.35
"""Rating over the TDP of the accelerators. Nodes: DGX H100 10.2 kW / 5.6 kW = 1.82, DGX B200 14.3 kW / 8 kW = 1.79.
Racks: GB200 NVL72 120 kW / 86.4 kW = 1.39, GB300 NVL72 132 kW / 100.8 kW = 1.31."""
_RACK = 72
_ASSUMED = "8"
_CONFIDENCE = {"two sources agree": "high", "two sources disagree": "medium", "one source": "medium", "memory": "low"}


def accelerators(
    raw: Sequence[Row], nodes: Sequence[Row], added: Sequence[Row], sources: Sources, report: Report
) -> list[Row]:
    """Return the table, in the order of labels.

    Parameters
    ----------
    raw, nodes, added
        The raw tables of accelerators, of node types, and of what was added to the first.
    sources, report
        Take the sources of figures, and what was done.
    """
    report.received("accelerators", "hardware_specs.csv", len(raw))
    report.received("accelerators", "hardware.csv", len(nodes))
    report.received("accelerators", "hardware_added.csv", len(added))
    by_any_name(labels("hardware"))
    rows = {row["accelerator"]: dict(row) for row in raw}
    for row in added:  # fills what a row lacks, or is one of its own
        known = rows.setdefault(row["accelerator"], {})
        filled = [name for name in row if row[name] and not known.get(name)]
        if "verified" not in filled:
            known["notes"] = f"{', '.join(name for name in filled if name != 'notes')}: {row['notes']}, {row['source']}"
        known.update({name: row[name] for name in filled if name != "notes" or "verified" in filled})
    for node in nodes:  # a node that is measured and not rated comes after the one that is
        if (
            node["node_power_confidence"]
            and rows[node["accelerator"]]["node_max_power_kw"] == node["node_max_power_kw"]
        ):
            rows[node["accelerator"]].setdefault("node_power_confidence", node["node_power_confidence"])
    return [_accelerator(rows[label], sources, report) for label in sorted(rows)]


def _accelerator(row: Row, sources: Sources, report: Report) -> Row:
    text = row["source"].split(" | ")[-1].removeprefix("hardware.csv: nan | ")
    source, place = sources.find(text, None)
    count = row.get("accelerators_per_node") or _ASSUMED
    basis = "stated" if row.get("accelerators_per_node") else "assumed"
    report.take("eight_per_node", int(basis == "assumed"))
    rating, tdp = number(row.get("node_max_power_kw", "")), number(row.get("accelerator_tdp_w", ""))
    if rating is None and tdp is not None:
        report.take("node_rating")
    return {
        "hardware": row["accelerator"],
        "aliases": words(*labels("hardware")[row["accelerator"]]),
        "accelerators_per_node": count,
        "accelerators_per_node_basis": basis,
        "memory_gb": tidy(row.get("hbm_gb", "")),
        "bandwidth_tbps": tidy(row.get("hbm_tbps", "")),
        "fp16_tflops": tidy(row.get("dense_fp16_tflops", "")),
        "fp8_tflops": tidy(row.get("dense_fp8_tflops", "")),
        "fp4_tflops": tidy(row.get("dense_fp4_tflops", "")),
        "tdp_w": tidy(row.get("accelerator_tdp_w", "")),
        "idle_w": tidy(row.get("idle_w_per_accelerator", "")),
        "idle_source_id": sources.find(row["idle_source"], None)[0] if row.get("idle_source") else "",
        "node_power_kw": tidy(row["node_max_power_kw"]) if rating else _derived(count, tdp),
        "node_power_basis": "rating" if rating else "derived" if tdp else "",
        "node_power_source_id": sources.find(row["node_power_source"], None)[0] if rating else "",
        "node_power_confidence": row.get("node_power_confidence", "low" if tdp else ""),
        "node_idle_power_kw": tidy(row.get("node_idle_power_kw", "")),
        "link_gbps": tidy(row.get("link_intra_node_gbps_per_dir", "")),
        "link_inter_node_gbps": tidy(row.get("link_inter_node_gbps_per_dir", "")),
        "link_domain": tidy(row.get("link_domain_accelerators", "")),
        "year": tidy(row.get("year", "")),
        "source_id": source,
        "reference": place,
        "confidence": _CONFIDENCE[row["verified"]],
        "notes": words(row.get("disagreements", ""), row.get("notes", "")).replace("|", "; "),
    }


def _derived(count: str, tdp: float | None) -> str:
    factor = _RACK_PER_TDP if int(count) >= _RACK else _PER_TDP
    return "" if tdp is None else written(factor * int(count) * tdp / 1000.0)
