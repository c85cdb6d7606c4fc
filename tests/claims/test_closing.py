"""The verdict: the smallest set of assumptions that closes a gap, said as inference."""

from __future__ import annotations

import math

import pytest

from wattquery import claims

pytestmark = pytest.mark.usefixtures("shared_answers")

FRONTIER = ("DeepSeek-R1", "Llama 3.1 405B", "Llama-3.1 Nemotron Ultra 253B")


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


def test_a_verdict_says_where_no_row_speaks_for_the_model():
    assert claims.compare("epoch_10k_in").verdict.text.endswith("the model itself is extrapolated here.")
    assert claims.compare("epoch_base").verdict.kind == "inside"
    assert "extrapolated" not in claims.compare("epoch_base").verdict.text
