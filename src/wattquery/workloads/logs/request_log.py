"""The workload of a log, and what else it says: requests per hour, sessions, what is cached, what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wattquery.errors import InputError
from wattquery.specs.workload import Workload

__all__ = ["RequestLog"]


@dataclass(frozen=True, repr=False, eq=False)
class RequestLog(Workload):
    """The joint lengths of the requests of a log, as `wattquery.read_requests` returns them.

    It is a `Workload`, and goes wherever one does.

    Parameters
    ----------
    requests : int
        Requests that the lengths are of.
    left_out : mapping
        How many rows are not among them, by reason.
    hourly : tuple of float, optional
        Mean number of requests in each hour of the day, from 0:00 [1/h].
    sessions : float, optional
        Number of sessions.
    in_sessions : Workload, optional
        The lengths of the requests that belong to a session: the log itself where all do.
    session_requests : int
        Requests that belong to a session.
    reasons : mapping
        Why hours or sessions are not known, a sentence by name.
    """

    requests: int = field(default=0, kw_only=True)
    left_out: Mapping[str, int] = field(default_factory=dict, kw_only=True)
    hourly: tuple[float, ...] | None = field(default=None, kw_only=True)
    sessions: float | None = field(default=None, kw_only=True)
    in_sessions: Workload | None = field(default=None, kw_only=True)
    session_requests: int = field(default=0, kw_only=True)
    reasons: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    @property
    def cached_share(self) -> float:
        """Share of all input tokens that were cached [1]."""
        return self.mean("cached_tokens") / self.mean("input_tokens")

    @property
    def load_profile(self) -> tuple[float, ...]:
        """Mean number of requests in each hour of the day [1/h], as the ``load_profile`` of a fleet takes it.

        Raises
        ------
        InputError
            If the log has no times, or does not cover a day.
        """
        if self.hourly is None:
            raise InputError(self.reasons.get("hours", "The times of these requests are not known: name their column."))
        return self.hourly

    @property
    def requests_per_day(self) -> float:
        """Mean number of requests per day [1/d]; raises as `load_profile` does."""
        return sum(self.load_profile)

    @property
    def requests_per_session(self) -> float:
        """Mean number of requests of a session [1].

        Raises
        ------
        InputError
            If the log does not say which session a request belongs to.
        """
        if not self.sessions:
            raise InputError(self.reasons.get("sessions", "The sessions of these requests are not known."))
        return self.session_requests / self.sessions

    def per_session(self, energy: Any) -> Any:
        """Return the mean energy of a session [Wh], from the mean energy of a request of ``in_sessions``.

        It is the sum over all requests of sessions, by the number of sessions, whatever lengths come together in one.

        Parameters
        ----------
        energy : float, array or DataArray
            Mean energy per request [Wh/query], as ``energy_mean`` of a sweep with ``workload=log.in_sessions``.

        Raises
        ------
        InputError
            If the log does not say which session a request belongs to.
        """
        return energy * self.requests_per_session
