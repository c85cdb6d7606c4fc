"""Whether targets are met: inside, outside within the errors of enough clusters, and beyond."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from wattquery.throughput.load import QUANTITIES
from wattquery.validation import KINDS, grouped, verdicts
from wattquery.validation.groups import GROUPS
from wattquery.validation.scores import STATISTICS
from wattquery.validation.targets import FEWEST_COVERED, TARGETS, Target
from wattquery.validation.verdicts import VERDICTS

ERROR = Target("architecture", 0, "tpot_s", "overall", "all", "median_absolute_log_error", 0.0, 0.12)
COVERED = Target("architecture", 0, "tpot_s", "hardware", "", "coverage_90", 0.8, 1.0, 100)


def scored(**changes):
    row = {"by": "architecture", "points": 0, "quantity": "tpot_s", "group": "overall", "label": "all"}
    numbers = {"rows": 500, "clusters": 9, **dict.fromkeys(STATISTICS, 0.0)}
    return {**row, **numbers, **{f"{name}_stderr": 0.01 for name in STATISTICS}, **changes}


@pytest.mark.parametrize(
    ("changes", "verdict", "missed_by"),
    [
        ({"median_absolute_log_error": 0.12}, "met", 0.0),
        ({"median_absolute_log_error": 0.139}, "within errors", 0.019),
        ({"median_absolute_log_error": 0.141}, "missed", 0.021),
        ({"median_absolute_log_error": 0.139, "clusters": 4}, "missed", 0.019),
        ({"median_absolute_log_error": 0.139, "median_absolute_log_error_stderr": math.nan}, "missed", 0.019),
    ],
)
def test_a_miss_within_two_errors_of_enough_clusters_passes(changes, verdict, missed_by):
    found = verdicts(pd.DataFrame([scored(**changes)]), [ERROR]).iloc[0]
    assert found["verdict"] == verdict
    assert found["missed_by"] == pytest.approx(missed_by)


def test_both_ends_of_a_range_count():
    both = Target("architecture", 0, "tpot_s", "overall", "all", "coverage_50", 0.42, 0.60)
    for share, missed_by in ((0.30, 0.12), (0.45, 0.0), (0.70, 0.10)):
        found = verdicts(pd.DataFrame([scored(coverage_50=share)]), [both]).iloc[0]
        assert found["missed_by"] == pytest.approx(missed_by)


def test_a_target_without_a_label_is_held_against_every_group_that_is_large_enough():
    rows = [
        scored(group="hardware", label=label, coverage_90=share, rows=count)
        for label, share, count in (("A", 0.9, 100), ("B", 0.7, 100), ("C", 0.1, 99))
    ]
    found = verdicts(pd.DataFrame(rows), [COVERED])
    assert list(zip(found["label"], found["verdict"], strict=True)) == [("A", "met"), ("B", "missed")]


def test_a_target_of_which_there_are_no_rows_is_not_met():
    found = verdicts(pd.DataFrame([scored(quantity="ttft_s")]), [ERROR])
    assert list(found["verdict"]) == ["no rows"]


def test_the_truth_meets_all_that_is_wanted_of_its_intervals(found):
    judged = found.verdicts
    shares = judged[(judged["statistic"] != "median_absolute_log_error") & (judged["points"] == 0)]
    assert set(shares["verdict"]) <= {"met", "within errors"}
    assert (shares["verdict"] == "met").mean() > 0.95
    assert shares["rows"].min() >= FEWEST_COVERED


def test_intervals_that_are_too_narrow_are_found_out(by_architecture):
    narrow = by_architecture.copy()
    for name in ("q05", "q95"):
        narrow[name] = narrow["q50"] * (narrow[name] / narrow["q50"]) ** 0.6
    found = verdicts(grouped(narrow, groups=("overall",)))
    part = found[(found["statistic"] == "coverage_90") & (found["by"] == "architecture") & (found["points"] == 0)]
    assert len(part) == 5
    assert set(part["verdict"]) == {"missed"}


def test_targets_name_what_there_is():
    for one in TARGETS:
        assert one.by in KINDS
        assert one.quantity in QUANTITIES
        assert one.group in GROUPS
        assert one.statistic in STATISTICS
        assert 0.0 <= one.lowest < one.highest <= 1.0
    wanted = {(one.by, one.quantity, one.label): one.highest for one in TARGETS if one.points == 0 and one.label}
    assert wanted["architecture", "joules_per_output_token", "MoE"] == 0.15
    assert len({(one.by, one.quantity) for one in TARGETS if one.statistic == "coverage_90"}) == 20
    assert len(VERDICTS) == 4
