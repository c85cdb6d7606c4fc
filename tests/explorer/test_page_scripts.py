"""Scripts of the page that need no browser: numbers in words, cells of tables, and the view in an address."""

import json
from urllib.parse import parse_qsl

import pytest
import quickjs

from explorer.page_engine import SCRIPTS

PAYLOAD = {
    "axes": [
        {"name": "model", "labels": ["A & B", "C=1", "Ü"], "numbers": None},
        {"name": "load", "labels": ["0.1", "0.9"], "numbers": [0.1, 0.9]},
    ],
    "levels": [0.05, 0.25, 0.5, 0.75, 0.95],
    "variables": {"energy": {"axes": ["model", "load"], "by_level": True}},
    "engine": {
        "sliders": [
            {"name": "pue", "minimum": 1, "maximum": 2},
            {"name": "load", "minimum": 1, "maximum": 2, "values": [1, 2]},
        ],
        "levers": [{"name": "serving"}],
        "blends": [{"label": "all", "models": [0, 1]}],
    },
    "claims": [{"id": "x", "about": "query"}, {"id": "y", "about": "web search"}],
}


@pytest.fixture(scope="module")
def ask():
    context = quickjs.Context()
    for name in ("words", "study", "state", "csv"):
        context.eval((SCRIPTS.parent / f"{name}.js").read_text(encoding="utf-8"))
    context.eval(f"globalThis.payload = {json.dumps(PAYLOAD)}; 0")
    context.eval("payload.variables.energy.array = {data: new Float64Array(30).fill(1), shape: [3, 2, 5]}; 0")
    context.eval("Object.assign(globalThis, wattquery); 0")
    # URLSearchParams is the browser's: this one reads and writes what is tested here.
    context.eval(
        "globalThis.URLSearchParams = class extends Map { constructor(text) { super(text); }"
        "  toString() { return JSON.stringify([...this]); } }; 0"
    )
    return lambda expression: json.loads(str(context.eval(f"JSON.stringify({expression})")))


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.3421, 2, "0.34"),
        (0.03, 2, "0.030"),
        (12.34, 2, "12"),
        (1234.5, 2, "1,230"),
        (0.99999, 2, "1.0"),
        (5, 4, "5"),
        (10140, 4, "10,140"),
        (0, 2, "0"),
        (2.5e-7, 2, "2.5 \u00d7 10^-7"),
    ],
)
def test_numbers_have_the_digits_that_are_meant(ask, value, digits, text):
    assert ask(f"words.number({value}, {digits})") == text


def test_ends_of_a_range_are_told_apart(ask):
    assert ask("words.range(0.1201, 0.1249, 'Wh')") == "0.120 to 0.125 Wh"
    assert ask("words.range(2, 2)") == "2.0 to 2.0"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-x", "'-x"),
        ("@a", "'@a"),
        (" =1", "' =1"),
        ('a"b', '"a""b"'),
        ("a,b", '"a,b"'),
        ("a\nb", "a\\x0ab"),
        ("\u202eb", "\\u202eb"),
        (-1.5, "-1.5"),
        (None, ""),
    ],
)
def test_cells_are_inert(ask, value, cell):
    assert ask(f"csv.cell({json.dumps(value)})") == cell


def read(ask, fragment):
    pairs = parse_qsl(fragment, keep_blank_values=True)
    return ask(f"state.read(payload, {json.dumps(pairs)})")


def test_a_view_is_read_as_it_was_written(ask):
    found = read(
        ask, "a.model=C%3D1&a.load=0.9&a_set.pue=1.25&a_set.lever:serving=on&b_blend.model=all&editing=b&own=2"
    )
    assert found["ignored"] == []
    state = found["state"]
    assert state["a"] == {"choice": {"model": 1, "load": 1}, "overrides": {"pue": 1.25, "lever:serving": "on"}}
    assert state["b"]["choice"] == {"model": "blend:0", "load": 1}
    assert (state["comparing"], state["editing"], state["own"]) == (True, "b", 2)
    written = dict(json.loads(ask(f"state.write(payload, {json.dumps(state)})")))
    assert written["a.model"] == "C=1"
    assert written["b_blend.model"] == "all"


@pytest.mark.parametrize(
    "wrong",
    [
        "a.model=D",
        "a.x=1",
        "a_set.pue=3",
        "a_set.pue=",
        "a_set.load=1.5",
        "a_set.lever:serving=0.5",
        "a_set.constructor=1",
        "own=Infinity",
        "own=",
        "claim=z",
        "search=x",
        "by=z",
        "__proto__=1",
        "c.model=Ü",
    ],
)
def test_what_is_wrong_is_left_out(ask, wrong):
    found = read(ask, f"a.load=0.9&{wrong}")
    assert len(found["ignored"]) == 1
    assert found["state"]["a"] == {"choice": {"model": 0, "load": 1}, "overrides": {}}
    assert found["state"]["own"] == 3


def test_shares_are_no_more_exact_than_what_is_known(ask):
    said = [ask(f"words.percent({share})") for share in (0, 1, 0.5)]
    assert said == ["less than 0.1 %", "more than 99.9 %", "50 %"]
