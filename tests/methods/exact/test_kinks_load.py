"""Where ln E bends under load: there, and nowhere else, its slope has a jump or a turn."""

from __future__ import annotations

import numpy as np
import pytest

from load_queries import ALL, kilojoules
from wattquery.methods.exact.kinks import context_kinks, input_kinks, output_kinks, power_bends, tangent_input

GRID = np.arange(1.0, 4000.0)


def bends(energies: np.ndarray) -> list[float]:
    """Return where second differences of an energy, which is quadratic between kinks, are no longer what they were.

    Two lengths next to a kink have differences of their own; both are told, or one if it lies on a length.
    """
    second = np.diff(energies, 2)
    changed = np.abs(np.diff(second)) > 1e-9 * np.abs(energies[2:-1])
    return (GRID[2:-1][changed]).tolist()


@pytest.mark.parametrize("other", [3.0, 90.0, 700.0])
@pytest.mark.parametrize("name", ALL)
def test_energies_bend_there_and_nowhere_else(name: str, other: float) -> None:
    form = ALL[name]
    numbers = form.kernel_numbers
    for found, energies in (
        (output_kinks(numbers, 0.0, other), kilojoules(form, GRID, other)),
        (input_kinks(numbers, 0.0, other), kilojoules(form, other, GRID)),
    ):
        inside = [kink for kink in found if 3.0 < kink < 3990.0]
        seen = bends(energies)
        for bend in seen:
            assert min(abs(bend - kink) for kink in inside) <= 2.0, bend
        told = [kink for kink in inside if any(abs(bend - kink) <= 2.0 for bend in seen)]
        # What is told and not seen costs panels, no digits: a cap of what is cached beyond all that is.
        assert len(told) >= len(inside) - 2


def test_contexts_that_are_not_cut_bend_nothing() -> None:
    numbers = ALL["plain"].kernel_numbers
    assert context_kinks(numbers) == output_kinks(numbers, 0.0, 5.0) == input_kinks(numbers, 0.0, 5.0) == []
    assert context_kinks(ALL["both"].kernel_numbers) == [1024.0, 200.0]
    assert input_kinks(ALL["plain, a number"].kernel_numbers, 0.0, 5.0) == [300.0]


def test_power_has_no_part_in_it() -> None:
    numbers = ALL["both"].kernel_numbers
    assert tangent_input(numbers, 0.5) == []
    assert output_kinks(numbers, 0.5, 90.0) == output_kinks(numbers, 0.0, 90.0)
    assert not power_bends(numbers, 0.0, (1.0, 1e5), (1.0, 1e5))
