"""A Dask cluster that all tests of a process share: two worker processes of one thread each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from wattquery.cli.cluster import local_workers


@pytest.fixture(scope="session")
def cluster_client() -> Iterator[Any]:
    """Return a client of a cluster of two workers, started by the first test that asks for it."""
    pytest.importorskip("distributed")
    with local_workers(2) as client:
        yield client


@pytest.fixture
def two_workers(cluster_client: Any) -> Any:
    """Return that client once both workers are there: a test before may have ended one."""
    cluster_client.wait_for_workers(2, timeout=60)
    return cluster_client
