"""JSON with an object per line: spans of OpenTelemetry, answers of servers, and lines that are none."""

from __future__ import annotations

import json

import wattquery as wq


def read(path, *objects) -> wq.Workload:
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in objects))
    return wq.read_requests(path)


def attributes(**values):
    kinds = {"input": "gen_ai.usage.input_tokens", "output": "gen_ai.usage.output_tokens", "tool": "tool.name"}
    kinds["cached"] = "gen_ai.usage.cache_read.input_tokens"
    return [{"key": kinds[name], "value": {"intValue": str(value)}} for name, value in values.items()]


def span(hour: int, code: int = 1, **values) -> dict[str, object]:
    start = str((1_700_006_400 + 3600 * hour) * 10**9)
    return {"startTimeUnixNano": start, "status": {"code": code}, "attributes": attributes(**values)}


def test_files_of_spans_hold_the_requests_among_them(tmp_path):
    spans = [span(hour, input=100, output=10, cached=40) for hour in range(25)]
    spans += [span(1, input=200, output=20), span(2, code=2, input=300, output=30), span(3, tool=7)]
    lines = [{"resourceSpans": [{"scopeSpans": [{"spans": part}]}]} for part in (spans[:9], spans[9:])]
    log = read(tmp_path / "spans.jsonl", *lines)
    assert log == wq.Workload([10, 20], [100, 200], [40, 0], [25, 1])
    assert log.left_out == {"failed": 1}
    assert max(log.load_profile) == log.load_profile[1] == 2.0


def test_spans_one_by_one(tmp_path):
    log = read(tmp_path / "spans.jsonl", *(span(hour, input=100, output=10 + hour) for hour in range(3)))
    assert log == wq.Workload([10, 11, 12], 100)


def test_answers_of_a_server_are_found_by_their_ends(tmp_path):
    usage = {"prompt_tokens": 50, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 20}}
    log = read(tmp_path / "answers.jsonl", {"response": {"usage": usage}, "choices": [{"index": 0}]})
    assert log == wq.Workload([5], [50], [20])
    log = read(tmp_path / "answers.jsonl", {"usage": {**usage, "prompt_tokens_details": None}}, {"usage": usage})
    assert sorted(log.cached_tokens) == [0.0, 20.0], log


def test_lines_that_are_no_objects_are_counted(tmp_path):
    good = {"input_length": 5, "output_length": 3, "hash_ids": [1, 2]}
    log = read(tmp_path / "log.jsonl", good, "3", '{"input_length": 5,', "", '{"input_length": 5}{"a": 1}', good)
    assert (log.requests, log.left_out) == (2, {"malformed": 3})
    assert "3 lines that cannot be read left out" in log.notes


def test_a_field_that_comes_late_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("wattquery.workloads.logs.blocks.BLOCK", 2**10)
    monkeypatch.setattr("wattquery.workloads.logs.json_log.MOST_LOOKED_AT", 20)
    plain = {"prompt_tokens": 100, "completion_tokens": 10}
    log = read(tmp_path / "log.jsonl", *([plain] * 100), *([{**plain, "cached_tokens": 50}] * 100), {**plain, "id": 1})
    assert log.cached_share == 5000 / 20100
