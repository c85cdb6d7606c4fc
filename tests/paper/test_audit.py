"""What each correction moves, against computations that know nothing of the audit, and the page that prints it."""

import dataclasses
import math
import re
from pathlib import Path

import numpy as np
import pytest

import wattquery as wq
from wattquery.paper.findings import all_changes, corrections
from wattquery.throughput import fit_throughput

PAGE = Path(__file__).parents[2] / "docs" / "audit.md"
FRONTIER = ["DeepSeek-R1", "Llama 3.1 405B", "Llama-3.1 Nemotron Ultra 253B"]
SHOWN = {
    "P25": "frontier, traditional, p25",
    "P50": "frontier, traditional, p50",
    "P75": "frontier, traditional, p75",
    "long P50": "frontier, long, p50",
    "fleet": "fleet, traditional",
    "mixed fleet": "fleet, mixed",
}
PAPER = wq.catalog.preset("v2-code")
ROWS = wq.catalog.load("oviedo2026").rows


@pytest.fixture(scope="module")
def audit():
    return wq.paper.audit()


def value(audit, change, quantity):
    cell = audit.sel(change=change, quantity=quantity)
    return cell["value"].item(), cell["stderr"].item()


def exact_median(rows, workload="traditional", form="log_linear", **entries):
    """Return the median of the trimmed blend with some rows of the paper's, by the exact method."""
    catalog = dataclasses.replace(
        wq.catalog.load("oviedo2026"), rows=tuple(rows), content_hash="", throughput_model=form
    )
    ds = wq.sweep(
        FRONTIER,
        output_tokens=[workload],
        preset=dataclasses.replace(PAPER, **entries),
        catalog=catalog,
        method="exact",
        keep_histogram=True,
    )
    return wq.blend(ds, over="model", trim=(0.14, 0.86))["energy"].sel(quantile=0.5).item()


def without(*lines):
    return [row for row in ROWS if row.line not in lines]


def test_labels(audit):
    names = [change.name for change in all_changes()]
    count = len(corrections())
    assert list(audit["change"].values) == ["v2-code", *names[:count], "corrected", *names[count:]]
    assert set(audit["kind"].values) == {"published", "correction", "together", "what_if"}
    assert set(audit["unit"].values) == {"Wh", "GWh/day", "1"}
    assert not audit["moves"].sel(change="v2-code").any()
    assert audit["published"].sel(quantity=SHOWN["P50"]) == 0.31
    assert np.isfinite(audit["stderr"]).all()
    assert ((audit["stderr"] > 0) & (audit["stderr"] < 0.01 * audit["value"])).all()


@pytest.mark.parametrize(
    ("change", "rows", "entries"),
    [
        ("v2-code", ROWS, {}),
        ("two-operating-points", without(25, 26), {}),
        ("power-of-deepseek", ROWS, {"node_power_by_model": {"DeepSeek-R1": 10.2}}),
        ("chart-instead", without(5, 6, 7, 8, 9), {}),
        ("h200-alone", without(20), {}),
        (
            "text-instead",
            ROWS,
            {name: getattr(wq.catalog.preset("v2-text"), name) for name in ("pue", "node_power_by_model")},
        ),
        ("reciprocal-throughput", ROWS, {"form": "auto"}),
        (
            "chart-read-lower",
            [dataclasses.replace(row, tokens_per_second=797.4) if row.line == 20 else row for row in ROWS],
            {},
        ),
    ],
)
def test_one_at_a_time_against_the_exact_method(audit, change, rows, entries):
    for workload in ("traditional", "long"):
        computed, stderr = value(audit, change, f"frontier, {workload}, p50")
        assert computed == pytest.approx(exact_median(rows, workload, **entries), abs=5 * stderr)


def draws_of(rows, generator, *, size, power, cut):
    """Return energies of traditional queries to one deployment, in NumPy from the equation alone."""

    def lognormal(low, high):
        sigma = math.log(high / low) / 3.29
        return generator.lognormal(math.log(low) + 1.645 * sigma, sigma, 2 * size)

    utilization, pue = lognormal(0.4, 0.9), lognormal(1.05, 1.60)
    if "utilization" in cut:
        utilization = utilization[utilization <= 1]
    if "pue" in cut:
        pue = pue[pue >= 1]
    tokens = np.maximum(1, np.rint(generator.exponential(300 / math.log(2), size)))
    model = fit_throughput(rows, "rows")
    log_rate = model.intercept + model.ln_input * math.log(500) + model.ln_output * np.log(tokens)
    rate = np.minimum(np.exp(log_rate), model.maximum)
    return pue[:size] * utilization[:size] * power * tokens / (3.6 * rate)


@pytest.mark.parametrize(
    ("change", "lines", "power", "cut"),
    [
        ("utilization-above-one", (), 12.8, ("utilization",)),
        ("pue-below-one", (), 12.8, ("pue",)),
        ("corrected", (25, 26), 10.2, ("utilization", "pue")),
    ],
)
def test_bounds_and_all_together_against_brute_force(audit, change, lines, power, cut):
    generator = np.random.default_rng(7)
    size = 300_000
    parts = []
    for name in FRONTIER:
        rows = [row for row in without(*lines) if row.model == name and row.precision == "FP8"]
        rating = power if name == "DeepSeek-R1" else 10.2
        energies = draws_of(rows, generator, size=size, power=rating, cut=cut)
        low, high = np.quantile(energies, [0.14, 0.86])
        parts.append(energies[(energies >= low) & (energies <= high)])
    blend = np.concatenate(parts)
    computed, stderr = value(audit, change, SHOWN["P50"])
    median = np.median(blend)
    density = np.mean(np.abs(blend / median - 1) < 0.02) / (0.04 * median)
    brute = 0.5 / math.sqrt(blend.size) / density
    assert computed == pytest.approx(median, abs=4 * math.hypot(brute, stderr))


def test_what_moves_nothing_moves_nothing_to_the_last_digit(audit):
    still = ["active-parameters", "total-parameters", "power-column", "precision-unconfirmed"]
    for name in audit["change"].values[1:]:
        assert audit["moves"].sel(change=name).any().item() == (name not in still)
    for name in still:
        assert (
            audit["value"]
            .sel(change=name)
            .equals(
                audit["value"]
                .sel(change="v2-code")
                .assign_coords({key: audit[key].sel(change=name) for key in ("change", "kind", "finding", "words")})
            )
        )


def test_sixteen_gpus_double_one_number_and_move_no_other(audit):
    run = audit.sel(change="sixteen-gpus")
    moved = run["quantity"].values[run["moves"].values]
    assert list(moved) == ["Llama 3.1 405B at 16 bits, traditional, p50"]
    assert run["ratio"].sel(quantity=moved[0]).item() == pytest.approx(2.0, rel=2e-3)


def test_a_change_moves_only_the_models_that_it_is_about(audit):
    chart = audit.sel(change="two-operating-points")
    models = [name for name in chart["quantity"].values if name.endswith("p50") and not name.startswith("frontier")]
    moved = [name for name in models if chart["moves"].sel(quantity=name)]
    assert moved == ["Llama 3.1 405B, traditional, p50", "Llama 3.1 405B, long, p50"]


def test_the_page_says_what_is_computed(audit):
    text = PAGE.read_text(encoding="utf-8")
    table = re.search(r"% table: effects\n\n(.*?)\n\n% end", text, re.DOTALL)[1].splitlines()
    assert [cell.strip() for cell in table[0].strip("|").split("|")] == ["change", *SHOWN, "P50 ratio"]
    printed = {
        name: cells for name, *cells in ([c.strip(" `") for c in line.strip("|").split("|")] for line in table[2:])
    }
    assert list(printed) == list(audit["change"].values)
    for change, (*numbers, ratio) in printed.items():
        for number, quantity in zip(numbers, SHOWN.values(), strict=True):
            computed, stderr = value(audit, change, quantity)
            assert float(number) == pytest.approx(computed, abs=0.0005 + 4 * stderr), (change, quantity)
        relative = value(audit, change, SHOWN["P50"])[1] / value(audit, change, SHOWN["P50"])[0]
        found = audit["ratio"].sel(change=change, quantity=SHOWN["P50"]).item()
        assert float(ratio) == pytest.approx(found, abs=0.0005 + 6 * relative)


def test_some_changes_only_give_the_same_on_any_number_of_threads(audit):
    shares = []
    chosen = wq.paper.audit(["sixteen-gpus"], threads=1, progress=shares.append)
    assert chosen.equals(audit.sel(change=["v2-code", "sixteen-gpus"]))
    assert (shares[0], shares[-1]) == (0.0, 1.0)


def test_refusals():
    with pytest.raises(wq.InputError, match=r"got 'exact', which cannot take .* Leave method out"):
        wq.paper.audit(method="exact")
    with pytest.raises(wq.InputError, match=r"got 'sixteen-gpu'\. Did you mean 'sixteen-gpus'"):
        wq.paper.audit(["sixteen-gpu"])
    with pytest.raises(wq.InputError, match="draws"):
        wq.paper.audit(draws=0)
    with pytest.raises(TypeError, match="preset"):
        wq.paper.audit(preset="v1")


def test_findings_as_a_table():
    table = wq.paper.findings()
    assert table.index.name == "finding"
    assert table.index.is_unique
    assert list(table.columns) == [
        "title",
        "lines",
        "problem",
        "evidence",
        "source",
        "correction",
        "why_not",
        "what_if",
    ]
    assert table.loc["power-column", "lines"] == "2-26"
    assert table.loc["utilization-above-one", "lines"] == ""
