"""Several sentences as one."""

from __future__ import annotations

import pytest

from one_sentence import is_one_sentence
from wattquery.measured.tables.sentences import one_sentence


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("No model is named: write one.", "no model is named: write one."),
        ("700 W are too much. Correct it", "700 W are too much; correct it."),
        ("'A. B' is no name. A name is needed.", "'A. B' is no name; a name is needed."),
        ("It is left out. 64 users are many.", "it is left out; 64 users are many."),
        ("TPOT 5.0 cannot be.", "TPOT 5.0 cannot be."),
    ],
)
def test_sentences_become_one(text, made):
    assert one_sentence(text) == made
    assert is_one_sentence(made)
