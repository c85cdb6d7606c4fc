"""Labels are only text, nothing is loaded or carried out that is not the page's own, and a table of it is inert."""

import csv
import io
import re

import pytest

from browser.conftest import drawn
from browser.explored import HOSTILE, quantiles


def test_hostile_labels_are_text(opened):
    page = opened("hostile")
    for details in page.locator("details").all():
        details.evaluate("one => { one.open = true; }")
    page.get_by_label("Compare with a second selection").check()
    for index in range(page.locator("#a-model option").count()):
        page.locator("#a-model").evaluate(
            f"(one) => {{ one.selectedIndex = {index}; one.dispatchEvent(new Event('change')); }}"
        )
        drawn(page)
    for index in range(1, len(HOSTILE)):
        page.locator("#claim").evaluate(
            f"(one) => {{ one.selectedIndex = {index}; one.dispatchEvent(new Event('change')); }}"
        )
        drawn(page)
    assert page.locator("img, iframe, object, embed, b").count() == 0
    scripts = page.evaluate("() => [...document.scripts].map((one) => one.parentElement.tagName + (one.src || ''))")
    assert set(scripts) == {"BODY"}
    assert "<img src=x onerror=alert(1)>" in page.locator("main").inner_text()
    links = page.evaluate("() => [...document.links].map((one) => one.protocol)")
    assert set(links) <= {"file:", "http:", "https:"}
    text = page.evaluate("() => document.body.innerText + document.title")
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u2028\0]", text)


def test_the_policy_refuses_what_is_not_of_the_page(opened):
    page = opened("paper")
    refused = page.evaluate(
        """() => new Promise((done) => {
          const found = [];
          document.addEventListener("securitypolicyviolation", (event) => found.push(event.effectiveDirective));
          const script = document.createElement("script");
          script.textContent = "globalThis.ran = true";
          document.body.append(script);
          document.body.insertAdjacentHTML("beforeend", "<p style='color:red' onclick='globalThis.ran = true'>x</p>");
          setTimeout(() => done([globalThis.ran ?? false, found]), 300);
        })"""
    )
    assert refused[0] is False
    assert any(one.startswith("script-src") for one in refused[1])
    assert any(one.startswith("style-src") for one in refused[1])
    page.problems.clear()  # what was refused, it said


@pytest.mark.parametrize(
    "script",
    [
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied'); } });",
        "history.pushState = history.replaceState = () => { throw new DOMException('denied'); };",
    ],
    ids=["storage", "history"],
)
def test_it_works_where_a_browser_denies(opened, script):
    page = opened("paper", script=script)
    before = quantiles(page)
    page.get_by_role("button", name="Dark colours").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.locator("#a-model").select_option(label="DeepSeek-R1")
    drawn(page)
    assert quantiles(page) != before


def downloaded(page):
    with page.expect_download() as caught:
        page.get_by_role("button", name="Download the slice as CSV").click()
    text = caught.value.path().read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    head = [row[0] for row in rows if row[0].startswith("#")]
    assert all(len(row) == 1 for row in rows if row[0].startswith("#"))
    names, *cells = [row for row in rows if not row[0].startswith("#")]
    return head, [dict(zip(names, row, strict=True)) for row in cells]


def test_the_slice_as_csv(opened, pages):
    page = opened("load", "#a_set.pue=1.2")
    head, rows = downloaded(page)
    (axis,) = [one for one in pages["load"].payload["axes"] if one["name"] == "model"]
    assert [row["model"] for row in rows] == axis["labels"]
    (chosen,) = [
        row
        for row in rows
        if row["model"] == page.locator("#a-model option:checked").inner_text().removesuffix(" (no data)")
    ]
    energies = [
        float(value)
        for name, value in chosen.items()
        if name.startswith("energy ") and ("P" in name or "median" in name)
    ][:5]
    assert energies == quantiles(page)
    assert all("[Wh per query, facility]" in name for name in rows[0] if re.match("energy (P|median|mean|st)", name))
    text = "\n".join(head)
    for part in ("PUE 1.2", "catalog hash: ", "boundary: facility", "# cite: ", "# source: ", "# view: #", "version: "):
        assert part in text


def test_hostile_cells_are_inert_in_spreadsheets(opened):
    page = opened("hostile")
    head, rows = downloaded(page)
    for row in rows:
        for value in row.values():
            assert not re.match(r"\s*[=+@\t\r]", value)
            assert not value.startswith("-") or float(value) <= 0
    assert all("\n" not in line and "\0" not in line for line in head)
    assert any(value.startswith("'=HYPERLINK") for row in rows for value in row.values())


def test_texts_are_copied(opened):
    page = opened("paper", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy: BibTeX").click()
    page.wait_for_function("() => document.querySelector('#cite').innerText.includes('Copied')")
