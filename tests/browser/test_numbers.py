"""What the page shows is what the Dataset holds, and what the package computes for the sliders."""

import json

import numpy as np
import pytest

from browser.conftest import drawn
from browser.explored import LEVELS, answered, fragment, labels_of, overrides_of, quantiles

AGREED = 0.005
STATES = {"paper": 100, "load": 100}


def close(shown, expected, within=AGREED):
    np.testing.assert_allclose(shown, expected, rtol=within)


def held(study, labels):
    """Return the quantiles of a cell of the Dataset, None where it has no data."""
    cell = study.ds["energy"]
    for axis in study.payload["axes"]:
        if axis["name"] in labels:
            cell = cell.isel({axis["name"]: axis["labels"].index(labels[axis["name"]])})
    values = cell.sel(quantile=list(LEVELS)).values
    return None if np.isnan(values).any() else values


def go(page, address):
    """Go to an address of the same page, as a link or the reader does."""
    page.evaluate("address => { location.hash = address; }", address)
    drawn(page)


@pytest.mark.parametrize("name", ["paper", "load", "stored"])
def test_every_label_shows_the_numbers_of_the_dataset(opened, pages, name):
    study, page = pages[name], opened(name)
    generator = np.random.default_rng(5)
    known = 0
    for _ in range(12):
        labels = labels_of(study, generator)
        for axis, label in labels.items():
            index = next(one["labels"].index(label) for one in study.payload["axes"] if one["name"] == axis)
            page.locator(f"#a-{axis}").select_option(str(index))
        drawn(page)
        expected = held(study, labels)
        shown = quantiles(page)
        if expected is None:
            assert shown is None
            assert "Nothing is known" in page.locator("#sentence").inner_text()
            continue
        known += 1
        close(shown, expected, 1e-6)
        assert f"{expected[2]:.2g}" in page.locator("#sentence").inner_text()
    assert known > 3


@pytest.mark.parametrize("name", STATES)
def test_random_states_agree_with_the_package(opened, pages, name):
    study, page = pages[name], opened(name)
    generator = np.random.default_rng(20261127)
    compared, moved = 0, 0
    for _ in range(STATES[name]):
        overrides = overrides_of(study, generator)
        go(page, fragment(labels_of(study, generator), overrides))
        shown = quantiles(page)
        if shown is None:
            continue
        assert page.locator("#notice").is_hidden(), page.locator("#notice").inner_text()
        result = answered(page.locator("#call pre").first.inner_text())
        close(shown, result if isinstance(result, list) else [result.quantiles[level] for level in LEVELS])
        compared += 1
        moved += bool(overrides)
    assert compared >= STATES[name] * 0.5
    assert moved >= compared * 0.5


def test_sliders_number_fields_and_levers_recompute(opened, pages):
    page = opened("paper", fragment({"model": "DeepSeek-R1", "pue": "1.1", "levers": "none"}, {}))
    (before,) = [quantiles(page)]
    page.locator("[data-number=pue]").fill("1.375")
    drawn(page)
    close(quantiles(page), np.array(before) * 1.25)
    page.locator("[data-slider=pue]").evaluate("one => { one.value = '1.65'; one.dispatchEvent(new Event('input')); }")
    drawn(page)
    close(quantiles(page), np.array(before) * 1.5)
    assert page.locator("[data-number=pue]").input_value() == "1.65"
    page.get_by_role("button", name="PUE: as in the study").click()
    drawn(page)
    close(quantiles(page), before, 1e-6)
    page.locator("#sliders summary", has_text="Levers").click()
    page.locator("[data-lever=serving]").select_option("known")
    page.locator("[data-number='lever:serving']").fill("4")
    drawn(page)
    close(quantiles(page), np.array(before) / 4)
    assert page.locator("#changes .chip").count() == 1
    page.get_by_role("button", name="Reset all").click()
    drawn(page)
    close(quantiles(page), before, 1e-6)
    assert page.locator("#changes .chip").count() == 0


def test_a_number_that_no_slider_takes_changes_nothing(opened):
    page = opened("paper")
    before = quantiles(page)
    for wrong in ("0.2", "7", "", "1e999"):
        page.locator("[data-number=pue]").fill(wrong)
        drawn(page)
        assert quantiles(page) == before
        assert page.locator("[data-number=pue]").get_attribute("aria-invalid") == "true"


def test_a_blend_of_the_paper(opened, pages):
    page = opened(
        "paper",
        "#a_blend.model=frontier&a.output_tokens=traditional&a.input_tokens=500&a.levers=none&a.pue=1.1",
    )
    result = answered(page.locator("#call pre").first.inner_text())
    close(quantiles(page), [result.quantiles[level] for level in LEVELS])
    assert "frontier" in page.locator("#sentence").inner_text()


def test_two_selections_and_their_ratio(opened, pages):
    study = pages["paper"]
    labels = {"model": "DeepSeek-R1", "output_tokens": "long", "input_tokens": "500", "pue": "1.1", "levers": "none"}
    page = opened("paper", fragment(labels, {}))
    page.get_by_label("Compare with a second selection").check()
    page.locator("#b-model").select_option(label="Llama 3.1 70B")
    drawn(page)
    close(quantiles(page, "#comparison"), held(study, labels | {"model": "Llama 3.1 70B"}), 1e-6)
    ratio = json.loads(page.locator("#comparison").get_attribute("data-ratio"))
    assert ratio == sorted(ratio)
    medians = quantiles(page)[2] / quantiles(page, "#comparison")[2]
    assert ratio[0] < medians < ratio[4]
    page.get_by_label("B", exact=True).check()
    page.locator("[data-number=pue]").fill("1.65")
    drawn(page)
    close(quantiles(page, "#comparison"), 1.5 * held(study, labels | {"model": "Llama 3.1 70B"}))
    close(quantiles(page), held(study, labels), 1e-6)
    page.get_by_role("button", name="Swap A and B").click()
    drawn(page)
    close(quantiles(page), 1.5 * held(study, labels | {"model": "Llama 3.1 70B"}))


def test_three_questions(opened, pages):
    page = opened(
        "paper", fragment({"model": "DeepSeek-R1", "output_tokens": "traditional", "pue": "1.1", "levers": "none"}, {})
    )
    page.locator("#claim").select_option("own")
    median = quantiles(page)[2]
    page.locator("#own").fill(repr(median))
    drawn(page)
    share = float(page.locator("#question-claim .verdict").get_attribute("data-share"))
    assert share == pytest.approx(0.5, abs=0.005)
    assert "It fits this selection" in page.locator("#question-claim").inner_text()
    page.locator("#own").fill("30")
    drawn(page)
    assert "Too high" in page.locator("#question-claim").inner_text()
    page.locator("#claim").select_option("devries_2023_chatgpt")
    drawn(page)
    assert page.locator("#question-claim a").get_attribute("href").startswith("http")
    ratio = json.loads(page.locator("#question-search .verdict").get_attribute("data-ratio"))
    assert ratio[2] == pytest.approx(median / 0.3, rel=AGREED)
    study = pages["paper"]
    cells = (
        study.ds["energy"].sel(quantile=0.5, output_tokens="traditional", input_tokens=500, levers="none").isel(pue=1)
    )
    least = str(cells["model"][int(np.nanargmin(cells.values))].item())
    assert page.locator("#question-least .verdict").get_attribute("data-least") == least
    assert least in page.locator("#question-least").inner_text()


def test_pictures_say_their_numbers_and_have_a_table(opened, pages):
    page = opened("load")
    for name in ("distribution", "bands", "frontier", "tornado"):
        figure = page.locator(f"#{name}")
        assert "Wh" in figure.locator("figcaption").inner_text()
        assert figure.locator(".image").get_attribute("role") == "img"
        assert len(figure.locator(".image").get_attribute("aria-label")) > 40
        assert figure.locator("svg").count() == 1
        figure.locator("summary").click()
        assert figure.locator("tbody tr").count() > 1
    rows = page.locator("#frontier tbody tr").all_inner_texts()
    assert any("yes" in row for row in rows)


def test_a_study_that_cannot_be_computed_again_says_why(opened):
    page = opened("stored")
    assert page.locator("#sliders input").count() == 0
    assert "catalog" in page.locator("#sliders").inner_text()
    assert page.locator("#distribution svg").count() == 1
    assert page.locator("#tornado svg").count() == 0
