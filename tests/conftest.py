"""What tests share: how hypothesis runs, and a Dask cluster of two worker processes of one thread each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from wattquery.cli.cluster import local_workers

# How long an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def cluster_client() -> Iterator[Any]:
    """Return a client of a cluster of two workers, started by the first test that asks for it.

    Their linear algebra has another number of threads than here: it adds in another order, and no digit may show it.
    """
    pytest.importorskip("distributed")
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("OPENBLAS_NUM_THREADS", "2" if os.environ.get("OPENBLAS_NUM_THREADS") == "1" else "1")
            client = stack.enter_context(local_workers(2))
        yield client


@pytest.fixture
def two_workers(cluster_client: Any) -> Any:
    """Return that client once both workers are there: a test before may have ended one."""
    cluster_client.wait_for_workers(2, timeout=60)
    return cluster_client
