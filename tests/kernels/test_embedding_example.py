"""The example that charges energy to requests: it runs, its charges add up, and the docs show what it prints."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

import wattquery as wq
from wattquery.throughput import fit_throughput

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def simulator():
    spec = importlib.util.spec_from_file_location("serving_simulator", ROOT / "examples" / "serving_simulator.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("load", [0.3, np.inf])
def test_charges_add_up_to_the_energy_of_the_node(simulator, load):
    run = simulator.simulate(1000, seed=1, load=load, power=simulator.FOLLOWING)
    assert run.energies.min() > 0.0
    assert run.charged + run.empty == pytest.approx(run.node, rel=1e-11)


def test_an_empty_node_draws_its_base(simulator):
    """With a single slot the node is full or empty, and full for the share of the time that is asked for."""
    run = simulator.simulate(500, seed=3, slots=1, load=0.5, power=simulator.FOLLOWING)
    assert run.empty == pytest.approx(1.3 * 10.2 * 0.24 * (1.0 - run.filled) * run.duration / 3.6, rel=1e-9)
    assert run.filled == pytest.approx(0.5, abs=0.15)


def test_a_full_node_costs_what_the_equation_says(simulator):
    """Request by request, whose lengths are those that a sweep with this seed draws."""
    size, seed, model = 2000, 9, "Llama 3.1 70B"
    run = simulator.simulate(size, seed=seed)
    assert run.filled == pytest.approx(64.0, rel=1e-9)
    assert run.empty == 0.0
    streams = [wq.kernels.stream(seed, purpose) for purpose in ("output_tokens", "input_tokens")]
    u, v = (np.array([wq.kernels.uniform(stream, draw) for draw in range(size)]) for stream in streams)
    outputs = np.maximum(1.0, np.rint(-300.0 / np.log(2.0) * np.log1p(-u)))
    inputs = np.array([100.0, 500.0, 2000.0])[np.floor(3.0 * v).astype(int)]
    rate = fit_throughput(wq.catalog.load("oviedo2026").deployment(model).rows, model).predict(inputs, outputs)
    np.testing.assert_allclose(run.energies, 1.3 * 10.2 * 0.6 * outputs / (3.6 * rate), rtol=1e-9)


def test_a_full_node_agrees_with_the_exact_sweep(simulator):
    """Three levels and the mean, each within 4.4 standard errors (1e-5)."""
    run = simulator.simulate(5000, seed=2)
    assert np.abs(simulator.deviations(run.energies, simulator.closed_form("Llama 3.1 70B"))).max() < 4.4


def test_a_sweep_of_the_same_seed_has_the_same_quantiles(simulator):
    run = simulator.simulate(5000, seed=2)
    ds = wq.sweep(
        "Llama 3.1 70B",
        output_tokens=simulator.OUTPUT_TOKENS,
        input_tokens=wq.Empirical(samples=simulator.PROMPTS),
        power_utilization=0.6,
        pue=1.3,
        node_power=10.2,
        quantiles=(0.05, 0.5, 0.95),
        draws=5000,
        seed=2,
    )
    # A rank between two draws is read off differently; both stay within a few draws of each other.
    levels = np.array([0.05, 0.5, 0.95])
    low, high = (np.quantile(run.energies, levels + shift) for shift in (-0.001, 0.001))
    found = ds["energy"].values.ravel()
    assert np.all((low * 0.999 < found) & (found < high * 1.001))


def test_the_same_seed_gives_the_same_energies(simulator):
    first, again, other = (simulator.simulate(300, seed=seed).energies for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_docs_show_what_it_prints(simulator, capsys):
    text = (ROOT / "docs" / "how-to.md").read_text()
    shown = re.search(r"\$ python examples/serving_simulator.py (.*)\n([^`]*)```", text)
    simulator.main(shown[1].split())
    assert capsys.readouterr().out.strip() == shown[2].strip()


def test_loads_that_never_end_are_refused(simulator, capsys):
    with pytest.raises(SystemExit):
        simulator.main(["--load", "1.5"])
    assert "--load" in capsys.readouterr().err
