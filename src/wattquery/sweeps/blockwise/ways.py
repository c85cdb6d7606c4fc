"""Where a sweep that is solved box by box goes: into a store, to workers elsewhere, or to whoever asks for values."""

from __future__ import annotations

from dataclasses import dataclass

import xarray as xr

from wattquery.engine.dask import on_dask
from wattquery.engine.executor import Executor
from wattquery.engine.threads import Threads
from wattquery.errors import InputError, InputTypeError, quoted
from wattquery.stores.zarr.location import Location, checked_options, location
from wattquery.sweeps.blockwise.canary import CheckedWorkers
from wattquery.sweeps.blockwise.gathered import gathered_sweep
from wattquery.sweeps.blockwise.lazy import lazy_sweep
from wattquery.sweeps.blockwise.to_store import sweep_to_store
from wattquery.sweeps.settings import Settings
from wattquery.sweeps.study import Study

__all__ = ["Ways", "ways"]


@dataclass(frozen=True, eq=False)
class Ways:
    """Where a sweep goes, checked.

    Attributes
    ----------
    store
        Where it is written; None for memory.
    client
        Whose workers solve it; None for threads of this process.
    lazy
        Whether it is solved when its values are asked for.
    """

    store: Location | None
    client: object
    lazy: bool

    def sweep(self, study: Study, settings: Settings) -> xr.Dataset:
        """Return the sweep of a study."""
        if self.lazy:
            return lazy_sweep(study, settings)
        executor = self.executor(study, settings)
        if self.store is None:
            return gathered_sweep(study, settings, executor)
        return sweep_to_store(study, settings, self.store, executor)

    @property
    def analysis_store(self) -> Location:
        """Where an analysis is written.

        Raises
        ------
        InputError
            If it would go nowhere.
        """
        if self.store is None:
            raise InputError(
                "client needs store with an analysis: workers write what they solve there, and it is read from it; "
                "pass store='study.zarr', a path that all of them reach."
            )
        return self.store

    def executor(self, study: Study, settings: Settings) -> Executor:
        """Return who solves the boxes of a study."""
        if self.client is None:
            return Threads(settings.threads)
        return CheckedWorkers(on_dask(self.client), settings, study)


def ways(
    *, store: object, storage_options: object, client: object, lazy: object, settings: Settings, threads: int | None
) -> Ways:
    """Return where a sweep goes, from what its user passed.

    Parameters
    ----------
    store, storage_options, client, lazy, threads
        As of `wattquery.sweep`.
    settings
        How to compute.

    Raises
    ------
    InputError
        If two of them do not go together.
    """
    if not isinstance(lazy, bool):
        raise InputTypeError(f"lazy must be True or False, got {quoted(lazy)}. Pass one of the two.")
    if lazy:
        _check_lazy(store, client, settings, threads)
    if client is not None:
        on_dask(client)
        if threads is not None:
            raise InputError(
                f"threads must be left out with client, got {threads!r}: each worker solves as many boxes at a time as "
                "it has threads of its own. Leave it out."
            )
    options = checked_options(storage_options)
    where = None if store is None else location(store, options)
    if options is not None and (where is None or not where.is_remote):
        raise InputError(
            "storage_options must be left out without the address of an object store, which they are for: pass "
            "store='s3://bucket/study.zarr', or leave them out."
        )
    return Ways(where, client, lazy)


def _check_lazy(store: object, client: object, settings: Settings, threads: object) -> None:
    """Refuse what a lazy result has no use for."""
    others = {
        "store": (store, "what a store holds is read when it is asked for anyhow"),
        "client": (client, "whoever computes the result decides where, as with client.compute(result)"),
        "threads": (threads, "whoever computes the result decides, as with result.compute(num_workers=2)"),
        "progress": (settings.progress, "nothing is computed yet; dask.diagnostics.ProgressBar shows it later"),
        "relative_stderr": (settings.relative_stderr, "all cells together decide on the draws; pass draws"),
        "keep_histogram": (settings.keep_histogram or None, "which bins there are is known of all cells only"),
    }
    for name, (value, why) in others.items():
        if value is not None:
            raise InputError(f"{name} must be left out with lazy=True: {why}.")
