"""One case of each door: run as its user would, and judged."""

from __future__ import annotations

import gc
import json
import warnings
from pathlib import Path
from typing import Any

from click.testing import CliRunner

import wattquery as wq
from fuzz.answers import check_answer, check_json, check_message, check_text
from fuzz.guards import CaseError, Folder, guarded
from fuzz.world import namespace, written
from one_sentence import is_one_sentence
from wattquery.catalog import Catalog
from wattquery.catalog.csv_writing import csv_text
from wattquery.catalog.reader import parse_rows
from wattquery.cli import main
from wattquery.errors import InputError
from wattquery.measured.beside import Beside
from wattquery.measured.read import points_in

__all__ = ["ANSWERED", "benchmark_case", "call_case", "file_case", "line_case", "measured_case"]

ANSWERED = {"answered": 0, "refused": 0}
"""How the cases ended: a fuzzer whose cases are all refused looks at nothing but the door."""

NOT_REPRODUCED = 1


def line_case(folder: Folder, words: list[str]) -> None:
    """Run a command line in a folder."""
    try:
        with guarded():
            # Anything but a way to end that we chose is a mistake, and comes out as it is.
            result = CliRunner().invoke(main, words, catch_exceptions=False)
            if words[:1] == ["plot"]:
                gc.collect()  # what complains when it is let go of belongs to this case
        _judge(result, words, folder)
    finally:
        _close_figures()
        folder.restore()


def file_case(folder: Folder, drawn: tuple[dict[str, str], list[str]]) -> None:
    """Write files and run the command line that reads them."""
    files, words = drawn
    for name, text in files.items():
        written(name, eval(text, namespace()))
    known = {folder.path / name for name in files}
    folder.kept.update({one: stat for one, stat in folder.present().items() if one in known})
    try:
        line_case(folder, words)
    finally:
        for one in known:
            folder.kept.pop(one, None)
            one.unlink(missing_ok=True)


def call_case(folder: Folder, text: str) -> None:
    """Evaluate the text of a Python call."""
    arguments = namespace()
    try:
        with guarded():
            try:
                answer: Any = _evaluated(text, arguments)
            except InputError as error:
                check_message(str(error))
                ANSWERED["refused"] += 1
            else:
                if answer is not _UNBUILT:
                    check_answer(answer)
                    ANSWERED["answered"] += 1
        _check_files(folder, Path("out.svg"))
    finally:
        _close_figures()
        folder.restore()


def benchmark_case(folder: Folder, drawn: tuple[bytes, dict[str, Any]]) -> None:
    """Read a file that a benchmark may have written: a catalog that reads the same as CSV, or one sentence."""
    content, stated = drawn
    path = folder.path / "result"
    path.write_bytes(content)
    try:
        with guarded():
            try:
                table = wq.read_benchmarks(path, **stated)
            except InputError as error:
                _check_refusal(str(error))
                ANSWERED["refused"] += 1
                return
            again = parse_rows(csv_text(table.rows).encode(), "again.csv")
            if Catalog("benchmarks", again).content_hash != table.content_hash:
                raise CaseError("a table that was written and read again is another one")
            ANSWERED["answered"] += 1
    finally:
        path.unlink()


def measured_case(folder: Folder, drawn: tuple[bytes, dict[str, Any]]) -> None:
    """Read a file that may hold measurements: points, and a sentence for each row that is none, or one sentence."""
    content, stated = drawn
    path = folder.path / "result"
    path.write_bytes(content)
    said = Beside.of(**{**dict.fromkeys(("model", "hardware", "accelerators", "precision", "serving")), **stated})
    try:
        with guarded():
            try:
                points = points_in(path, said)
            except InputError as error:
                _check_refusal(str(error))
                ANSWERED["refused"] += 1
                return
            _check_points(points)
            ANSWERED["answered"] += 1
    finally:
        path.unlink()


def _check_points(points: wq.MeasuredPoints) -> None:
    """Check that points can be told, are finite, and each row that is none is refused in a sentence."""
    for where, reason in points.refused:
        check_text(f"{where}: {reason}", "a reason")
        if not is_one_sentence(reason):
            raise CaseError(f"more than one sentence: {reason}")
    check_text(str(points), "the summary")
    check_json(json.dumps(points.to_dict()))
    if len(points) and not len(points.to_dict()["points"][0]) > 5:
        raise CaseError("a point of which nothing is known")


def _check_refusal(text: str) -> None:
    """Check that a file is refused in a sentence, or with one for each row that no machine can do."""
    check_message(text)
    check_text(text, "a message")
    if " cannot be used, for " not in text and not is_one_sentence(text):
        raise CaseError(f"more than one sentence: {text}")


_UNBUILT = object()


def _evaluated(text: str, names: dict[str, Any]) -> Any:
    """Return what a call returns, or a mark where its arguments cannot even be made."""
    import ast

    call = ast.parse(text, mode="eval").body
    assert isinstance(call, ast.Call)
    arguments: dict[str, Any] = {}
    for one in call.keywords:
        source = ast.get_source_segment(text, one.value)
        assert source is not None
        try:
            with warnings.catch_warnings(action="ignore"):  # of what makes an odd value, not of what takes it
                arguments[one.arg] = eval(source, names)
        except InputError:
            return _UNBUILT
        except Exception as error:  # an unhashable key of a set, say: there is no such value to pass
            if any("/wattquery/" in frame for frame in _files(error)):
                raise
            return _UNBUILT
    return eval(ast.get_source_segment(text, call.func) or "", names)(**arguments)


def _files(error: BaseException) -> list[str]:
    found, trace = [], error.__traceback__
    while trace is not None:
        found.append(trace.tb_frame.f_code.co_filename)
        trace = trace.tb_next
    return found


def _judge(result: Any, words: list[str], folder: Folder) -> None:
    """Check the end of a command: code, streams and files."""
    allowed = (0, 2, NOT_REPRODUCED) if words[0] in ("reproduce", "fleet", "catalog") else (0, 2)
    if result.exit_code not in allowed:
        raise CaseError(f"exit code {result.exit_code}")
    own = "".join(words)  # what a user types is shown as it is
    check_text(result.stderr, "stderr", own, refused=result.exit_code == 2)
    if result.exit_code == 2:
        ANSWERED["refused"] += 1
        check_message(result.stderr)
        if folder.changes():
            raise CaseError(f"a refused command left or changed {folder.changes()[0].name!r}")
        return
    ANSWERED["answered"] += 1
    if "--json" in words and "--help" not in words and "-h" not in words:
        check_json(result.stdout)
    else:
        check_text(result.stdout, "stdout", own)
    _check_files(folder)


def _check_files(folder: Folder, *allowed: Path) -> None:
    partial = [one for one in folder.changes() if ".partial" in one.name or ".replaced" in one.name]
    if partial:
        raise CaseError(f"partial file {partial[0].name!r}")


def _close_figures() -> None:
    import sys

    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
