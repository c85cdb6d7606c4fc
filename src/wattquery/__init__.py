"""How many watt-hours one LLM query costs, with its uncertainty, and what drives that number.

>>> import wattquery as wq
>>> ds = wq.sweep("DeepSeek-R1", output_tokens=["traditional", "long"], method="exact")
>>> ds["energy"].sel(quantile=0.5).round(2).values
array([ 0.63, 10.56])

Public names are imported when they are first used: a command line that needs one of them does not pay for all.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wattquery import (
        catalog,
        claims,
        kernels,
        paper,
        plot,
        scenarios,
        sensitivity,
        stores,
        validation,
        workloads,
    )
    from wattquery.capacity.plan_capacity import plan_capacity
    from wattquery.catalog.own import Accelerator, Model
    from wattquery.conversions.convert import convert
    from wattquery.embedding.power_profile import power_profile
    from wattquery.embedding.prepare import prepare
    from wattquery.embedding.prepared_query import PreparedQuery
    from wattquery.embedding.profile import PowerProfile
    from wattquery.embedding.request_energy import RequestEnergy, request_energy
    from wattquery.errors import InputError, InputTypeError
    from wattquery.explorer.exploring import explore
    from wattquery.exports.save import save
    from wattquery.exports.tables import to_table
    from wattquery.fleets.fleet import fleet
    from wattquery.fleets.trajectory import trajectory
    from wattquery.measured import MeasuredPoints, MeasuredPower, read_measured
    from wattquery.readers.benchmarks import read_benchmarks
    from wattquery.reports.report import report
    from wattquery.specs import (
        ALL,
        Boundary,
        Distribution,
        Empirical,
        Exponential,
        Fixed,
        Lever,
        LogNormal,
        Normal,
        Step,
        ThroughputProportional,
        Triangular,
        Truncated,
        Uniform,
        Workload,
        unchecked,
    )
    from wattquery.sweeps.blend import blend
    from wattquery.sweeps.estimate import Estimate, estimate
    from wattquery.sweeps.load_estimate import LoadEstimate
    from wattquery.sweeps.measured_levers import measured_lever
    from wattquery.sweeps.operating_point import OperatingPoint, operating_point
    from wattquery.sweeps.planning.plan import plan
    from wattquery.sweeps.planning.sweep_plan import SweepPlan
    from wattquery.sweeps.sweep import sweep
    from wattquery.warm_up import warm
    from wattquery.workloads.logs.read import read_requests

_HOMES = {
    "ALL": "specs",
    "Accelerator": "catalog.own",
    "Boundary": "specs",
    "Distribution": "specs",
    "Empirical": "specs",
    "Estimate": "sweeps.estimate",
    "Exponential": "specs",
    "Fixed": "specs",
    "InputError": "errors",
    "InputTypeError": "errors",
    "Lever": "specs",
    "LoadEstimate": "sweeps.load_estimate",
    "LogNormal": "specs",
    "MeasuredPoints": "measured",
    "MeasuredPower": "measured",
    "Model": "catalog.own",
    "Normal": "specs",
    "OperatingPoint": "sweeps.operating_point",
    "PowerProfile": "embedding.profile",
    "PreparedQuery": "embedding.prepared_query",
    "RequestEnergy": "embedding.request_energy",
    "Step": "specs",
    "SweepPlan": "sweeps.planning.sweep_plan",
    "ThroughputProportional": "specs",
    "Triangular": "specs",
    "Truncated": "specs",
    "Uniform": "specs",
    "Workload": "specs",
    "blend": "sweeps.blend",
    "convert": "conversions.convert",
    "estimate": "sweeps.estimate",
    "explore": "explorer.exploring",
    "fleet": "fleets.fleet",
    "measured_lever": "sweeps.measured_levers",
    "operating_point": "sweeps.operating_point",
    "plan": "sweeps.planning.plan",
    "power_profile": "embedding.power_profile",
    "plan_capacity": "capacity.plan_capacity",
    "prepare": "embedding.prepare",
    "read_benchmarks": "readers.benchmarks",
    "read_measured": "measured",
    "read_requests": "workloads.logs.read",
    "report": "reports.report",
    "request_energy": "embedding.request_energy",
    "save": "exports.save",
    "sweep": "sweeps.sweep",
    "to_table": "exports.tables",
    "trajectory": "fleets.trajectory",
    "unchecked": "specs",
    "warm": "warm_up",
}
_ROOMS = (
    "catalog",
    "claims",
    "kernels",
    "paper",
    "plot",
    "scenarios",
    "sensitivity",
    "stores",
    "validation",
    "workloads",
)

__all__ = [
    "ALL",
    "Accelerator",
    "Boundary",
    "Distribution",
    "Empirical",
    "Estimate",
    "Exponential",
    "Fixed",
    "InputError",
    "InputTypeError",
    "Lever",
    "LoadEstimate",
    "LogNormal",
    "MeasuredPoints",
    "MeasuredPower",
    "Model",
    "Normal",
    "OperatingPoint",
    "PowerProfile",
    "PreparedQuery",
    "RequestEnergy",
    "Step",
    "SweepPlan",
    "ThroughputProportional",
    "Triangular",
    "Truncated",
    "Uniform",
    "Workload",
    "blend",
    "catalog",
    "claims",
    "convert",
    "estimate",
    "explore",
    "fleet",
    "kernels",
    "measured_lever",
    "operating_point",
    "paper",
    "plan",
    "plan_capacity",
    "plot",
    "power_profile",
    "prepare",
    "read_benchmarks",
    "read_measured",
    "read_requests",
    "report",
    "request_energy",
    "save",
    "scenarios",
    "sensitivity",
    "stores",
    "sweep",
    "to_table",
    "trajectory",
    "unchecked",
    "validation",
    "warm",
    "workloads",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"wattquery.{name}")
    if name == "__version__":
        from wattquery.sweeps.provenance import package_version

        return package_version()
    if name not in _HOMES:
        raise AttributeError(f"module 'wattquery' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"wattquery.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
