"""The regression gate: says whether HEAD is slower than BASE.

``python -m benchmarks.compare BASE`` times the subjects of this checkout, as it lies, against the package of another
revision, both in one run. Times of a shared machine say little; the ratio of two times taken within a second of each
other says more, its median over rounds more again, and what passes the threshold must do so twice.

Exit code 0: no regression; 1: a confirmed one, or a subject that HEAD cannot run; 2: bad input.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import signal
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from benchmarks.trees import ROOT, BadInputError, Side, checkout

THRESHOLD = 1.3
REPETITION = 0.02
"""Seconds of one repetition: long against a clock's grain, short against a burst of another job."""

VISITS = (4, 10)
"""Repetitions of each side in a round, taken in turns: head base, base head, ... The fewer, the longer they are."""

VISITING = 0.5
"""Seconds for all repetitions of a side in a round, unless the fewest take longer."""


@dataclass
class Result:
    """What was found for one subject: a time per call and side of each round, or why there is none."""

    name: str
    head: list[float] = field(default_factory=list)
    base: list[float] = field(default_factory=list)
    note: str = ""
    broken: bool = False

    @property
    def ratios(self) -> list[float]:
        """HEAD over BASE, by round."""
        return [head / base for head, base in zip(self.head, self.base, strict=True)]

    @property
    def ratio(self) -> float:
        """The median of the ratios; NaN where there are none."""
        return statistics.median(self.ratios) if self.head else math.nan

    @property
    def slower(self) -> bool:
        """Whether the ratio passes the threshold."""
        return self.ratio > THRESHOLD


class Run:
    """Rounds over two trees; ``planted`` multiplies the calls that HEAD makes and not those it is said to make."""

    def __init__(self, base: Path, caches: Path, planted: Fraction) -> None:
        self.trees = {"head": ROOT, "base": base}
        self.caches = caches
        self.planted = planted
        self.numbers: dict[str, int] = {}
        self.visits: dict[str, int] = {}

    def results(self, names: Sequence[str], rounds: int) -> list[Result]:
        """Return the results of ``rounds`` rounds, each in two fresh processes."""
        found = {name: Result(name) for name in names}
        for number in range(rounds):
            with self._sides() as sides:
                runnable = self._prepared(sides, found)
                for name in runnable:
                    self._time(sides, found[name], ["head", "base"] if number % 2 == 0 else ["base", "head"])
            print(f"round {number + 1} of {rounds}: {len(runnable)} subjects", file=sys.stderr)
        return list(found.values())

    @contextlib.contextmanager
    def _sides(self) -> Iterator[dict[str, Side]]:
        sides: dict[str, Side] = {}
        try:
            for name, tree in self.trees.items():
                sides[name] = Side(name.upper(), tree, self.caches / name)
            yield sides
        finally:
            for side in sides.values():
                side.close()

    def _prepared(self, sides: dict[str, Side], found: dict[str, Result]) -> list[str]:
        """Compile all subjects on both sides at once; return those that both can run."""
        runnable = []
        wanted = [result for result in found.values() if not result.note]
        for side in sides.values():
            for result in wanted:
                side.send(prepare=result.name)
        answers = {name: [side.answer() for _ in wanted] for name, side in sides.items()}
        for result, head, base in zip(wanted, answers["head"], answers["base"], strict=True):
            if "lacks" in head:
                result.broken = not head["skipped"]
                result.note = f"{'HEAD cannot run it' if result.broken else 'skipped'}: {head['lacks']}"
            elif "lacks" in base:
                result.note = f"new: BASE lacks it ({base['lacks']})"
            else:
                calls = math.ceil(REPETITION / base["seconds"] / self.planted.denominator)
                number = self.numbers.setdefault(result.name, calls * self.planted.denominator)
                fewest, most = VISITS
                self.visits[result.name] = max(fewest, min(most, int(VISITING / (number * base["seconds"]))))
                runnable.append(result.name)
        return runnable

    def _time(self, sides: dict[str, Side], result: Result, order: list[str]) -> None:
        """Enter the fastest repetition of each side: what other jobs do to a repetition only makes it slower.

        Rounds begin with either side in turn: a busy machine favours whoever has not run for a while.
        """
        number = self.numbers[result.name]
        calls = {"head": int(number * self.planted), "base": number}
        fastest = dict.fromkeys(calls, math.inf)
        for _ in range(self.visits[result.name]):
            for name in order:
                sides[name].send(time=result.name, number=calls[name])
                fastest[name] = min(fastest[name], sides[name].answer()["seconds"])
            order.reverse()  # head base base head: a drift of the machine cancels
        result.head.append(fastest["head"] / number)
        result.base.append(fastest["base"] / number)


def table(results: Sequence[Result], again: dict[str, Result]) -> str:
    """Return the results as text, slowest ratio first."""
    lines = [f"{'subject':<28}{'base [ms]':>11}{'head [ms]':>11}{'ratio':>8}{'rounds':>15}{'again':>8}  verdict"]
    for one in sorted(results, key=lambda one: -one.ratio if one.head else math.inf):
        if not one.head:
            lines.append(f"{one.name:<28}  {one.note}")
            continue
        low, high = min(one.ratios), max(one.ratios)
        second = again.get(one.name)
        verdict = "ok" if second is None else "REGRESSION" if second.slower else "ok: not again"
        lines.append(
            f"{one.name:<28}{1e3 * statistics.median(one.base):>11.3f}{1e3 * statistics.median(one.head):>11.3f}"
            f"{one.ratio:>8.3f}{f'{low:.2f} .. {high:.2f}':>15}"
            f"{'' if second is None else f'{second.ratio:.3f}':>8}  {verdict}"
        )
    return "\n".join(lines)


def compare(base: str, names: Sequence[str], rounds: int, planted: Fraction) -> int:
    """Print the table of HEAD against ``base`` and return the exit code."""
    with checkout(base) as tree, tempfile.TemporaryDirectory(prefix="wattquery-caches-") as caches:
        run = Run(tree, Path(caches), planted)
        results = run.results(names, rounds)
        suspects = [one.name for one in results if one.slower]
        if suspects:
            print(f"above {THRESHOLD}, timed again: {', '.join(suspects)}", file=sys.stderr)
        again = {one.name: one for one in run.results(suspects, rounds)} if suspects else {}
    if planted != 1:
        print(f"HEAD's work is repeated {float(planted):g} times over, as asked with --planted.")
    print(table(results, again))
    regressions = [name for name in suspects if again[name].slower]
    broken = [one.name for one in results if one.broken]
    if regressions:
        print(f"slower than {base} by more than {THRESHOLD}, twice: {', '.join(regressions)}")
    if broken:
        print(f"HEAD cannot run: {', '.join(broken)}")
    return 1 if regressions or broken else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    from benchmarks.subjects import SUBJECTS

    known = [subject.name for subject in SUBJECTS]
    parser = argparse.ArgumentParser(prog="benchmarks.compare", description=__doc__.splitlines()[0])
    parser.add_argument("base", help="revision to compare with")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, each in fresh processes (default 5)")
    parser.add_argument("--only", nargs="+", metavar="SUBJECT", default=known, help=f"of: {', '.join(known)}")
    parser.add_argument("--planted", type=float, default=1.0, help="repeat HEAD's work, to see that it is caught")
    options = parser.parse_args(arguments)
    # A cancelled job must not leave its worktree behind: let `finally` run.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        planted = Fraction(options.planted).limit_denominator(10)
        if options.rounds < 1 or planted < 1:
            raise BadInputError(
                f"--rounds and --planted must be at least 1, got {options.rounds} and {options.planted:g}."
            )
        unknown = sorted(set(options.only) - set(known))
        if unknown:
            raise BadInputError(f"--only {' '.join(unknown)} is not known: subjects are {', '.join(known)}.")
        return compare(options.base, options.only, options.rounds, planted)
    except BadInputError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
