"""What it would take as a labelled table: all candidates, the best one first, and those that cannot at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from wattquery.capacity import words
from wattquery.capacity.asked import Asked
from wattquery.capacity.candidates import SEARCHED, Array
from wattquery.capacity.curves import Curves
from wattquery.capacity.frontier import on_frontier
from wattquery.capacity.hours import at_load, hours_of
from wattquery.capacity.least_day import best_over_a_day
from wattquery.capacity.multiplier import Multiplier
from wattquery.capacity.sizing import sized
from wattquery.capacity.tradeoff import tradeoff
from wattquery.plans.load_build import SERVING
from wattquery.quantities import GWH_PER_WH
from wattquery.sweeps.coordinates import coordinates, counted
from wattquery.sweeps.instance_sizes import node_of
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.load_dataset import load_attribute, table_of
from wattquery.sweeps.load_levers import levers_of
from wattquery.sweeps.load_points import LATENCIES
from wattquery.sweeps.provenance import provenance
from wattquery.sweeps.run import Run
from wattquery.sweeps.targets import asked_as

__all__ = ["capacity_dataset"]

MW_PER_W = 1e-6
BOUNDS = ("lower", "upper")

Values = dict[str, NDArray[Any]]
"""Numbers of candidates by quantity; those of several have a last axis."""


@dataclass(frozen=True, eq=False)
class _Table:
    """Numbers of all candidates, NaN where there are none, and their words."""

    values: Values
    binds: NDArray[np.object_]
    reason: NDArray[np.object_]
    meets: NDArray[np.bool_]


def capacity_dataset(run: Run, curves: Curves, multiplier: Multiplier, asked: Asked) -> xr.Dataset:
    """Return all candidates of a run at their best loads.

    Parameters
    ----------
    run
        Where the candidates are from.
    curves, multiplier
        The candidates, and what multiplies their energies.
    asked
        What they have to do.
    """
    table = _table(run, curves, multiplier, asked)
    order = _order(table, asked)
    energy, nodes, speed = (table.values[name] for name in ("energy_per_query", "nodes", "interactivity"))
    meets = table.meets
    flags = {
        "meets": meets,
        "best": np.isin(np.arange(len(curves)), order[:1]) & meets,
        "on_frontier": on_frontier(nodes, energy),
        "on_interactivity_frontier": on_frontier(np.where(meets, -speed, np.nan), energy),
    }
    texts = {"reason": table.reason, "binds": table.binds}
    support = table_of(run.lowered)
    at = curves.number * curves.loads.size
    texts |= {"support": support.support[at], "support_basis": support.support_basis[at]}
    variables: dict[str, xr.Variable] = {}
    for name, values in {**flags, **table.values, **{name: _text(one) for name, one in texts.items()}}.items():
        dims = ("candidate", *_LAST.get(name, ()))
        boundary = {"boundary": counted(run.grid)} if name.startswith(("energy", "power")) else {}
        variables[name] = labelled(name, dims, values[order], **{**_SAID.get(name, {}), **boundary})
    variables["support_rows"] = labelled("support_rows", ("candidate",), support.support_rows[at][order])
    variables |= _tradeoff(run, curves, asked)
    return xr.Dataset(variables, _coordinates(run, curves, asked, order), _attributes(run, asked))


def _tradeoff(run: Run, curves: Curves, asked: Asked) -> dict[str, xr.Variable]:
    """Return what each speed costs at least, by point."""
    found = tradeoff(curves, asked)
    boundary = {"boundary": counted(run.grid)}
    return {
        "point": labelled("point", ("point",), np.arange(found.load.size)),
        "frontier_interactivity": labelled("frontier_interactivity", ("point",), found.interactivity),
        "frontier_energy": labelled("frontier_energy", ("point",), found.energy, **boundary),
        "frontier_nodes": labelled("frontier_nodes", ("point",), found.nodes),
        "frontier_load": labelled("frontier_load", ("point",), found.load),
        "frontier_candidate": labelled("frontier_candidate", ("point",), _labels(run, curves)[found.candidate]),
    }


_LAST = {
    "energy_per_query_interval": ("bound",),
    "nodes_interval": ("bound",),
    "power_mean_interval": ("bound",),
    "power_peak_interval": ("bound",),
    "chance_of_meeting": ("target",),
}
"""Dimensions of variables beside that of the candidates."""

_SAID = {
    "nodes": {"long_name": "nodes for the hour of highest demand, with the reserve"},
    "instances": {"long_name": "instances that serve: all that the nodes but those of the reserve have room for"},
    "energy_per_query": {"long_name": "mean energy per query over the day, idle time and reserve included"},
    "energy_per_day": {"long_name": "expected energy per day, idle time and reserve included"},
    "load": {"long_name": "running sequences as a share of the most, in the hour of highest demand"},
    "throughput": {"long_name": "requests that one instance serves at this load", "units": "1/h"},
}


def _table(run: Run, curves: Curves, multiplier: Multiplier, asked: Asked) -> _Table:
    """Return the numbers of all candidates, in the order of the grid."""
    with np.errstate(invalid="ignore"):
        can = np.logical_and.reduce([curves.latencies[name][:, 0] <= most for name, most in asked.limits.items()])
    can = can & curves.fits
    able = curves.taken(can)
    reason = curves.reason.copy()
    for row in np.flatnonzero(curves.fits & ~can):
        reason[row] = words.miss({name: float(curves.latencies[name][row, 0]) for name in LATENCIES}, asked)
    found = _able(able, multiplier, asked, len(asked.targets))
    binds = np.full(len(curves), "", dtype=object)
    most = run.study.load.max_sequences if run.study.load is not None else 0
    best = found.pop("binds")
    binds[can] = [words.binds_in_words(one, float(fit), asked, most) for one, fit in zip(best, able.most, strict=True)]
    values: Values = {}
    for name, one in found.items():
        values[name] = np.full((len(curves), *one.shape[1:]), np.nan)
        values[name][can] = one
    # Of those that cannot, the nearest: what one running sequence has.
    missed = curves.fits & ~can
    nearest = curves.taken(missed)
    lowest = {name: nearest.medians[name][:, 0] for name in LATENCIES}
    for name in LATENCIES:
        values[name][missed] = lowest[name]
    values["chance_of_meeting"][missed] = _chances(nearest, lowest, np.zeros(len(nearest)), asked)
    values["interactivity"] = 1.0 / values["time_per_output_token"]
    return _Table(values, binds, reason, can)


def _able(curves: Curves, multiplier: Multiplier, asked: Asked, targets: int) -> Values:
    """Return the numbers of those that meet all targets."""
    if not len(curves):
        return _nothing(targets)
    best = best_over_a_day(curves, asked)
    sizing = sized(curves, asked.demand.peak, best.rate)
    hours = hours_of(curves, sizing, asked)
    spread = multiplier.relative_quantiles(hours.sigma, asked.ends)
    per_query = hours.power_mean * 24.0 / asked.demand.per_day
    nodes = sizing.serving + asked.reserve
    # More of them where the throughput is less.
    away = np.exp(-at_load(curves, curves.throughput_sd, best.load)[:, None] * ndtri(np.array(asked.ends)))
    needed = [sized(curves, asked.demand.peak, best.rate * one).serving + asked.reserve for one in away.T]
    latencies = {name: np.exp(at_load(curves, np.log(curves.medians[name]), hours.peak_load)) for name in LATENCIES}
    return {
        "energy_per_query": per_query,
        "energy_per_query_interval": per_query[:, None] * spread,
        "nodes": nodes,
        "nodes_interval": np.stack(needed, axis=1),
        "accelerators_in_all": nodes * curves.per_node,
        "instances": sizing.instances,
        "power_mean": hours.power_mean * MW_PER_W,
        "power_mean_interval": hours.power_mean[:, None] * spread * MW_PER_W,
        "power_peak": hours.power_peak * MW_PER_W,
        "power_peak_interval": hours.power_peak[:, None] * spread * MW_PER_W,
        "energy_per_day": hours.power_mean * 24.0 * GWH_PER_WH,
        "load": hours.peak_load,
        "running_sequences": hours.peak_load * curves.most,
        "most_sequences": curves.most,
        **latencies,
        "chance_of_meeting": _chances(curves, latencies, hours.peak_load, asked),
        "binds": best.binds,
    }


def _nothing(targets: int) -> Values:
    """Return the same where there is no candidate."""
    single = (
        *("energy_per_query", "nodes", "accelerators_in_all", "instances", "power_mean", "power_peak"),
        *("energy_per_day", "load", "running_sequences", "most_sequences", *LATENCIES, "binds"),
    )
    of_two = ("energy_per_query_interval", "nodes_interval", "power_mean_interval", "power_peak_interval")
    return (
        {name: np.empty(0) for name in single}
        | {name: np.empty((0, 2)) for name in of_two}
        | {"chance_of_meeting": np.empty((0, targets))}
    )


def _chances(curves: Curves, latencies: Values, loads: Array, asked: Asked) -> Array:
    """Return how likely it is that each target is met, (candidates, targets) [1]."""
    found = np.empty((len(curves), len(asked.limits)))
    for number, (name, most) in enumerate(asked.limits.items()):
        sd = at_load(curves, curves.log_sds[name], loads)
        found[:, number] = ndtr(np.log(most / latencies[name]) / sd)
    return found


def _order(table: _Table, asked: Asked) -> NDArray[np.int64]:
    """Return the candidates with the best first, those that cannot behind them: the nearest first."""
    energy, nodes = table.values["energy_per_query"], table.values["nodes"]
    keys = (nodes, energy) if asked.minimize == "energy" else (energy, nodes)
    chance = table.values["chance_of_meeting"].min(axis=1)
    return np.lexsort((*keys, np.where(table.meets, 0.0, -np.nan_to_num(chance, nan=-1.0)), ~table.meets))


def _coordinates(run: Run, curves: Curves, asked: Asked, order: NDArray[np.int64]) -> dict[str, Any]:
    """Return the labels of candidates, and what holds for all of them."""
    own = _own_labels(run, curves)
    found: dict[str, Any] = {name: labelled(name, ("candidate",), one[order]) for name, one in own.items()}
    found["candidate"] = labelled("candidate", ("candidate",), _labels(run, curves)[order])
    found["bound"] = labelled("bound", ("bound",), list(BOUNDS))
    found["target"] = labelled("target", ("target",), [asked_as(name, asked.targets) for name in asked.limits])
    common = {
        name: one
        for name, one in coordinates(run.grid, run.lowered).items()
        if not one.dims and name not in (*SEARCHED, "load", "concurrency")
    }
    found |= {name: xr.Variable((), one.values, dict(one.attributes)) for name, one in common.items()}
    found["queries_per_day"] = labelled("queries_per_day", (), asked.demand.per_day)
    return found


def _own_labels(run: Run, curves: Curves) -> Values:
    """Return what tells candidates apart, by axis."""
    axes = {name: getattr(run.grid, name) for name in SEARCHED}
    places = np.unravel_index(curves.number, [axis.size for axis in axes.values()])
    return {
        "hardware": np.array(axes["hardware"].labels)[places[0]],
        "serving": np.array([one or SERVING for one in axes["serving"].values])[places[1]],
        "precision": table_of(run.lowered).precision[curves.number * curves.loads.size].astype(str),
        "accelerators": curves.size,
    }


def _labels(run: Run, curves: Curves) -> NDArray[Any]:
    """Return what candidates are called."""
    own = _own_labels(run, curves)
    parts = (own[name].tolist() for name in ("accelerators", "hardware", "precision", "serving"))
    return np.array([words.label(*one) for one in zip(*parts, strict=True)])


def _attributes(run: Run, asked: Asked) -> dict[str, Any]:
    """Return what made the table."""
    said = {
        "title": "Capacity that serves LLM queries",
        "wanted": words.wanted(asked),
        **{f"target_{name}": value for name, value in asked.targets.items()},
        "chance": asked.chance,
        "minimize": asked.minimize,
        "reserve": asked.reserve,
        "level": asked.level,
        "requests_per_hour": ", ".join(f"{one:.6g}" for one in asked.demand.hourly),
        "boundary": counted(run.grid),
        "notes": " | ".join(words.notes(asked, levers_of(run.grid), _accelerators_of_nodes(run))),
    }
    made = provenance(run.grid, run.study.catalog, said)
    return {**made, **load_attribute(run.grid, run.lowered, run.study.preset)}


def _accelerators_of_nodes(run: Run) -> dict[str, int]:
    """Return how many accelerators the nodes of each hardware have."""
    return {str(name): node_of(run, number) for number, name in enumerate(run.grid.hardware.labels)}


def _text(values: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(values.astype(str))
