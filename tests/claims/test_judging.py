"""Verdicts: the sentence is made of the numbers of Datasets, and says what moves it most."""

from __future__ import annotations

import json
import re

import pytest

import wattquery as wq
from wattquery import claims
from wattquery.catalog import PublicClaim
from wattquery.claims.energies import in_digits
from wattquery.errors import InputError, InputTypeError
from wattquery.histograms import mixed
from wattquery.sweeps.dataset import histogram_of

pytestmark = pytest.mark.usefixtures("shared_answers")

FRONTIER = ["DeepSeek-R1", "Llama 3.1 405B", "Llama-3.1 Nemotron Ultra 253B"]


@pytest.fixture(scope="module")
def of_dataset():
    """Return the median and P5, P95 of the untrimmed frontier for a typical and a long query [Wh]."""
    ds = wq.sweep(FRONTIER, output_tokens=["traditional", "long"], method="exact", keep_histogram=True)
    cells = [[ds.sel(model=model, output_tokens=w) for model in FRONTIER] for w in ds["output_tokens"].values]
    wholes = [mixed([histogram_of(cell) for cell in of_length]) for of_length in cells]
    return [whole.quantiles([0.5, 0.05, 0.95]) for whole in wholes]


@pytest.fixture(scope="module")
def three(shared_answers):
    return claims.verdict("3 Wh")


@pytest.fixture(scope="module")
def searched(shared_answers):
    return claims.verdict(0.34, against="google_search_2009")


def test_an_energy_is_held_against_a_typical_and_a_long_query(three, of_dataset):
    (median, low, high), (longer, *_) = of_dataset
    assert three.range == pytest.approx((low, high))
    assert three.range_unit == "Wh"
    assert three.ratios == pytest.approx({"claim_over_typical": 3 / median, "claim_over_long": 3 / longer})
    for said in (
        f"3 Wh is about {in_digits(3 / median)} times the median",
        f"({in_digits(median)} Wh; nine in ten take {in_digits(low)} to {in_digits(high)} Wh)",
        f"about {in_digits(300 / longer)} % of that of a long one ({in_digits(longer)} Wh)",
        f"instead of 300 takes {in_digits(longer / median)} times as much",
    ):
        assert said in three.sentence
    assert three.comparison.ratio_to_median == pytest.approx(3 / median)


def test_how_many_times_a_web_search(searched, of_dataset):
    (median, low, high), (longer, *_) = of_dataset
    assert searched.range == pytest.approx((low / 0.3, high / 0.3))
    assert searched.range_unit == "1"
    assert searched.ratios == pytest.approx(
        {
            "typical_over_against": median / 0.3,
            "long_over_against": longer / 0.3,
            "claim_over_against": 0.34 / 0.3,
        }
    )
    assert f"nine in ten take {in_digits(low / 0.3)} to {in_digits(high / 0.3)} times it" in searched.sentence
    assert f"about {in_digits(0.34 / 0.3)} times it" in searched.sentence
    assert "google_search_2009 states no statistic and no boundary" in searched.caveats
    assert any("a figure of 2009" in one for one in searched.caveats)
    assert [one.key for one in searched.sources] == ["hoelzle2009", "google_search_2009", "oviedo2026"]
    alone = claims.verdict("google_search_2009")
    assert (alone.claim, alone.against.id, alone.range) == (None, "google_search_2009", searched.range)
    assert alone.sentence == claims.verdict(against="google_search_2009").sentence


def test_the_condition_is_what_moves_the_answer_most(three, of_dataset):
    (median, *_), (longer, *_) = of_dataset
    assert three.condition.name == "length"
    assert three.condition.factor == pytest.approx(longer / median)
    factors = [one.factor for one in three.conditions]
    assert factors == sorted(factors, reverse=True)
    stated = claims.verdict("jegham_v6_r1az_s")
    assert stated.conditions[0].name == "batch"
    assert "(the claim has 8)" in stated.condition.text
    assert "with 300 output tokens to DeepSeek-R1" in stated.sentence
    assert not any(one.name == "length" for one in stated.conditions)


def test_a_figure_that_states_its_boundary_is_met_there():
    figure = PublicClaim("mine", "A figure", wh=0.3, boundary="node", source="me")
    found = claims.verdict(against=figure, model="Llama 3.1 70B", output_tokens=300)
    assert found.queries[0].boundary == "node"
    assert "boundary" not in [one.name for one in found.conditions]


def test_the_sentence_has_no_number_that_is_not_its_own():
    own = claims.verdict(7.77, model="Llama 3.1 70B", output_tokens=123, preset="v1")
    (asked,) = own.queries
    ends = asked.quantiles[0.05], asked.quantiles[0.95]
    allowed = {7.77, 7.77 / asked.median, asked.median, *ends, 123, own.condition.factor}
    found = re.findall(r"\d[\d,]*\.?\d*", own.sentence.replace("3.1 70B", ""))
    written = {float(one.replace(",", "")) for one in found}
    digits = {float(in_digits(one, n).replace(",", "")) for one in allowed for n in (2, 3)}
    assert written - digits <= {8.0, 64.0}  # the batches of the evidence


def test_printed_and_plain(three):
    text = str(three)
    assert text.replace("\n", " ").startswith(three.sentence)
    assert text.index("Model [Wh]") < text.index("What would close the gap") < text.index("Sources:")
    assert max(len(line) for line in text.splitlines() if "http" not in line) <= 80
    plain = json.loads(json.dumps(three.to_dict(), allow_nan=False))
    assert plain["sentence"] == three.sentence
    assert plain["sources"][0]["bibtex"].startswith("@article{oviedo2026,")
    assert "@article{oviedo2026," in three.text(cite=True)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_are_no_wider_than_asked(three, width):
    assert max(len(line) for line in three.text(width).splitlines() if "http" not in line) <= width


def test_a_preset_with_a_factor_that_has_no_closed_form_is_drawn():
    found = claims.verdict("3 Wh", preset="corrected", model="Llama 3.1 70B", output_tokens=300)
    assert found.provenance["method"] == "quasi_monte_carlo"
    assert found.comparison is not None
    assert claims.compare("3 Wh", model="Llama 3.1 70B", output_tokens=300).provenance["method"] == "exact"


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({}, InputError, "needs a claim or a figure"),
        ({"claim": "mistral_lca"}, InputError, "gives no energy.*'mistral_lca_knowyourcompute'"),
        ({"claim": "3 W"}, InputError, "is a power"),
        ({"claim": "altmann_2025"}, InputError, "Did you mean 'altman_2025'"),
        ({"claim": 3.0, "against": []}, InputTypeError, "against must be an id"),
        ({"claim": 3.0, "againts": 1}, InputTypeError, "Did you mean 'against'"),
    ],
)
def test_what_is_refused(given, error, message):
    with pytest.raises(error, match=message):
        claims.verdict(**given)
