"""The address keeps what the reader chose, and an address that is wrong does no harm."""

import json

import pytest

from browser.conftest import drawn
from browser.explored import HOSTILE, quantiles


def hash_of(page):
    return page.evaluate("() => location.hash")


def test_a_view_comes_back_from_its_address(opened):
    page = opened("paper")
    page.locator("#a-model").select_option(label="Llama 3.1 405B")
    page.locator("#a-output_tokens").select_option(label="long")
    page.locator("[data-number=pue]").fill("1.25")
    page.locator("[data-number=pue]").blur()
    page.locator("#by").select_option("levers")
    page.get_by_label("Compare with a second selection").check()
    page.locator("#b-model").select_option(label="DeepSeek-R1")
    page.locator("#claim").select_option("own")
    page.locator("#own").fill("1.5")
    page.locator("#own").blur()
    drawn(page)
    again = opened("paper", hash_of(page))
    assert hash_of(again) == hash_of(page)
    for place in ("#answer", "#comparison"):
        assert quantiles(again, place) == quantiles(page, place)
    assert again.locator("#own").input_value() == "1.5"
    assert again.locator("#by").input_value() == "levers"
    assert again.locator("#notice").is_hidden()


def test_back_and_forward(opened):
    page = opened("paper")
    first = quantiles(page)
    page.locator("#a-model").select_option(label="DeepSeek-R1")
    drawn(page)
    second = quantiles(page)
    page.locator("#a-output_tokens").select_option(label="long")
    drawn(page)
    third = quantiles(page)
    for move, expected in [("back", second), ("back", first), ("forward", second), ("forward", third)]:
        page.evaluate(f"() => history.{move}()")
        page.wait_for_timeout(100)
        drawn(page)
        assert quantiles(page) == expected
    assert page.locator("#a-output_tokens option:checked").inner_text() == "long"


@pytest.mark.parametrize(
    "wrong",
    [
        "a.model=Nobody's",
        "a.nothing=1",
        "a_set.pue=9",
        "a_set.pue=NaN",
        "a_set.__proto__=1",
        "a.__proto__=x",
        "a_set.lever:serving=-3",
        "a_blend.model=none",
        "constructor=1",
        "own=-1",
        "by=boundary",
        "claim=%3Cimg src=x onerror=alert(1)%3E",
        f"a.model={HOSTILE[0]}",
        "%E0%A4%A",
        "b.model",
        "=",
    ],
)
def test_what_an_address_has_wrong_is_left_out_and_said(opened, wrong):
    page = opened("paper", f"#a.output_tokens=long&{wrong}")
    assert page.locator("#a-output_tokens option:checked").inner_text() == "long"
    assert page.locator("#notice").is_visible()
    assert quantiles(page) is not None
    assert page.locator("img").count() == 0


def test_an_endless_address_is_not_read(opened):
    page = opened("paper", "#" + "a.model=x&" * 5000)
    assert "too long" in page.locator("#notice").inner_text()


def test_labels_are_named_and_not_numbered(opened, pages):
    page = opened("hostile")
    written = hash_after(page, "#a-model", 1)
    assert "a.model" in written
    again = opened("hostile", written)
    assert again.locator("#a-model").input_value() == "1"
    assert json.loads(again.locator("#answer").get_attribute("data-quantiles") or "null") == quantiles(page)


def hash_after(page, place, index):
    page.locator(place).select_option(str(index))
    drawn(page)
    return hash_of(page)
