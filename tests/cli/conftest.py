"""A command line to call in an empty folder, and what every refusal has in common."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import runner
from wattquery.cli import main
from wattquery.engine.display import Display

SPEC = """
model = ["DeepSeek-R1", "Llama 3.1 405B"]
levers = ["none", "serving"]
method = "exact"
"""


class CommandLine:
    """Runs commands in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runner = runner()

    def __call__(self, *arguments: object):
        # Anything but a way to end that we chose is a mistake, and must fail the test with its traceback.
        return self.runner.invoke(main, [str(one) for one in arguments], catch_exceptions=False)

    def text(self, *arguments: object) -> str:
        result = self(*arguments)
        assert (result.exit_code, result.stderr) == (0, "")
        return result.stdout

    def json(self, *arguments: object):
        def refuse(constant: str):
            raise AssertionError(f"{constant} is not JSON")

        return json.loads(self.text(*arguments, "--json"), parse_constant=refuse)

    def refused(self, *arguments: object) -> str:
        """Return the message of a command that must end as bad input does."""
        before = self.files()
        result = self(*arguments)
        assert result.exit_code == 2, result.output
        assert result.stdout == ""
        assert "Error: " in result.stderr
        assert "Traceback" not in result.stderr
        assert self.files() == before
        return result.stderr

    def files(self) -> dict[str, bytes | None]:
        return {
            str(path.relative_to(self.folder)): path.read_bytes() if path.is_file() else None
            for path in sorted(self.folder.rglob("*"))
        }

    def write(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return name


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.chdir(tmp_path)
    return CommandLine(tmp_path)


@pytest.fixture
def spec(cli: CommandLine) -> str:
    return cli.write("spec.toml", SPEC)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Have someone watch, and return by how many thousandths of the work each line that they see is further."""
    shown: list[int] = []

    def show(line: str, share: float) -> None:
        shown.append(round(1000 * share) - sum(shown))

    monkeypatch.setattr("wattquery.cli.output.watched", lambda label: Display(show, label))
    return shown
