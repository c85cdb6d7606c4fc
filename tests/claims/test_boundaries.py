"""A number moved between boundaries, and Google's pair: what of it is boundary, and what is not."""

from __future__ import annotations

import itertools

import pytest

import wattquery as wq
from wattquery import claims
from wattquery.claims.boundaries import LADDER

GOOGLE = {"accelerator_share": 0.14 / 0.20, "pue": 0.24 / 0.22, "idle_reserve": 0.22 / 0.20}
PAIR = "google_gemini_2025_full", "google_gemini_2025_narrow"


def test_googles_own_split_gives_its_accelerators():
    found = claims.restate(0.24, **GOOGLE)
    assert found.wh == pytest.approx(0.14, rel=1e-12)
    assert [step.name for step in found.steps] == ["idle_reserve", "pue", "accelerator_share"]
    assert [step.wh for step in found.steps] == pytest.approx([0.24 / 1.1, 0.20, 0.14])
    # With the PUE as published, rounded to two digits:
    assert claims.restate(0.24, **{**GOOGLE, "pue": 1.09}).wh == pytest.approx(0.14, abs=5e-4)


@pytest.mark.parametrize(("source", "target"), list(itertools.product(LADDER, LADDER)))
def test_there_and_back(source, target):
    there = claims.restate(1.7, source, target, **GOOGLE)
    assert claims.restate(there.wh, target, source, **GOOGLE).wh == pytest.approx(1.7, rel=1e-12)
    assert len(there.steps) == abs(LADDER.index(source) - LADDER.index(target))
    higher = LADDER.index(target) > LADDER.index(source)
    assert (there.wh > 1.7) == higher or source == target
    for step in there.steps:
        assert (step.multiplied_by > 1.0) == higher


def test_the_general_factors_are_the_medians_of_a_sweep():
    medians = {
        one: wq.sweep("Llama 3.1 405B", output_tokens=500, boundary=one, method="exact")["energy"]
        .sel(quantile=0.5)
        .item()
        for one in LADDER
    }
    for source, target in itertools.pairwise(LADDER):
        assert claims.restate(medians[source], source, target).wh == pytest.approx(medians[target], rel=1e-3)


def test_googles_pair_is_not_all_boundary():
    own = claims.reconcile(*PAIR)
    assert own.published_ratio == pytest.approx(2.4)
    assert own.restated.wh == pytest.approx(0.14)
    assert own.boundary_ratio == pytest.approx(0.24 / 0.14)
    assert own.left == pytest.approx(1.4)
    assert "utilization" in own.left_is
    assert "left is 1.4 (utilization" in str(own)


def test_with_general_factors_what_is_left_has_no_name():
    general = claims.reconcile(*PAIR, own_factors=False)
    assert general.left == pytest.approx(1.067, abs=2e-3)
    assert general.left_is == ""
    assert general.boundary_ratio * general.left == pytest.approx(general.published_ratio)
    assert "v2-code" in general.factors_from
    narrower = claims.reconcile(*PAIR, own_factors=False, preset="v2-text")
    assert narrower.left > general.left  # less PUE to explain with


def test_two_claims_at_one_boundary_differ_by_no_boundary():
    found = claims.reconcile("epoch_1500out", "epoch_base")
    assert (found.boundary_ratio, found.restated.steps) == (1.0, ())
    assert found.left == pytest.approx(0.902 / 0.301)


def test_as_plain_values():
    plain = claims.reconcile(*PAIR).to_dict()
    assert plain["restated"]["given_wh"] == 0.24
    assert [step["name"] for step in plain["restated"]["steps"]] == ["idle_reserve", "pue", "accelerator_share"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: claims.restate(-1.0), "wh must be above 0, .*got -1"),
        (lambda: claims.restate("0.24"), "wh must be a finite number, got '0.24'"),
        (lambda: claims.restate(0.24, source="acclerator"), "Did you mean 'accelerator'"),
        (lambda: claims.restate(0.24, target="rack"), "target must be a boundary, .*got 'rack'"),
        (lambda: claims.restate(0.24, pue=0.9), "pue must be within 1 to 4, got 0.9"),
        (lambda: claims.restate(0.24, accelerator_share=1.2), "accelerator_share must be within 0.001 to 1, got 1.2"),
        (lambda: claims.restate(0.24, idle_reserve=wq.LogNormal(p5=1.1, p95=1.2)), "single factors: pass one"),
        (lambda: claims.reconcile("cmp_iea_r1", "epoch_base"), "The boundary of 'cmp_iea_r1' is 'unknown'"),
        (lambda: claims.reconcile("mistral_lca", "epoch_base"), "'mistral_lca' has no energy"),
        (lambda: claims.reconcile("epoch_bas", "epoch_base"), "Did you mean 'epoch_base'"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(wq.InputError, match=message):
        call()


def test_a_mean_is_restated_by_means_and_a_median_by_medians():
    pue = wq.LogNormal(p5=1.05, p95=1.6)
    by_mean, by_median = (claims.restate(1.0, "node", "facility", statistic=one) for one in ("mean", "median"))
    assert by_mean.wh == pytest.approx(pue.mean(), rel=1e-12)
    assert by_median.wh == pytest.approx(float(pue.ppf(0.5)), rel=1e-12)
    assert claims.restate(1.0, "node", "facility").wh == by_median.wh
    for wrong in ("average", None, ["mean"], 3):
        with pytest.raises(wq.InputError, match="statistic must be 'median' or 'mean'"):
            claims.restate(1.0, statistic=wrong)


@pytest.mark.parametrize(("statistic", "words"), [("mean", "means"), ("median", "medians"), ("unknown", "medians")])
def test_claims_are_reconciled_by_the_factors_of_their_statistic(statistic, words):
    one = wq.catalog.PublicClaim("one", "One", wh=1.0, statistic=statistic, boundary="node")
    reached = {"statistic": "median", "boundary": "facility", "inferred": ("boundary",)}
    other = wq.catalog.PublicClaim("other", "Other", wh=1.5, **reached)
    found = claims.reconcile(one, other)
    pue = wq.LogNormal(p5=1.05, p95=1.6)
    assert found.restated.wh == pytest.approx(pue.mean() if statistic == "mean" else float(pue.ppf(0.5)), rel=1e-12)
    assert found.factors_from.startswith(words)
    assert "other does not state its boundary facility: inferred" in found.notes
    assert any("part of what is left may be that" in note for note in found.notes) == (statistic != "median")
    assert "note: other does not state its boundary" in str(found)
    assert list(found.to_dict()["notes"]) == list(found.notes)
