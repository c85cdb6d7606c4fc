"""Many cases of a door, failures told apart by kind and each shrunk to a small case that can be pasted."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from fuzz.guards import signature

__all__ = ["Failure", "run"]


@dataclasses.dataclass(frozen=True)
class Failure:
    """One kind of failure.

    Attributes
    ----------
    kind
        The exception and where it arose.
    case
        The smallest case that was found.
    message
        What the exception said.
    """

    kind: str
    case: Any
    message: str


def run(
    strategy: st.SearchStrategy[Any],
    check: Callable[[Any], None],
    cases: int,
    seed_number: int,
    shrink: bool = True,
    told: Callable[[Failure], None] = lambda failure: None,
) -> list[Failure]:
    """Return a failure of each kind among so many cases; the same seed makes the same cases.

    Hypothesis stops at the first failure. It is started again for what is left, with the kinds that are known let pass.
    """
    found: dict[str, Failure] = {}
    left = cases
    for round_number in range(cases):
        search = _Search(check, set(found))
        chosen = settings(
            max_examples=left,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
            verbosity=Verbosity.quiet,
        )
        try:
            chosen(seed(seed_number + round_number)(given(strategy)(search.examine)))()
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:
            if not search.failures:
                raise
        for failure in search.failures.values():
            found[failure.kind] = failure
            told(failure)
        left -= search.before_first
        if not search.failures or left < 1:
            break
    return list(found.values())


class _Search:
    """One start of Hypothesis: what it runs, and the smallest failure of each kind that it came by."""

    def __init__(self, check: Callable[[Any], None], known: set[str]) -> None:
        self.check = check
        self.known = known
        self.failures: dict[str, Failure] = {}
        self.before_first = 0

    def examine(self, case: Any) -> None:
        """Run a case, and let kinds of failure pass that are known."""
        self.before_first += not self.failures
        try:
            self.check(case)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            kind = signature(error)
            if kind in self.known:
                return
            # Shrinking ends with the smallest case: the last one is kept.
            self.failures[kind] = Failure(kind, case, f"{type(error).__name__}: {str(error)[:300]}")
            raise
