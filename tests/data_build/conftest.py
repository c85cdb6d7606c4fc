"""What the script makes of the raw tables, once for all tests, and the raw tables themselves."""

from __future__ import annotations

import pytest

from building.catalog import Built
from building.cells import HERE, read_table


@pytest.fixture(scope="session")
def built():
    return Built(HERE / "raw")


@pytest.fixture(scope="session")
def report(built):
    return built.finish()


@pytest.fixture(scope="session")
def performance(built):
    return {row["row_id"]: row for row in built.performance}


@pytest.fixture(scope="session")
def raw():
    """Return a raw table by its name, as rows by their identity."""

    def rows_of(name):
        return {row["row_id"]: row for row in read_table(HERE / "raw" / f"{name}.csv")}

    return rows_of
