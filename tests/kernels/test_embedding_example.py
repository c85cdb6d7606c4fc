"""The example that charges energy to requests: it runs, its charges add up, and the docs show what it prints."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def simulator():
    spec = importlib.util.spec_from_file_location("serving_simulator", ROOT / "examples" / "serving_simulator.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_charges_add_up_to_the_energy_of_the_node(simulator):
    run = simulator.simulate(2000, seed=1)
    assert run.energies.min() > 0.0
    assert run.energies.sum() + run.empty == pytest.approx(run.node, rel=1e-12)


def test_an_empty_node_draws_its_base(simulator):
    """With a single slot the node is full or empty, and full for the share of the time that is asked for."""
    run = simulator.simulate(500, seed=3, slots=1, load=0.5)
    assert run.empty == pytest.approx(1.3 * 10.2 * 0.24 * run.idle_time / 3.6, rel=1e-9)
    assert run.idle_time / run.duration == pytest.approx(0.5, abs=0.15)


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
