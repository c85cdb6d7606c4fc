"""The ladder is encoded once: every room that names boundaries names those of `wattquery.inputs.ladder`."""

from __future__ import annotations

import itertools

import pytest

from wattquery.catalog.boundaries import SHARE
from wattquery.catalog.claim_columns import BOUNDARIES
from wattquery.claims.boundaries import Factors, restate
from wattquery.fleets.evaluation import WITHIN
from wattquery.inputs.ladder import CLAIM_LADDER, LADDER, Rung, counts
from wattquery.quantities import QUANTITIES
from wattquery.specs import Boundary
from wattquery.specs.boundary import COUNTED


def test_each_rung_counts_the_factors_of_all_below_it() -> None:
    assert [
        [one.factor for one in CLAIM_LADDER if one.factor and counts(rung.name, one.factor)] for rung in LADDER
    ] == [
        [],
        ["accelerator_share"],
        ["accelerator_share", "pue"],
    ]


@pytest.mark.parametrize(("lower", "upper"), list(itertools.pairwise(CLAIM_LADDER)))
def test_claims_climb_the_ladder(lower: Rung, upper: Rung) -> None:
    factors = {"accelerator_share": 0.5, "pue": 1.25, "idle_reserve": 1.5}
    up = restate(1.0, lower.name, upper.name, **factors)
    assert up.wh == upper.up(factors[upper.factor])
    assert up.steps[0].name == upper.factor


def test_every_room_reads_it() -> None:
    names = tuple(rung.name for rung in LADDER)
    assert names == COUNTED
    assert [name for name in COUNTED if Boundary(name).counts_pue] == ["facility"]
    assert tuple(BOUNDARIES)[:-1] == tuple(rung.name for rung in CLAIM_LADDER)
    assert tuple(rung.adds for rung in LADDER) == WITHIN
    assert SHARE in Factors.__dataclass_fields__
    assert {rung.factor for rung in LADDER[1:]} <= set(QUANTITIES)
