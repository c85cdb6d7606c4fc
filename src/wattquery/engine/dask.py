"""Runs tasks on the workers of a Dask cluster: few at a time, results as they come, none left waiting after an error.

The work itself goes to each worker once, and a task is what `Executor.map` draws: some hundred bytes.
"""

from __future__ import annotations

import contextlib
import importlib.util
import time
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from wattquery.engine.at_work import break_off, stoppable
from wattquery.errors import InputError, InputTypeError, quoted
from wattquery.interrupts import undisturbed

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["OnDask", "WorkersLostError", "on_dask", "this_worker"]

TaskT = TypeVar("TaskT")
Part = TypeVar("Part")
Answer = TypeVar("Answer")

AHEAD = 3
"""Tasks per thread that are with the scheduler: one that runs, one at the worker, and one for whoever is first."""

LOOK_AGAIN = 2.0
"""Seconds after which the threads of a cluster, which may come and go, are counted anew."""

POLL = 0.01
"""Seconds between two looks whether all workers have answered."""

CANCEL_SECONDS = 1.0
"""Seconds for which is waited until tasks are taken back: a scheduler that does not answer holds nobody up."""

BREAK_OFF_SECONDS = 1.5
"""Seconds for which is waited until workers have broken off what they were at."""

MOST_WAIT = 60.0
"""Seconds that a cluster without workers is given to start one."""


class WorkersLostError(InputError, RuntimeError):
    """Workers, or the scheduler, ended while they had tasks: the message says which, and what may help."""


def on_dask(client: object) -> OnDask:
    """Return the executor of a client, from what a user passed.

    Raises
    ------
    InputError
        If it is no client of Dask that can be used.
    """
    if importlib.util.find_spec("distributed") is None:
        raise InputError("client needs the package distributed, which is not installed: pip install 'wattquery[dask]'.")
    from distributed import Client

    if not isinstance(client, Client):
        raise InputTypeError(
            f"client must be a dask.distributed.Client, got {quoted(client)}: pass for example "
            "client=Client('tcp://scheduler:8786'), or Client(LocalCluster(n_workers=2, threads_per_worker=1))."
        )
    if client.asynchronous:
        raise InputError("client must not be asynchronous, for this call waits for its results: pass Client(address).")
    if client.status != "running":
        raise InputError(f"client must be connected to its scheduler, got one that is {client.status}: make a new one.")
    return OnDask(client)


def this_worker() -> str:
    """Return which worker a task runs on, in words."""
    if importlib.util.find_spec("distributed") is not None:
        from distributed import get_worker

        with contextlib.suppress(ValueError):
            return f"worker {get_worker().address}"
    return "this process"


class OnDask:
    """The executor of a cluster.

    A worker that ends costs the tasks that it had not finished, which the scheduler hands to others. Workers that come
    later are used too. With an error, an interrupt, and when the generator is closed, tasks that run are broken off; a
    worker that is in the midst of a step which nothing breaks off is waited for a moment only.

    Parameters
    ----------
    client
        Connected to the scheduler.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def workers(self) -> int:
        """How many threads the workers have together; one where none is there yet."""
        return max(1, int(sum(self._client.nthreads().values())))

    def map(
        self, work: Callable[[TaskT], Part], tasks: Iterable[TaskT], *, interpreted: bool = False
    ) -> Generator[tuple[TaskT, Part], None, None]:
        """Yield every task with its result, see `wattquery.engine.executor.Executor.map`."""
        run = f"wattquery-{uuid4().hex[:16]}"
        shared: list[Future] = []
        pending: dict[Future, TaskT] = {}
        try:
            # A task like any other, and not scattered data: were all workers that have it lost, it would be made again.
            with undisturbed():
                shared += self._sent(_itself, [work], f"{run}-work")
            yield from self._results(shared[0], run, iter(tasks), pending)
        finally:
            self._cancel([*pending, *shared])
            if pending:
                self._break_off(run)

    def _results(
        self, shared: Future, run: str, tasks: Iterator[TaskT], pending: dict[Future, TaskT]
    ) -> Iterator[tuple[TaskT, Any]]:
        """Yield the results of tasks of which `AHEAD` per thread are with the scheduler at most."""
        from distributed import as_completed

        finished = as_completed(loop=self._client.loop, with_results=True, raise_errors=False)
        room, looked, sent = 0, -LOOK_AGAIN, 0
        while True:
            if time.monotonic() - looked >= LOOK_AGAIN:
                room, looked = AHEAD * self.workers, time.monotonic()
            batch = list(islice(tasks, max(0, room - len(pending))))
            if batch:
                with undisturbed():
                    futures = self._sent(_done, batch, f"{run}-task", first=sent, work=shared, run=run)
                    pending |= dict(zip(futures, batch, strict=True))
                    finished.update(futures)
                sent += len(batch)
            if not pending:
                return
            future, result = next(finished)
            self._raise_what_went_wrong(future, result)
            with undisturbed():
                task = pending.pop(future)
                future.release()  # of what goes by itself an interrupt may lose hold, and the worker keeps the result
            yield task, result

    def on_each(self, ask: Callable[[], Answer]) -> dict[str, Answer | Exception]:
        """Return what a function returns, or raises, on each worker that is there, by address.

        Raises
        ------
        InputError
            If no worker is there, and none comes within a minute.
        """
        self._wait_for_one()
        asked: dict[str, Future] = {}
        try:
            for address in self._client.nthreads():
                with undisturbed():
                    asked[address] = self._client.submit(
                        ask,
                        workers=[address],
                        allow_other_workers=False,
                        pure=False,
                        key=f"wattquery-ask-{uuid4().hex}",
                    )
            looked = time.monotonic()
            while any(not one.done() for one in asked.values()):
                time.sleep(POLL)
                if time.monotonic() - looked >= LOOK_AGAIN:
                    looked, there = time.monotonic(), self._client.nthreads()
                    # Nobody answers for a worker that has ended; one in its place is another worker.
                    asked = {address: one for address, one in asked.items() if one.done() or address in there}
            answers: dict[str, Answer | Exception] = {}
            for address, one in asked.items():
                error = one.exception()
                answers[address] = one.result() if error is None else error
            return answers
        finally:
            self._cancel(list(asked.values()))

    def _wait_for_one(self) -> None:
        if self._client.nthreads():
            return
        # A task that waits makes an adaptive cluster start a worker.
        waits: list[Future] = []
        try:
            with undisturbed():
                waits.append(self._client.submit(_itself, True, pure=False, key=f"wattquery-wait-{uuid4().hex}"))
            waits[0].result(timeout=MOST_WAIT)
        except TimeoutError:
            raise InputError(
                f"client has no workers, and none joined within {MOST_WAIT:.0f} s: start some, such as with dask "
                f"worker {self._client.scheduler.address}."
            ) from None
        finally:
            self._cancel(waits)

    def _sent(
        self, function: Callable[..., Any], arguments: list[Any], key: str, *, first: int = 0, **shared: Any
    ) -> list[Future]:
        """Hand tasks to the scheduler."""
        keys = [(key, first + i) for i in range(len(arguments))]
        with warnings.catch_warnings():
            # The study itself: of many labels it is large, and is sent once.
            warnings.filterwarnings("ignore", message="Sending large graph")
            return list(self._client.map(function, arguments, key=keys, pure=False, **shared))

    def _raise_what_went_wrong(self, future: Future, result: Any) -> None:
        from distributed import KilledWorker

        if future.status == "finished":
            return
        if future.status != "error":
            raise WorkersLostError(
                "The scheduler of client ended, or cancelled the tasks, while some of them ran: connect a new client, "
                "and run this again; what a store has is kept."
            )
        _, error, trace = result
        if isinstance(error, KilledWorker):
            raise WorkersLostError(
                f"{error.allowed_failures + 1} workers ended one after the other with the same task, the last of them "
                f"{error.last_worker.address}, which is how too little memory shows: give each worker more, or fewer "
                "threads, and run this again; what a store has is kept."
            ) from error
        raise error.with_traceback(trace)

    def _cancel(self, futures: list[Future]) -> None:
        """Let no further task begin, and no worker keep a result; a scheduler that is gone does neither."""
        if self._client.status == "running":
            with undisturbed(), contextlib.suppress(Exception):
                cancel = partial(self._client.cancel, futures, asynchronous=True)
                self._client.sync(cancel, asynchronous=False, callback_timeout=CANCEL_SECONDS)

    def _break_off(self, run: str) -> None:
        """Have workers break off what they are at, and wait for it a moment; others would find them busy."""
        if self._client.status == "running":
            with undisturbed(), contextlib.suppress(Exception):
                self._client.run(break_off, run, on_error="ignore", callback_timeout=BREAK_OFF_SECONDS)


def _itself(value: Answer) -> Answer:
    return value


def _done(task: TaskT, work: Callable[[TaskT], Part], run: str) -> Part:
    return stoppable(run, work, task)
