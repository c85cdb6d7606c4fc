"""The supplement as claims: what is printed, and which quantity each states."""

from __future__ import annotations

from wattquery.paper.supplement import INPUT_LENGTHS, input_claims, power_claims


def test_claims_have_names_texts_and_quantities():
    claims = [one for name in ("traditional", "long") for tokens in INPUT_LENGTHS for one in input_claims(name, tokens)]
    claims += [one for name in ("traditional", "long") for one in power_claims(name)]
    assert len({one.name for one in claims}) == len(claims) == 204
    by_name = {one.name: one for one in claims}
    median = by_name["supplement: 5000 input tokens, frontier, long, lever none, p50"]
    assert (median.text, median.unit, median.quantity) == ("12.243", "Wh", ("frontier", "long", "none", "p50"))
    model = by_name["supplement: power follows throughput, DeepSeek-R1, traditional, p95"]
    assert (model.text, model.quantity) == ("3.612", ("model", "traditional", "DeepSeek-R1", "p95"))
