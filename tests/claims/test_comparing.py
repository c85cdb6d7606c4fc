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
from wattquery.errors import InputError
from wattquery.histograms import mixed
from wattquery.sweeps.dataset import histogram_of

pytestmark = pytest.mark.usefixtures("shared_answers")

FRONTIER = ("DeepSeek-R1", "Llama 3.1 405B", "Llama-3.1 Nemotron Ultra 253B")


def test_a_named_model_at_a_traditional_query(iea):
    own = wq.estimate("Mixtral 8x22B", method="exact")
    assert iea.models == ("Mixtral 8x22B",)
    assert iea.quantiles == pytest.approx(own.quantiles, rel=1e-3)
    assert iea.ratio_to_median == pytest.approx(1.25 / own.quantiles[0.5], rel=1e-3)
    assert iea.ratio_to_mean == pytest.approx(1.25 / own.mean, rel=1e-3)
    assert iea.gap == iea.ratio_to_median
    assert iea.level_text == "> 0.999"
    assert any("boundary: unknown" in one for one in iea.assumed)
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


def test_a_number_of_ones_own():
    found = claims.compare(0.3)
    assert found.claim.id == "yours"
    assert found.models == FRONTIER
    assert any("model: unknown" in one for one in found.assumed)


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
        (lambda: claims.compare("epoch_base", pue=[1.1, 1.2]), "got several for 'pue'"),
        (lambda: claims.compare("epoch_base", keep_histogram=True), "compare sets keep_histogram itself"),
        (lambda: claims.compare("devries_2023_chatgpt", pue=1.2), "PUE is part of the facility"),
        (lambda: claims.compare(-2.0), "claim must be above 0, .*got -2"),
        (lambda: claims.compare(True), "an energy in Wh, got True"),
        (lambda: claims.compare(PublicClaim("mine", "Mine")), "gives no energy"),
        (lambda: claims.get(3), "claim must be an id, got 3"),
        (lambda: claims.table(kind="poem"), "kind must be one of .*, got 'poem'"),
        (lambda: claims.table(boundary="nodes"), "Did you mean 'node'"),
        (lambda: claims.table(year=math.inf), "year must be a whole number, got inf"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(wq.InputError, match=message):
        call()


@pytest.mark.parametrize(
    "number", [np.float32(2.5), np.float64(2.5), np.int64(3), 3], ids=lambda one: type(one).__name__
)
def test_a_number_of_any_library_is_an_energy(number):
    assert claims.compare(number).claim.wh == float(number)


def test_a_number_that_no_float_holds_is_refused():
    with pytest.raises(InputError, match=r"must be a finite number, .*too large"):
        claims.compare(10**400)


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
