"""The programs around prepared cells: the docs show what they print, and their sums are those of the package."""

import importlib.util
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import wattquery as wq

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")


def program(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where dataclasses look for their module
    spec.loader.exec_module(module)
    return module


def shown(name):
    """Return the arguments and the output of a program as the docs have them."""
    return re.search(rf"\$ python examples/{name}.py ?(.*)\n([^`]*)```", PAGE).groups()


@pytest.fixture(scope="module")
def cell():
    return wq.prepare("Llama 3.1 70B", hardware="H100 SXM", load=0.5, output_tokens=300)


def test_spans_print_what_the_docs_show(capsys):
    program("energy_of_spans").main([])
    assert capsys.readouterr().out.strip() == shown("energy_of_spans")[1].strip()


def test_a_gateway_puts_the_energy_on_its_span(cell):
    spans = program("energy_of_spans")
    span = spans.Span()
    usage = {"prompt_tokens": 900, "completion_tokens": 300, "prompt_tokens_details": {"cached_tokens": 800}}
    answers = iter([{"model": "m", "usage": usage}, {"model": "m", "usage": {**usage, "completion_tokens": 0}}, {}])
    handler = spans.with_energy(lambda request: next(answers), {"m": cell}, lambda: span)
    handler("hello")
    assert span.attributes["wattquery.energy_wh"] == cell.energy(900, 300, 800)
    assert span.attributes["gen_ai.usage.cache_read.input_tokens"] == 800
    span.attributes.clear()
    handler("hello")
    assert "output_tokens must be from 1" in span.attributes["wattquery.refused"]
    assert handler("hello") == {}


def test_a_fleet_is_simulated_without_the_package(tmp_path, capsys):
    words, output = shown("fleet_by_profile")
    path = tmp_path / "profile.json"
    instance = {"hardware": "H100 SXM", "workload": "azure_conversation"}
    wq.power_profile("Llama 3.1 70B", **instance).save(path)
    fleet = program("fleet_by_profile")
    fleet.main([str(path), *words.split()[1:]])
    assert capsys.readouterr().out.strip() == output.strip()
    source = (ROOT / "examples" / "fleet_by_profile.py").read_text(encoding="utf-8")
    assert not re.search(r"^(import|from) (wattquery|numpy)", source, re.MULTILINE)
    # A day at one load is that load's power for 24 hours.
    profile = json.loads(path.read_text(encoding="utf-8"))
    found = fleet.kilowatt_hours(profile, [(3, 0.5)] * 288, "node")
    place = profile["load"].index(0.5)
    watts = profile["power_w_per_accelerator"]["node"]["mean"][place]
    assert found["mean"] == pytest.approx(3 * 4 * watts * 24 / 1000, rel=1e-12)


def test_sessions_are_sums_of_their_turns(cell, capsys):
    agents = program("agent_sessions")
    expected, low, high, _ = agents.sessions(cell, 50, turns=2, kept=1.0)
    stream = wq.kernels.stream(42, "sessions")
    context, cached, total = 3000.0, 0.0, 0.0
    for draw in (0, 3):
        context += np.rint(wq.kernels.lognormal(6.0, 1.0, wq.kernels.uniform(stream, draw)))
        answer = 1.0 + np.rint(wq.kernels.exponential(250.0, wq.kernels.uniform(stream, draw + 1)))
        total += cell.energy(context, answer, cached)
        cached, context = context, context + answer
    assert expected[0] == pytest.approx(total, rel=1e-9)
    assert (low < expected).all()
    assert (expected < high).all()
    words, output = shown("agent_sessions")
    agents.main(words.split())
    assert capsys.readouterr().out.strip() == output.strip()
