"""What the attributes of a result have to say to its reader, a line for each note."""

from __future__ import annotations

import xarray as xr

__all__ = ["result_notes"]

_NOTES = ("load_notes", "throughput_notes", "workload_notes", "undetermined", "node_power_notes")


def result_notes(ds: xr.Dataset) -> list[str]:
    """Return the notes of a result of `wattquery.sweep` or `wattquery.blend`; why a deployment has no data is one."""
    return [
        f"{'no data: ' if name == 'undetermined' else ''}{note}"
        for name in _NOTES
        for note in str(ds.attrs.get(name, "")).splitlines()
    ]
