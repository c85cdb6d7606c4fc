"""The table of claims: what is reproduced with each preset, what is not, and that `allowed` is derived."""

import dataclasses
import math

import numpy as np
import pytest
from scipy import stats

import wattquery as wq
from wattquery.paper.claims import Claim, claims

COLUMNS = ["claim", "published", "computed", "difference", "allowed", "ok", "unit", "reason"]


@pytest.fixture(scope="module")
def exact():
    return wq.paper.reproduce(method="exact").set_index("claim")


def test_table_has_a_row_for_each_published_value(exact):
    assert list(exact.reset_index().columns) == COLUMNS
    # 14 headline values; by code 12 coefficients, 2 workloads x 5 models and 2 x 4 levers with 6 statistics, 6 fleets.
    assert len(exact) == 14 + 12 + 2 * 5 * 6 + 2 * 4 * 6 + 6
    assert exact.index.is_unique


@pytest.mark.parametrize(("method", "draws"), [("exact", None), ("quasi_monte_carlo", None), ("monte_carlo", 200_000)])
def test_v2_code_reproduces_every_claim_that_the_method_can_produce(method, draws):
    table = wq.paper.reproduce("v2-code", method=method, draws=draws)
    assert table["ok"].all()
    left_out = table[table["ok"].isna()]
    assert list(left_out["claim"]) == [
        "paper: combined levers, low end",
        "paper: public estimates too high, low end",
        "paper: public estimates too high, high end",
    ]
    assert left_out["reason"].str.len().min() > 20
    assert left_out["computed"].isna().all()


def test_v1_reproduces_its_medians_and_not_its_mixed_fleet():
    table = wq.paper.reproduce("v1", method="exact").set_index("claim")
    frontier = [name for name in table.index if "frontier" in name]
    assert len(frontier) == 4
    assert table.loc[frontier, "ok"].all()
    assert table.loc["paper: frontier, traditional, p50", "computed"] == pytest.approx(0.34, abs=0.005)
    assert table.loc["paper: frontier, long, p50", "computed"] == pytest.approx(4.32, abs=0.005)
    assert not table.loc["paper: fleet, mixed", "ok"]
    assert table.loc["paper: fleet, mixed", "computed"] == pytest.approx(1.885, abs=0.001)
    assert "1.885" in table.loc["paper: fleet, mixed", "reason"]


def test_untrimmed_shows_the_wider_quartiles():
    table = wq.paper.reproduce("untrimmed", method="exact").set_index("claim")
    assert table.loc["paper: frontier, traditional, p25", "computed"] == pytest.approx(0.119, abs=0.0005)
    assert table.loc["paper: frontier, traditional, p75", "computed"] == pytest.approx(0.693, abs=0.0005)
    assert not table.loc["paper: frontier, traditional, p75", "ok"]


def test_a_wrong_assumption_is_seen(exact):
    wrong = dataclasses.replace(wq.catalog.preset("v2-code"), node_power=11.3)
    table = wq.paper.reproduce(wrong, method="exact").set_index("claim")
    assert (table["ok"] == False).sum() > 20  # noqa: E712 - the column has missing values
    assert not table.loc["code: Llama 3.1 70B, long, p50", "ok"]
    assert exact.loc["code: Llama 3.1 70B, long, p50", "ok"]


def test_allowed_of_a_median_is_rounding_and_three_standard_errors(exact):
    """Nemotron has one throughput for all lengths: ln E = c + ln L + s Z, so its density is a one-line integral."""
    sigma = math.hypot(*(math.log(high / low) / 3.29 for low, high in ((1.05, 1.6), (0.4, 0.9))))
    mu = math.log(10.2 / 3.6 / 5200.0) + 0.5 * math.log(1.05 * 1.6 * 0.4 * 0.9)
    tokens = np.arange(1, 20_000)
    rate = math.log(2.0) / 300.0
    weights = np.exp(-rate * np.where(tokens == 1, 0.0, tokens - 0.5)) - np.exp(-rate * (tokens + 0.5))
    row = exact.loc["code: Llama-3.1 Nemotron Ultra 253B, traditional, p50"]
    density = weights @ stats.norm.pdf(math.log(row["computed"]), mu + np.log(tokens), sigma)
    error = math.sqrt(0.25 / 10_000) / density * row["computed"]
    assert row["allowed"] == pytest.approx(0.0005 + 3.0 * error, rel=2e-3)


def test_more_draws_allow_less():
    few, many = (wq.paper.reproduce(draws=draws).set_index("claim")["allowed"] for draws in (10_000, 300_000))
    frontier = "code: frontier, long, lever none, p95"
    assert few[frontier] > many[frontier]
    # With as many draws as the paper's, ours count for as much as theirs, but for the rounding and the noise of f.
    rounding = 0.0005
    theirs = wq.paper.reproduce(method="exact").set_index("claim")["allowed"][frontier] - rounding
    assert few[frontier] - rounding == pytest.approx(2.0 * theirs, rel=0.25)


def test_same_seed_same_table():
    first, second = (wq.paper.reproduce(draws=20_000, seed=5, threads=threads) for threads in (1, 2))
    assert first.equals(second)


def test_half_a_unit_in_the_last_digit():
    assert Claim("", "0.60", "Wh", None).half_unit == pytest.approx(0.005)
    assert Claim("", "13", "1", None).half_unit == pytest.approx(0.5)
    assert all(math.isfinite(claim.value) for version in ("v1", "v2") for claim in claims(version))


def test_unknown_preset_is_refused():
    with pytest.raises(wq.InputError, match=r"v2-cod.*v2-code"):
        wq.paper.reproduce("v2-cod")
