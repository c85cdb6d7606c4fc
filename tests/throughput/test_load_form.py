"""The load form as plans have it."""

from __future__ import annotations

import pickle

import pytest

from load_queries import FORMS, REACHES, UNITS
from wattquery.kernels.equation import is_load_form
from wattquery.throughput.load_form import LoadForm, model_of


def test_it_is_equal_by_what_it_says_and_travels():
    form = LoadForm(UNITS, REACHES["window"], cached_share=0.5)
    assert form == LoadForm(UNITS, REACHES["window"], 0.5)
    assert hash(form) == hash(LoadForm(UNITS, REACHES["window"], 0.5))
    assert form != FORMS["window"]
    assert pickle.loads(pickle.dumps(form)) == form
    assert form.form == "load"
    assert is_load_form(form.kernel_numbers)


def test_numbers_that_are_none_of_a_form_are_refused():
    with pytest.raises(ValueError, match="5 units and 9 numbers of the attention, got 4 and 9"):
        LoadForm(UNITS[:4], REACHES["plain"])
    with pytest.raises(ValueError, match=r"more than 0 kJ, got 0\.0"):
        LoadForm((1.0, 0.0, 0.0, 1.0, 0.0), REACHES["plain"])


def test_it_has_no_throughput_model():
    with pytest.raises(LookupError, match="no throughput fit"):
        model_of(FORMS["plain"])
