"""What the labels of each axis add to ln E, with their factors by name, and the lengths behind labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from wattquery.errors import InputError
from wattquery.explorer.arrays import packed
from wattquery.explorer.distributions import described
from wattquery.plans.columns import Column
from wattquery.plans.lever_terms import LeverTerms
from wattquery.plans.load_build import length_values
from wattquery.plans.plan import Plan
from wattquery.plans.terms import Term
from wattquery.quantities import FACTOR_AXES
from wattquery.specs.display_names import display_name
from wattquery.specs.factors import LENGTH_FACTORS, Factor
from wattquery.sweeps.run import Run

__all__ = ["factor_entry", "length_entries", "term_tables"]


def term_tables(plan: Plan) -> dict[str, Any]:
    """Return for each axis of factors what its labels, or each deployment, add to ln E.

    ``by`` says what entries are by: ``"label"``, ``"row"``, or ``"row and label"``, rows first.
    """
    return {axis: _table(plan, axis) for axis in FACTOR_AXES if axis not in LENGTH_FACTORS and axis in plan.terms}


def _table(plan: Plan, axis: str) -> dict[str, Any]:
    terms = plan.terms[axis]
    if isinstance(terms, LeverTerms):
        if any(terms.columns):
            raise InputError(
                "No sliders: a page computes levers by concurrency beside fixed and lognormal ones alone, got another "
                "distribution."
            )
        means, variances = terms.moments
        return {"by": "row and label", "mean": packed(means), "variance": packed(variances)}
    if axis in plan.by_deployment:
        means = np.array([term.mean for term in terms])
        return {"by": "row", "mean": packed(means), "variance": packed([term.variance for term in terms])}
    return {"by": "label", "labels": [_term(term) for term in terms]}


def _term(term: Term) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "mean": term.mean,
        "variance": term.variance,
        "factors": [factor_entry(one) for one in term.factors],
    }
    if term.extras:
        entry["extras"] = [_extra(column, sign) for column, sign in term.extras]
    if term.span:
        entry["follows_throughput"] = [term.base, term.span]
    return entry


def factor_entry(factor: Factor) -> dict[str, Any]:
    """Return a factor with its name for people."""
    return {
        "name": factor.name,
        "title": display_name(factor.name),
        "sign": factor.sign,
        "distribution": described(factor.distribution, logarithms=True),
    }


def _extra(column: Column, sign: float) -> dict[str, Any]:
    if column.distribution is None:
        raise LookupError("a factor of a label has a distribution")
    return {"name": column.purpose, "sign": sign, **described(column.distribution, logarithms=True)}


def length_entries(run: Run) -> dict[str, Any]:
    """Return the lengths behind the labels: pairs of a workload by node, or output and input by themselves."""
    plan = run.plan
    if plan.is_joint:
        return {"kind": "joint", "workload": [_joint(column) for column in plan.output_tokens], **_cached(run)}
    return {
        "kind": "pair",
        "output_tokens": _lengths(plan.output_tokens),
        "input_tokens": _lengths(plan.input_tokens),
        **_cached(run),
    }


def _cached(run: Run) -> dict[str, Any]:
    """Return what of the input is cached by label, where lengths do not say it: a share, or a number of tokens."""
    if run.lowered.under_load is None:
        return {}
    labels = run.grid.cached_tokens.size
    cases = list(length_values(run.grid))[:labels]
    return {"cached_tokens": [{"share": case.cached_share, "number": case.cached_number} for case in cases]}


def _lengths(columns: Sequence[Column]) -> list[dict[str, Any]]:
    return [_length(column) for column in columns]


def _length(column: Column) -> dict[str, Any]:
    if column.distribution is None:
        raise LookupError("a length has a distribution")
    return {**described(column.distribution), "whole": column.whole, "typical": _typical(column)}


def _typical(column: Column) -> float:
    """Return where a slider begins: the median [tokens]."""
    distribution = column.distribution
    if distribution is None:
        raise LookupError("a length has a distribution")
    return float(distribution.ppf(0.5)) if distribution.is_random else float(distribution.support()[0])


def _joint(column: Column) -> dict[str, Any]:
    joint = column.joint
    if joint is None:
        raise LookupError("lengths of a workload go together")
    outputs, inputs, weights = joint.arrays
    means = (float(np.average(values, weights=weights)) for values in (outputs, inputs, joint.cached_tokens))
    entry = {
        "outputs": packed(outputs),
        "inputs": packed(inputs),
        "weights": packed(weights),
        "typical": dict(zip(("output_tokens", "input_tokens", "cached_tokens"), _whole(means), strict=True)),
    }
    return entry | ({"cached": packed(joint.cached_tokens)} if joint.cached else {})


def _whole(values: Iterable[float]) -> list[float]:
    return [float(round(value)) for value in values]
