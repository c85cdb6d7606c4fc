"""Names stand for one thing, or are refused."""

import pytest

from wattquery.errors import InputError
from wattquery.reports import subjects
from wattquery.reports.subjects import kind_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("3 Wh", "claim"),
        ("2.9", "claim"),
        ("altman_2025", "claim"),
        ("frontier", "preset"),
        ("v1", "preset"),
        ("mixed", "fleet"),
        ("DeepSeek-R1", "model"),
        ("Llama 3.1 70B", "model"),
        ("gpt-oss-120b", "model"),
    ],
)
def test_a_name_stands_for_one_thing(name, kind):
    assert kind_of(name) == kind


def test_a_name_of_two_things_is_refused_unless_it_is_said_which(monkeypatch):
    monkeypatch.setattr(subjects.scenarios, "names", lambda: ("frontier",))
    with pytest.raises(InputError, match="'frontier' is the name of a preset and of a fleet"):
        kind_of("frontier")
    assert kind_of("frontier", "fleet") == "fleet"


@pytest.mark.parametrize("name", ["", "nothing at all", "missing.toml", "missing.json"])
def test_what_stands_for_nothing_is_refused(name):
    with pytest.raises(InputError, match="is no model, claim, energy, scenario or preset"):
        kind_of(name)


def test_what_begins_with_a_number_and_is_no_energy_is_refused():
    with pytest.raises(InputError, match="energy"):
        kind_of("3 apples")


@pytest.mark.parametrize(("name", "message"), [("grid.nc", "xarray.open_dataset"), ("ALL", "claims --least")])
def test_what_is_no_name_leads_on(name, message):
    with pytest.raises(InputError, match=message):
        kind_of(name)
