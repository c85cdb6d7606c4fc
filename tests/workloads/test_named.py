"""The workloads that ship: that they can be loaded, are what their table says, and name their sources."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from wattquery import workloads
from wattquery.errors import InputError, InputTypeError
from wattquery.specs.workload import MOST_NODES

NAMES = (
    "azure_conversation",
    "azure_code",
    "mooncake_conversation",
    "mooncake_synthetic",
    "servegen_deepseek_r1",
    "servegen_m_large",
    "servegen_m_mid",
    "servegen_m_small",
    "servegen_mm_image",
    "arxiv_summarization",
    "agent",
)

# Means, medians and P95 of output and input tokens, as the traces have them.
FACTS = {
    "azure_conversation": (211.126, 129, 451, 1154.7, 1020, 4083),
    "azure_code": (27.8825, 13, 90, 2047.85, 1469, 7303.3),
    "mooncake_conversation": (342.619, 350, 698, 12035.1, 6909, 39550.5),
    "mooncake_synthetic": (149.119, 69, 519, 15325.5, 11587, 48904.6),
    "servegen_deepseek_r1": (1527.42, 792, 5701, 1268.25, 208, 6714),
    "servegen_m_large": (155.093, 53, 539, 914.278, 601, 2404),
    "servegen_m_mid": (50.7595, 34, 131, 306.742, 173, 864),
    "servegen_m_small": (14.8909, 3, 71, 119.669, 40, 573),
    "servegen_mm_image": (129.703, 100, 336, 572.089, 106, 2346),
    "arxiv_summarization": (291.43, 167, 736.2, 2588.08, 2730, 3813),
}


@pytest.fixture(scope="module")
def table():
    return workloads.table()


def test_their_names():
    assert workloads.names() == NAMES
    assert wq.workloads is workloads


@pytest.mark.parametrize("name", NAMES)
def test_each_is_what_the_table_says(name, table):
    workload, row = workloads.load(name), table.loc[name]
    assert workload.size == row["nodes"] <= MOST_NODES
    assert workload.label == name
    assert workload.independent == row["independent"] == (not name.startswith("azure"))
    assert workload.quantile_error == row["quantile_error"]
    assert 0.0 < workload.quantile_error < 0.15
    for length in ("output", "input"):
        assert workload.mean(f"{length}_tokens") == pytest.approx(row[f"{length}_mean"], rel=1e-5)
        for level in (50, 95):
            assert workload.quantile(level / 100, f"{length}_tokens") == pytest.approx(
                row[f"{length}_p{level}"], rel=1e-5
            )
    assert min(workload.output_tokens) >= 1.0
    assert workload.rows.weights.sum() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("name", FACTS)
def test_lengths_are_those_of_the_trace(name):
    workload = workloads.load(name)
    mean_output, *output_quantiles, mean_input, median_input, p95_input = FACTS[name]
    # Tables of margins have quantiles in steps of a thousandth, between which the mean is not known.
    assert workload.mean() == pytest.approx(mean_output, rel=3e-6 if "azure" in name else 5e-3)
    assert workload.mean("input_tokens") == pytest.approx(mean_input, rel=3e-6 if "azure" in name else 0.015)
    assert workload.quantile([0.5, 0.95]) == pytest.approx(output_quantiles, rel=0.01)
    assert workload.quantile([0.5, 0.95], "input_tokens") == pytest.approx([median_input, p95_input], rel=0.01)


def test_pairs_keep_their_correlation():
    rows = workloads.load("azure_code").rows
    logs = np.log(rows.output_tokens), np.log(rows.input_tokens)
    covariance = np.cov(*logs, aweights=rows.weights)
    assert covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]) == pytest.approx(-0.0045, abs=0.02)


def test_an_agent_reads_much_and_mostly_from_its_cache():
    agent = workloads.load("agent")
    assert agent.mean("input_tokens") == pytest.approx(101_084, rel=0.02)
    assert agent.mean() == pytest.approx(1_014, rel=0.02)
    assert agent.mean("cached_tokens") / agent.mean("input_tokens") == pytest.approx(0.95, abs=1e-6)
    assert "an illustration" in agent.notes[0]
    assert [name for name in NAMES if workloads.load(name).has_cached_tokens] == ["agent"]


def test_every_one_names_its_source_and_licence(table):
    assert table[["source", "url", "date", "licence", "attribution", "notes", "title"]].map(bool).all(axis=None)
    for name in NAMES:
        assert table.loc[name, "url"] in workloads.load(name).origin


def test_what_is_biased_says_so():
    for name, share in (("large", "63 %"), ("mid", "71 %"), ("small", "43 %")):
        assert any("biased" in note and share in note for note in workloads.load(f"servegen_m_{name}").notes)
    assert any("in its cache" in note for note in workloads.load("mooncake_conversation").notes)
    assert any("-0.52" in note for note in workloads.load("mooncake_synthetic").notes)
    assert any("no traffic" in note for note in workloads.load("arxiv_summarization").notes)


def test_case_and_joiners_say_nothing():
    assert workloads.load(" Azure-Conversation ") is workloads.load("azure_conversation")
    assert workloads.load("AZURE code").name == "azure_code"


def test_one_of_the_user_is_taken_as_it_is():
    mine = wq.Workload([1], [2])
    assert workloads.load(mine) is mine


def test_unknown_names_are_refused():
    with pytest.raises(InputError, match=r"must be one of 'azure_conversation'.*Did you mean 'mooncake_conversation'"):
        workloads.load("moncake_conversation")
    with pytest.raises(InputTypeError, match=r"must be a name or a wq\.Workload, got 5"):
        workloads.load(5)
