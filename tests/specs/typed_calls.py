"""Calls that a type checker must pass, and calls that it must not: mypy reads this file, nothing runs it.

Under mypy's ``warn_unused_ignores`` a wrong call that passes is an error too.
"""

from __future__ import annotations

import datetime as dt
from typing import Unpack

import numpy as np
import pandas as pd
import xarray as xr

import wattquery as wq
from wattquery.specs.arguments import CatalogAxis
from wattquery.sweeps.arguments import StudyArguments, SweepArguments


def study(model: CatalogAxis, **arguments: Unpack[StudyArguments]) -> None: ...


def run(model: str, **arguments: Unpack[SweepArguments]) -> None: ...


SPEC = {"distribution": "LogNormal", "p5": 1.05, "p95": 1.6}


def labels() -> None:
    study("a", hardware=["H100"], serving=None, precision=wq.ALL)
    study(["a", "b"])
    study({"short": "a"})
    study(np.array(["a"]))
    study(pd.Series(["a"]))
    study(pd.Index(["a"]))
    study(4)  # type: ignore[arg-type]
    study("a", hardware=3)  # type: ignore[arg-type]


def workloads() -> None:
    chat = wq.Workload([100, 300], [1000, 10])
    study("a", workload="azure_code")
    study("a", workload=["azure_code", chat, {"output_tokens": [1], "input_tokens": [2]}])
    study("a", workload={"mine": chat, "theirs": "azure_code"})
    study("a", workload=wq.ALL)
    study("a", workload=pd.Series(["azure_code", "agent"]))
    study("a", workload=300)  # type: ignore[arg-type]
    wq.scenarios.QueryClass(1, "a", workload=chat)
    wq.scenarios.QueryClass(1, "a", workload=[chat])  # type: ignore[arg-type]


def factors() -> None:
    study("a", pue=1, node_power=np.float32(10), input_tokens=range(100, 500, 100))
    study("a", pue=[1.1, wq.LogNormal(p5=1.05, p95=1.6), SPEC])
    study("a", pue={"good": 1.1, "known": wq.LogNormal(p5=1.05, p95=1.6), "written": SPEC})
    study("a", pue={1: 1.1, 2: 1.2})
    study("a", pue={"distribution": "Truncated", "of": SPEC, "low": 1})
    study("a", pue=wq.LogNormal(p5=1.05, p95=1.6).to_dict())
    study("a", pue=wq.unchecked(3))
    study("a", pue=np.linspace(1, 2, 5))
    study("a", pue=pd.Series([1.0, 2.0], index=["a", "b"]))
    study("a", pue=xr.DataArray([1.0]))
    study("a", pue=pd.array([1.0]))
    study("a", pue=object())  # type: ignore[arg-type]
    study("a", pue=[object()])  # type: ignore[list-item]
    study("a", pue={"good": object()})  # type: ignore[dict-item]
    study("a", pue="1.1")  # type: ignore[arg-type]
    study("a", pue=wq.ALL)  # type: ignore[arg-type]
    study("a", node_power={10.0, 11.0})  # type: ignore[arg-type]
    study("a", input_tokens="long")  # type: ignore[arg-type]


def lengths_and_power() -> None:
    study("a", output_tokens=["traditional", "long"])
    study("a", output_tokens={"chat": wq.Exponential(median=300), "long": "long", "short": 30})
    study("a", power_utilization=[0.5, wq.ThroughputProportional(base=0.24, span=0.56), wq.LogNormal(p5=0.4, p95=0.9)])
    study("a", output_tokens=object())  # type: ignore[arg-type]
    study("a", power_utilization=wq.Lever("mine", wq.Fixed(2)))  # type: ignore[arg-type]


def levers_and_boundaries() -> None:
    lever = wq.Lever("mine", wq.Fixed(2))
    study("a", levers=lever, boundary=wq.Boundary("facility", steps=(wq.Step("spare", wq.Fixed(1.1)),)))
    study("a", levers=["none", "model+serving", ["model", lever], lever.to_dict()], boundary=["node", "facility"])
    study("a", levers={"all": ["model", "serving"], "no": "none"})
    study("a", boundary={"boundary": "facility", "steps": [{"step": "spare", "factor": 1.1}]})
    wq.Lever("mine", 2.0, time_factor={4: 1.5, 64: wq.LogNormal(p5=1.1, p95=1.3)}, source="ours")
    wq.Lever("mine", by_concurrency={4: 1.5, 64: wq.LogNormal(p5=1.1, p95=1.3)}, kind="other")
    wq.Lever("mine", by_concurrency=2.0)  # type: ignore[arg-type]
    study("a", levers=3.5)  # type: ignore[arg-type]
    study("a", levers=[3.5])  # type: ignore[list-item]
    study("a", boundary=lever)  # type: ignore[arg-type]
    study("a", boundary=1)  # type: ignore[arg-type]


def analyses() -> None:
    wq.sensitivity.sobol(["a", "b"], over="model", pue=wq.LogNormal(p5=1.05, p95=1.6), draws=2**12, level=0.9)
    wq.sensitivity.nested("a", level=[0.5, 0.9], shared_draws=256, progress=print)
    wq.sensitivity.tornado("a", pue=object())  # type: ignore[arg-type]
    wq.sensitivity.sobol("a", samples=2**12)  # type: ignore[call-arg]
    wq.sensitivity.nested("a", outer=256)  # type: ignore[call-arg]
    wq.sensitivity.sobol_of(print, {"x": 1}, confidence=0.9)  # type: ignore[arg-type]


def sweeps() -> None:
    ds = wq.sweep(["a", "b"], pue=[1.1, wq.LogNormal(p5=1.05, p95=1.6)], levers={"all": "model+serving"}, draws=10)
    wq.sweep(wq.ALL, precision=np.array(["FP8"]), input_tokens=pd.Series([100, 200]), node_power=xr.DataArray([10.0]))
    wq.sweep("a", output_tokens={"chat": wq.Exponential(median=300)}, quantiles=(0.5,), progress=print)
    wq.sweep("a", pue="1.2")  # type: ignore[arg-type]
    wq.sweep("a", pue=object())  # type: ignore[arg-type]
    wq.sweep("a", precision=0.001)  # type: ignore[arg-type]
    wq.sweep("a", sample=10)  # type: ignore[call-arg]
    wq.estimate("a", pue=wq.unchecked(5), boundary="node", method="exact")
    wq.estimate("a", node_power=object())  # type: ignore[arg-type]
    wq.estimate("a", samples=10)  # type: ignore[call-arg]
    wq.blend(ds, labels=3, trim=(0.14, 0.86), weights={"a": 0.5, "b": 0.5}, levers="serving")
    wq.blend(ds, labels=np.array(["a"]), trim=np.array([0.1, 0.9]), weights=pd.Series([1.0]))
    wq.blend(ds, labels=0.5)  # type: ignore[arg-type]
    wq.blend(ds, weights="half")  # type: ignore[arg-type]
    wq.blend(ds, models=3)  # type: ignore[arg-type]


def settings() -> None:
    run("a", method="exact", draws=10, seed=None, catalog="oviedo2026", preset="v1", prefill_weight=0.1)
    run("a", samples=10)  # type: ignore[call-arg]
    run("a", method="guess")  # type: ignore[arg-type]


def comparisons() -> None:
    wq.claims.compare(
        "epoch_base", output_tokens="long", input_tokens=wq.Exponential(median=300), boundary="node", threads=2
    )
    wq.claims.compare(
        0.3, pue=wq.LogNormal(p5=1.05, p95=1.6), levers="model+serving", progress=print, catalog="oviedo2026"
    )
    wq.claims.compare("epoch_base", pue=object())  # type: ignore[arg-type]
    wq.claims.compare("epoch_base", keep_histogram=True)  # type: ignore[call-arg]
    wq.claims.compare(["epoch_base"])  # type: ignore[arg-type]


def results() -> None:
    pue = wq.LogNormal(p5=1.05, p95=1.6)
    number: float = pue.ppf(0.5)
    also: float = pue.cdf(1.1) + pue.sf(1.1) + pue.isf(0.1)
    array: np.ndarray = pue.ppf([0.1, 0.9])
    wrong: float = pue.ppf([0.1, 0.9])  # type: ignore[assignment]
    one: float = wq.kernels.energy(300, 500, 2000, 1, 1.2, 10)
    several: np.ndarray = wq.kernels.energy(np.array([300.0]), 500, 2000, 1, 1.2, 10)
    share: float = wq.kernels.power_utilization(0.24, 0.56, 2000, 8.0)
    by_ufunc: float = wq.kernels.ufuncs.energy(300, 500, 2000, 1, 1.2, 10)
    mistaken: str = wq.kernels.energy(300, 500, 2000, 1, 1.2, 10)  # type: ignore[assignment]
    print(number, also, array, wrong, one, several, share, by_ufunc, mistaken)


def fleets() -> None:
    wq.fleet("mixed", pue=[1.1, wq.LogNormal(p5=1.05, p95=1.6)], levers=["none", "serving"], level=(0.5, 0.9))
    wq.fleet({"ours": "mixed"}, boundary=["node", "facility"], shares={"long": [0.1, 0.2]}, progress=print)
    wq.fleet("mixed", pue=object())  # type: ignore[arg-type]
    wq.fleet("mixed", outer=256)  # type: ignore[arg-type]
    wq.fleet("mixed", method="quasi_monte_carlo")  # type: ignore[arg-type]
    wq.fleet(3)  # type: ignore[arg-type]
    wq.trajectory(["mixed"], power_utilization=wq.ThroughputProportional(0.24, 0.56), level=0.9, threads=2)
    wq.trajectory("mixed", credible=(0.05, 0.95))  # type: ignore[arg-type]
    wq.fleet("mixed", level=np.array([0.5, 0.9]), load_profile=[1.0] * 24, overhead={"network": 1.05, "spare": SPEC})
    wq.fleet("mixed", load_profile={"00-08": 0.5, "08-24": 1.2}, shares={"long": np.array([0.1, 0.2])})
    wq.fleet("mixed", overhead=object())  # type: ignore[arg-type]
    wq.fleet("mixed", load_profile=object())  # type: ignore[arg-type]
    wq.trajectory("mixed", growth=[0.1, {"2026-01-01": 1e9, "2030-01-01": 4e9}], rebound=(0.0, 0.2))
    wq.trajectory("mixed", start="2026-01-01", stop=dt.date(2030, 1, 1), growth={"slow": 0.1, "fast": 0.3})
    wq.trajectory("mixed", dates=[np.datetime64("2026-01-01"), pd.Timestamp("2027-01-01")])
    wq.trajectory("mixed", dates=pd.date_range("2026-01-01", periods=2, freq="YS"), rebound=0.2)
    wq.trajectory("mixed", growth=object())  # type: ignore[arg-type]
    wq.trajectory("mixed", rebound="0.2")  # type: ignore[arg-type]
    wq.trajectory("mixed", start=2026)  # type: ignore[arg-type]
    wq.scenarios.QueryClass(0.1, ["a", "b"], output_tokens="long", pue=SPEC, levers=["model", "serving"])
    wq.scenarios.QueryClass(0.1, "a", pue=object())  # type: ignore[arg-type]
    wq.scenarios.Scenario("x", {}, 1e9, boundary=3)  # type: ignore[arg-type]


def public_functions() -> None:
    wq.sweep("a", pue=[1.1, wq.LogNormal(p5=1.05, p95=1.6)], levers="none", draws=10)
    wq.sweep("a", pue=object())  # type: ignore[arg-type]
    wq.sweep("a", levers=3.5)  # type: ignore[arg-type]
    wq.estimate("a", pue=1.1, method="exact")
    wq.estimate("a", pue=object())  # type: ignore[arg-type]
    wq.estimate("a", output_tokens=object())  # type: ignore[arg-type]
    wq.sensitivity.sobol("a", pue=1.1, draws=2**10)
    wq.sensitivity.sobol("a", pue=object())  # type: ignore[arg-type]
    wq.sensitivity.nested("a", pue=object())  # type: ignore[arg-type]
    wq.sensitivity.nested("a", quantiles=np.array([0.5]), level=pd.Series([0.5, 0.9]))
    wq.sweep("a", quantiles=np.linspace(0.1, 0.9, 9))
    wq.unchecked(object())  # type: ignore[arg-type]
    wq.fleet("mixed", pue=object())  # type: ignore[arg-type]
