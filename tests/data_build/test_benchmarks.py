"""The rows that sweeps read: one operating rule, per node, and nothing that a rule forbids."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

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
