"""Operating points for tests of the load model."""

from __future__ import annotations

from typing import Any

from wattquery.throughput.load.observations import Observations
from wattquery.throughput.load.row_columns import observations_of

USUAL = {
    "architecture": "llama-3.1-70b",
    "hardware": "H100 SXM",
    "serving": "vLLM",
    "version": "0.14.0",
    "precision": "FP8",
    "accelerators": 4.0,
    "speculation": "off",
    "input_tokens": 1000.0,
    "output_tokens": 500.0,
    "date": 2025.8,
    "confidence": "high",
}


def rows(count: int = 1, **columns: Any) -> Observations:
    """Return rows like `USUAL` but for some columns: a value for all rows, or a list of one for each."""
    lists = [values for values in columns.values() if isinstance(values, list)]
    count = len(lists[0]) if lists else count
    merged = {**USUAL, **columns}
    return observations_of(
        count, {name: value if isinstance(value, list) else [value] * count for name, value in merged.items()}
    )
