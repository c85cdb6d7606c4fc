"""What a figure shows: models in the order of the paper, blends as the authors' scripts mix them."""

from __future__ import annotations

import pytest

from wattquery.paper.pictures.listing import FIGURES
from wattquery.paper.pictures.panels import panels
from wattquery.paper.supplement import supplement

BY_NAME = {figure.name: figure for figure in FIGURES}


def test_models_stand_in_the_order_of_the_paper(found):
    (panel,) = panels(BY_NAME["figure-1a"], found)
    assert [shown.label for shown in panel.rows] == [
        "DeepSeek-R1",
        "Llama 3.1 405B",
        "Llama-3.1 Nemotron Ultra 253B",
        "Mixtral 8x22B",
        "Llama 3.1 70B",
    ]


@pytest.mark.parametrize("workload", ["traditional", "long"])
@pytest.mark.parametrize("tokens", [500, 1000, 5000])
def test_a_blend_is_of_the_models_that_the_script_mixes(found, workload, tokens):
    printed = supplement()["input_length"][workload][str(tokens)]["blend"]
    assert list(found.inputs[workload, tokens].frontier_models) == printed
    assert ("Llama 3.1 70B" in printed) == ((workload, tokens) in [("traditional", 1000)] or tokens == 5000)


def test_the_histogram_is_that_of_the_numbers(found):
    for name in ("figure-1a", "figure-2b", "supplement-power-long", "assumptions"):
        for panel in panels(BY_NAME[name], found):
            for shown in panel.rows:
                assert float(shown.histogram.quantiles(0.25)) == shown.value("p25")


def test_each_set_of_assumptions_has_its_own_published_numbers(found):
    traditional, long = panels(BY_NAME["assumptions"], found)
    stated = {shown.label: [claim.text for claim in shown.stated("p50")] for shown in traditional.rows}
    assert stated == {"v2-code": ["0.31", "0.308"], "v2-text": [], "v1": ["0.34"], "untrimmed": []}
    assert [claim.text for claim in long.rows[2].stated("p50")] == ["4.32"]


def test_a_figure_without_distributions_has_no_panel(found):
    assert panels(BY_NAME["figure-3"], found) == []
