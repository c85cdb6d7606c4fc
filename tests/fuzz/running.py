"""Many cases of a door, failures told apart by kind and each shrunk to a small case that can be pasted."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky, FlakyFailure

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
    told: Callable[[str], None] = lambda text: None,
) -> list[Failure]:
    """Return a failure of each kind among so many cases; the same seed makes the same cases."""
    found: dict[str, Failure] = {}
    done, round_number = 0, 0
    while done < cases:
        count = 0

        def examine(case: Any) -> None:
            nonlocal count
            count += 1
            try:
                check(case)
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as error:
                kind = signature(error)
                if kind in found:
                    return  # known
                failing.append((kind, case, f"{type(error).__name__}: {str(error)[:300]}"))
                raise

        failing: list[tuple[str, Any, str]] = []
        phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
        test = settings(
            max_examples=cases - done,
            deadline=None,
            database=None,
            phases=phases,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
            verbosity=_QUIET,
        )(seed(seed_number + round_number)(given(strategy)(examine)))
        started = time.monotonic()
        try:
            test()
        except (KeyboardInterrupt, SystemExit):
            raise
        except (Flaky, FlakyFailure):
            pass
        except BaseException:
            if not failing:
                raise
        if not failing:
            break
        # The last case that Hypothesis ran is the smallest of the kind that it shrank to.
        kind, case, message = failing[-1]
        found[kind] = Failure(kind, case, message)
        for kind, case, message in failing[:-1]:
            if kind not in found:
                found[kind] = Failure(kind, case, message)
        told(f"{kind}\n    {case!r}\n    {found[failing[-1][0]].message}")
        done += max(1, min(count, cases - done)) if not shrink else max(1, count // 2)
        round_number += 1
        del started
    return list(found.values())


from hypothesis import Verbosity  # noqa: E402

_QUIET = Verbosity.quiet
