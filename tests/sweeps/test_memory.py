"""What memory there is: of the system, of control groups, of the process's own limits, whichever is the least."""

import subprocess
import sys

import pytest

import wattquery as wq
from wattquery.engine import threads as engine_threads
from wattquery.sweeps import memory

GB = 2**30


@pytest.fixture
def system(tmp_path, monkeypatch):
    """A system of files, whose process has no limits of its own."""
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(memory, "_SYSTEM", tmp_path)
    monkeypatch.setattr(memory, "FRESH_SECONDS", -1.0)  # the files change within a test
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def write(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    # Little is free, but the file cache can be dropped.
    write("proc/meminfo", f"MemTotal: {16 * 2**20} kB\nMemFree: 1000 kB\nMemAvailable: {8 * 2**20} kB\n")
    return write


def group(write, folder, names, limit, used, stat=""):
    for name, value in zip(names, (limit, used, stat), strict=True):
        write(f"{folder}/{name}", f"{value}\n")


V1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "memory.stat")
V2 = ("memory.max", "memory.current", "memory.stat")
MOUNT_2 = "30 20 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"
MOUNT_1 = "31 20 0:27 {} /sys/fs/cgroup/memory rw shared:5 - cgroup cgroup rw,memory\n"
CPU_1 = "32 20 0:28 / /sys/fs/cgroup/cpu rw shared:6 - cgroup cgroup rw,cpu\n"
NO_LIMIT = 9223372036854771712


def test_file_cache_counts_as_available(system):
    assert memory.available_bytes() == 8 * GB


def test_a_group_of_version_2(system):
    system("proc/self/cgroup", "0::/user/job\n")
    system("proc/self/mountinfo", MOUNT_2)
    stat = f"anon {GB}\ninactive_file {GB}\nactive_file {GB // 2}\nfile {9 * GB}"
    group(system, "sys/fs/cgroup/user/job", V2, 4 * GB, 3 * GB, stat)
    assert memory.available_bytes() == 4 * GB - (3 * GB - GB - GB // 2)
    group(system, "sys/fs/cgroup/user", V2, 2 * GB, GB)  # the one above has less
    assert memory.available_bytes() == GB
    group(system, "sys/fs/cgroup/user", V2, "max", GB)
    group(system, "sys/fs/cgroup/user/job", V2, "max", 3 * GB)
    assert memory.available_bytes() == 8 * GB


@pytest.mark.parametrize(
    ("root", "own", "folder"),
    [("/", "/job", "job"), ("/docker/abc", "/docker/abc", "."), ("/docker/abc", "/", "."), ("/a", "/a/b", "b")],
)
def test_a_group_of_version_1(system, root, own, folder):
    """A container may see its group by the path that it has on the host."""
    system("proc/self/cgroup", f"5:cpu,cpuacct:/\n4:memory:{own}\n0::/\n")
    system("proc/self/mountinfo", CPU_1 + MOUNT_1.format(root))
    group(system, f"sys/fs/cgroup/memory/{folder}", V1, GB, 900_000_000, "total_inactive_file 400000000")
    assert memory.available_bytes() == GB - 500_000_000
    group(system, f"sys/fs/cgroup/memory/{folder}", V1, NO_LIMIT, 0)
    assert memory.available_bytes() == 8 * GB


def test_more_used_than_allowed_is_nothing_left(system):
    system("proc/self/cgroup", "0::/\n")
    system("proc/self/mountinfo", MOUNT_2)
    group(system, "sys/fs/cgroup", V2, GB, 2 * GB)
    assert memory.available_bytes() == 0


def test_limits_of_the_process(system, monkeypatch):
    resource = pytest.importorskip("resource")
    page = resource.getpagesize()
    system("proc/self/statm", f"{GB // page} 5 4 3 0 {GB // 2 // page} 0\n")
    limits = {resource.RLIMIT_AS: 3 * GB, resource.RLIMIT_DATA: resource.RLIM_INFINITY}
    monkeypatch.setattr(resource, "getrlimit", lambda limit: (limits[limit], resource.RLIM_INFINITY))
    assert memory.available_bytes() == 2 * GB
    assert memory.available_bytes(4) == 2 * GB - 4 * memory.THREAD_ADDRESSES
    limits[resource.RLIMIT_DATA] = GB
    assert memory.available_bytes() == GB // 2


def test_a_system_that_tells_nothing(system, tmp_path, monkeypatch):
    (tmp_path / "proc" / "meminfo").unlink()
    monkeypatch.delattr(memory.os, "sysconf")
    assert memory.available_bytes() == memory.UNKNOWN_BYTES


def test_the_work_counts_too(monkeypatch):
    """A container that holds the result, and not the threads and batches that make it."""
    monkeypatch.setattr(memory, "available_bytes", lambda threads=1: 20_000_000)
    with pytest.raises(
        wq.InputError, match=r"Computing 1 cell on 2 threads needs about .* 20 MB are free\. .*threads=1"
    ):
        wq.estimate("DeepSeek-R1", draws=1000, threads=2)
    for call in (
        lambda: wq.sensitivity.sobol("DeepSeek-R1", draws=2**10),
        lambda: wq.sensitivity.nested("DeepSeek-R1", shared_draws=2**15),
        lambda: wq.fleet("traditional", shared_draws=2**15, structural=False),
    ):
        with pytest.raises(MemoryError, match=r"about .* are free\."):
            call()


def test_memory_that_runs_out_is_said_in_a_sentence(monkeypatch):
    def exhausted(*_, **__):
        raise MemoryError

    monkeypatch.setattr("wattquery.sweeps.carry_out.Exact.work", exhausted)
    with pytest.raises(wq.InputError, match="memory that is free does not suffice"):
        wq.sweep("DeepSeek-R1", method="exact")


def test_threads_that_cannot_be_started(monkeypatch):
    def refused(*_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(engine_threads.Stoppable, "start", refused)
    with pytest.raises(MemoryError, match="start new thread"):
        list(engine_threads.Threads(2).map(abs, [1, 2]))


def test_a_small_room_for_counts_changes_nothing(monkeypatch):
    """What is kept between rounds follows the memory that is available; the draws are the same."""
    arguments = {"relative_stderr": 0.01, "seed": 3, "threads": 1}
    kept = wq.sweep("DeepSeek-R1", **arguments)
    monkeypatch.setattr("wattquery.sweeps.carry_out.available_bytes", lambda threads: 0)
    assert wq.sweep("DeepSeek-R1", **arguments).identical(kept)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not keep to the limit")
@pytest.mark.parametrize("limit", [300_000_000, 560_000_000])
def test_a_process_in_a_tight_address_space(tmp_path, limit):
    """The libraries find no room, or the first run does not: one sentence, and not the end by a signal."""
    code = (
        f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({limit}, {limit}))\n"
        "from wattquery.cli import main; main(['estimate', 'DeepSeek-R1', '--draws', '1e5'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert done.stderr.splitlines()[-1].startswith("Error: ")
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
