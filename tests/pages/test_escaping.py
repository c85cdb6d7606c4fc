"""Text from anywhere is only text, links go to the web alone, and data ends no script."""

import json

import pytest

from html_pages import Page
from wattquery.pages import Html, data_for_script, element, escaped, joined, link, web_address

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</td></table><h1>",
    "javascript:alert(1)",
    "a\u202egnp.exe",
    "a\0b",
    "\ud800",
    "\u2028</style>",
    "&lt;b&gt;",
]


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_stay_text_in_an_element_and_in_an_attribute(label):
    found = Page(element("td", label, title=label))
    ((tag, attributes),) = found.tags
    assert tag == "td"
    assert set(attributes) == {"title"}
    assert attributes["title"] == found.text
    assert found.text.isprintable()
    assert found.text.encode()  # lone surrogates are written out


def test_what_turns_the_direction_is_written_out():
    assert escaped("a\u202eb") == "a\\u202eb"


def test_html_is_escaped_once():
    assert escaped(escaped("<")) == "&lt;"
    assert joined(["<", Html("<br>")], ", ") == "&lt;, <br>"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org/x",
        "https:",
        "http://[",
        "https://a b",
        "",
    ],
)
def test_only_addresses_of_the_web_are_links(address):
    assert web_address(address) is None
    assert not Page(link(address, "text")).tags
    if address:
        with pytest.raises(ValueError, match="address of the web"):
            element("a", "text", href=address)


def test_an_address_ends_no_attribute():
    ((tag, attributes),) = Page(link('https://example.org/?a="><script>')).tags
    assert (tag, attributes["href"]) == ("a", 'https://example.org/?a="><script>')


@pytest.mark.parametrize("attributes", [{"onclick": "x"}, {"style": "x"}, {"srcdoc": "x"}, {"src": "https://a.b/c"}])
def test_elements_carry_no_code_and_load_nothing(attributes):
    with pytest.raises(ValueError, match=r"attribute|address"):
        element("img", **attributes)


@pytest.mark.parametrize("name", ["script", "style", "a b", "b>"])
def test_elements_are_no_scripts(name):
    with pytest.raises(ValueError, match="no element"):
        element(name)


@pytest.mark.parametrize("label", HOSTILE)
def test_data_comes_back_and_ends_no_script(label):
    text = data_for_script({label: [label]})
    assert json.loads(text) == {label: [label]}
    assert not set("<>&\u2028\u2029\0") & set(text)


def test_data_has_no_nan():
    with pytest.raises(ValueError, match=r"JSON|range"):
        data_for_script([float("nan")])
