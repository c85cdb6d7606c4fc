"""What people read for identifiers: every one of ours in words, and none of a user's changed."""

from __future__ import annotations

import pytest

from wattquery import catalog, workloads
from wattquery.inputs.ladder import CLAIM_LADDER
from wattquery.quantities import QUANTITIES
from wattquery.specs.display_names import MEASURED_LEVERS, WORKLOADS, display_label, display_name, display_value
from wattquery.specs.factors import FACTORS


@pytest.mark.parametrize("name", [*QUANTITIES, *(rung.adds for rung in CLAIM_LADDER)])
def test_no_name_of_ours_is_an_identifier(name: str) -> None:
    assert "_" not in display_name(name)


@pytest.mark.parametrize("preset", ["v2-code", "default"])
def test_no_factor_of_a_preset_is_an_identifier(preset: str) -> None:
    known = catalog.preset(preset)
    for kind in FACTORS:
        own = getattr(known, kind.names) if kind.names and not kind.is_single else ["serving"]
        for name in [kind.name] if kind.is_single else [kind.name + one for one in own]:
            shown = display_name(name)
            assert not any(part in shown for part in ("_", "lever:", "step:")), name


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ("lever:model", "model lever"),
        ("step:idle_reserve", "idle reserve"),
        ("load_model:stack", "load model: stack"),
        ("throughput_fit:0:1", "throughput fit: 0, 1"),
        ("facility_overhead", "facility overhead"),
        ("output_tokens=long", "output tokens: long"),
        ("model x output_tokens x pue", "model x output tokens x PUE"),
        ("energy_mean", "mean energy"),
    ],
)
def test_words(identifier: str, words: str) -> None:
    assert display_name(identifier) == words


@pytest.mark.parametrize("label", ["my_label", "gpt_4=o", "a x b_c", "B200: 8", "model+serving", ""])
def test_labels_of_users_stay(label: str) -> None:
    assert display_name(label) == label


def test_labels_of_ours_are_in_words() -> None:
    assert set(WORKLOADS) == set(workloads.names())
    assert set(MEASURED_LEVERS) == set(catalog.levers()["lever"])
    assert display_value("workload", "azure_code") == "azure code"
    assert display_value("levers", "model+multi_token_prediction+my_own") == "model+multi token prediction+my_own"
    assert display_name("lever:fp8_from_bf16") == "FP8 from BF16 lever"
    assert display_value("output_tokens", "azure_code") == "azure_code"


def test_names_of_users_stay_within_a_factor() -> None:
    assert display_name("lever:my_lever") == "my_lever lever"
    assert display_name("lever:pue") == "pue lever"
    assert display_name("lever:Draft lever") == "Draft lever"
    assert display_label("levers", "my_lever") == "levers: my_lever"
