"""``--scheduler``: a client of a cluster that runs already, or of workers that are started for one command."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wattquery.errors import InputError, InputTypeError, quoted

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["connected", "local_workers"]

LOCAL = "local:"
MOST_LOCAL = 1024
CONNECT_SECONDS = 10


@contextmanager
def connected(scheduler: object) -> Iterator[Client | None]:
    """Yield a client for ``--scheduler``, None where it is left out; what was started for it ends with it.

    Parameters
    ----------
    scheduler
        The address of a scheduler, such as ``tcp://node-1:8786``, or ``local:N`` for N worker processes here.

    Raises
    ------
    InputError
        If it is neither, or nobody answers there.
    """
    if scheduler is None:
        yield None
        return
    if not isinstance(scheduler, str):
        raise InputTypeError(f"scheduler must be the address of a scheduler, or {LOCAL}N, got {quoted(scheduler)}.")
    if importlib.util.find_spec("distributed") is None:
        raise InputError(
            "--scheduler needs the package distributed, which is not installed: pip install 'wattquery[dask]'."
        )
    if scheduler.startswith(LOCAL):
        with local_workers(_count(scheduler)) as client:
            yield client
        return
    with _client(scheduler) as client:
        yield client


@contextmanager
def local_workers(count: int) -> Iterator[Client]:
    """Yield a client of so many worker processes of this machine, of one thread each, without a dashboard."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=count,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",  # it has to have a port, which nobody need know
            scheduler_kwargs={"dashboard": False},
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


@contextmanager
def _client(address: str) -> Iterator[Client]:
    from distributed import Client

    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError(
            f"--scheduler must be the address of a scheduler that runs, or {LOCAL}N, got {quoted(address)} "
            f"({type(error).__name__}): write for example --scheduler tcp://node-1:8786, or --scheduler local:2."
        ) from error
    with client:
        yield client


def _count(scheduler: str) -> int:
    text = scheduler.removeprefix(LOCAL)
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MOST_LOCAL):
        raise InputError(
            f"--scheduler {LOCAL}N must have a number of worker processes from 1 to {MOST_LOCAL}, got "
            f"{quoted(scheduler)}: write for example --scheduler {LOCAL}2."
        )
    return int(text)
