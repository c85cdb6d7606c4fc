"""Compiled kernels are run: a folder or file that another user could have written is not used, and not even opened."""

import os
import socket
import stat
from pathlib import Path

import pytest

from wattquery.kernels.compiling import cache, cache_folder, own_folder
from wattquery.kernels.compiling.own_folder import NotOwnError

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system has no owners; see the last tests")
superuser = pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() != 0, reason="only root can give files away")
SOMEBODY = 1000
ENTRY = "entry.kernel"


@pytest.fixture
def place(tmp_path):
    """A folder of a fingerprint with one entry, and one folder above it, under the umask 0."""
    before = os.umask(0)
    folder = tmp_path / "caches" / f"kernels-{'0' * 32}"
    cache_folder.store(folder / ENTRY, b"content")
    yield folder
    os.umask(before)


def refused(folder, match):
    with pytest.raises(NotOwnError, match=match):
        cache_folder.load(folder / ENTRY)


def test_what_is_made_is_writable_by_nobody_else(place):
    assert cache_folder.load(place / ENTRY) == b"content"
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (place.parent, place, place / ENTRY)]
    assert modes == [0o755, 0o755, 0o644]
    assert os.listdir(place) == [ENTRY]
    os.umask(0o077)
    private = place.parent / f"kernels-{'1' * 32}"
    cache_folder.store(private / ENTRY, b"content")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (private, private / ENTRY)] == [0o700, 0o600]


@superuser
@pytest.mark.parametrize("what", [".", "..", ENTRY])
def test_what_belongs_to_another_user(place, what):
    """Root is shown a folder, a folder above it or a file of the user 1000."""
    os.chown(place / what, SOMEBODY, SOMEBODY)
    refused(place, f"belongs to user {SOMEBODY}")
    if what != ENTRY:
        with pytest.raises(NotOwnError, match="belongs to user"):
            cache_folder.store(place / "new.kernel", b"content")
        with pytest.raises(NotOwnError, match="belongs to user"):
            cache_folder.check(place)
    assert os.listdir(place) == [ENTRY]


@superuser
def test_what_belongs_to_root_is_fine_for_all(place, monkeypatch):
    """An image is warmed by root, and run by a user."""
    monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY)
    assert cache_folder.load(place / ENTRY) == b"content"
    os.chown(place / ENTRY, SOMEBODY, SOMEBODY)
    assert cache_folder.load(place / ENTRY) == b"content"
    os.chown(place / ENTRY, SOMEBODY + 1, SOMEBODY + 1)
    refused(place, f"belongs to user {SOMEBODY + 1}")


@pytest.mark.parametrize("what", [".", "..", ENTRY])
@pytest.mark.parametrize("bits", [0o020, 0o002])
def test_what_others_can_write_to(place, what, bits):
    path = place / what
    path.chmod(path.stat().st_mode | bits)
    refused(place, "can be written to by other users")


def test_the_sticky_bit_protects_what_lies_below_only(place):
    """As of ``/tmp``, or of a home folder of mode 1777: files there can be replaced by their owners only."""
    place.parent.chmod(0o1777)
    assert cache_folder.load(place / ENTRY) == b"content"
    place.chmod(0o1777)
    refused(place, "can be written to by other users")


@superuser
def test_a_folder_that_another_user_has_put_into_a_sticky_one(place):
    place.parent.chmod(0o1777)
    os.chown(place, SOMEBODY, SOMEBODY)
    refused(place, "belongs to user")
    os.chown(place, 0, 0)
    os.chown(place.parent, SOMEBODY, SOMEBODY)  # who may replace all that lies in it
    refused(place, "belongs to user")


@superuser
def test_links(place):
    link = place.parent.parent / "link"
    link.symlink_to(place.parent)
    assert cache_folder.load(link / place.name / ENTRY) == b"content"
    os.lchown(link, SOMEBODY, SOMEBODY)
    refused(link / place.name, "belongs to user")
    relative = place.parent / "relative"
    relative.symlink_to(Path("..") / place.parent.name / place.name)
    assert cache_folder.load(relative / ENTRY) == b"content"
    loop = place.parent / "loop"
    loop.symlink_to(loop)
    refused(loop, "too many links")
    (place / "second.kernel").symlink_to(place / ENTRY)
    with pytest.raises(NotOwnError, match="not a regular file"):
        cache_folder.load(place / "second.kernel")


def test_a_link_leads_through_what_others_can_write_to(place):
    """The folder at the end is the user's own, but who chose it?"""
    public = place.parent.parent / "public"
    public.mkdir(mode=0o777)
    (public / "link").symlink_to(place)
    refused(public / "link", "can be written to")


def test_a_second_name_elsewhere(place):
    """A file of the user's own, such as a download, can be linked to by others."""
    os.link(place / ENTRY, place.parent.parent / "download")
    refused(place, "second name")


def _fifo(path):
    os.mkfifo(path)


def _socket(path):
    os.chdir(path.parent)  # the whole path may be too long for a socket
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)


@pytest.mark.parametrize("make", [_fifo, Path.mkdir, _socket])
def test_what_is_no_regular_file_is_not_opened(place, monkeypatch, make):
    """A pipe would wait for a writer, and a device may do something."""
    monkeypatch.chdir(place)
    (place / ENTRY).unlink()
    make(place / ENTRY)
    opened = []
    real = os.open
    monkeypatch.setattr(os, "open", lambda path, *a, **k: opened.append(path) or real(path, *a, **k))
    refused(place, "not a regular file")
    assert ENTRY not in opened


def test_a_file_that_is_swapped_between_the_look_and_the_opening(place, monkeypatch):
    real = os.stat
    innocent = real(place / ENTRY)
    (place / ENTRY).chmod(0o666)
    monkeypatch.setattr(os, "stat", lambda p, **k: innocent if p == ENTRY else real(p, **k))
    refused(place, "can be written to by other users")


def test_nothing_is_removed_where_others_could_lead_us(place):
    """An old folder is removed, but no link is followed, and no folder of others is entered."""
    precious = place.parent.parent / "precious"
    precious.mkdir()
    (precious / "file.tmp").touch()
    os.utime(precious, (0.0, 0.0))
    link = place.parent / f"kernels-{'2' * 32}"
    link.symlink_to(precious)
    open_to_all = place.parent / f"kernels-{'3' * 32}"
    open_to_all.mkdir(mode=0o777)
    (open_to_all / "a.kernel").touch()
    os.utime(open_to_all, (0.0, 0.0))
    os.utime(place, (0.0, 0.0))
    cache_folder.prune(place.parent)
    assert not place.exists()
    assert (precious / "file.tmp").exists()
    assert (open_to_all / "a.kernel").exists()


def test_the_status_says_why(place, monkeypatch):
    monkeypatch.setenv(cache_folder.VARIABLE, str(place))
    monkeypatch.setattr(cache, "_TALLY", cache._Tally())
    assert cache.status().problem == ""
    place.chmod(0o777)
    told = cache.status()
    assert told.folder is None
    assert "chmod go-w" in told.problem


@pytest.fixture
def without_owners(monkeypatch, tmp_path):
    """A system as Windows is."""
    for name in ("getuid", "geteuid", "getgid", "getegid"):
        monkeypatch.delattr(os, name)
    monkeypatch.setattr(own_folder, "_OPENS_BELOW", False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    (tmp_path / "home").mkdir()
    return tmp_path


def test_a_system_without_owners_uses_the_profile_only(without_owners):
    mine = without_owners / "home" / "AppData" / f"kernels-{'0' * 32}"
    cache_folder.store(mine / ENTRY, b"content")
    assert cache_folder.load(mine / ENTRY) == b"content"
    os.utime(mine, (0.0, 0.0))
    cache_folder.store(mine.with_name(f"kernels-{'1' * 32}") / ENTRY, b"content")
    assert not mine.exists()
    elsewhere = without_owners / "shared" / f"kernels-{'0' * 32}"
    for use in (lambda: cache_folder.store(elsewhere / ENTRY, b"content"), lambda: cache_folder.check(elsewhere)):
        with pytest.raises(NotOwnError, match="outside of"):
            use()
    assert not elsewhere.parent.exists()
    mine.mkdir()
    (mine / ENTRY).mkdir()
    refused(mine, "not a regular file")


def test_a_link_out_of_the_profile(without_owners):
    shared = without_owners / "shared"
    shared.mkdir()
    (without_owners / "home" / "link").symlink_to(shared)
    with pytest.raises(NotOwnError, match="outside of"):
        cache_folder.store(without_owners / "home" / "link" / ENTRY, b"content")
    assert list(shared.iterdir()) == []


def test_the_checks_are_no_asserts():
    """`python -O` removes those."""
    assert "assert " not in Path(own_folder.__file__).read_text()
