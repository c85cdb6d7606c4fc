"""Arrays go into JSON and come back in the page as they were."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import quickjs

from explorer.page_engine import SCRIPTS
from wattquery.explorer.arrays import SINGLE_FROM, packed, packed_text


@pytest.fixture(scope="module")
def decoded():
    context = quickjs.Context()
    context.eval((SCRIPTS / "arrays.js").read_text(encoding="utf-8"))
    context.eval("globalThis.plain = (x) => (typeof x === 'number' && !Number.isFinite(x) ? String(x) : x); 0")

    def decode(array):
        text = "Array.from(a.data, (x) => typeof x === 'number' && !Number.isFinite(x) ? String(x) : x)"
        return json.loads(
            context.eval(
                f"(() => {{ const a = wattquery.decode({json.dumps(array)}); return JSON.stringify({text}); }})()"
            )
        )

    return decode


@pytest.mark.parametrize("size", [1, 2, 3, 4, 255, 256, 257])
def test_every_number_of_bytes_comes_back(decoded, size):
    values = np.random.default_rng(size).normal(size=size)
    assert decoded(packed(values)) == values.tolist()


def test_no_numbers_are_none(decoded):
    assert decoded(packed([])) == []


def test_what_is_no_number_stays_so(decoded):
    found = decoded(packed([1.5, math.nan, math.inf, -math.inf]))
    assert found == [1.5, "NaN", "Infinity", "-Infinity"]


def test_few_different_values_are_a_dictionary_and_many_numbers_single(decoded):
    few = np.resize([0.1, math.nan, 3.0], 2000)
    assert packed(few)["type"] == "dictionary"
    assert [one if isinstance(one, str) else float(one) for one in decoded(packed(few))][:3] == [0.1, "NaN", 3.0]
    many = np.random.default_rng(1).normal(size=SINGLE_FROM)
    assert packed(many)["type"] == "f4"
    assert decoded(packed(many)) == pytest.approx(many.tolist(), rel=1e-7)


def test_truth_values_and_text_come_back(decoded):
    assert decoded(packed(np.array([True, False]))) == [1, 0]
    words = ["a", "</script>", "a", "ü\u2028"]
    assert decoded(packed_text(words, [4])) == words
