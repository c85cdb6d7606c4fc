"""Which form rows get: what is asked for, what they allow, and one sentence where these do not agree."""

from __future__ import annotations

import dataclasses

import pytest

from wattquery import catalog
from wattquery.errors import InputError
from wattquery.throughput import fit_throughput
from wattquery.throughput.forms import takes_reciprocal
from wattquery.throughput.remarks import loads_at_same_lengths, several_loads

POINTS = [(500, 300, 1000), (1000, 2000, 900), (5000, 500, 300), (200, 4000, 800)]
"""Input tokens, output tokens, tokens/s."""


def rows(points=POINTS, cells=(), header="Concurrency"):
    template = dataclasses.replace(catalog.load("oviedo2026").rows[4], model="Ours", node_power=10.2)
    others = [((header, cell),) for cell in cells] or [()] * len(points)
    return [
        dataclasses.replace(
            template, input_tokens=i, output_tokens=o, tokens_per_second=float(tps), line=line, others=own
        )
        for line, ((i, o, tps), own) in enumerate(zip(points, others, strict=True), 2)
    ]


def form(*arguments, **keywords):
    return fit_throughput(rows(*arguments, **keywords), "Ours", "auto").kind


def test_three_lengths_are_reciprocal_and_fewer_are_what_they_were():
    assert form() == form(POINTS[:3]) == "reciprocal"
    assert form(POINTS[:2]) == "larger_of_two"
    assert form(POINTS[:1]) == "single_row"
    assert form([POINTS[0], POINTS[1], (1000, 2000, 950), POINTS[2]]) == "reciprocal"
    assert fit_throughput(rows(), "Ours").kind == fit_throughput(rows(), "Ours", "log_linear").kind == "regression"


def test_lengths_that_do_not_tell_context_from_prefill_get_the_log_linear_rules():
    inputs_alone = [(inp, 300, 1000) for inp in (100, 500, 2000)]
    with pytest.raises(InputError, match="all have the output length 300"):
        form(inputs_alone)
    with pytest.raises(InputError, match=r"3 pairs of lengths \(lines 2, 3, 4\) that do not tell its coefficients"):
        fit_throughput(rows(inputs_alone), "Ours", "reciprocal")
    in_step = [(1000, 1000, 900), (2000, 2000, 800), (3000, 3000, 700)]
    with pytest.raises(InputError, match="change in step"):
        form(in_step)


def test_a_length_that_is_not_known_is_said():
    with pytest.raises(InputError, match="The input length of 'Ours' is not known in row 3"):
        fit_throughput(rows([POINTS[0], (None, 300, 100), *POINTS[2:]]), "Ours", "reciprocal")
    assert form([POINTS[0], (None, 300, 100)]) == "larger_of_two"


@pytest.mark.parametrize("count", [1, 2])
def test_too_few_rows_for_the_form_that_is_asked_for_are_one_sentence(count):
    with pytest.raises(InputError, match=f"would be fitted to {count} pairs? of lengths in {count} rows?. It needs at"):
        fit_throughput(rows(POINTS[:count]), "Ours", "reciprocal")
    with pytest.raises(InputError, match="has no benchmark rows"):
        fit_throughput([], "Ours", "reciprocal")


def test_rows_of_several_loads_at_the_same_lengths_are_not_taken_for_noise():
    points = [(i * wobble, o, tps * share) for i, o, tps in POINTS for wobble, share in ((1.0, 1.0), (1.02, 0.6))]
    loads = ["64", "8"] * len(POINTS)
    assert form(points) == "reciprocal"
    assert form(points, loads) == "regression"
    assert loads_at_same_lengths(rows(points, loads)) == ["Concurrency"]
    model = fit_throughput(rows(points, loads), "Ours", "auto")
    quiet = dataclasses.replace(model, residual_standard_error=0.1)
    said = several_loads(quiet, rows(points, loads))
    assert "rows of several loads: 'Concurrency' differs at the same lengths" in said
    assert "load model" in said
    # What differs from length to length is the load of the maximum there, and what is no number is a name.
    assert form(POINTS, ["256", "64", "32", "16"]) == "reciprocal"
    assert form(points, ["a", "b"] * len(POINTS)) == "reciprocal"
    assert form(points, loads, header="Colour") == "reciprocal"


def test_a_form_that_is_named_overrides_what_auto_would_say():
    points = [(i, o, tps * share) for i, o, tps in POINTS for share in (1.0, 0.6)]
    kept = rows(points, ["64", "8"] * len(POINTS))
    assert not takes_reciprocal(kept)
    assert fit_throughput(kept, "Ours", "reciprocal").kind == "reciprocal"


@pytest.mark.parametrize("name", ["recip", "", None, 3, True])
def test_other_names_are_refused(name):
    with pytest.raises(InputError, match=r"throughput_model must be one of 'auto', 'reciprocal', 'log_linear', got"):
        fit_throughput(rows(), "Ours", name)
