"""Pages on fleets: the numbers of the result, its intervals, and a sum that grows boundary by boundary."""

import pytest

import wattquery as wq
from html_pages import Page, check_inert, check_usable
from wattquery.reports.cells import digits
from wattquery.reports.report import content_of, page_text


@pytest.fixture(scope="module")
def fleets():
    return wq.fleet(["traditional", "mixed"], structural=True, shared_draws=512)


def test_the_answer_has_the_energy_and_its_interval(fleets):
    content = content_of(fleets.sel(scenario="mixed"), {})
    low, high = fleets["energy_interval"].sel(scenario="mixed", interval="epistemic").values
    energy = fleets["energy_per_day"].sel(scenario="mixed").item()
    assert (
        f"The fleet mixed takes {energy:.2g} GWh a day ({low:.2g} to {high:.2g} with what is not known)"
        in content.answer
    )
    assert "the mix of queries" in content.answer


def test_intervals_stand_beside_the_energy(fleets):
    content = content_of(fleets, {})
    table = content.cells[0]
    assert table.header[1:6] == ("expected", "sampling", "shared factors", "epistemic", "structural")
    for row, name in zip(table.rows, ("traditional", "mixed"), strict=True):
        assert row[:2] == (name, digits(fleets["energy_per_day"].sel(scenario=name).item()))
        low, high = fleets["energy_interval"].sel(scenario=name, interval="structural").values
        assert row[5] == f"{low:.3g} to {high:.3g}"
    assert content.answer.startswith("Of 2 fleets traditional takes least, 0.73 GWh a day")


def test_the_last_boundary_is_the_whole(fleets):
    table = content_of(fleets, {}).numbers[0]
    assert table.rows[-1][2] == digits(fleets["energy_per_day"].sel(scenario="traditional").item())
    assert table.rows[0][0] == "accelerator"


def test_a_page_on_fleets_is_inert_and_usable(fleets):
    page = Page(page_text(content_of(fleets, {})))
    check_inert(page)
    check_usable(page)
    assert "mixed: 1.7 GWh a day" in page.pictures()[0][0]
    assert "not explained by the source" in page.text
