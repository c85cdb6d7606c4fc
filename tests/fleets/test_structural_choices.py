"""What totals would be under other structural choices: presets, trimming, power that follows throughput."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr

import wattquery as wq
from wattquery import catalog
from wattquery.sweeps.frontier import frontier_models

MODEL = "Llama 3.1 405B"
POWER = wq.LogNormal(0.4, 0.9)
NUMBERS = {"pue": 1.2, "power_utilization": 0.6}
OVERHEAD = 1.10 * 1.076 * 1.12


def one(model: Any = MODEL, **arguments: Any) -> dict[str, Any]:
    return {"classes": {"chat": {"share": 1, "model": model, **arguments}}, "queries_per_day": 1e9}


def fleet(scenario: Any = None, **arguments: Any) -> xr.Dataset:
    return wq.fleet(scenario, **{"structural": False, **arguments})


def ends(ds: xr.Dataset, interval: str) -> list[float]:
    return [float(end) for end in ds["energy_interval"].sel(interval=interval).values]


def test_choices_are_what_other_arguments_give() -> None:
    ds = wq.fleet("mixed-improved", throughput_fit=False)
    by = ds["energy_by_choice"].to_series()
    power = wq.ThroughputProportional(0.24, 0.56)
    assert {label.partition(",")[0] for label in ds["choice"].values.tolist()} == {"v2-code", "v2-text"}
    for preset in ("v2-code", "v2-text"):
        plain = fleet("mixed-improved", preset=preset, throughput_fit=False)["energy_per_day"].item()
        following = fleet("mixed-improved", preset=preset, power_utilization=power, throughput_fit=False)
        assert by[f"{preset}, untrimmed, independent power"] == pytest.approx(plain, rel=1e-12)
        assert by[f"{preset}, untrimmed, proportional power"] == pytest.approx(
            following["energy_per_day"].item(), rel=1e-12
        )
    assert ends(ds, "structural") == [by.min(), by.max()]


def test_the_trimmed_choice_is_the_mean_of_the_trimmed_blend() -> None:
    ds = wq.fleet("mixed", throughput_fit=False, power_utilization=POWER)
    swept = wq.sweep(
        list(frontier_models()), output_tokens=["traditional", "long"], method="exact", keep_histogram=True
    )
    means = wq.blend(swept, trim=(0.14, 0.86))["energy_mean"].values * OVERHEAD
    found = ds["energy_by_choice"].sel(choice="v2-code, trimmed").item()
    assert found == pytest.approx(0.9 * means[0] + 0.1 * means[1], rel=1e-5)


def test_what_is_stated_is_no_choice() -> None:
    stated = wq.fleet("traditional", **NUMBERS, throughput_fit=False)
    assert {name.count("power") for name in stated["choice"].values} == {0}
    single = wq.fleet(**one(), throughput_fit=False)
    assert not any("trimmed" in name.replace("untrimmed", "") for name in single["choice"].values)
    assert "energy_by_choice" not in fleet("traditional")
    assert np.isnan(ends(fleet("traditional"), "structural")).all()


def two_classes(power: Any) -> dict[str, Any]:
    chat = {"share": 0.9, "model": MODEL}
    agents = {**chat, "share": 0.1, "power_utilization": power}
    return {"classes": {"chat": chat, "agents": agents}, "queries_per_day": 1e9}


@pytest.mark.parametrize("power", [0.5, POWER, wq.ThroughputProportional(0.3, 0.3)])
def test_a_class_that_states_its_power_keeps_it_and_the_others_are_varied(power: Any) -> None:
    ds = wq.fleet(**two_classes(power), throughput_fit=False)
    of_others = wq.fleet(**one(share=1), throughput_fit=False)["energy_by_choice"]
    stated = fleet(**one(share=1, power_utilization=power), throughput_fit=False)["energy_per_day"].item()
    for label in ("independent power", "proportional power"):
        name = f"v2-code, untrimmed, {label}"
        expected = 0.9 * of_others.sel(choice=name).item() + 0.1 * stated
        assert ds["energy_by_choice"].sel(choice=name).item() == pytest.approx(expected, rel=1e-12)
    assert "class agents states its own power_utilization and keeps it under every choice" in ds.attrs["notes"]


def test_power_that_is_not_varied_is_said() -> None:
    def notes(**arguments: Any) -> str:
        return str(wq.fleet(**arguments, throughput_fit=False, shared_draws=256).attrs["notes"])

    assert "power is not varied, for class chat states" in notes(**one(power_utilization=0.5))
    assert "power is not varied, for the scenario states" in notes(**one(), power_utilization=0.5)
    own = replace(catalog.preset("v2-code"), name="own", power_utilization=wq.ThroughputProportional(0.24, 0.56))
    said = notes(**one(), preset=own)
    assert "it follows throughput in preset own itself" in said
    assert "power is not varied" not in notes(**one())
    assert "power is not varied" not in notes(**one(), structural=False)


def test_a_superseded_preset_is_no_choice_and_has_none_of_the_later_ones() -> None:
    both = wq.fleet("traditional", preset=["v2-code", "v1"], throughput_fit=False, shared_draws=256)
    for preset in ("v2-code", "v1"):
        alone = wq.fleet("traditional", preset=preset, throughput_fit=False, shared_draws=256)
        own = both["energy_by_choice"].sel(preset=preset).dropna("choice")
        assert own["choice"].values.tolist() == alone["choice"].values.tolist()
        assert all(("v1" in label) == (preset == "v1") for label in alone["choice"].values.tolist())
        np.testing.assert_allclose(own, alone["energy_by_choice"], rtol=1e-12)
        assert ends(alone, "structural") == [own.min(), own.max()]
        low, high = ends(alone, "structural")
        assert low <= alone["energy_per_day"].item() <= high
        assert ("superseded" in alone.attrs["notes"]) == (preset == "v1")


def test_a_tail_that_cannot_be_cut_exactly_is_said() -> None:
    ds = wq.fleet("traditional", pue=wq.Uniform(1.1, 1.3), throughput_fit=False)
    assert not any("trimmed" in name.replace("untrimmed", "") for name in ds["choice"].values)
    assert "structural choice 'v2-code, trimmed, independent power' left out" in ds.attrs["notes"]


def test_a_shipped_preset_that_lacks_what_ones_own_has_is_left_out_of_the_choices() -> None:
    workloads = {**catalog.preset("v2-code").output_tokens, "code": {"distribution": "Exponential", "median": 900}}
    own = replace(catalog.preset("v2-code"), name="own", output_tokens=workloads)
    ds = wq.fleet(**one(output_tokens="code"), preset=own, throughput_fit=False, shared_draws=256)
    assert ds["choice"].values.tolist() == ["own, untrimmed, independent power", "own, untrimmed, proportional power"]
    assert "structural choice 'v2-text, untrimmed, independent power' left out: class 'chat': " in ds.attrs["notes"]
    with pytest.raises(wq.InputError, match="code"):
        wq.fleet(**one(output_tokens="code"))
