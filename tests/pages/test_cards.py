"""What notebooks show: the rows that are printed, as tables that hold text alone and no look of their own."""

import re
from html.parser import HTMLParser

import pytest

import wattquery as wq
from wattquery import scenarios
from wattquery.pages import escaped
from wattquery.pages.cards import LONGEST, MOST_ROWS, Carded, Table, card, fields_of

HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a\u202eb", "</table>", "&lt;"]
ALLOWED = {"section", "p", "strong", "table", "caption", "thead", "tbody", "tr", "th", "td", "ul", "li"}


class Reader(HTMLParser):
    """Reads elements, attributes and texts, and checks that each element ends where it should."""

    def __init__(self, markup):
        super().__init__()
        self.open, self.texts, self.attributes, self.seen = [], [], set(), []
        self.feed(markup)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.seen.append(tag)
        self.attributes |= set(attributes)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def read(shown):
    found = Reader(shown._repr_html_() if isinstance(shown, Carded) else shown)
    assert set(found.seen) <= ALLOWED  # so no script, no style, nothing that is loaded
    assert found.attributes <= {("class", "wattquery"), ("scope", "row"), ("scope", "col")}  # and no colours
    return found


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_from_anywhere_are_text_wherever_they_stand(label):
    found = read(card(label, [label, {label: label}, [label], Table([label, label], [[label, label]], label)]))
    assert len(found.texts) == 10
    assert {escaped(one) for one in found.texts} == {escaped(label)}
    lever = read(wq.Lever("mine", wq.LogNormal(p5=1.5, p95=3), source=label))
    assert escaped(label) in {escaped(one) for one in lever.texts}


def test_long_values_and_many_rows_are_cut():
    rows = [[str(i), "x" * 1000] for i in range(MOST_ROWS + 5)]
    found = read(card("title", [Table(["a", "b"], rows), ["note"] * (MOST_ROWS + 2)]))
    assert max(map(len, found.texts)) == LONGEST
    assert "5 more rows are not shown." in found.texts
    assert "2 more" in found.texts


def test_parts_without_anything_in_them_are_left_out():
    assert read(card("title", [{}, [], "", ()])).texts == ["title"]


def test_fields_have_their_units_in_brackets_and_say_nothing_of_what_is_not_known():
    found = fields_of(wq.Accelerator("Abacus 2", memory_gb=144, bandwidth_tbps=6, fp16_tflops=1200, tdp_w=800))
    assert (found["memory [GB]"], found["tdp [W]"]) == ("144", "800")
    assert not any("idle" in name for name in found)


MADE = {
    "estimate": lambda: wq.estimate("DeepSeek-R1", levers="serving", draws=2000),
    "under a load": lambda: wq.estimate("Llama 3.1 70B", hardware="H100 SXM", load=0.5, method="exact"),
    "verdict": lambda: wq.claims.verdict("3 Wh", against="google_search_2009"),
    "reconciliation": lambda: wq.claims.reconcile("google_gemini_2025_full", "google_gemini_2025_narrow"),
    "plan": lambda: wq.plan("DeepSeek-R1"),
    "prepared": lambda: wq.prepare("Llama 3.1 70B", hardware="H100 SXM", load=0.5, output_tokens=300),
    "source": lambda: wq.catalog.source("T02273"),
    "distribution": lambda: wq.Exponential(median=300),
    "boundary": lambda: wq.Boundary("facility"),
    "workload": lambda: wq.Workload.from_pairs([1, 2], [3, 4], name="mine"),
}
PLAIN = {
    "model": lambda: wq.Model("llama-3.1-70b"),
    "preset": lambda: wq.catalog.preset("v2-code"),
    "scenario": lambda: scenarios.load("two-pools"),
    "claim": lambda: wq.claims.get("altman_2025"),
    "throughput": lambda: wq.ThroughputProportional(base=0.24, span=0.56),
}
"""What prints as a call, and tells a notebook its fields."""


@pytest.mark.parametrize("name", MADE)
def test_numbers_that_are_printed_are_those_that_a_notebook_shows(name):
    made = MADE[name]()
    shown = " ".join(read(made).texts)
    printed = re.findall(r"(?<![\w.])\d[\d,]*\.\d+", str(made))
    missing = {one for one in printed if one not in shown}
    assert not missing, missing
    assert "Wh" in shown or not hasattr(made, "quantiles")  # a unit stands with every energy


@pytest.mark.parametrize(
    "kind",
    [
        *(wq.Estimate, wq.LoadEstimate, wq.OperatingPoint, wq.SweepPlan, wq.PreparedQuery, wq.PowerProfile),
        *(wq.Distribution, wq.Lever, wq.Boundary, wq.Workload, wq.Model, wq.Accelerator, wq.MeasuredPoints),
        *(wq.claims.Verdict, wq.claims.Comparison, wq.claims.Reconciliation, wq.catalog.Preset, scenarios.Scenario),
    ],
)
def test_results_and_specifications_are_shown(kind):
    assert issubclass(kind, Carded)


@pytest.mark.parametrize("name", PLAIN)
def test_specifications_tell_their_fields(name):
    found = read(PLAIN[name]())
    assert found.seen.count("tr") >= 2


def test_every_shipped_specification_is_shown():
    for made in [*map(wq.catalog.preset, wq.catalog.preset_names()), *map(scenarios.load, scenarios.names())]:
        assert read(made).texts
    for claim in wq.catalog.public_claims():
        texts = read(claim).texts
        assert texts[0].startswith(claim.subject)
        assert claim.wh is None or texts[texts.index("energy [Wh]") + 1] == f"{claim.wh:.6g}"


def test_a_preset_has_its_distributions_as_calls_and_its_powers_with_units():
    texts = read(wq.catalog.preset("v2-code")).texts
    assert texts[texts.index("pue") + 1] == "LogNormal(p5=1.05, p95=1.6)"
    assert texts[texts.index("node power [kW]") + 1] == "10.2"


def test_energies_have_a_caption_with_unit_and_boundary():
    found = read(MADE["estimate"]())
    assert "Wh per query, facility boundary" in found.texts
    assert {"P5", "P95", "mean"} <= set(found.texts)


def test_an_operating_point_shows_what_binds_and_the_estimate():
    point = wq.operating_point("Llama 3.1 70B", hardware="H100 SXM", accelerators=4, interactivity=40)
    found = read(point)
    assert str(point).splitlines()[0] in found.texts
    assert "what binds: interactivity" in found.texts
    assert "Wh per query, facility boundary" in found.texts
