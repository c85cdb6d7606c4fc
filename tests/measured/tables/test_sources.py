"""Which source of the catalog a row is from."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from wattquery.measured.tables.sources import source_of

SOURCES = Path(__file__).parents[3] / "data" / "sources.toml"


@pytest.mark.skipif(not SOURCES.is_file(), reason="an installed package has no raw tables")
@pytest.mark.parametrize("kind", ["ml-energy-v", "inferencex", "mlperf", "nvidia-validation", "llm-inf", "ecocompute"])
def test_the_build_says_the_same(kind: str) -> None:
    entries = tomllib.loads(SOURCES.read_text(encoding="utf-8"))["source"]
    found = [(entry["id"], start) for entry in entries if entry["id"].startswith(kind) for start in entry["match"]]
    assert found
    for name, start in found:
        assert source_of(f"{start}something@1234") == name


def test_another_source_has_its_own_words() -> None:
    assert source_of("our cluster: run 7") == "our cluster"
    assert source_of("ml-energy-v3") == "ml-energy-v3"
    assert source_of("") == ""
