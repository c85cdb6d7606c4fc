"""Curves of adoption, growth of demand, rows of dates, and the table of a file that says them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

import wattquery as wq
from wattquery import scenarios
from wattquery.scenarios import Adoption, Course, Growth
from wattquery.scenarios.dates import date_row

YEARS = [f"{year}-01-01" for year in range(2026, 2036)]


def test_a_logistic_curve_takes_its_years_from_10_to_90_per_cent():
    curve = Adoption.logistic("2030-01-01", years=4)
    np.testing.assert_allclose(curve.share(["2028-01-01", "2030-01-01", "2032-01-01"]), [0.1, 0.5, 0.9], rtol=1e-12)
    between = Adoption.logistic("2030-01-01", years=4, ceiling=0.8, floor=0.2)
    np.testing.assert_allclose(between.share(["2028-01-01", "2030-01-01"]), [0.26, 0.5], rtol=1e-12)
    far = curve.share(["1900-01-01", "2200-01-01"])
    np.testing.assert_allclose(far, [0.0, 1.0], atol=1e-12)


def test_a_line_is_straight_in_days_and_held_outside():
    line = Adoption.linear("2026-01-01", "2026-01-11", 0.2, 0.7)
    found = line.share(["2020-01-01", "2026-01-01", "2026-01-05", "2026-01-11", "2030-01-01"])
    np.testing.assert_allclose(found, [0.2, 0.2, 0.4, 0.7, 0.7], rtol=1e-12)
    table = Adoption.table({"2026-01-01": 0.2, "2026-01-11": 0.7, "2026-01-21": 0.5})
    np.testing.assert_allclose(table.share(["2026-01-16", "2027-01-01"]), [0.6, 0.5], rtol=1e-12)


@pytest.mark.parametrize(
    "day", [dt.date(2030, 1, 1), dt.datetime(2030, 1, 1), "2030-01-01", " 2030-01-01 ", np.datetime64("2030-01-01")]
)
def test_dates_may_be_written_in_several_ways(day):
    assert Adoption.logistic(day, 4) == Adoption.logistic("2030-01-01", 4)


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ({"curve": "logistic", "midpoint": "2030-01-01", "years": 4}, Adoption.logistic("2030-01-01", 4)),
        (
            {"curve": "linear", "start": "2026-01-01", "stop": "2030-01-01", "from": 0.1, "to": 0.5},
            Adoption.linear("2026-01-01", "2030-01-01", 0.1, 0.5),
        ),
        ({"curve": "table", "shares": {"2026-01-01": 0.1}}, Adoption.table({"2026-01-01": 0.1})),
        ({"2026-01-01": 0.1, dt.date(2027, 1, 1): 0.2}, Adoption.table({"2026-01-01": 0.1, "2027-01-01": 0.2})),
    ],
)
def test_what_a_file_says_is_what_python_says(written, same):
    assert Adoption.parse(written) == same


def test_a_number_is_a_share_for_all_dates():
    np.testing.assert_array_equal(Adoption.parse(0.3).share(YEARS), 0.3)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (1.2, "share must be from 0 to 1, .*got 1.2"),
        (-0.1, "share must be .*got -0.1"),
        ("serving", "Adoption.logistic"),
        ({}, "A curve is needed, got {}. Pass"),
        ({"2026-01-01": 0.1, "2025-01-01": 0.2}, "2025-01-01 after 2026-01-01"),
        ({"2026-01-01": 0.1, dt.date(2026, 1, 1): 0.2}, "2026-01-01 after 2026-01-01"),
        ({"2026-01-01": 1.5}, "2026-01-01 must be from 0 to 1, .*got 1.5"),
        ({"curve": "logistical"}, "Did you mean 'logistic'"),
        ({"curve": "logistic", "midpoint": "2030-01-01"}, "without 'years'"),
        ({"curve": "logistic", "midpoint": "2030-01-01", "years": 0}, "years must be .* got 0"),
        (
            {"curve": "logistic", "midpoint": "2030-01-01", "years": 4, "ceiling": 2},
            "ceiling must be from 0 to 1, .*got 2",
        ),
        ({"curve": "logistic", "midpoint": "2030-01-01", "years": 4, "ceiling": 0.1, "floor": 0.2}, "floor not above"),
        ({"curve": "logistic", "midpoint": "2030", "years": 4}, "midpoint must be a day .*got '2030'"),
        ({"curve": "linear", "start": "2030-01-01", "stop": "2026-01-01"}, "2026-01-01 after 2030-01-01"),
        ({"curve": "linear", "start": "2030-01-01", "end": "2031-01-01"}, "no key 'end'"),
        ({"curve": "table", "shares": [0.1]}, "Series of shares by date, got"),
    ],
)
def test_what_is_no_curve_is_refused(written, message):
    with pytest.raises(wq.InputError, match=message):
        Adoption.parse(written)


def test_a_lever_has_one_curve():
    with pytest.raises(wq.InputError, match="adoption has the keys 'serving', ' serving ', which are one name"):
        Course(adoption={"serving": 0.1, " serving ": 0.2})
    with pytest.raises(wq.InputError, match=r"one lever for each curve, got 'model.serving'"):
        Course(adoption={"model+serving": 0.1})
    with pytest.raises(wq.InputError, match=r"adoption of 'model': share must be .*got 2"):
        Course(adoption={"model": 2})
    with pytest.raises(wq.InputTypeError, match="dict of curves by lever"):
        Course(adoption=["serving"])


def test_demand_doubles_when_it_should():
    rate = 2.0 ** (1 / 3) - 1
    found = Growth(rate).demand(["2026-01-01", "2029-01-01", "2032-01-01"], 1e9)
    np.testing.assert_allclose(found, [1e9, 2e9, 4e9], rtol=1e-12)
    assert Growth(-0.5).demand(["2026-07-01", "2027-07-01"], 1e9)[1] == pytest.approx(5e8, rel=1e-12)


def test_demand_by_table_grows_by_the_same_share_every_day():
    table = Growth.parse({"2026-01-01": 1e9, "2026-01-11": 4e9})
    np.testing.assert_allclose(table.demand(["2026-01-01", "2026-01-06"], 7.0), [1e9, 2e9], rtol=1e-12)
    with pytest.raises(wq.InputError, match=r"got 2026-01-12: .*guess"):
        table.demand(["2026-01-12"], 7.0)


@pytest.mark.parametrize(
    ("growth", "message"),
    [
        (30, "got 30. Write 30 % as 0.3"),
        (-1, "growth must be above -1 .*got -1"),
        ("fast", "yearly rate"),
        ({"2026-01-01": 0}, "above 0"),
        ({"2026-01-01": 1e9, "slow": 0.1}, "keys that are neither"),
        ({"2027-01-01": 1e9, "2026-01-01": 1e9}, "2026-01-01 after 2027-01-01"),
        ([0.1, 0.1], "more than once"),
        ([], "empty"),
    ],
)
def test_what_is_no_growth_is_refused(growth, message):
    with pytest.raises(wq.InputError, match=message):
        Course(growth=growth)


def test_rows_of_dates_end_where_they_should():
    assert date_row(dt.date(2026, 1, 31), dt.date(2026, 5, 30), "month") == tuple(
        dt.date(2026, month, day) for month, day in ((1, 31), (2, 28), (3, 31), (4, 30))
    )
    assert len(date_row(dt.date(2026, 2, 1), dt.date(2028, 2, 1), "quarter")) == 9
    assert date_row(dt.date(2028, 2, 29), dt.date(2029, 12, 31), "year")[-1] == dt.date(2029, 2, 28)
    assert date_row(dt.date(2026, 1, 1), dt.date(2026, 1, 1), "year") == (dt.date(2026, 1, 1),)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"start": "2026-01-01", "stop": "2025-01-01"}, "before start"),
        ({"start": "2026-01-01", "stop": "2027-01-01", "step": "years"}, "Did you mean 'year'"),
        ({"start": dt.datetime(2026, 1, 1, 12)}, "without an hour"),
        ({"start": "1026-01-01"}, "1900 to 2200"),
        ({"dates": ["2026-01-01"], "stop": "2027-01-01"}, "Either dates or start .*got both"),
        ({"dates": ["2027-01-01", "2026-01-01"]}, "2026-01-01 after"),
        ({"dates": []}, "at least one"),
        ({"rebound": -0.1}, "rebound must be .* got -0.1"),
        ({"rebounds": 0.1}, "Did you mean 'rebound'"),
        (3, "= 3 is not a table"),
    ],
)
def test_a_scenario_says_what_is_wrong_with_its_course(table, message):
    one = {"chat": {"share": 1, "model": "Llama 3.1 70B"}}
    with pytest.raises(wq.InputError, match=f"(?s)trajectory.*{message}"):
        scenarios.Scenario("chat", one, 1e6, trajectory=table)


def test_a_file_is_read_with_the_dates_of_its_format(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        """
        queries_per_day = 1e6
        [classes.chat]
        share = 1
        model = "Llama 3.1 70B"
        [trajectory]
        dates = [2026-01-01, 2027-06-01]
        growth = { "2026-01-01" = 1e6, "2028-01-01" = 3e6 }
        [trajectory.adoption]
        model = { 2026-01-01 = 0.1, 2027-01-01 = 0.2 }
        serving = 0.5
        """
    )
    course = scenarios.load(path).trajectory
    assert course.when() == (dt.date(2026, 1, 1), dt.date(2027, 6, 1))
    assert course.adopted()["model"] == Adoption.table({"2026-01-01": 0.1, "2027-01-01": 0.2})
    assert course.growth_axis.values[0].queries == (1e6, 3e6)
    path.write_text(path.read_text().replace("0.1, 2027-01-01 = 0.2", "1.1"))
    with pytest.raises(wq.InputError, match=r"own.toml: trajectory: adoption of 'model': 2026-01-01 must .*got 1.1"):
        scenarios.load(path)


def test_the_shipped_illustration_says_what_it_is():
    assert "not a forecast" in scenarios.load("adoption").source
    assert "not a forecast" in scenarios.text("adoption").splitlines()[0]
    assert len(scenarios.load("adoption").trajectory.adopted()) == 3
