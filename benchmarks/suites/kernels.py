"""The parts: generator, variates, equation, histogram."""

from __future__ import annotations

from typing import ClassVar

from benchmarks import subjects

SIZES = [4096, 1_000_000]  # one block, which stays in the cache, and a stream of them, which does not


class Generator:
    """Philox words to uniform variates."""

    params: ClassVar = [SIZES]
    param_names: ClassVar = ["size"]

    def setup(self, size: int) -> None:
        """Compile."""
        self.work = subjects.philox(size)

    def time_philox(self, size: int) -> None:
        """Time the generator."""
        self.work()


class Variates:
    """Draws of each distribution, from the generator on."""

    params: ClassVar = [SIZES, list(subjects.VARIATES)]
    param_names: ClassVar = ["size", "distribution"]

    def setup(self, size: int, distribution: str) -> None:
        """Compile."""
        self.work = subjects.variates(distribution, size)

    def time_variates(self, size: int, distribution: str) -> None:
        """Time the draws."""
        self.work()


class Equation:
    """ln E in a user's compiled loop."""

    params: ClassVar = [SIZES]
    param_names: ClassVar = ["size"]

    def setup(self, size: int) -> None:
        """Compile."""
        self.work = subjects.equation(size)

    def time_log_energy(self, size: int) -> None:
        """Time the equation."""
        self.work()


class Histogram:
    """Values of ln E into the lattice."""

    params: ClassVar = [SIZES]
    param_names: ClassVar = ["size"]

    def setup(self, size: int) -> None:
        """Compile."""
        self.work = subjects.histogram(size)

    def time_count(self, size: int) -> None:
        """Time the counting."""
        self.work()
