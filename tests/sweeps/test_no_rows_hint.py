"""Where a model has no rows: claims about it, and the nearest architecture that has some."""

from __future__ import annotations

import pytest

import wattquery as wq
from wattquery.errors import InputError
from wattquery.sweeps.no_rows_hint import claims_on, no_rows_hint


def test_claims_on_a_model():
    assert "epoch_base" in claims_on("gpt-4o")
    assert set(claims_on("GPT-4")) == {"wapo_ucr_2024", "uri_gpt4"}
    assert "oviedo_code_trad_r1" not in claims_on("DeepSeek-R1")  # no independent claim
    assert "mistral_lca" not in claims_on("Mistral Large")  # it has no energy
    assert claims_on("Grok 1") == claims_on("") == []
    assert no_rows_hint(None) == ""


def test_messages_lead_on():
    with pytest.raises(InputError, match=r"claims about it: 'epoch_base'.* and \d+ more \(wattquery claims"):
        wq.estimate("GPT-4o")
    with pytest.raises(InputError, match=r"nearest architecture with rows is 'DeepSeek-V3 / R1 / V3.1': 37 of 671"):
        wq.estimate("DeepSeek-V3.2", catalog="default")


def test_all_is_no_name_that_claims_are_on():
    assert claims_on("ALL") == []
    assert "claims --least" in no_rows_hint("ALL")
