"""The explorer in a headless browser: pages of real studies, and a browser in which none may complain.

Only `make test-browser` collects these tests, or pytest where it is asked for this folder: they need Playwright, the
extra ``browser``, and a Chromium (``WATTQUERY_BROWSER``, one on the path, or Playwright's own).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
SECOND_MS = 60_000
"""For a page to answer: machines may be busy."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave this folder out unless it is asked for by name."""
    asked = any(place == HERE or HERE in place.parents for place in (_path_of(one) for one in config.args))
    return None if asked else True


def _path_of(argument: str) -> Path:
    return (Path.cwd() / argument.split("::")[0]).resolve()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Return a running Chromium."""
    from playwright.sync_api import sync_playwright

    found = os.environ.get("WATTQUERY_BROWSER") or next(filter(None, map(shutil.which, INSTALLED)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the studies that are explored here, each made when it is first asked for."""
    from browser.explored import Explored

    return Explored(tmp_path_factory.mktemp("explored"))


@pytest.fixture
def opened(chromium: Any, pages: Any) -> Iterator[Callable[..., Any]]:
    """Return what opens a page by the name of its study; afterwards none may have complained or asked for anything."""
    contexts: list[Any] = []
    problems: list[str] = []

    def open_page(name: str, fragment: str = "", *, script: str = "", **options: Any) -> Any:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(SECOND_MS)
        contexts.append(context)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.on("console", lambda message: problems.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: _note(request.url, problems))
        page.on("dialog", lambda dialog: (problems.append(f"a dialog: {dialog.message}"), dialog.dismiss()))
        page.problems = problems
        page.goto(f"{pages[name].path.as_uri()}{fragment}")
        drawn(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems


def _note(url: str, problems: list[str]) -> None:
    if not url.startswith(("file:", "blob:", "data:")):
        problems.append(f"asked the network for {url}")


def drawn(page: Any) -> None:
    """Wait until everything is drawn that was asked for."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_function("() => document.documentElement.dataset.drawn === 'all'")
