"""Claims beside the model: at what they state, at their quantile, and what would close the gap."""

from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pytest

import wattquery as wq
from wattquery import claims
from wattquery.catalog import PublicClaim
from wattquery.claims.evidence import evidence, low_batch
from wattquery.errors import InputError
from wattquery.histograms import mixed
from wattquery.sweeps.dataset import histogram_of

FRONTIER = ("DeepSeek-R1", "Llama 3.1 405B", "Llama-3.1 Nemotron Ultra 253B")


def assumption(found, name):
    return next(one for one in found.assumptions if one.name == name)


@pytest.fixture(scope="module")
def iea():
    return claims.compare("cmp_iea_mixtral")


@pytest.fixture(scope="module")
def devries():
    return claims.compare("devries_2023_chatgpt")


def test_a_named_model_at_a_traditional_query(iea):
    own = wq.estimate("Mixtral 8x22B", method="exact")
    assert iea.models == ("Mixtral 8x22B",)
    assert iea.quantiles == pytest.approx(own.quantiles, rel=1e-3)
    assert iea.ratio_to_median == pytest.approx(1.25 / own.quantiles[0.5], rel=1e-3)
    assert iea.ratio_to_mean == pytest.approx(1.25 / own.mean, rel=1e-3)
    assert iea.gap == iea.ratio_to_median
    assert iea.level_text == "> 0.999"
    assert any("boundary: not known" in one for one in iea.assumed)
    assert any("output length: not stated" in one for one in iea.assumed)


def test_the_frontier_is_compared_untrimmed_with_its_trim_beside(devries):
    ds = wq.sweep(list(FRONTIER), boundary="node", method="exact", keep_histogram=True)
    whole = mixed([histogram_of(ds.sel(model=one)) for one in FRONTIER])
    assert devries.models == FRONTIER
    assert devries.boundary == "node"
    assert devries.quantiles[0.5] == pytest.approx(float(whole.quantiles(0.5)))
    assert devries.mean == pytest.approx(whole.mean())
    trimmed = wq.blend(ds, trim=(0.14, 0.86))["energy"]
    assert devries.trimmed[0.75] == pytest.approx(trimmed.sel(quantile=0.75).item(), rel=1e-3)
    assert devries.trimmed[0.95] < devries.quantiles[0.95]


def test_a_mean_is_compared_with_the_mean(devries):
    assert devries.compared_with == "mean"
    assert devries.gap == devries.ratio_to_mean == pytest.approx(2.9 / devries.mean)
    assert not any(one.name == "statistic" for one in devries.assumptions)


def test_the_quantile_is_that_of_the_distribution(devries):
    draws = wq.sweep(list(FRONTIER), boundary="node", draws=200_000, seed=3, keep_histogram=True)
    whole = mixed([histogram_of(draws.sel(model=one)) for one in FRONTIER])
    share = float(np.interp(math.log(2.9), np.log(whole.edges), whole.cumulative))
    assert devries.level == pytest.approx(share, abs=4 * math.sqrt(0.01 * 0.99 / 600_000) + 1e-4)
    assert claims.compare(devries.quantiles[0.25], boundary="node").level == pytest.approx(0.25, abs=1e-3)


@pytest.mark.parametrize(("wh", "text"), [(1e-6, "< 0.001"), (1e4, "> 0.999")])
def test_tails_have_honest_ends(wh, text):
    assert claims.compare(wh, model="Llama 3.1 70B", output_tokens=300).level_text == text


def test_what_a_claim_states_is_used():
    found = claims.compare("jegham_v6_r1az_m")
    assert (found.output_tokens, found.input_tokens, found.boundary) == ("1000", "1000", "facility")
    own = wq.estimate("DeepSeek-R1", output_tokens=1000, input_tokens=1000, method="exact")
    assert found.quantiles == pytest.approx(own.quantiles, rel=1e-3)
    assert found.assumed == ("boundary: facility, inferred and not stated by the claim",)
    median = claims.compare("oviedo_v2_long")
    assert median.output_tokens == "Exponential(median=5000)"
    assert any("no independent evidence" in one for one in median.notes)


def test_what_the_user_says_comes_first():
    found = claims.compare("epoch_base", model="Llama 3.1 70B", output_tokens="long", boundary="node")
    assert (found.models, found.output_tokens, found.boundary) == (
        ("Llama 3.1 70B",),
        "Exponential(median=5000)",
        "node",
    )
    halved = claims.compare("epoch_base", model="Llama 3.1 70B", output_tokens="long", boundary="node", node_power=5.1)
    assert halved.quantiles[0.5] == pytest.approx(found.quantiles[0.5] / 2, rel=1e-3)


def test_the_length_that_closes_the_gap_does(iea):
    needed = assumption(iea, "length").needed_value
    there = wq.estimate("Mixtral 8x22B", output_tokens=wq.Exponential(median=needed), method="exact")
    assert there.quantiles[0.5] == pytest.approx(1.25, rel=5e-3)
    assert assumption(iea, "length").extrapolated  # 14,000 tokens; the rows end at 2,048
    inside = claims.compare(0.1, model="Llama 3.1 70B", output_tokens=300)
    one = assumption(inside, "length")
    there = wq.estimate("Llama 3.1 70B", output_tokens=one.needed_value, method="exact")
    assert there.quantiles[0.5] == pytest.approx(0.1, rel=5e-3)
    assert not one.extrapolated


def test_the_length_of_a_mean_closes_the_mean(devries):
    needed = assumption(devries, "length").needed_value
    ds = wq.sweep(list(FRONTIER), output_tokens=wq.Exponential(median=needed), boundary="node", method="exact")
    assert ds["energy_mean"].mean().item() == pytest.approx(2.9, rel=5e-3)


def test_a_length_out_of_reach_is_said():
    one = assumption(claims.compare(1e4, model="Llama 3.1 70B"), "length")
    assert math.isnan(one.needed_value)
    assert one.needed == "above 100,000"


def test_a_stated_length_is_no_excuse():
    one = assumption(claims.compare("jegham_v6_r1az_s"), "length")
    assert (one.low, one.high, one.basis) == (1.0, 1.0, "stated by the claim")
    other = assumption(claims.compare("cmp_iea_r1"), "length")
    assert (other.low < 1.0 < other.high, other.basis) == (True, "inference")


def test_utilization_is_limited_by_the_rating(iea, devries):
    one = assumption(iea, "utilization")
    median = math.sqrt(0.4 * 0.9)
    assert one.high == pytest.approx(1.0 / median)
    assert one.low == pytest.approx(0.4 / median, rel=1e-4)  # a lognormal from P5 and P95 has z = 1.645
    assert one.needed_value == pytest.approx(median * iea.gap)
    assert "more than the rating" in one.needed
    assert assumption(devries, "utilization").because == "the claim has 1"
    epoch = assumption(claims.compare("epoch_base"), "utilization")
    assert (epoch.low, epoch.high) == pytest.approx((1.0, 0.7 / median))


def test_pue_is_an_assumption_where_the_facility_is_counted():
    one = assumption(claims.compare("epoch_base", boundary="facility"), "pue")
    assert one.low == pytest.approx(1.2 / math.sqrt(1.05 * 1.6))
    assert not any(other.name == "pue" for other in claims.compare("devries_2023_chatgpt").assumptions)


def test_batches_are_those_of_the_claim(iea):
    measured = {row["batch"]: row for row in evidence()["low_batch"]["at"]}
    assert assumption(iea, "batch").high == measured[8]["p95"]
    eight = assumption(claims.compare("jegham_v6_r1az_s"), "batch")
    assert (eight.high, eight.basis) == (measured[8]["p95"], "batch 8 is stated by the claim")
    one = assumption(claims.compare("cmp_aienergyscore_70b"), "batch")
    assert one.high == pytest.approx(8 * measured[8]["p95"])
    assert "not measured" in one.because


def test_small_batches_cost_more():
    factors = [low_batch(batch) for batch in (1, 4, 8, 16, 32, 64)]
    highs = [one.high for one in factors]
    assert highs == sorted(highs, reverse=True)
    assert all(one.low <= one.median <= one.high for one in factors)
    assert low_batch(100).measured_at == 64


def test_the_batch_that_would_close_the_gap_is_named(devries):
    assert "as at a batch of about 10" in assumption(devries, "batch").needed
    assert "divided by" in assumption(claims.compare("altman_2025"), "batch").needed


def test_levers_are_an_assumption_for_claims_below_the_model(devries):
    below = claims.compare("oviedo_lever_serving")
    found = {one.name: one.low for one in below.assumptions if one.name.startswith("more efficient")}
    limits = {"more efficient model": 10.0, "more efficient serving": 5.0, "more efficient hardware": 2.5}
    assert found == pytest.approx({name: 1 / high for name, high in limits.items()}, rel=1e-3)
    assert "more efficient serving" in below.verdict.assumptions + sum(below.verdict.alternatives, ())
    assert not any(one.name.startswith("more") for one in devries.assumptions)
    named = claims.compare("muxup_r1fp8_8k1k")
    assert not any(one.name == "more efficient model" for one in named.assumptions)
    with_levers = claims.compare("muxup_r1fp8_8k1k", levers="hardware")
    assert not any(one.name.startswith("more") for one in with_levers.assumptions)
    assert with_levers.quantiles[0.5] < named.quantiles[0.5]


def test_boundary_is_open_only_where_it_is_not_known(iea):
    one = assumption(iea, "boundary")
    assert (one.low, one.high) == pytest.approx((0.6336 / 1.2961, 1.1), rel=1e-3)
    stated = assumption(claims.compare("oviedo_v2_trad"), "boundary")
    assert (stated.low, stated.high) == (1.0, 1.0)


def test_verdicts():
    inside = claims.compare("altman_2025").verdict
    assert (inside.kind, inside.assumptions, inside.left) == ("inside", (), 1.0)
    single = claims.compare("devries_2023_chatgpt").verdict
    assert (single.kind, single.assumptions) == ("single", ("batch",))
    several = claims.compare("cmp_iea_mixtral").verdict
    assert several.kind == "combination"
    assert set(several.assumptions) == {"length", "batch"}
    assert {frozenset(one) for one in several.alternatives} >= {frozenset({"batch", "utilization"})}
    none = claims.compare("wapo_ucr_2024")
    assert none.verdict.kind == "none"
    product = math.prod(one.high for one in none.assumptions)
    assert none.verdict.left == pytest.approx(none.gap / product, rel=1e-9)
    assert none.verdict.left > 1.0
    for verdict in (single, several, none.verdict):
        assert "inference" in verdict.text


def test_the_chosen_set_closes_the_gap_and_no_smaller_one_does():
    for name in ("cmp_iea_mixtral", "uri_gpt5_avg", "jegham_v6_r1az_l", "aies_r1d70b_on", "kyc_405b"):
        found = claims.compare(name)
        factors = {one.name: one.high if found.gap > 1 else 1 / one.low for one in found.assumptions}
        gap = max(found.gap, 1 / found.gap)
        if found.verdict.kind in ("single", "combination"):
            assert math.prod(factors[one] for one in found.verdict.assumptions) >= gap * (1 - 1e-9)
            largest = sorted(factors.values())[-(len(found.verdict.assumptions) - 1) :]
            if found.verdict.kind == "combination":
                assert math.prod(largest) < gap


def test_a_number_of_ones_own():
    found = claims.compare(0.3)
    assert found.claim.id == "yours"
    assert found.models == FRONTIER
    assert any("model: not known" in one for one in found.assumed)


def test_the_only_precision_of_a_model_is_used_and_said():
    found = claims.compare("mistral_lca_ecologits")
    assert found.models == ("Mistral Large",)
    assert any("FP16" in one for one in found.assumed)


def test_printed_and_plain():
    found = claims.compare("cmp_aienergyscore_70b")
    text = str(found)
    for part in ("1.01 Wh", "accelerator boundary", "inferred: model_class, boundary, batch", "enough", "inference"):
        assert part in text
    assert max(map(len, text.splitlines())) <= 160
    plain = json.loads(json.dumps(found.to_dict()))
    assert plain["energy_wh"]["0.5"] == found.quantiles[0.5]
    assert plain["claim"]["id"] == "cmp_aienergyscore_70b"
    assert plain["verdict"]["inference"] is True
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.mean = 1.0


def test_a_number_that_there_is_none_of_is_none_and_not_nan():
    found = claims.compare("wapo_ucr_2024")
    assert any(math.isnan(one.needed_value) for one in found.assumptions)
    json.dumps(found.to_dict(), allow_nan=False)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: claims.compare("epoch_bse"), "Did you mean 'epoch_base'"),
        (lambda: claims.compare("mistral_lca"), "gives no energy per query"),
        (lambda: claims.compare("mittr_image"), "is of kind 'image'"),
        (lambda: claims.compare("couch_session"), "is of kind 'session_or_agent'"),
        (lambda: claims.compare("epoch_small"), "is about a model of class 'small'.*Pass model="),
        (lambda: claims.compare("epoch_base", model="Llama 3.1 405"), "Did you mean 'Llama 3.1 405B'"),
        (lambda: claims.compare("epoch_base", boundary="nod"), "Did you mean 'node'"),
        (lambda: claims.compare("epoch_base", output_tokens="lonng"), "Did you mean 'long'"),
        (lambda: claims.compare("epoch_base", pue=[1.1, 1.2]), "'pue' came as a list"),
        (lambda: claims.compare("epoch_base", keep_histogram=True), "keep_histogram came, which compare sets"),
        (lambda: claims.compare("devries_2023_chatgpt", pue=1.2), "PUE is part of the facility"),
        (lambda: claims.compare(-2.0), "claim must be above 0, .*got -2"),
        (lambda: claims.compare(True), "claim = True came"),
        (lambda: claims.compare(PublicClaim("mine", "Mine")), "gives no energy"),
        (lambda: claims.get(3), "is not an id"),
        (lambda: claims.table(kind="poem"), "kind = 'poem' is not known"),
        (lambda: claims.table(boundary="nodes"), "Did you mean 'node'"),
        (lambda: claims.table(year=math.inf), "year = inf is not a whole number"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(wq.InputError, match=message):
        call()


def test_the_table_filters():
    every = claims.table()
    assert claims.table(year=10**400).empty
    assert len(every) == 134
    assert every["wh"].dtype == np.float64
    assert every["wh"].isna().sum() == 2
    own = claims.table(origin="this method")
    assert len(own) == 19
    assert set(claims.table(model_class="DeepSeek-R1", origin="public").index) >= {"cmp_iea_r1", "uri_r1"}
    assert set(claims.table(kind="image").index) == {"mittr_image", "luccioni_image"}
    assert (claims.table(year=2023)["year"] == 2023).all()


@pytest.mark.parametrize(
    "number", [np.float32(2.5), np.float64(2.5), np.int64(3), 3], ids=lambda one: type(one).__name__
)
def test_a_number_of_any_library_is_an_energy(number):
    assert claims.compare(number).claim.wh == float(number)


def test_a_number_that_no_float_holds_is_refused():
    with pytest.raises(InputError, match="must be a finite number, .*too large"):
        claims.compare(10**400)


def test_the_needed_length_keeps_the_shape_that_was_asked_for():
    wide = wq.LogNormal(p5=100, p95=4000)
    here = wq.estimate("Llama 3.1 70B", output_tokens=wide, method="exact").quantiles[0.5]
    found = claims.compare(here, model="Llama 3.1 70B", output_tokens=wide)
    # With no gap to close, the needed median is that of the length itself.
    assert assumption(found, "length").needed_value == pytest.approx((100 * 4000) ** 0.5, rel=0.01)
    table = wq.Empirical(probabilities=[0, 0.5, 1], values=[100, 400, 900])
    here = wq.estimate("Llama 3.1 70B", output_tokens=table, method="exact").quantiles[0.5]
    found = claims.compare(2 * here, model="Llama 3.1 70B", output_tokens=table)
    needed = assumption(found, "length").needed_value
    factor = needed / 400
    longer = wq.Empirical(probabilities=[0, 0.5, 1], values=[100 * factor, 400 * factor, 900 * factor])
    own = wq.estimate("Llama 3.1 70B", output_tokens=longer, method="exact").quantiles[0.5]
    assert own == pytest.approx(2 * here, rel=0.01)
    cut = wq.Truncated(wq.LogNormal(p5=100, p95=4000), high=3000)
    assert assumption(claims.compare(1.0, output_tokens=cut), "length").needed_value > 300


def test_a_facility_of_the_users_own_has_a_pue_as_well():
    given = claims.compare(3.0, boundary="facility")
    assert "pue" in [one.name for one in given.assumptions]
    assert "pue" not in [one.name for one in claims.compare(3.0).assumptions]
    assert "pue" not in [one.name for one in claims.compare(3.0, boundary="node").assumptions]


def test_other_boundaries_have_the_pue_that_was_asked_for():
    found = assumption(claims.compare(3.0, pue=1.1), "boundary")
    assert f"node x {1 / 1.1:.3g}," in found.because


def test_a_claim_that_counts_something_else_than_was_asked_for():
    found = claims.compare("google_gemini_2025_full", boundary="node")
    boundary = assumption(found, "boundary")
    assert boundary.because.startswith("the claim counts facility+idle_reserve; ")
    assert (boundary.low, boundary.high) == (1.0, pytest.approx(1.1 * 1.2961, rel=1e-3))
    assert "the claim counts facility+idle_reserve, and the model was asked for node" in found.notes
    same = claims.compare("google_gemini_2025_full")
    assert (assumption(same, "boundary").low, assumption(same, "boundary").high) == (1.0, 1.0)
    assert not any("was asked for" in one for one in same.notes)


def test_a_verdict_says_where_no_row_speaks_for_the_model():
    assert claims.compare("epoch_10k_in").verdict.text.endswith("the model itself is extrapolated here.")
    assert claims.compare("epoch_base").verdict.kind == "inside"
    assert "extrapolated" not in claims.compare("epoch_base").verdict.text


def test_a_prompt_of_a_million_tokens_is_not_compared_with_a_short_one():
    found = claims.compare("digitalapplied_opus47_long")
    assert found.input_tokens == "900000"
    assert "input_tokens" in found.claim.inferred


def test_a_stated_batch_is_said_beside_a_claim_that_agrees():
    found = claims.compare("jegham_v6_gpt4o_m")
    assert found.verdict.kind == "inside"
    (said,) = [one for one in found.notes if "batch" in one]
    assert "for batch 8," in said
    assert "batch of 8 cost 7.77 times theirs, 3.19 at P5" in said
    assert not any("batch" in one for one in claims.compare("altman_2025").notes)


# What is inferred is said, and blocks nothing


def own(*inferred, how=None, **fields):
    claim = wq.catalog.PublicClaim("own", "Own", wh=fields.pop("wh", 0.7), inferred=inferred, **fields)
    return claims.compare(claim, model="Llama 3.1 405B", **(how or {}))


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("boundary", {"boundary": "node"}),
        ("length", {"output_tokens": 300.0}),
        ("utilization", {"power_utilization": 0.6}),
        ("statistic", {"statistic": "median"}),
    ],
)
def test_an_inferred_field_is_said_as_inferred_and_does_not_block(name, fields):
    (field,) = fields
    stated, inferred = own(**fields), own(field, **fields)
    if name == "statistic":
        assert not any(one.name == name for one in stated.assumptions)
    else:
        one = assumption(stated, name)
        assert one.basis == "stated by the claim"
        assert one.low == one.high or (one.low, one.high) == (1.0, 1.0) or 1.0 in (one.low, one.high)
    one = assumption(inferred, name)
    assert one.basis == "inferred, not stated by the claim"
    assert one.high / one.low > 1.2
    assert "stated by the claim" not in one.because
    text = f"{inferred}{inferred.to_dict()}"
    assert "is inferred" in text or "inferred and not stated" in text
    if name == "boundary":
        assert one.high == pytest.approx(1.2961 * 1.1, rel=1e-3)
        assert assumption(stated, name).high == 1.0


def test_an_inferred_batch_and_pue_bound_nothing():
    stated, inferred = (assumption(own(*one, batch=256.0), "batch") for one in ((), ("batch",)))
    assert inferred.basis == "batch 256 is inferred, not stated by the claim"
    assert inferred.high > stated.high
    fields = {"pue": 1.2, "boundary": "facility"}
    stated, inferred = (assumption(own(*one, **fields), "pue") for one in ((), ("pue",)))
    assert stated.low == pytest.approx(1.2 / 1.2961, rel=1e-3)
    assert stated.high == 1.0
    assert (inferred.low, inferred.high) == pytest.approx((1.05 / 1.2961, 1.6 / 1.2961), rel=1e-3)
    assert inferred.because.endswith("1.2 is inferred")
    epoch = claims.compare("epoch_base", model="Llama 3.1 405B")
    assert "the claim has a PUE of 1.2; as its boundary is inferred, PUE is part of the boundary" in epoch.notes
    assert assumption(epoch, "boundary").because.startswith("facility is inferred; others")


def test_a_boundary_that_the_user_gives_is_not_the_claims():
    one = assumption(own(how={"boundary": "facility"}), "boundary")
    assert one.basis == "given by you"
    assert (one.low, one.high) == (1.0, 1.0)
    two = assumption(own("boundary", boundary="node", how={"boundary": "facility"}), "boundary")
    assert two.basis == "inferred, not stated by the claim"
    assert (two.low, two.high) == pytest.approx((1.0 / 1.2961, 1.0), rel=1e-3)
    assert assumption(own(how={"output_tokens": 300}), "length").basis == "given by you"


# A mean is moved by means, a median by medians


@pytest.mark.parametrize("statistic", ["mean", "median", "unknown"])
def test_other_boundaries_are_the_models_own_statistic_there(statistic):
    found = own(statistic=statistic, boundary="node")
    factors = {}
    for part in assumption(found, "boundary").because.split("; ")[-1].removeprefix("others: ").split(", "):
        name, _, factor = part.partition(" x ")
        factors[name] = float(factor)
    ds = wq.sweep("Llama 3.1 405B", boundary=list(factors), method="exact")
    energies = ds["energy_mean"] if statistic == "mean" else ds["energy"].sel(quantile=0.5)
    ratios = (energies / energies.sel(boundary="node")).to_series().to_dict()
    # Means of independent factors multiply exactly, and are printed to three digits; medians but for a skew.
    assert factors == pytest.approx(ratios, rel=4e-3 if statistic == "mean" else 1e-2)
    kind = "mean" if statistic == "mean" else "median"
    assert assumption(found, "utilization").model_value.endswith(f"({kind})")


def test_a_claim_that_is_inferred_to_be_a_mean_may_be_a_median():
    found = own("statistic", statistic="mean")
    one = assumption(found, "statistic")
    assert one.model_value == "mean"
    assert one.low < 0.8
    assert one.high == 1.0
    assert any(note.startswith("the claim is a mean over queries, which is inferred") for note in found.notes)


def test_lengths_that_the_rows_do_not_determine_are_no_candidates(tmp_path):
    # Output lengths that hardly vary: of the grid of lengths, those near the rows are left, and no error is raised.
    header = "Model,Hardware,Quantization,Tokens per Second (TPS),Input Length,Output Length,Power for Node (kW)"
    points = [(300, 500, 1700), (306, 5000, 460), (303, 128, 3700), (309, 2000, 800)]
    lines = [f"Ours,8xH100,FP8,{tps},{inp},{out},10.2" for out, inp, tps in points]
    path = tmp_path / "ours.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    found = claims.compare(3.0, model="Ours", output_tokens=305, catalog=path)
    (length,) = [one for one in found.assumptions if one.name == "length"]
    assert length.needed.startswith("above ")
    assert length.needed != "above 100,000"
