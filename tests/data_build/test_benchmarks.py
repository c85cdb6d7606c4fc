"""The rows that sweeps read: one operating rule, per node, and nothing that a rule forbids."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from building.benchmarks import benchmarks
from building.report import Report
from wattquery.catalog.reader import parse_rows

CELL = ("Model", "Hardware", "Serving", "Quantization")


@pytest.fixture(scope="module")
def cells(built):
    found = defaultdict(list)
    for row in built.default:
        found[tuple(row[name] for name in CELL)].append(row)
    return found


def test_the_reader_takes_them(built):
    rows = parse_rows(built.files()["default.csv"], "default.csv")
    assert len(rows) == len(built.default)
    assert all(row.node_power is not None for row in rows)
    assert dict(rows[0].others).keys() == {"Row", "Version", "Accelerators", "Concurrency"}


def test_rates_are_per_node(built, performance):
    nodes = {row["hardware"]: row for row in built.accelerators}
    for row in built.default:
        point, node = performance[row["Row"]], nodes[row["Hardware"]]
        rate = int(node["accelerators_per_node"]) * float(point["output_tps_per_accelerator"])
        assert float(row["Tokens per Second (TPS)"]) == pytest.approx(rate, rel=1e-5)
        assert row["Power for Node (kW)"] == node["node_power_kw"]


def test_what_no_row_may_be(built, performance):
    forbidden = {
        "near_peak",
        "probably_speculative",
        "precision_doubtful",
        "lengths_doubtful",
        "work_in_progress",
        "preview_system",
        "pool_sizes_unknown",
        "normalised_to_one",
    }
    for row in built.default:
        point = performance[row["Row"]]
        marks = set(point["flags"].split("|"))
        assert marks.isdisjoint(forbidden), row["Row"]
        assert not [one for one in marks if one.startswith("impossible:")]
        assert point["disaggregated"] != "True"
        assert point["speculation"] != "on"
        assert point["confidence"] != "low"
        assert point["at_maximum_load"] == "True"


def test_a_deployment_has_one_version_and_each_pair_of_lengths_once(cells):
    for key, rows in cells.items():
        assert len({row["Version"] for row in rows}) == 1, key
        pairs = Counter((row["Input Length"], row["Output Length"]) for row in rows)
        assert set(pairs.values()) == {1}, key


def test_lengths_are_known_in_all_rows_or_there_is_one(cells):
    for key, rows in cells.items():
        unknown = [row for row in rows if row["Input Length"] == "Variable"]
        assert not unknown or len(rows) == 1, key


def test_the_highest_rate_per_accelerator_is_taken(built, performance, cells):
    same = ("model", "hardware", "serving", "precision", "version", "input_tokens", "output_tokens", "scenario")
    rates = defaultdict(list)
    for point in built.performance:
        is_plain = point["speculation"] != "on" and point["disaggregated"] != "True"
        if point["scenario"] == "offline max throughput" and point["input_tokens"] and is_plain:
            rates[tuple(point[name] for name in same)].append(float(point["output_tps_per_accelerator"]))
    chosen = [performance[row["Row"]] for rows in cells.values() for row in rows]
    compared = [point for point in chosen if len(rates[tuple(point[name] for name in same)]) > 1]
    assert len(compared) > 50
    for point in compared:
        assert float(point["output_tps_per_accelerator"]) == max(rates[tuple(point[name] for name in same)])


PLAIN = {
    "row_id": "X1",
    "model": "Ours 8B",
    "architecture": "ours-8b",
    "hardware": "H100 SXM",
    "accelerators": "2",
    "serving": "vLLM",
    "version": "1.0",
    "precision": "FP8",
    "tp": "2",
    "disaggregated": "False",
    "speculation": "off",
    "input_tokens": "500",
    "output_tokens": "300",
    "concurrency": "64",
    "output_tps": "200",
    "output_tps_per_accelerator": "100",
    "scenario": "offline max throughput",
    "task": "",
    "at_maximum_load": "True",
    "source_id": "ours",
    "date": "2026-01",
    "confidence": "high",
    "flags": "",
}
NODE = {"accelerators_per_node": "8", "node_power_kw": "10.2", "node_power_basis": "rating"}
SHAPE = {"total_params_b": "8", "active_params_b": "8", "experts": "0"}


def chosen(*rows, node=NODE):
    report = Report()
    found = benchmarks(rows, {"H100 SXM": node}, {"ours-8b": SHAPE}, report)
    return found, {rule: ids for (_, rule), ids in report.left.items()}


def test_a_plain_row_is_taken_per_node():
    (row,), left = chosen(PLAIN)
    assert (row["Tokens per Second (TPS)"], row["Power for Node (kW)"], row["Accelerators"]) == ("800", "10.2", "2")
    assert not left


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"speculation": "on"}, "speculation_on"),
        ({"flags": "probably_speculative"}, "speculation_on"),
        ({"disaggregated": "True"}, "disaggregated"),
        ({"at_maximum_load": "False"}, "below_maximum_load"),
        ({"output_tps_per_accelerator": ""}, "no_rate_per_accelerator"),
        ({"flags": "impossible:above-compute"}, "impossible"),
        ({"flags": "lengths_nominal|questionable:total-tokens"}, "questionable"),
        ({"flags": "near_peak"}, "near_peak"),
        ({"flags": "precision_doubtful"}, "precision_doubtful"),
        ({"flags": "lengths_doubtful"}, "lengths_doubtful"),
        ({"flags": "work_in_progress"}, "work_in_progress"),
        ({"flags": "preview_system"}, "preview_system"),
        ({"confidence": "low"}, "low_confidence"),
        ({"task": "video-chat"}, "pictures_or_video"),
    ],
)
def test_each_rule_leaves_its_row_out(change, rule):
    assert chosen({**PLAIN, **change}) == ([], {rule: ["X1"]})


def test_without_a_power_rating_there_is_no_benchmark():
    assert chosen(PLAIN, node={**NODE, "node_power_kw": ""}) == ([], {"no_node_power": ["X1"]})


def test_a_cache_that_does_not_fit_is_maximum_load():
    assert len(chosen({**PLAIN, "flags": "questionable:cache-does-not-fit"})[0]) == 1


def test_the_version_with_the_most_lengths_then_the_newest_then_the_highest_rate():
    old = [{**PLAIN, "row_id": f"O{i}", "version": "0.9", "output_tokens": str(100 * i)} for i in (1, 2)]
    new = [{**PLAIN, "row_id": f"N{i}", "date": "2026-02", "output_tokens": str(100 * i)} for i in (1, 2)]
    fast = {**new[0], "row_id": "F1", "output_tps_per_accelerator": "150"}
    found, left = chosen(*old, *new, fast)
    assert [row["Row"] for row in found] == ["F1", "N2"]
    assert left == {"other_version": ["O1", "O2"], "not_the_highest": ["N1"]}
    found, _ = chosen(*old, {**old[0], "row_id": "O3", "output_tokens": "900"}, *new)
    assert [row["Version"] for row in found] == ["0.9"] * 3


def test_all_requests_queued_comes_before_the_end_of_a_curve():
    curve = [
        {**PLAIN, "row_id": f"C{i}", "version": "2.0", "scenario": "online fixed concurrency", "output_tokens": str(i)}
        for i in range(100, 105)
    ]
    offline = [{**PLAIN, "row_id": f"Q{i}", "output_tokens": str(100 * i)} for i in (1, 2, 3)]
    assert {row["Version"] for row in chosen(*curve, *offline)[0]} == {"1.0"}
    assert {row["Version"] for row in chosen(*curve, *offline[:2])[0]} == {"2.0"}


def test_rows_without_lengths_stand_only_where_no_others_do():
    chat = {**PLAIN, "row_id": "M1", "input_tokens": "", "task": "lm-arena-chat"}
    code = {**chat, "row_id": "M2", "task": "code (EvalPlus)", "output_tps_per_accelerator": "900"}
    found, left = chosen(code, chat)
    assert [(row["Row"], row["Input Length"]) for row in found] == [("M1", "Variable")]
    assert left == {"another_task": ["M2"]}
    assert [row["Row"] for row in chosen(code, chat, PLAIN)[0]] == ["X1"]


def test_sizes_are_those_of_the_architecture(built):
    active = {row["Model"]: row["Active Parameter Count (B)"] for row in built.default}
    assert (active["Mixtral 8x7B"], active["Mixtral 8x22B"]) == ("12.9", "39.1")
    assert {row["Type (Dense / MoE)"] for row in built.default if row["Model"].startswith("Mixtral")} == {"MoE"}


def test_enough_is_there(built):
    models = {row["model"] for row in built.architectures}
    assert len(models) == len(built.architectures) >= 60
    assert len({row["hardware"] for row in built.performance}) >= 8
    assert len({row["serving"] for row in built.performance}) >= 5
    assert len({row["precision"] for row in built.performance}) >= 4
    three = [rows for rows in (len(one) for one in _pairs(built).values()) if rows >= 3]
    assert len(three) > 50


def _pairs(built):
    found = defaultdict(set)
    for row in built.default:
        found[tuple(row[name] for name in CELL)].add((row["Input Length"], row["Output Length"]))
    return found
