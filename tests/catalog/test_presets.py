"""The presets, entry by entry, and that nobody can change them by accident."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import pytest

from wattquery import catalog
from wattquery.errors import InputError, InputTypeError


def lognormal(p5, p95):
    return {"distribution": "LogNormal", "p5": p5, "p95": p95}


def entries(preset, *without):
    names = {field.name for field in dataclasses.fields(preset)} - {"name", "title", *without}
    return {name: getattr(preset, name) for name in names}


def test_names():
    assert catalog.preset_names() == ("v2-code", "v2-text", "v1", "untrimmed", "corrected", "default")
    for name in catalog.preset_names():
        assert catalog.preset(name).name == name
        assert catalog.preset(name) is catalog.preset(name)
    assert len({catalog.preset(name).title for name in catalog.preset_names()}) == 6


def test_v2_code():
    assert entries(catalog.preset("v2-code")) == {
        "catalog": "oviedo2026",
        "node_power": 10.2,
        "node_power_by_model": {"DeepSeek-R1": 12.8},
        "power_utilization": lognormal(0.4, 0.9),
        "pue": lognormal(1.05, 1.60),
        "output_tokens": {
            "traditional": {"distribution": "Exponential", "median": 300},
            "long": {"distribution": "Exponential", "median": 5000},
        },
        "input_tokens": 500,
        "round_tokens": True,
        "prefill_weight": 0.0,
        "levers": {
            "model": lognormal(1.5, 10.0),
            "serving": lognormal(1.5, 5.0),
            "hardware": lognormal(1.5, 2.5),
            "routing": lognormal(1.5, 5.0),
        },
        "fleet_serving_lever": {"traditional": lognormal(1.5, 3.5), "long": lognormal(1.5, 3.0)},
        "fleet_overhead": {"factor_1": 1.10, "factor_2": 1.076, "factor_3": 1.12},
        "blend_top": 3,
        "blend_trim": (0.14, 0.86),
        "published": "v2",
        "prefill_weights": {"headline": 0.0, "input_length_supplement": 1 / 30},
        "lever_kinds": {"model": "model", "serving": "serving", "hardware": "hardware", "routing": "other"},
    }


@pytest.mark.parametrize(
    ("name", "different"),
    [
        ("v2-text", {"pue": lognormal(1.05, 1.40), "node_power_by_model": {"DeepSeek-R1": 12.5}}),
        ("v1", {"node_power": 11.3, "node_power_by_model": {"DeepSeek-R1": 14.1}, "published": "v1"}),
        ("untrimmed", {"blend_trim": None}),
        (
            "corrected",
            {
                "catalog": "oviedo2026-corrected",
                "node_power_by_model": {},
                "power_utilization": {"distribution": "Truncated", "of": lognormal(0.4, 0.9), "high": 1.0},
                "pue": {"distribution": "Truncated", "of": lognormal(1.05, 1.60), "low": 1.0},
            },
        ),
        (
            "default",
            {
                "catalog": "default",
                "node_power": None,
                "node_power_by_model": {},
                "published": "",
                "blend_top": 0,
                "blend_trim": None,
            },
        ),
    ],
)
def test_the_others_differ_from_v2_code_in_this_and_nothing_else(name, different):
    assert entries(catalog.preset(name), *different) == entries(catalog.preset("v2-code"), *different)
    for entry, value in different.items():
        assert getattr(catalog.preset(name), entry) == value
        assert getattr(catalog.preset("v2-code"), entry) != value


def test_every_model_that_a_preset_names_is_in_its_catalog():
    for name in catalog.preset_names():
        preset = catalog.preset(name)
        assert set(preset.node_power_by_model) <= set(catalog.load(preset.catalog).labels("model"))


def test_presets_are_read_only_at_every_depth():
    preset = catalog.preset("v2-code")
    with pytest.raises(dataclasses.FrozenInstanceError):
        preset.node_power = 1.0
    for mapping in [preset.pue, preset.levers, preset.levers["model"], preset.output_tokens["long"]]:
        with pytest.raises(TypeError, match="does not support item assignment"):
            mapping["p5"] = 1.0


def test_a_preset_may_be_varied_and_stays_read_only():
    mine = {"DeepSeek-R1": 9.0}
    varied = dataclasses.replace(catalog.preset("v2-code"), name="mine", node_power_by_model=mine)
    mine["DeepSeek-R1"] = 1.0
    assert varied.node_power_by_model == {"DeepSeek-R1": 9.0}
    assert varied != catalog.preset("v2-code")
    assert catalog.preset(varied) is varied


def test_presets_travel():
    preset = catalog.preset("untrimmed")
    for copied in (pickle.loads(pickle.dumps(preset)), copy.deepcopy(preset)):
        assert copied == preset
        assert hash(copied) == hash(preset)
        with pytest.raises(TypeError):
            copied.pue["p5"] = 1.0


def test_an_unknown_preset():
    with pytest.raises(InputError) as caught:
        catalog.preset("v2-cod")
    assert str(caught.value) == (
        "preset must be one of 'v2-code', 'v2-text', 'v1', 'untrimmed', 'corrected', 'default', got 'v2-cod'. "
        "Did you mean 'v2-code'?"
    )


@pytest.mark.parametrize("wrong", [None, 2, {"name": "v1"}])
def test_what_is_no_preset(wrong):
    with pytest.raises(InputTypeError, match="preset must be a name or a Preset, got"):
        catalog.preset(wrong)


def test_boundary_factors_have_a_number_and_a_source():
    share, idle, *overhead = catalog.boundary_factors()
    assert (share.name, dict(share.factor)) == ("accelerator_share", lognormal(0.55, 0.73))
    assert (idle.name, idle.factor) == ("idle_reserve", 1.10)
    assert {one.name: one.factor for one in overhead} == dict(catalog.preset("v2-code").fleet_overhead)
    assert all("not explained by the source" in one.source for one in overhead)
    assert all("2508.15734" in one.source for one in (share, idle))
    # What the sources give, recomputed: rating, split, and measured power of the accelerators over that of the wall.
    given = [8 * 0.7 / 10.2, 0.14 / (0.14 + 0.06), *(8 * 0.7 * part / (10.2 * 0.603) for part in (0.709, 0.796))]
    assert [round(one, 3) for one in given] == [0.549, 0.7, 0.646, 0.725]
    assert min(given) == pytest.approx(share.factor["p5"], abs=0.005)
    assert max(given) == pytest.approx(share.factor["p95"], abs=0.006)
    assert idle.factor == pytest.approx(1 + 0.02 / (0.14 + 0.06))
    with pytest.raises(TypeError):
        share.factor["p5"] = 0.1
