"""The best load on curves that are known: where a target binds, where it is full, and where more load costs more."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from wattquery.capacity.search import best_loads

LOADS = np.geomspace(0.01, 1.0, 41)
TOKEN, FIRST = "time_per_output_token", "time_to_first_token"


@dataclass(frozen=True)
class Known:
    """One candidate whose rate is its load, and whose latencies and energy are powers of it."""

    watts: np.ndarray
    token: np.ndarray
    loads: np.ndarray = field(default_factory=lambda: LOADS)

    def __len__(self) -> int:
        return 1

    @property
    def rate(self) -> np.ndarray:
        return self.loads[None, :]

    @property
    def latencies(self) -> dict[str, np.ndarray]:
        return {TOKEN: self.token[None, :], FIRST: (2.0 * self.loads**2)[None, :]}


def known(energy) -> Known:
    return Known(watts=(energy(LOADS) * LOADS)[None, :], token=LOADS)


@pytest.mark.parametrize(
    ("limits", "load", "binds"),
    [
        ({TOKEN: 0.37}, 0.37, TOKEN),
        ({FIRST: 2.0 * 0.37**2}, 0.37, FIRST),
        ({TOKEN: 0.37, FIRST: 2.0 * 0.2**2}, 0.2, FIRST),
        ({TOKEN: 0.37, FIRST: 2.0 * 0.37**2}, 0.37, f"{TOKEN} {FIRST}"),
        ({TOKEN: 5.0}, 1.0, "full"),
        ({TOKEN: 1.0}, 1.0, "full"),
        ({TOKEN: LOADS[20]}, LOADS[20], TOKEN),
    ],
)
@pytest.mark.parametrize("minimize", ["energy", "nodes"])
def test_energy_that_falls_is_least_where_a_limit_is(limits, load, binds, minimize) -> None:
    found = best_loads(known(lambda loads: 1.0 + 1.0 / loads), limits, minimize)
    assert found.load[0] == pytest.approx(load, rel=1e-12)
    assert found.rate[0] == pytest.approx(load, rel=1e-12)
    assert found.binds.tolist() == [binds]


def test_energy_that_rises_again_is_least_where_nothing_binds() -> None:
    rising = known(lambda loads: loads / 0.1 + 0.1 / loads)
    found = best_loads(rising, {TOKEN: 0.37}, "energy")
    assert found.load[0] == pytest.approx(0.1, rel=0.06)
    assert found.binds.tolist() == ["nothing"]
    assert best_loads(rising, {TOKEN: 0.05}, "energy").load[0] == pytest.approx(0.05, rel=1e-12)
    assert best_loads(rising, {TOKEN: 0.37}, "nodes").load[0] == pytest.approx(0.37, rel=1e-12)
