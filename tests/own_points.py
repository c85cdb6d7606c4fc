"""Measured points of a user's own, for tests of calibration."""

from __future__ import annotations

from wattquery.measured import MeasuredPoints
from wattquery.throughput.load.row_columns import observations_of

POINT = {
    "row_id": "mine", "architecture": "gemma-3-27b", "hardware": "H100 SXM", "serving": "vLLM", "precision": "BF16",
    "accelerators": 2, "input_tokens": 1000, "output_tokens": 300, "concurrency": 64,
    "output_tps_per_accelerator": 750.0,
}  # fmt: skip
"""A third slower than the model that ships predicts."""


def points_of(*points):
    """Return points as operating points."""
    names = dict.fromkeys(name for point in points for name in point)
    return observations_of(len(points), {name: [point.get(name) for point in points] for name in names})


def measured(*points, **watts):
    """Return points as those that were read."""
    return MeasuredPoints(observations=points_of(*points), **watts)
