"""What is measured where, against a walk over the files."""

from __future__ import annotations

from collections import Counter

from wattquery import catalog
from wattquery.catalog.records import records
from wattquery.quantities import CATALOG_AXES


def counted(table, *columns):
    return Counter(
        tuple(record[axis] for axis in CATALOG_AXES)
        for record in records(table)
        if any(record[column] for column in columns)
    )


def test_counts_by_quantity():
    frame = catalog.support()
    naive = {
        "throughput": counted("performance", "output_tps", "output_tps_per_accelerator"),
        "latency": counted("performance", "ttft_s", "tpot_s"),
        "power": counted("energy", "power_w_per_accelerator", "power_w_total"),
        "energy": counted("energy", "joules_per_output_token", "joules_per_request"),
        "benchmarks": Counter(
            tuple(getattr(row, axis) for axis in CATALOG_AXES) for row in catalog.load("default").rows
        ),
    }
    for quantity, counts in naive.items():
        found = {tuple(row[:4]): row[4] for row in frame[[*CATALOG_AXES, quantity]].itertuples(index=False)}
        assert {key: count for key, count in found.items() if count} == dict(counts), quantity
        assert frame[quantity].dtype == "int64"
    assert not frame.duplicated(list(CATALOG_AXES)).any()


def test_benchmarks_are_what_a_deployment_has():
    held = catalog.load("default")
    for row in catalog.support(model="Llama 3.1 405B").itertuples():
        deployment = held.deployment(row.model, row.hardware, row.serving, row.precision)
        assert row.benchmarks == (0 if deployment is None else len(deployment.rows))
        assert row.lengths <= row.benchmarks


def test_of_one_combination_of_none_and_of_another_catalog():
    assert len(catalog.support(model="Llama 3.1 405B", hardware="H100", precision="fp8")) >= 1
    assert catalog.support(model="Kimi K3").empty
    paper = catalog.support("oviedo2026")
    assert (paper["throughput"].sum(), paper["latency"].sum(), paper["benchmarks"].sum()) == (25, 0, 25)
