"""One process at a time works on a store, and one that was killed leaves nothing that stands in the way."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from clocks import jumps
from wattquery.errors import InputError
from wattquery.stores.zarr import claim
from wattquery.stores.zarr.claim import claimed
from wattquery.stores.zarr.location import Location, location

HOLDS = """
import sys, time
from wattquery.stores.zarr.claim import claimed
from wattquery.stores.zarr.location import location
with claimed(location(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_process_is_refused_until_the_first_has_died(tmp_path: Path) -> None:
    where = location(tmp_path / "a.zarr")
    with subprocess.Popen([sys.executable, "-c", HOLDS, where.path], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        half = where.folder / "energy" / "c" / "0.1234.partial"
        half.parent.mkdir(parents=True)
        half.write_bytes(b"half")
        with pytest.raises(InputError, match=f"being written by process {other.pid}"), claimed(where):
            pass
        assert half.exists()
        other.kill()
    with claimed(where):
        assert not half.exists()


def test_who_only_looks_whether_somebody_works_here_is_in_nobodys_way(tmp_path: Path) -> None:
    where = location(tmp_path / "a.zarr")
    with claimed(where):
        pass
    with (where.folder / claim.CLAIM).open("r+") as file:
        assert claim._lock(file.fileno())
        looks = threading.Timer(claim.GLANCE / 4, file.close)
        looks.start()
        with claimed(where):
            looks.join()


def test_a_claim_in_an_object_store_counts_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim, "BEAT", 0.05)
    jumps(monkeypatch)
    where = Location("memory://b.zarr", "memory://b.zarr", True)
    with claimed(where), pytest.raises(InputError, match="being written by process"), claimed(where):
        pass
    with claimed(where):  # given back
        pass


def test_a_claim_that_stands_still_is_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim, "BEAT", 0.05)
    jumps(monkeypatch)  # of no machine
    where = Location("memory://c.zarr", "memory://c.zarr", True)
    claim.write_json(where.open(), claim.CLAIM, {"token": "x", "who": "one that died", "count": 7})
    with claimed(where):
        pass
