"""``--scheduler``: a client of a cluster that runs already, or of workers that are started for one command."""

from __future__ import annotations

import atexit
import importlib.util
import logging
import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import resource_tracker, util
from typing import TYPE_CHECKING

from wattquery.errors import InputError, InputTypeError, quoted
from wattquery.interrupts import undisturbed

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from distributed import Client, LocalCluster

__all__ = ["connected", "local_workers"]

LOCAL = "local:"
MOST_LOCAL = 1024
CONNECT_SECONDS = 10
START_SECONDS = 120
CLOSE_SECONDS = 2


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
    """Yield a client of so many worker processes of this machine, of one thread each, without a dashboard.

    Raises
    ------
    InputError
        If they do not start.
    """
    from distributed import Client, LocalCluster
    from distributed.system import MEMORY_LIMIT

    others = set(multiprocessing.active_children())
    with ExitStack() as ends:
        with undisturbed():
            cluster = LocalCluster(
                n_workers=0,
                threads_per_worker=1,
                processes=True,
                memory_limit=MEMORY_LIMIT // count,
                dashboard_address="127.0.0.1:0",  # it has to have a port, which nobody need know
                scheduler_kwargs={"dashboard": False},
                silence_logs=logging.CRITICAL,
            )
            ends.callback(_end, cluster, others)
            client = Client(cluster, set_as_default=False)
            ends.callback(_close, client)
            resource_tracker.ensure_running()  # which would let its thread have interrupts again
            cluster.sync(_spare_children_interrupts)
        cluster.scale(count)
        _wait_for(client, count)
        yield client


async def _spare_children_interrupts() -> None:
    """Have processes that this thread starts pass over an interrupt: who started them ends them.

    A terminal sends it to all of them, and each would print a traceback.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _wait_for(client: Client, count: int) -> None:
    try:
        client.wait_for_workers(count, timeout=START_SECONDS)
    except TimeoutError:
        raise InputError(
            f"--scheduler {LOCAL}{count}: these processes did not start within {START_SECONDS} s: name fewer, or leave "
            "--scheduler out to use threads."
        ) from None


def _close(client: Client) -> None:
    """Close a client; one whose scheduler does not answer is left, for its processes end with it."""
    with undisturbed(), suppress(TimeoutError):
        client.close(timeout=CLOSE_SECONDS)


def _end(cluster: LocalCluster, others: set[BaseProcess]) -> None:
    """End a cluster at once: what a worker is at when it ends is of no use to anybody, and is not waited for."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # closed, it would say what it lost of its processes
    with undisturbed():
        for nanny in cluster.workers.values():
            nanny.close_gracefully()  # else it would start another worker
        _kill(others)
        try:
            cluster.close(timeout=CLOSE_SECONDS)
        except Exception:  # one that was interrupted while it started; its processes are gone
            from distributed.deploy import spec

            atexit.unregister(spec.close_clusters)
            _kill(others)  # one that began meanwhile
            # What they were to share: else the system says that it was left. Nothing public lets go of it.
            util._run_finalizers()  # type: ignore[attr-defined] # private


def _kill(others: set[BaseProcess]) -> None:
    """End the processes of this one, but for those that it had before."""
    for process in set(multiprocessing.active_children()) - others:
        process.kill()
        process.join(CLOSE_SECONDS)


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
