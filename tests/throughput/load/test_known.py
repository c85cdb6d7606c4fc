"""Facts that a user gives come before those of the tables, and reach the equations."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from load_rows import rows
from wattquery.catalog.facts import OWN_KEY, Accelerator, Architecture, accelerators, architectures
from wattquery.errors import InputError
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.hardware import families, hardware_of
from wattquery.throughput.load.kernel_classes import KernelClasses
from wattquery.throughput.load.known import TABLES, Known
from wattquery.throughput.load.shapes import shape_of, shapes_of

LLAMA, H100 = architectures()["llama-3.1-70b"], accelerators()["H100 SXM"]
OWN = replace(LLAMA, architecture=f"{OWN_KEY}mine", model="Mine", layers=40, attention_layers=40)
SLOW = replace(H100, hardware="H100 at 400 W", tdp_w=400.0)


def equal(one, other):
    if is_dataclass(one):
        return all(equal(getattr(one, part.name), getattr(other, part.name)) for part in fields(one))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(one[name], other[name]) for name in one)
    return all(a is b or a == b or (a != a and b != b) for a, b in zip(one, other, strict=True))


def test_what_is_not_given_is_as_the_tables_have_it():
    table = rows(batch=4.0, architecture=["llama-3.1-70b", "new", "deepseek-v3"], total_params_b=100.0)
    assert equal(Conditions.of(table), Conditions.of(table, known=Known.of([OWN], [SLOW])))


def test_facts_of_the_tables_add_nothing():
    known = Known.of([LLAMA, OWN], [H100, SLOW, SLOW])
    assert (set(known.architectures), set(known.accelerators)) == ({OWN.architecture}, {SLOW.hardware})
    assert known.architecture("llama-3.1-8b") is TABLES.architecture("llama-3.1-8b") is not None
    assert known.accelerator("abacus") is None


def test_two_things_of_one_name_are_refused():
    with pytest.raises(InputError, match="'H100 at 400 W' names two different"):
        Known.of(hardware=[SLOW, replace(SLOW, tdp_w=500.0)])
    with pytest.raises(InputError, match="Rename one"):
        Known.of([OWN, replace(OWN, layers=41)])


def test_facts_of_a_user_reach_the_equations():
    table = rows(batch=4.0, architecture=["llama-3.1-70b", OWN.architecture], hardware=["H100 SXM", SLOW.hardware])
    at = Conditions.of(table, known=Known.of([OWN], [SLOW]))
    assert list(at.reason) == ["", ""]
    assert list(at.shape.layers) == [80, 40]
    assert list(at.hardware.power_w) == [700, 400]
    without = Conditions.of(table)
    assert "not known" in without.reason[1]


def test_facts_come_before_those_of_the_tables():
    capped = replace(H100, tdp_w=500.0)
    assert hardware_of(["H100 SXM"], known=Known.of(hardware=[capped])).power_w[0] == 500.0
    assert list(families(["H100 SXM"], known=Known.of(hardware=[capped]))) == ["Hopper"]


def test_sizes_alone_have_the_usual_shape():
    sizes = Architecture(f"{OWN_KEY}sizes", "Sizes", total_params_b=70.0, active_params_b=70.0)
    usual = shapes_of(["new"], np.array([70.0]), np.array([70.0]))
    shape = shapes_of([sizes.architecture], [np.nan], [np.nan], known=Known.of([sizes]))
    assert equal(shape, usual)
    assert shape_of(sizes).imputed == 1.0
    assert shape_of(OWN).imputed == 0.0


def test_the_name_of_an_own_accelerator_tells_no_family():
    own = Accelerator("B200X", memory_gb=1.0)
    names = ["B200X", "Mine", "B200"]
    found = families(names, known=Known.of(hardware=[own, Accelerator("Mine", family="Hopper")]))
    assert list(found) == ["own:B200X", "Hopper", "Blackwell"]


@pytest.mark.parametrize(
    ("native", "sixteen_bits", "block_fp8"),
    [("mxfp4 experts, bf16 rest", 1, 0), ("fp8 (block 128)", 0, 1), ("bf16", 0, 0)],
)
def test_the_published_precision_tells_the_kernels_of_an_own_architecture(native, sixteen_bits, block_fp8):
    own = replace(OWN, architecture=f"{OWN_KEY}deepseek", native_precision=native)
    assert shape_of(own).sixteen_bits == sixteen_bits
    names = np.array([own.architecture], dtype=object)
    made = KernelClasses.of(np.array(["FP8"], dtype=object), names, np.zeros(1), known=Known.of([own]))
    assert made.block_fp8[0] == block_fp8


def test_predictions_take_them(model):
    table = rows(batch=4.0, architecture=[OWN.architecture, "llama-3.1-70b"])
    found = model.predict(table, known=Known.of([OWN]))
    assert list(found.support) == ["extrapolated", "supported"]
    half, whole = found.log_median("joules_per_output_token")
    assert half < whole
    assert list(model.predict(table).support) == ["none", "supported"]


def test_calibration_takes_them(model):
    table = rows(batch=4.0, architecture=OWN.architecture)
    measured = rows(batch=4.0, architecture=OWN.architecture, power_w_per_accelerator=350.0)
    known = Known.of([OWN])
    before = model.predict(table, known=known).log_sd("power_w_per_accelerator")
    after = model.predict(table, given=measured, known=known).log_sd("power_w_per_accelerator")
    assert after < before
