"""`warm`: what it compiles is all that sweeps call, and a second process loads it from disk.

Nothing is left to compile whether kernels were compiled just now or came from disk: processes that ask for that share
the cache of all tests, and one method alone is compiled into an empty one.
"""

import json
import os
import subprocess
import sys

import pytest

import wattquery as wq
from wattquery.kernels.compiling import cache_folder
from wattquery.quantities import METHODS

PROBE = """
import dataclasses, importlib, json, pkgutil, sys
import wattquery as wq, wattquery.kernels
from numba.core.dispatcher import Dispatcher
from wattquery.kernels.compiling import cache

def signatures():
    found = set()
    for module in pkgutil.walk_packages(wattquery.kernels.__path__, "wattquery.kernels."):
        for name, one in vars(importlib.import_module(module.name)).items():
            if isinstance(one, Dispatcher):
                found |= {f"{one.py_func.__module__}.{name}{sig}" for sig in one.signatures}
    return found

seconds = wq.warm(*sys.argv[2:])
warmed, status = signatures(), dataclasses.asdict(cache.status())
if sys.argv[1] == "sweep":
    lengths = {"a": wq.Exponential(300), "b": wq.Uniform(10, 900), "c": wq.Empirical(samples=[3, 40, 500])}
    tpp = wq.ThroughputProportional(base=0.24, span=0.56)
    for shared in (True, False):
        for keep in (True, False):
            wq.sweep(
                ["DeepSeek-R1", "Llama 3.1 405B"], output_tokens=lengths,
                input_tokens=[500, wq.LogNormal(100, 9000)], power_utilization=[tpp, 0.5, wq.Triangular(0.2, 0.4, 0.9)],
                pue=[1.1, wq.LogNormal(1.05, 1.6)], levers=["none", "model+serving"], draws=4_099, seed=7,
                common_random_numbers=shared, keep_histogram=keep, prefill_weight=1 / 30,
            )
            wq.sweep(
                "DeepSeek-R1", output_tokens=["traditional", 250], method="exact", quantiles=[0.5],
                round_tokens=keep, keep_histogram=keep,
            )
    wq.sweep("DeepSeek-R1", pue=1.2, power_utilization=0.7, output_tokens=100, draws=300_000)
    wq.sweep("DeepSeek-R1", pue=1.2, power_utilization=0.7, output_tokens=100, method="exact")
    wq.estimate("DeepSeek-R1")
del status["folder"]
print(json.dumps({"seconds": seconds, "warmed": sorted(warmed), "later": sorted(signatures() - warmed), **status}))
"""


@pytest.fixture
def kept(tmp_path):
    """The cache of all tests, or an own one where there is none."""
    return cache_folder.root() or tmp_path


def run(folder, code, *arguments):
    environment = os.environ | {"WATTQUERY_CACHE_DIR": str(folder)}
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_nothing_is_left_to_compile_after_warming(kept):
    first = run(kept, PROBE, "sweep")
    assert first["later"] == []
    assert first["warmed"]
    assert set(first["seconds"]) == set(METHODS)
    assert (first["stored"], first["problem"]) == (first["compiled"], "")

    second = run(kept, PROBE, "alone")
    assert second["loaded"] > 0
    assert (second["compiled"], second["stored"], second["problem"]) == (0, 0, "")


def test_an_empty_cache_is_filled(tmp_path):
    first = run(tmp_path, PROBE, "alone", "exact")
    assert list(first["seconds"]) == ["exact"]
    assert first["compiled"] > 0
    assert (first["loaded"], first["stored"], first["problem"]) == (0, first["compiled"], "")

    second = run(tmp_path, PROBE, "alone", "exact")
    assert (second["loaded"] > 0, second["compiled"], second["stored"], second["problem"]) == (True, 0, 0, "")
    assert second["seconds"]["exact"] < first["seconds"]["exact"]


INDICES = (
    PROBE[: PROBE.index("seconds = ")]
    + """
seconds = wq.warm("sobol")
warmed = signatures()
cells = {"output_tokens": {"a": wq.Exponential(300), "c": wq.Empirical(samples=[3, 40, 500])}, "draws": 2**11}
tpp = wq.ThroughputProportional(base=0.24, span=0.56)
for method in ("quasi_monte_carlo", "monte_carlo"):
    for estimator in ("azzini_2021", "saltelli_2010"):
        wq.sensitivity.sobol(
            ["DeepSeek-R1", "Llama 3.1 405B"], input_tokens=[500, wq.LogNormal(100, 9000)], prefill_weight=0.03,
            power_utilization=[tpp, wq.Triangular(0.2, 0.4, 0.9)], pue=wq.Uniform(1.1, 1.4), over="model",
            levers=["none", "model+serving"], round_tokens=False, method=method, estimator=estimator, **cells,
        )
print(json.dumps({"seconds": seconds, "later": sorted(signatures() - warmed)}))
"""
)


def test_nothing_is_left_to_compile_for_indices(kept):
    found = run(kept, INDICES)
    assert list(found["seconds"]) == ["sobol"]
    assert found["later"] == []


def test_one_method_may_be_named(monkeypatch):
    asked = []
    monkeypatch.setattr("wattquery.warm_up.sweep", lambda _, *, method, **__: asked.append(method))
    assert list(wq.warm("exact")) == ["exact"]
    assert set(asked) == {"exact"}
    assert wq.warm([]) == {}


def test_progress_rises_to_one_over_all_methods(monkeypatch):
    monkeypatch.setattr("wattquery.warm_up.sweep", lambda *_, **__: None)
    shares = []
    assert list(wq.warm(["exact", "monte_carlo"], progress=shares.append)) == ["exact", "monte_carlo"]
    assert shares == sorted(set(shares))
    assert (len(shares), shares[-1]) == (11, 1.0)
    with pytest.raises(wq.InputError, match="progress"):
        wq.warm("exact", progress="bar")


def test_unknown_methods_are_refused():
    with pytest.raises(wq.InputError, match="monte_carl"):
        wq.warm(["monte_carl"])
