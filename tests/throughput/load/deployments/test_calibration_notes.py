"""What is said of measured points: how many move a table, which do not, and which look wrong."""

from __future__ import annotations

from load_deployments import cases
from own_points import POINT, measured
from wattquery.measured import MeasuredPoints
from wattquery.throughput.load.deployments.calibration_notes import calibration_notes
from wattquery.throughput.load.deployments.forms import forms_of


def notes(*points, given=None):
    given = measured(*points) if given is None else given
    found = cases("gemma-3-27b", precision=("BF16",), accelerators=(2,), measured=given, measured_as="mine.csv")
    return calibration_notes(found, forms_of(found)[1])


def test_nothing_is_said_without_points():
    asked = cases()
    assert calibration_notes(asked, forms_of(asked)[1]) == []


def test_how_many_points_count():
    assert notes(POINT, {**POINT, "accelerators": 4})[0] == (
        "Of 2 measured points (mine.csv), 1 is of an instance of this grid, and 1 of its models on other instances."
    )


def test_points_of_other_models_and_other_instances():
    said = notes({**POINT, "architecture": "qwen3-14b"})
    assert said[0].startswith("None of the 1 measured point (mine.csv) is of a model of this grid (Gemma 3")
    said = notes({**POINT, "version": "0.11.0"})
    assert said[0].startswith("None of the 1 measured point (mine.csv) is of an instance of this grid: 1 of its models")
    assert said[0].endswith("They are of Gemma 3 27B on 2 x H100 SXM, vLLM 0.11, BF16.")


def test_points_that_contradict_the_model():
    said = notes({**POINT, "output_tps_per_accelerator": 9.0})
    assert any(one.startswith("Measured point 'mine' has 0.0") and "the throughput" in one for one in said)
    assert not any("standard deviations" in one for one in notes(POINT))


def test_lengths_far_from_those_of_the_points():
    said = notes({**POINT, "input_tokens": 100})
    assert any("inputs of 100 tokens, and queries of some cells 1,000" in one for one in said)
    assert not any("inputs of" in one for one in notes({**POINT, "input_tokens": 700}))


def test_points_that_are_passed_over_or_refused():
    points = measured(POINT, {**POINT, "row_id": "pools", "disaggregated": True})
    given = MeasuredPoints(
        observations=points.observations, refused=(("row 7", "Its unit is wrong."),), notes=("row 2: no power.",)
    )
    said = notes(given=given)
    assert "1 measured point passed over (pools): prefill has accelerators of its own." in said
    assert "Of the measurements 1 cannot be used. row 7: Its unit is wrong." in said
    assert "Measured points: row 2: no power." in said
