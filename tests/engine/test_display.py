"""What is shown of progress: on a terminal, in a notebook, and nothing where nobody watches."""

from __future__ import annotations

import io
import sys
import types
from typing import Any

import pytest

import wattquery as wq
from clocks import Clock
from wattquery.engine import display
from wattquery.engine.display import Display, expect, watched


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def shown(clock: Clock, lines: list[str]) -> Display:
    return Display(lambda line, share: lines.append(line), "Sweeping", clock)


def test_cells_draws_rate_and_time(shown: Display, lines: list[str], clock: Clock) -> None:
    expect(shown, cells=250_000, draws=250_000 * 10**6)
    clock.now += 200.0
    shown(0.25)
    clock.now += 600.0
    shown(1.0)
    assert lines == [
        "Sweeping   0 % | 0 of 250,000 cells | 0 of 250 billion draws",
        "Sweeping  25 % | 62,500 of 250,000 cells | 62.5 billion of 250 billion draws, 312 million/s | 10 min 0 s left",
        "Sweeping 100 % | 250,000 of 250,000 cells | 250 billion of 250 billion draws, 312 million/s | in 13 min 20 s",
    ]


def test_what_was_finished_before_is_shown_and_no_speed(shown: Display, lines: list[str], clock: Clock) -> None:
    expect(shown, cells=1000, before=0.5)
    clock.now += 10.0
    shown(0.6)
    assert lines == ["Sweeping  50 % | 500 of 1,000 cells", "Sweeping  60 % | 600 of 1,000 cells | 40 s left"]


def test_what_is_found_finished_is_shown_and_no_speed(shown: Display, lines: list[str], clock: Clock) -> None:
    shown.passed_over(0.5)
    clock.now += 10.0
    shown(0.6)
    assert lines == ["Sweeping  50 %", "Sweeping  60 % | 40 s left"]


def test_a_share_that_is_rounded_is_of_whole_cells(shown: Display, lines: list[str], clock: Clock) -> None:
    shown.expect(cells=864)
    clock.now += 10.0
    shown(0.833333333)
    assert " 720 of 864 cells" in lines[-1]


def test_without_draws_or_cells(shown: Display, lines: list[str], clock: Clock) -> None:
    clock.now += 1.0
    shown(0.5)
    assert lines == ["Sweeping  50 % | 1 s left"]


def test_not_more_often_than_can_be_read_but_the_end_always(shown: Display, lines: list[str], clock: Clock) -> None:
    for step in range(100):
        clock.now += 0.01
        shown(step / 100)
    shown(1.0)
    assert 9 <= len(lines) <= 12
    assert lines[-1].startswith("Sweeping 100 %")


def test_a_plain_function_is_told_nothing_else() -> None:
    told: list[float] = []
    expect(told.append, cells=3)
    expect(None, cells=3)
    assert told == []


def test_a_terminal_sees_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", "40")
    wq.sweep(["DeepSeek-R1", "Llama 3.1 405B"], draws=50_000, threads=1, progress=True)
    updates = terminal.getvalue().split(display.UP_AND_CLEAR)
    assert len(updates) > 1
    assert all(one.endswith("\n") and one.count("\n") == 1 and len(one) <= 40 for one in updates)
    assert updates[0].startswith("0 % | 0 of 2 cells | 0 of 100,000 draws"[:39])
    assert updates[-1].startswith("100 % | in ")


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (99, "Sweeping  83 % | 720 of 864 cells | 1.44 billion of 1.73 billion draws | 12 min 30 s left"),
        (80, "Sweeping  83 % | 1.44 billion of 1.73 billion draws | 12 min 30 s left"),
        (50, "Sweeping  83 % | 12 min 30 s left"),
        (20, "Sweeping  83 % | 12"),
    ],
)
def test_a_narrow_terminal_sees_the_time_that_is_left(columns: int, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setenv("COLUMNS", str(columns))
    display._Line(stream)(
        "Sweeping  83 % | 720 of 864 cells | 1.44 billion of 1.73 billion draws | 12 min 30 s left", 0.83
    )
    assert stream.getvalue() == f"{line}\n"


def test_an_error_begins_on_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    shown = watched()
    assert shown is not None
    shown(0.3)
    assert terminal.getvalue().endswith("\n")


@pytest.mark.parametrize("stream", [io.StringIO(), None])
def test_nothing_where_nobody_watches(stream: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    assert watched() is None
    wq.sweep("DeepSeek-R1", draws=1000, threads=1, progress=True)
    assert stream is None or stream.getvalue() == ""


def test_false_is_nothing_on_a_terminal_too(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    wq.sweep("DeepSeek-R1", draws=1000, threads=1, progress=False)
    assert terminal.getvalue() == ""


class Notebook:
    """What IPython has where it runs a notebook, or, without a kernel, a terminal."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, shell: object) -> None:
        self.shown: list[dict[str, str]] = []
        ipython, part = types.ModuleType("IPython"), types.ModuleType("IPython.display")
        vars(ipython)["get_ipython"] = lambda: shell
        vars(part)["display"] = self.display
        monkeypatch.setitem(sys.modules, "IPython", ipython)
        monkeypatch.setitem(sys.modules, "IPython.display", part)

    def display(self, shown: dict[str, str], *, raw: bool, display_id: bool) -> Notebook:
        assert raw
        assert display_id
        assert not self.shown  # once: then it is updated in place
        self.shown.append(shown)
        return self

    def update(self, shown: dict[str, str], *, raw: bool) -> None:
        assert raw
        self.shown.append(shown)


def test_a_notebook_sees_a_bar_that_is_updated(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = Notebook(monkeypatch, types.SimpleNamespace(kernel=object()))
    wq.sweep(["DeepSeek-R1", "Llama 3.1 405B"], draws=1000, threads=1, progress=True)
    assert len(notebook.shown) > 1
    assert notebook.shown[-1]["text/plain"].startswith("100 % | 2 of 2 cells")
    assert notebook.shown[-1]["text/html"].startswith('<progress value="1.0000" max="1">')


def test_ipython_on_a_terminal_is_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = Notebook(monkeypatch, types.SimpleNamespace())
    monkeypatch.setattr(sys, "stderr", Terminal())
    shown = watched()
    assert shown is not None
    shown(0.5)
    assert notebook.shown == []
