"""Cases that must be answered: they compile what the others need, and show that the fuzzer starts from what works."""

from __future__ import annotations

from functools import partial

from fuzz.command_lines import VALID as LINES
from fuzz.doors import ANSWERED, call_case, line_case
from fuzz.guards import CaseError, Folder

__all__ = ["check_seeds"]

CALLS = (
    "wq.sweep(model='DeepSeek-R1', draws=256)",
    "wq.sweep(model='DeepSeek-R1', draws=1024, method='quasi_monte_carlo')",
    "wq.sweep(model='DeepSeek-R1', relative_stderr=0.1)",
    "wq.sensitivity.nested(model='DeepSeek-R1', shared_draws=1024, draws=256)",
    "wq.sensitivity.moment_independent(model='DeepSeek-R1', draws=256)",
    "wq.sensitivity.sobol_of(function=(lambda a, b: a * b), factors={'a': wq.Uniform(0, 1), 'b': 2}, draws=1024)",
    "wq.sensitivity.spider(model='DeepSeek-R1', draws=256)",
    "wq.sensitivity.elasticity(model='DeepSeek-R1', draws=256)",
    "wq.sensitivity.given(model='DeepSeek-R1', factor='pue', draws=256)",
    "wq.sensitivity.sobol(model='DeepSeek-R1', draws=1024)",
    "wq.sensitivity.worth_measuring(model='DeepSeek-R1', measured_to={'pue': 0.02}, draws=256)",
    "wq.blend(ds=result('sweep'), weights=[0.3, 0.7])",
    "wq.claims.compare(claim=0.3, model='DeepSeek-R1')",
)


QUICK = ("estimate", "sweep", "sensitivity", "trajectory")
"""Commands that use every compiled kernel, and take no long time."""


def check_seeds(folder: Folder, quick: bool = False) -> None:
    """Run every valid case, or the quick ones, with their first-time compilations, outside of what is counted.

    Raises
    ------
    CaseError
        If one of them is refused.
    """
    import fuzz.doors
    from fuzz.guards import guarded

    ANSWERED.update(answered=0, refused=0)
    lines = [
        [*command.split(), *words]
        for command, several in LINES.items()
        if not quick or command in QUICK
        for words in several
    ]
    unhurried = partial(guarded, 600)
    hurried, fuzz.doors.guarded = fuzz.doors.guarded, unhurried
    try:
        for words in lines:
            line_case(folder, words)
            _check(words)
        for text in CALLS[: -1 if quick else None]:
            call_case(folder, text)
            _check(text)
    finally:
        fuzz.doors.guarded = hurried


def _check(case: object) -> None:
    if ANSWERED["refused"]:
        raise CaseError(f"a valid case was refused: {case!r}")
