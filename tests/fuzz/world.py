"""What calls may name: the files of the working folder, results in memory, and how both are damaged."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

import wattquery as wq

__all__ = ["DAMAGES", "DATASETS", "FILES", "namespace", "write_files"]

CSV = """Model,Hardware,Serving,Quantization,Tokens per Second (TPS),Input Length,Output Length,Power for Node (kW)
Mine,H100,vLLM,FP8,720,1020.9,64,10.2
Mine,H100,vLLM,FP8,745,500,126,10.2
Mine,H100,vLLM,FP8,1718,1021.4,305,10.2
Other,H200,SGLang,FP16,413,2020.8,494,11
"""
SPEC = """model = ["DeepSeek-R1", "Llama 3.1 405B"]
output_tokens = "traditional"
levers = ["none", "serving"]
method = "exact"
"""
SENSITIVITY = """model = "DeepSeek-R1"
seed = 1

[sensitivity]
index = "sobol"
draws = 1024
"""
ANALYSIS = """model = "DeepSeek-R1"

[sensitivity]
draws = 256
"""
SCENARIO = """title = "A fleet"
source = "made up"
queries_per_day = 1e9

[classes.short]
share = "rest"
model = "frontier"
output_tokens = "traditional"

[classes.long]
share = 0.1
model = ["DeepSeek-R1", "Llama 3.1 405B"]
output_tokens = "long"

[overhead]
idle = { factor = 1.1, source = "made up" }
"""
MEASURED = """row_id,model,hardware,n_gpus,serving_stack,precision,tp,batch_size_avg,avg_output_tokens,task,\
joules_per_output_token,avg_power_w_per_gpu,output_tokens_per_s,tpot_mean_s,measurement_scope
E1,Qwen/Qwen3-32B,H100 SXM,2,vLLM,bf16,2,32,600,lm-arena-chat,1.1,480,870,0.035,GPU only (NVML)
E2,meta-llama/Llama-3.1-8B-Instruct,H100,1,vLLM,bf16,1,64,300,lm-arena-chat,0.2,520,2600,0.02,GPU only (NVML)
E3,Ours-30B-A3B,B200,1,vLLM,fp8,1,16,500,gpqa,0.3,450,1500,0.01,whole node at the wall
E4,Ours,TPU,,,,,,,,,,,,
"""
FILES = {
    "measured.csv": MEASURED,
    "points.csv": "\n".join(MEASURED.split("\n")[:2]),
    "mine.csv": CSV,
    "spec.toml": SPEC,
    "sensitivity.toml": SENSITIVITY,
    "analysis.toml": ANALYSIS,
    "fleet.toml": SCENARIO,
    "empty.csv": "",
}


def _sampled() -> xr.Dataset:
    return wq.sweep(
        ["DeepSeek-R1", "Llama 3.1 405B"], levers=["none", "serving"], draws=500, seed=1, keep_histogram=True
    )


DATASETS: dict[str, Callable[[], xr.Dataset]] = {
    "sweep": _sampled,
    "exact": lambda: wq.sweep(wq.ALL, method="exact", keep_histogram=True),
    "quasi": lambda: wq.sweep(
        ["DeepSeek-R1", "Llama 3.1 405B"], method="quasi_monte_carlo", draws=1024, keep_histogram=True
    ),
    "plain": lambda: wq.sweep("DeepSeek-R1", output_tokens=[100, 300], pue=[1.1, 1.2], method="exact"),
    "blend": lambda: wq.blend(_sampled()),
    "sobol": lambda: wq.sensitivity.sobol("DeepSeek-R1", draws=1024, seed=1),
    "anova": lambda: wq.sensitivity.anova(_sampled()),
    "tornado": lambda: wq.sensitivity.tornado("DeepSeek-R1", draws=500),
    "reduction": lambda: wq.sensitivity.reduction(["model", "model+serving"], draws=500),
    "measuring": lambda: wq.sensitivity.worth_measuring("DeepSeek-R1", draws=500),
    "waterfall": lambda: wq.sensitivity.shapley(draws=500),
    "fleet": lambda: wq.fleet("mixed", shared_draws=1024, throughput_fit=False),
    "trajectory": lambda: wq.trajectory("adoption", shared_draws=1024, start="2026-01-01", stop="2028-01-01"),
}

DAMAGES: dict[str, Callable[[xr.Dataset], object]] = {
    "": lambda ds: ds,
    "without_attributes": lambda ds: ds.drop_attrs(),
    "odd_attributes": lambda ds: ds.assign_attrs(draws="many", method=None, boundary=3, common_random_numbers="x"),
    "first_of_all": lambda ds: ds.isel({dim: [0] for dim in ds.dims}),
    "none_of_model": lambda ds: ds.isel({next(iter(ds.dims)): []}),
    "one_cell": lambda ds: ds.isel(dict.fromkeys(ds.dims, 0)),
    "without_coordinates": lambda ds: ds.drop_vars(list(ds.coords)),
    "one_quantile": lambda ds: ds.isel(quantile=0) if "quantile" in ds.dims else ds,
    "two_quantiles": lambda ds: ds.isel(quantile=[0, -1]) if "quantile" in ds.dims else ds,
    "renamed": lambda ds: ds.rename({dim: f"{dim}_x" for dim in ds.dims}),
    "transposed": lambda ds: ds.transpose(*reversed(list(ds.dims))),
    "reversed": lambda ds: ds.isel({dim: slice(None, None, -1) for dim in ds.dims}),
    "all_nan": lambda ds: ds.map(lambda one: one * np.nan if one.dtype.kind == "f" else one),
    "infinite": lambda ds: ds.map(lambda one: one + np.inf if one.dtype.kind == "f" else one),
    "negative": lambda ds: ds.map(lambda one: -one if one.dtype.kind in "fi" else one),
    "zero": lambda ds: ds.map(lambda one: one * 0 if one.dtype.kind in "fi" else one),
    "text": lambda ds: ds.map(lambda one: one.astype(str)),
    "objects": lambda ds: ds.astype(object),
    "unsupported": lambda ds: ds.assign(supported=ds["supported"] & False) if "supported" in ds else ds,
    "labels_twice": lambda ds: xr.concat([ds, ds], next(iter(ds.dims))),
    "without_energy": lambda ds: ds.drop_vars("energy", errors="ignore"),
    "without_first": lambda ds: ds.drop_vars(next(iter(ds.data_vars))),
    "stacked": lambda ds: ds.stack(both=list(ds.dims)),
    "array": lambda ds: ds[next(iter(ds.data_vars))],
    "frame": lambda ds: ds[next(iter(ds.data_vars))].to_series(),
    "dict": lambda ds: ds.to_dict(),
    "numbers_as_labels": lambda ds: ds.assign_coords({dim: range(ds.sizes[dim]) for dim in ds.dims}),
}


class Results:
    """Results by name, made once and damaged anew each time."""

    def __init__(self) -> None:
        self._made: dict[str, xr.Dataset] = {}

    def __call__(self, name: str, damage: str = "") -> Any:
        if name not in self._made:
            self._made[name] = DATASETS[name]()
        return DAMAGES[damage](self._made[name].copy(deep=True))


RESULTS = Results()


def deep_list(depth: int) -> list[Any]:
    """Return lists in lists."""
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def altered(name: str, *changes: tuple[float, int], keep: float = 1.0) -> bytes:
    """Return the bytes of a saved result with some of them changed, at places that are shares of its length."""
    content = bytearray(Path(name).read_bytes())
    content = content[: max(1, int(keep * len(content)))]
    for place, byte in changes:
        content[min(len(content) - 1, int(place * len(content)))] = byte
    return bytes(content)


def written(name: str, content: str | bytes) -> str:
    """Write a file of the working folder and return its name."""
    Path(name).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return name


def figure_axes() -> Any:
    """Return an empty Axes."""
    from matplotlib.figure import Figure

    return Figure().subplots()


def namespace() -> dict[str, Any]:
    """Return what the text of a call may name."""
    return {
        "Decimal": Decimal,
        "Fraction": Fraction,
        "Path": Path,
        "altered": altered,
        "axes": figure_axes,
        "deep_list": deep_list,
        "dt": dt,
        "np": np,
        "pd": pd,
        "result": RESULTS,
        "wq": wq,
        "written": written,
        "xr": xr,
    }


def write_files(folder: Path) -> None:
    """Fill a folder with what command lines and calls name, the valid and the strange."""
    for name, content in FILES.items():
        (folder / name).write_text(content)
    (folder / "claims.csv").write_text((Path(wq.__file__).parent / "catalog/data/public_claims.csv").read_text())
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe.csv")
    os.mkfifo(folder / "pipe.toml")
    os.mkfifo(folder / "pipe.nc")
    (folder / "pointer.csv").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")
    (folder / "rows.json").write_text('[{"Model": "Mine"}]')
    (folder / "zip.csv").write_bytes(b"\x1f\x8b\x08\x00" + bytes(range(200)))
    (folder / "latin.csv").write_bytes(CSV.replace("Mine", "Miné").encode("latin-1"))
    (folder / "wide.csv").write_bytes(CSV.encode("utf-16"))
    (folder / "text.nc").write_text("not a result")
    for name in DATASETS:
        RESULTS(name).to_netcdf(folder / f"{name}.nc")
    RESULTS("sweep").to_zarr(folder / "sweep.zarr", zarr_format=2)
