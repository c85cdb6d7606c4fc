"""Which comparisons give the paper's "4 to 20 times too high", as a table that says what of it is inference."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from wattquery import claims


@pytest.fixture(scope="module")
def table():
    return claims.overstated()


def test_the_ends_are_those_of_the_papers_comparators(table):
    ends = table.loc[table["end"] != "", "end"]
    assert ends.to_dict() == {"cmp_iea_mixtral": "20", "cmp_iea_r1": "4"}
    assert table.loc["cmp_iea_mixtral", "ratio"] == pytest.approx(19.5, abs=0.5)
    assert table.loc["cmp_iea_r1", "ratio"] == pytest.approx(3.6, abs=0.1)
    assert table.loc["cmp_aienergyscore_70b", "ratio"] == pytest.approx(10.6, abs=0.3)


def test_the_models_are_those_of_an_estimate(table):
    for name, model in (("cmp_iea_mixtral", "Mixtral 8x22B"), ("cmp_iea_r1", "DeepSeek-R1")):
        median = wq.estimate(model, method="exact").quantiles[0.5]
        assert table.loc[name, "model_wh"] == pytest.approx(median, rel=1e-3)
    long = wq.estimate("DeepSeek-R1", output_tokens=11287, method="exact").quantiles[0.5]
    assert table.loc["cmp_mlenergy_r1", "model_wh"] == pytest.approx(long, rel=1e-3)


def test_cited_claims_are_set_against_the_headline(table):
    cited = table[table["group"] == "widely cited"]
    assert (cited["claim_wh"] / cited["ratio_to_headline"]).to_numpy() == pytest.approx(0.309, abs=0.002)
    assert cited.loc["devries_2023_chatgpt", "ratio"] == pytest.approx(9.4, abs=0.1)


def test_what_counts_less_is_higher_at_its_own_boundary(table):
    narrow = table[table["boundary"] == "accelerator"]
    assert (narrow["ratio_at_boundary"] > 2 * narrow["ratio"]).all()
    assert np.isnan(table.loc[table["boundary"] == "unknown", "ratio_at_boundary"]).all()
    wide = table.loc["google_gemini_2025_full"]
    assert wide["ratio_at_boundary"] == pytest.approx(wide["ratio"] / 1.1, rel=1e-2)


def test_inference_is_told_from_what_is_stated(table):
    assert table["stated"].str.len().min() > 0
    assert table["inference"].str.contains("that it stands against").all()
    assert "boundary: unknown" not in table.loc["cmp_iea_r1", "inference"]  # it is set to the facility, and said
    assert "output length: not stated" in table.loc["cmp_iea_r1", "inference"]
    assert "of the claim: model_class, boundary, batch" in table.loc["cmp_aienergyscore_70b", "inference"]


def test_a_preset_changes_the_model_and_not_the_claims(table):
    other = claims.overstated("v1")
    assert (other["claim_wh"] == table["claim_wh"]).all()
    ratio = other["ratio"] / table["ratio"]
    assert ratio["cmp_iea_mixtral"] == pytest.approx(10.2 / 11.3, rel=1e-3)


def test_the_papers_own_figures_take_no_part(table):
    assert not any(name.startswith("oviedo") for name in table.index)
