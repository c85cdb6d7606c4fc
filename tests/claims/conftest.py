"""Comparisons that several files of tests look at, and the model's answers that many comparisons ask for, made once."""

from __future__ import annotations

import pytest

from wattquery import claims
from wattquery.claims.answers import Answers


class KeptAnswers(Answers):
    """Answers that outlive a list of claims: arguments are told apart by where they lie, so all of them must stay."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def distribution(self, conditions, *rest):
        self.asked.append(conditions)
        return super().distribution(conditions, *rest)

    def at_lengths(self, conditions, *rest):
        self.asked.append(conditions)
        return super().at_lengths(conditions, *rest)


@pytest.fixture(scope="session")
def kept_answers():
    return KeptAnswers()


@pytest.fixture(scope="module")
def shared_answers(kept_answers):
    """Let all comparisons of a file ask the same `Answers`, which changes nothing: `test_answers.py` holds that."""
    with pytest.MonkeyPatch.context() as patch:
        for room in ("comparing", "judging"):
            patch.setattr(f"wattquery.claims.{room}.Answers", lambda threads=None: kept_answers)
        yield


@pytest.fixture(scope="session")
def iea():
    return claims.compare("cmp_iea_mixtral")


@pytest.fixture(scope="session")
def devries():
    return claims.compare("devries_2023_chatgpt")


@pytest.fixture(scope="session")
def assumption():
    """Return what finds an assumption of a comparison by its name."""

    def find(found, name):
        return next(one for one in found.assumptions if one.name == name)

    return find
