"""`estimate`: one cell, with what qualifies it in words."""

import json

import pytest

import wattquery as wq


@pytest.fixture(scope="module")
def deepseek():
    return wq.estimate("DeepSeek-R1", method="exact", output_tokens="long", levers="serving")


def test_numbers_are_those_of_the_sweep(deepseek):
    ds = wq.sweep("DeepSeek-R1", method="exact", output_tokens="long", levers="serving")
    assert list(deepseek.quantiles.values()) == ds["energy"].values.tolist()
    assert deepseek.mean == ds["energy_mean"].item()
    assert deepseek.std == ds["energy_std"].item()
    assert deepseek.throughput == ds["throughput"].item()


def test_thin_data_and_extrapolation_are_said(deepseek):
    notes = " / ".join(deepseek.notes)
    assert "3 benchmark rows (0 degrees of freedom)" in notes
    assert "thin data" in notes
    # P(500 <= L <= 2000) of an exponential with median 5000 is 2**-0.1 - 2**-0.4 = 0.175
    assert "extrapolated for 82% of queries" in notes
    assert "500 to 5000 input and 500 to 2000 output tokens" in notes


def test_unknown_lengths_of_a_row_are_said():
    notes = wq.estimate("Mistral Large", precision="FP16", method="exact").notes
    assert any("do not say their lengths" in note for note in notes)
    assert any("thin data" in note for note in notes)


def test_text_has_unit_boundary_and_assumptions(deepseek):
    text = str(deepseek)
    assert text.startswith("DeepSeek-R1: ")
    assert "Wh per query (P50, facility boundary)" in text
    for part in ("Exponential(median=5000) tokens", "12.8 kW", "serving: LogNormal(p5=1.5, p95=5)", "tokens/s"):
        assert part in text


def test_dict_is_plain_json(deepseek):
    again = json.loads(json.dumps(deepseek.to_dict(), allow_nan=False))
    assert again["energy_wh"]["0.5"] == deepseek.quantiles[0.5]
    assert again["boundary"] == "facility"
    assert again["provenance"]["catalog"] == "oviedo2026"


def test_a_number_is_a_number():
    fixed = wq.estimate(
        "Llama-3.1 Nemotron Ultra 253B",
        output_tokens=1000,
        pue=1.25,
        power_utilization=0.5,
        node_power=10.4,
        method="exact",
        quantiles=[0.5],
    )
    energy = 1.25 * 10.4 * 0.5 * 1000 / (3.6 * 5200)
    assert fixed.quantiles[0.5] == pytest.approx(energy, rel=1e-12)
    assert fixed.mean == pytest.approx(energy, rel=1e-12)
    assert fixed.std == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"model": "Mistral Large"}, ["no rows of 'Mistral Large'", "FP8", "FP16"]),
        ({"model": "DeepSek-R1"}, ["Did you mean 'DeepSeek-R1'"]),
        ({"model": "DeepSeek-R1", "pue": [1.1, 1.2]}, ["one value for each axis", "'pue'", "sweep"]),
        ({"model": ["DeepSeek-R1"]}, ["'model'"]),
        ({"model": "DeepSeek-R1", "hardware": "H200"}, ["Did you mean 'H200 140GB HBM3'"]),
    ],
)
def test_what_cannot_be_estimated_is_said(arguments, words):
    with pytest.raises(wq.InputError) as caught:
        wq.estimate(**arguments)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("width", [60, 80])
def test_numbers_stand_in_as_many_lines_as_fit(width):
    result = wq.estimate("Llama 3.1 405B", method="exact")
    tables = result.text(width).split("\n\n")[1:-1]
    assert len(tables) > 1
    assert max(len(line) for one in tables for line in one.splitlines()) <= width
    for value in result.quantiles.values():
        assert f"{value:.4g}" in result.text(width)
