"""What goes together of a store, a client and a lazy result, and what is refused in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import wattquery as wq


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"store": "a.zarr"}, "what a store holds is read when it is asked for anyhow"),
        ({"client": "a"}, "whoever computes the result decides where"),
        ({"threads": 2}, "whoever computes the result decides, as with"),
        ({"progress": print}, "nothing is computed yet"),
        ({"relative_stderr": 0.01}, "all cells together decide on the draws"),
        ({"keep_histogram": True}, "which bins there are is known of all cells only"),
    ],
)
def test_a_lazy_result_has_no_use_for(other: dict[str, Any], why: str) -> None:
    (name,) = other
    with pytest.raises(wq.InputError, match=f"^{name} must be left out with lazy=True: {why}"):
        wq.sweep("DeepSeek-R1", lazy=True, **other)


@pytest.mark.parametrize("lazy", [1, "yes", None])
def test_lazy_is_true_or_false(lazy: Any) -> None:
    with pytest.raises(wq.InputTypeError, match=r"^lazy must be True or False"):
        wq.sweep("DeepSeek-R1", lazy=lazy)


def test_threads_are_those_of_the_workers(two_workers: Any) -> None:
    with pytest.raises(wq.InputError, match=r"^threads must be left out with client, got 2"):
        wq.sweep("DeepSeek-R1", client=two_workers, threads=2)


def test_what_is_no_client_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(wq.InputTypeError, match=r"^client must be a dask\.distributed\.Client"):
        wq.sweep("DeepSeek-R1", client="tcp://a:1", store=tmp_path / "a.zarr")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("store", [None, "a.zarr"])
def test_options_are_for_an_object_store(store: Any) -> None:
    with pytest.raises(wq.InputError, match=r"^storage_options must be left out without the address"):
        wq.sweep("DeepSeek-R1", store=store, storage_options={"key": "hidden"})


@pytest.mark.parametrize("options", ["hidden", {1: "hidden"}, [("key", "hidden")]])
def test_options_are_a_dict_by_name_and_never_repeated(options: Any) -> None:
    with pytest.raises(wq.InputTypeError, match=r"^storage_options must be a dict by name") as raised:
        wq.sweep("DeepSeek-R1", store="memory://a.zarr", storage_options=options)
    assert "hidden" not in str(raised.value)
