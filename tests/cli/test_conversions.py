"""Carbon, water and cost from options and from files, printed beside energies."""

from __future__ import annotations

import pandas as pd
import pytest

import wattquery as wq

MINE = """
queries_per_day = 3e6
preset = "v2-code"

[classes.chat]
share = 1
model = "Llama 3.1 405B"
output_tokens = "Exponential(median=250)"

[load_profile]
"00-08" = 0.4
"08-24" = 1.3

[conversions]
carbon_intensity = { SE = { "00-08" = 20, "08-24" = 40 }, PL = 650 }
electricity_price = { value = 0.12, source = "our contract" }
currency = "EUR"
"""


@pytest.fixture
def mine(cli):
    return cli.write("mine.toml", MINE)


def test_a_scenario_says_what_it_is_converted_with(cli, mine):
    text = cli.text("fleet", mine, "--no-structural")
    energy = wq.fleet(mine, structural=False)["energy_per_day"].item()
    mean = (8 * 0.4 * 20 + 16 * 1.3 * 40) / (8 * 0.4 + 16 * 1.3)
    assert "Conversions: expected total of a day, and quantiles over what is not known of it" in text
    row = next(line for line in text.splitlines() if line.startswith("SE  ")).split()
    assert float(row[5]) == pytest.approx(energy * mean, rel=1e-3)
    assert "hours weighted by load_profile" in text
    assert "cost: electricity_price of 0.12 EUR/kWh (source: our contract)" in text
    found = cli.json("fleet", mine, "--no-structural", "--carbon-intensity", "300")["data_vars"]
    assert found["carbon_location_per_day"]["data"] == pytest.approx(energy * 300)
    assert found["carbon"]["data"] == found["carbon_location_per_day"]["data"]
    assert found["cost_per_day"]["attrs"]["units"] == "EUR/day"


def test_scenarios_agree(cli, mine):
    cli.write("other.toml", MINE.replace("650", "600"))
    assert "must have the same table [conversions]" in cli.refused("fleet", mine, "other.toml")
    assert "has no key 'carbon'. " in cli.refused(
        "fleet", cli.write("x.toml", MINE.replace("carbon_intensity", "carbon"))
    )


def test_a_sweep_and_its_file(cli, spec):
    cli.write("grid.csv", "region,value\nSE,30\nPL,700\n")
    cli.write("with.toml", (cli.folder / spec).read_text() + '\n[conversions]\ncarbon_intensity = "grid.csv"\n')
    text = cli.text("sweep", "with.toml", "--electricity-price", "0.1", "--currency", "EUR")
    assert "cost per million output tokens [EUR]" in text
    assert "30 to 700 gCO2e/kWh by region (source: grid.csv)" in text
    cli.text("sweep", "with.toml", "-o", "out.csv")
    table = pd.read_csv("out.csv")
    assert table["carbon_location_PL_p50_gco2e"].tolist() == pytest.approx((table["energy_p50_wh"] * 0.7).tolist())
    cli.text("sensitivity", "with.toml", "--index", "tornado")  # passes over it
    unsure = "LogNormal(p5=200, p95=500)"
    assert "independent of the energy" in cli.text("sweep", spec, "--carbon-intensity", unsure)
    assert "a distribution is for wattquery sweep" in cli.refused("fleet", "mixed", "--carbon-intensity", unsure)
    cli.write("with.toml", (cli.folder / spec).read_text() + f'\n[conversions]\ncarbon_intensity = "{unsure}"\n')
    assert "independent of the energy" in cli.text("sweep", "with.toml")


def test_an_estimate_and_a_trajectory(cli):
    found = cli.json("estimate", "DeepSeek-R1", "--method", "exact", "--pue", "1.25", "--wue", "2")
    assert found["conversions"]["water_site_mean_ml"] == pytest.approx(found["energy_mean_wh"] / 1.25 * 2)
    assert found["conversions"]["stands_on"][0].startswith("water_site: wue of 2 L/kWh")
    text = cli.text("estimate", "DeepSeek-R1", "--method", "exact", "--carbon-intensity", "00-08=300,08-24=400")
    assert "plain mean of the hours, for no load profile is known" in text
    path = cli.text("trajectory", "adoption", "--shared-draws", "256", "--carbon-intensity", "unchecked(0.4)")
    assert "carbon_location [tCO2e/day]" in path
    assert "2035-01-01" in path.rpartition("Conversions")[2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--carbon-intensity", "0.4"], "Give grams per kWh: 0.4 kg/kWh is 400"),
        (
            ["--carbon-intensity", "SE=30,PL"],
            "hours as 00-08=300,08-24=400, or regions as SE=30,PL=700, got SE=30,PL. Correct 'PL'.",
        ),
        (["--carbon-intensity", "absent.csv"], "absent.csv"),
        (["--electricity-price", "120"], "120 per MWh is 0.12"),
        (["--store", "x.zarr", "--wue", "1"], "convert what is read from it, in Python with wq.convert"),
    ],
    ids=str,
)
def test_what_is_not_plausible_is_told_before_the_work(cli, spec, arguments, words, monkeypatch):
    def computed(*arguments, **options):
        raise AssertionError("the work started")

    monkeypatch.setattr("wattquery.sweeps.carry_out.Exact.work", computed)
    assert words in " ".join(cli.refused("sweep", spec, *arguments).split())


def test_what_the_result_counts_is_told(cli):
    message = cli.refused("fleet", "traditional", "--no-structural", "--boundary", "node", "--carbon-intensity", "300")
    assert "takes from the grid, and the result counts 'node'" in message


POOLS = MINE.replace(
    "[load_profile]", '[pools.a]\nhardware = "H100 SXM"\nprecision = "FP8"\nload = 0.5\nshare = 1\n[load_profile]'
)


def test_pools_are_converted_hour_by_hour(cli):
    path = cli.write("pools.toml", POOLS.replace("3e6", "3e7").replace("Llama 3.1 405B", "Llama 3.1 8B"))
    found = cli.json("fleet", path, "--shared-draws", "256")["data_vars"]
    of_poland, of_sweden = (
        found["carbon_location_by_hour"]["data"][1][0],
        found["carbon_location_by_hour"]["data"][0][0],
    )
    power = found["power_by_hour"]["data"][0]
    assert of_poland == pytest.approx([650 * megawatts for megawatts in power])
    assert sum(of_sweden) / 1e3 == pytest.approx(found["carbon_location_per_day"]["data"][0])
    assert sum(power[:8]) * 20 + sum(power[8:]) * 40 == pytest.approx(sum(of_sweden))
