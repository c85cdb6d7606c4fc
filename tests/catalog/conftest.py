"""A small table that is right, to be spoiled one way per test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

HEADER = (
    "Model",
    "Hardware",
    "Quantization",
    "Tokens per Second (TPS)",
    "Input Length",
    "Output Length",
    "Power for Node (kW)",
    "Total Parameter Count (B)",
    "TP Size",
    "Serving",
    "Notes",
)
ROWS = (
    ("Ours 8B", "8xH100", "FP8", "2000.5", "500", "300", "10.2", "8", "8", "vLLM", "first"),
    ("Ours 8B", "8xH100", "FP8", "1500", "1000", "300", "10.2", "NA", "", "vLLM", ""),
    ("Ours 70B", "8xH200", "FP16", "900", "Variable", "NA", "", "", "NA", "", "third"),
)

Table = list[list[str]]


def as_text(table: Table) -> str:
    return "".join(",".join(cells) + "\n" for cells in table)


@pytest.fixture
def table() -> Table:
    return [list(HEADER), *[list(row) for row in ROWS]]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Table | str | bytes], str]:
    """Write a file into the folder that the test runs in and return its relative path."""
    monkeypatch.chdir(tmp_path)

    def write(content: Table | str | bytes) -> str:
        text = as_text(content) if isinstance(content, list) else content
        Path("mine.csv").write_bytes(text.encode() if isinstance(text, str) else text)
        return "mine.csv"

    return write
