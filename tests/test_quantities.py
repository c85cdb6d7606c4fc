import pytest

import wattquery as wq
from wattquery.quantities import AXES, QUANTITIES, STATISTICS, Quantity, by_name
from wattquery.sweeps.labelled import labelled


def test_a_name_has_one_meaning():
    with pytest.raises(ValueError, match="'energy' stands twice"):
        by_name((Quantity("energy", "E", "Wh", "energy per query"),), (Quantity("energy", "E", "GWh/day", "a total"),))


def test_every_axis_is_a_quantity():
    assert set(AXES) <= set(QUANTITIES)


def test_a_standard_error_belongs_to_a_statistic():
    errors = [row for row in STATISTICS.values() if row.is_error]
    assert errors
    for error in errors:
        of = STATISTICS[error.name.removesuffix("_stderr")]
        assert (error.by_quantile, error.unit) == (of.by_quantile, of.unit)


def test_a_labelled_variable_says_what_it_is():
    variable = labelled("energy_mean", ["model"], [1.0, 2.0])
    assert (variable.dims, variable.attrs) == (("model",), QUANTITIES["energy_mean"].attributes)
    assert labelled("energy_mean", [], 1.0, boundary="node").attrs["boundary"] == "node"
    assert QUANTITIES["energy_mean"].attributes["boundary"] == "facility"


def test_every_variable_of_a_result_is_a_quantity():
    ds = wq.sweep("DeepSeek-R1", method="quasi_monte_carlo", draws=1024, keep_histogram=True)
    assert set(map(str, ds.variables)) <= set(QUANTITIES)
    assert [name for name in ds.data_vars if name in STATISTICS] == list(STATISTICS)
    for name, statistic in STATISTICS.items():
        assert ("quantile" in ds[name].dims) == statistic.by_quantile
