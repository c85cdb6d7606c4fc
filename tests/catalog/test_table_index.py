"""Rows are walked over once, however many deployments are asked for: counted, and not timed."""

from __future__ import annotations

import dataclasses
import pickle
from collections import Counter

import pytest

from wattquery import catalog
from wattquery.catalog import BenchmarkRow, Catalog
from wattquery.catalog.content_hash import content_hash
from wattquery.cli.deployments import fitted_deployments
from wattquery.errors import InputError
from wattquery.sweeps.sweep import sweep

visits: Counter[str] = Counter()


class Counted(BenchmarkRow):
    """A row that counts how often it is asked for something."""

    def __getattribute__(self, name: str):
        if not name.startswith("__"):
            visits[name] += 1
        return super().__getattribute__(name)


def table(models, *, serving=1, per=4):
    shipped = catalog.load("oviedo2026").rows[4]
    facts = {one.name: getattr(shipped, one.name) for one in dataclasses.fields(shipped)}
    rows = []
    for i in range(models * serving * per):
        step = i // (models * serving)
        lengths = {"input_tokens": 200.0 * 2 ** (step % 2), "output_tokens": 300.0 * 3 ** (step // 2)}
        labels = {"model": f"m{i % models}", "serving": f"s{i // models % serving}", "line": i + 2}
        rows.append(Counted(**{**facts, **lengths, **labels, "tokens_per_second": 1000.0 + i % 7}))
    visits.clear()
    return Catalog("counted", tuple(rows))


def most_visits(call):
    visits.clear()
    call()
    return max(visits.values())


def test_lookups_walk_over_the_rows_once():
    found = table(30, serving=10)

    def look_up():
        for i in range(30):
            for j in range(10):
                assert len(found.deployment(f"m{i}", serving=f"s{j}").rows) == 4

    # Labels once; the node power of each deployment's own rows once.
    assert most_visits(look_up) <= len(found.rows)
    assert visits["model"] == len(found.rows)


@pytest.mark.parametrize("models", [10, 40])
def test_a_sweep_visits_each_row_a_few_times(models):
    found = table(models)
    per_row = most_visits(lambda: sweep(list(found.labels("model")), catalog=found, method="exact")) / len(found.rows)
    assert per_row <= 6


@pytest.mark.parametrize("models", [10, 200])
def test_all_deployments_visit_each_row_a_few_times(models):
    found = table(models)
    assert most_visits(lambda: fitted_deployments(found)) <= 4 * len(found.rows)
    assert len(fitted_deployments(found)) == models


def test_deployments_are_what_lookups_find():
    for found in (catalog.load("oviedo2026"), table(5, serving=3)):
        for one in found.deployments():
            labels = {axis: getattr(one, axis) for axis in ("model", "hardware", "serving", "precision")}
            named = {axis: label for axis, label in labels.items() if axis not in found.pooled}
            assert found.deployment(**named) == one


def test_of_many_deployments_some_are_listed():
    with pytest.raises(InputError) as caught:
        table(1, serving=500).deployment("m0")
    lines = str(caught.value).splitlines()
    assert len(lines) == 15
    assert lines[-2] == "  and 488 more"


def test_the_hash_is_made_when_it_is_read():
    found = table(50)
    assert "content_hash" not in vars(found)
    found.deployment("m1")
    assert visits["source"] == 0
    assert found.content_hash == content_hash(found.rows, (), None)
    again = pickle.loads(pickle.dumps(catalog.load("oviedo2026")))
    assert again.content_hash == "f065cab6f2efa9a9"
    with pytest.raises(AttributeError, match="no attribute 'hash'"):
        _ = found.hash
