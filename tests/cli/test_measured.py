"""`wattquery catalog measured`: what calibrates, and each row that does not."""

from __future__ import annotations

import json
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "readers" / "samples"
CURVE = SAMPLES / "vllm_appended.jsonl"
KNOWN = ("--hardware", "H100", "--accelerators", "4", "--precision", "FP8")


def test_points_and_refused_rows_are_told(cli):
    result = cli("catalog", "measured", CURVE, SAMPLES / "tensorrt_llm_1_0.md", *KNOWN)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert "4 x H100 SXM" in lines[2]
    assert [line.startswith("refused: ") for line in lines].count(True) == 3
    assert lines[-1] == "2 of 5 rows calibrate."
    assert "speculative decoding" in result.stderr


def test_json_has_all_of_it(cli):
    found = cli.json("catalog", "measured", CURVE, *KNOWN)
    assert [point["concurrency"] for point in found["points"]] == [1.0, 8.0]
    assert (found["refused"], found["idle_watts"]) == ([], {})


def test_where_nothing_can_be_used_the_json_says_why(cli):
    result = cli("catalog", "measured", CURVE, "--json")
    assert result.exit_code == 2
    assert len(json.loads(result.stdout)["refused"]) == 2
    assert "--hardware" in result.stderr
    assert "no such file" in cli.refused("catalog", "measured", "absent.json")
