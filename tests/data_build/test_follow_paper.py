"""The steps of the authors' scripts: they give what the published code prints, and the file that ships."""

from __future__ import annotations

import pytest

import follow_paper


@pytest.fixture(scope="module")
def throughputs():
    return follow_paper.Throughputs()


def test_the_steps_give_every_number_that_the_published_code_prints(throughputs):
    assert follow_paper.differences(throughputs) == []


def test_another_step_would_be_seen(throughputs, monkeypatch):
    monkeypatch.setattr(follow_paper, "MODELS", follow_paper.MODELS[:4])
    with pytest.raises(KeyError, match=r"Llama 3\.1 70B"):
        follow_paper.differences(throughputs)
    monkeypatch.undo()
    monkeypatch.setattr(follow_paper, "SEED", 43)
    assert len(follow_paper.differences(throughputs)) > 50


def test_what_ships_is_what_the_steps_give(throughputs):
    assert follow_paper.supplement(throughputs) == follow_paper.SUPPLEMENT.read_text(encoding="utf-8")
