"""``--scheduler`` and ``--store``: the same result, wherever it is computed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest
import xarray as xr

import wattquery as wq
from wattquery.cli.cluster import connected

ASKED: dict[str, Any] = {"levers": ["none", "serving"], "draws": 512}


@pytest.fixture
def spec_of(cli: Any) -> str:
    cli.write("spec.toml", 'model = "ALL"\nlevers = ["none", "serving"]\ndraws = 512\n')
    return "spec.toml"


def test_processes_that_are_started_for_one_command(cli: Any, spec_of: str) -> None:
    pytest.importorskip("distributed")
    expected = wq.sweep(wq.ALL, **ASKED)
    said = cli.text("sweep", spec_of, "--scheduler", "local:1", "--store", "a.zarr")
    assert said.startswith("a.zarr: ")
    assert "512 draws each, seed 0" in said
    stored = xr.open_zarr(cli.folder / "a.zarr")
    assert bool(stored["done"].all())
    assert stored["energy"].values.tobytes() == expected["energy"].values.tobytes()


def test_a_cluster_that_runs_already(cli: Any, spec_of: str, two_workers: Any) -> None:
    found = cli.json("sweep", spec_of, "--scheduler", two_workers.scheduler.address)
    assert found == cli.json("sweep", spec_of)


def test_a_file_names_both_and_who_watches_sees_how_far_it_is(cli: Any, two_workers: Any, terminal: list[int]) -> None:
    address = two_workers.scheduler.address
    (cli.folder / "below").mkdir()
    cli.write("below/spec.toml", f'model = "DeepSeek-R1"\ndraws = 512\nstore = "a.zarr"\nscheduler = "{address}"\n')
    cli.text("sweep", "below/spec.toml", "-o", "b.nc")
    stored, saved = xr.open_zarr(cli.folder / "below/a.zarr"), xr.open_dataset(cli.folder / "b.nc")
    assert stored["energy"].values.tobytes() == saved["energy"].values.tobytes()
    assert terminal[0] == 0
    assert sum(terminal) == 1000


@pytest.mark.parametrize("scheduler", ["local:0", "local:", "local:two", "local:-1", "local:1e9", "local:99999999"])
def test_a_number_of_processes_that_is_none(scheduler: str) -> None:
    pytest.importorskip("distributed")
    with (
        pytest.raises(wq.InputError, match=r"^--scheduler local:N must have a number of worker processes from 1"),
        connected(scheduler),
    ):
        pass


@pytest.mark.parametrize("scheduler", ["tcp://127.0.0.1:1", "nowhere", "bogus://a:1", ""])
def test_an_address_where_nobody_answers(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    from wattquery.cli import cluster

    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.3)
    with (
        pytest.raises(wq.InputError, match=r"^--scheduler must be the address of a scheduler that runs, or local:N"),
        connected(scheduler),
    ):
        pass


def test_a_scheduler_is_text() -> None:
    with pytest.raises(wq.InputTypeError, match=r"^scheduler must be the address"), connected(3):
        pass


def test_dask_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from wattquery.cli import cluster

    monkeypatch.setattr(cluster.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(wq.InputError, match=r"pip install 'wattquery\[dask\]'"), connected("local:2"):
        pass


@pytest.mark.parametrize("key", ["client", "lazy", "storage_options"])
def test_keys_that_no_file_has(cli: Any, key: str) -> None:
    cli.write("spec.toml", f'model = "DeepSeek-R1"\n{key} = 1\n')
    assert f"has no key '{key}'" in cli.refused("sweep", "spec.toml")


def ends(group: int) -> bool:
    """Return whether no process of a group is left, within some seconds: one that was killed takes a moment to end."""
    for _ in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.slow
@pytest.mark.parametrize("at_work", [False, True])
def test_an_interrupt_of_a_terminal_ends_all_processes_in_two_seconds(cli: Any, at_work: bool) -> None:
    """A terminal sends it to the workers too: while they start, and while they are at a box."""
    cli.write("spec.toml", 'model = "ALL"\nlevers = ["none", "serving"]\ndraws = 4_000_000_000\n')
    command = [sys.executable, "-m", "wattquery", "sweep", "spec.toml", "--scheduler", "local:2", "--store", "a.zarr"]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # what is ignored here, a child ignores
    process = subprocess.Popen(command, cwd=cli.folder, stderr=subprocess.PIPE, text=True, start_new_session=True)
    signal.signal(signal.SIGINT, before)
    end = time.monotonic() + 90
    while time.monotonic() < end and at_work and not (cli.folder / "a.zarr/zarr.json").exists():
        time.sleep(0.1)
    time.sleep(5)
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    if at_work:  # an impatient second one breaks off nothing of what the first ends
        time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode in (130, -signal.SIGINT)  # a shell says 130 of both
    assert time.monotonic() - began < 4  # two seconds, on a machine that others use as well
    assert "Interrupted" in said
    assert "Traceback" not in said
    assert ends(process.pid)
