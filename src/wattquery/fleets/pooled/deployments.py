"""Deployments: the instances of one model in one pool, with a grid for each class that they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wattquery.catalog import Preset
from wattquery.errors import InputError, listed
from wattquery.fleets.parts import EXACT, check_data, members_of, said_of, study_of
from wattquery.fleets.shared_batches import Served, pooled
from wattquery.scenarios.pool import Pool
from wattquery.scenarios.pool_shares import pool_shares
from wattquery.scenarios.scenario import Scenario
from wattquery.sweeps.run import Run, prepare

__all__ = ["Answers", "Deployment", "deployments_of"]

FULL = 1.0
"""The load of a grid that is asked at other batches."""


@dataclass(frozen=True, eq=False)
class Answers:
    """What a deployment answers of one class.

    Attributes
    ----------
    weight
        Share of the class's queries that its model answers, in whichever pool [1].
    run
        The grid, lowered, with the batch that all classes of the deployment fill.
    companions
        Names of these classes.
    """

    weight: float
    run: Run
    companions: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Deployment:
    """The instances of one model in one pool.

    Attributes
    ----------
    pool, spec
        The pool by name, and what it states.
    model
        As the catalog spells it.
    answers
        What it answers, by class.
    """

    pool: str
    spec: Pool
    model: str
    answers: Mapping[str, Answers]

    @property
    def run(self) -> Run:
        """The grid of its first class, whose batch, rates and sizes are those of all."""
        return next(iter(self.answers.values())).run


def deployments_of(scenario: Scenario, preset: Preset, *, ask_memory: bool = True) -> list[Deployment]:
    """Return the deployments of a scenario with pools, by pool and model.

    Raises
    ------
    InputError
        If nothing is known of one, or an argument of it is not allowed.
    """
    shares = pool_shares(scenario.classes, scenario.pools)
    served: list[Served] = []
    asked: list[tuple[str, str, Any, float]] = []
    for pool, spec in scenario.pools.items():
        for name, query_class in scenario.classes.items():
            share = 1.0 if spec.is_capacity and spec.share_of(name) is None else shares[name][pool]
            if not share:
                continue
            with said_of(name):
                members = members_of(query_class, scenario, preset)
            for model, weight in members:
                with said_of(pool, "pool"), said_of(name):
                    study = study_of(scenario, preset, query_class, [model], _stated(spec, scenario))
                served.append(Served(name, scenario.shares[name] * share * weight, study, pool=pool))
                asked.append((pool, name, model, weight))
    found: dict[tuple[str, str], dict[str, Answers]] = {}
    for (pool, name, _, weight), one in zip(asked, pooled(served), strict=True):
        with said_of(pool, "pool"), said_of(name):
            run = prepare(one.study, EXACT, ask_memory=ask_memory, goes_to_store=True)
            check_data(run)
        answering = run.grid.model.values[0]
        label = str(getattr(answering, "label", answering))
        found.setdefault((pool, label), {})[name] = Answers(weight, run, one.companions)
    _check_one_model(scenario, list(found))
    return [Deployment(pool, scenario.pools[pool], model, answers) for (pool, model), answers in found.items()]


def _stated(spec: Pool, scenario: Scenario) -> dict[str, Any]:
    """Return what a pool states of the instances of a class; a PUE that follows load is counted by hour instead."""
    stated = spec.arguments()
    if "load" not in scenario.axes:
        stated["load"] = FULL
    if spec.pue_by_load is not None:
        stated["pue"] = 1.0
    return stated


def _check_one_model(scenario: Scenario, found: list[tuple[str, str]]) -> None:
    """Refuse a number of nodes for a pool with several models, which would have to be divided between them."""
    for name, spec in scenario.pools.items():
        models = [model for pool, model in found if pool == name]
        if spec.nodes is not None and len(models) > 1:
            raise InputError(
                f"pool {name!r} has nodes = {spec.nodes} and serves {listed(models)}, between which they would have to "
                "be divided: make a pool for each model, or state a share and a load."
            )
