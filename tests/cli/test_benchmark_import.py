"""`wattquery catalog import`: what benchmarks wrote, to a table that every other command takes."""

from __future__ import annotations

from pathlib import Path

import pytest

import wattquery as wq

SAMPLES = Path(__file__).parents[1] / "readers" / "samples"
VLLM = SAMPLES / "vllm_0_11.json"
KNOWN = ("--hardware", "H200", "--accelerators", "4", "--precision", "FP8")


def test_a_table_is_written_that_reads_the_same(cli):
    result = cli("catalog", "import", VLLM, SAMPLES / "vllm_appended.jsonl", *KNOWN, "-o", "mine.csv")
    assert (result.exit_code, result.stdout) == (0, "mine.csv: 3 runs of meta-llama/Llama-3.1-70B-Instruct on H200\n")
    assert "note: 2 requests failed and are not counted (1 row)" in result.stderr
    again = wq.catalog.read_csv(cli.folder / "mine.csv")
    read = wq.read_benchmarks([VLLM, SAMPLES / "vllm_appended.jsonl"], hardware="H200", accelerators=4, precision="FP8")
    assert again.content_hash == read.content_hash
    assert [{k: v for k, v in row.others if v} for row in again.rows] == [dict(row.others) for row in read.rows]
    assert "valid" in cli("catalog", "validate", "mine.csv").stdout


def test_without_a_place_the_table_is_printed(cli):
    result = cli("catalog", "import", VLLM, *KNOWN)
    assert result.stdout.startswith("Model,Hardware,")
    assert cli.files() == {}


def test_json(cli):
    found = cli.json("catalog", "import", VLLM, *KNOWN)
    assert (found["rows"], found["hardware"], found["output"]) == (1, ["H200"], None)
    assert found["table"].count("\n") == 2


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([VLLM], "--hardware H200 --accelerators 4 --precision FP8"),
        ([VLLM, *KNOWN, "-o", "absent/mine.csv"], "absent"),
        (["absent.json"], "there is no such file"),
        ([], "FILES"),
    ],
    ids=str,
)
def test_refusals(cli, arguments, named):
    assert named in " ".join(cli.refused("catalog", "import", *arguments).split())


def test_a_table_that_is_there_is_replaced_only_when_told(cli):
    cli("catalog", "import", VLLM, *KNOWN, "-o", "mine.csv")
    assert "--force" in cli.refused("catalog", "import", VLLM, *KNOWN, "-o", "mine.csv")
    assert cli("catalog", "import", VLLM, *KNOWN, "-o", "mine.csv", "--force").exit_code == 0
