"""The file of the explorer: everything in it is allowed by its policy, and nothing else, and it names its licences."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

import pytest

from wattquery.explorer.page import LIBRARIES, PLOT_STYLE, SCRIPTS, explorer_page

FOLDER = files("wattquery.explorer") / "document"
PAYLOAD = {"format": "wattquery-explorer-1", "title": "A </title><script>", "claims": [{"title": "</script>"}]}
WRITTEN = sorted(path.relative_to(FOLDER / "scripts") for path in (FOLDER / "scripts").rglob("*.js"))


@pytest.fixture(scope="module")
def text():
    return explorer_page(PAYLOAD)


def elements(name, text):
    return re.findall(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)


def test_the_policy_allows_what_stands_in_the_page_and_nothing_else(text):
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    policy = policy.replace("&#x27;", "'")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    for rule, name in [("script-src", "script"), ("style-src", "style")]:
        hashes = [f"'sha256-{b64encode(sha256(one.encode()).digest()).decode()}'" for one in elements(name, text)]
        assert rules[rule].split() == hashes
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert "unsafe" not in policy
    assert not re.search(
        r"<(link|img|iframe)\b|\bsrc=|@import|url\(", re.sub(r"<script>.*?</script>", "", text, flags=re.S)
    )


def test_the_study_is_data_and_ends_no_script(text):
    (study,) = re.findall(r'<script type="application/json" id="study">(.*?)</script>', text)
    assert json.loads(study) == PAYLOAD
    assert len(elements("title", text)) == 1


def test_a_number_that_json_lacks_is_refused():
    with pytest.raises(ValueError, match=r"JSON|range"):
        explorer_page({"title": "x", "levels": [float("nan")]})


def test_every_script_stands_in_the_page_and_says_what_lives_there(text):
    assert sorted(f"{name}.js" for name in SCRIPTS) == [path.as_posix() for path in WRITTEN]
    assert len(elements("script", text)) == len(SCRIPTS) + len(LIBRARIES)


@pytest.mark.parametrize("path", WRITTEN, ids=str)
def test_a_script_makes_no_code_or_markup_of_text(path):
    lines = (FOLDER / "scripts" / path).read_text(encoding="utf-8").splitlines()
    assert re.match(r"// [A-Z].{20,}", lines[0])
    assert '"use strict";' in lines[:6]
    assert len(lines) <= 400
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "DOMParser",
    ):
        assert word not in "\n".join(lines)


def test_libraries_are_those_that_are_named_with_their_licences(text):
    table = (FOLDER / "vendored" / "README.md").read_text(encoding="utf-8")
    for name in LIBRARIES:
        code = (FOLDER / "vendored" / f"{name}.min.js").read_bytes()
        assert sha256(code).hexdigest() in table
        licence = (FOLDER / "vendored" / f"{name}.LICENSE").read_text(encoding="utf-8")
        assert "Permission to use, copy, modify" in licence
        assert licence.strip() in text


def test_the_style_of_plot_is_what_plot_writes():
    code = (FOLDER / "vendored" / "plot.min.js").read_text(encoding="utf-8")
    written = re.findall(r'append\("style"\)\.text\(`(.*?)`\)', code)
    assert PLOT_STYLE in [re.sub(r"\$\{\w+\}", "plot", one).replace("\\n", "\n") for one in written]
