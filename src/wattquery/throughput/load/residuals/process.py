"""The fitted process: covariances of the three outputs at each level, from residuals to a posterior."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.throughput.load.observations import QUANTITIES
from wattquery.throughput.load.residuals.coregionalisation import covariances, start
from wattquery.throughput.load.residuals.estimation import estimated, training_blocks
from wattquery.throughput.load.residuals.left_out import left_out
from wattquery.throughput.load.residuals.levels import LEVELS, ROW
from wattquery.throughput.load.residuals.places import Places
from wattquery.throughput.load.residuals.posterior import Effects, Posterior

__all__ = ["ResidualProcess"]

Array = NDArray[np.float64]

_GUESS = start([level.guess for level in (*LEVELS, ROW)])


@dataclass(frozen=True, eq=False)
class ResidualProcess:
    """A Gaussian process of the residuals of `OUTPUTS`, a sum over levels.

    cov(e_a(i), e_b(j)) = sum over levels l of A_l[a, b] k_l(i, j)

    Attributes
    ----------
    theta
        Numbers of the covariances A_l, (levels, 6): logarithms of the three standard deviations, then what makes the
        correlations. The levels are `LEVELS`, then the row's own.
    errors
        Standard errors of theta; NaN where it was not estimated.

    Examples
    --------
    One measured point, 30 % slower than predicted, and what it says of the same configuration at twice the load:

    >>> labels = ("architecture", "hardware", "stack", "precision", "configuration", "lengths")
    >>> numbers = ("log_load", "log_accelerators", "log_input", "date", "decode_share")
    >>> def place(log_load):
    ...     words = {name: np.array(["same"], dtype=object) for name in labels}
    ...     return Places(**words, **{name: np.array([1.0]) for name in numbers} | {"log_load": np.array([log_load])})
    >>> slower = np.array([[np.log(1.3), np.nan, np.nan, np.nan, np.nan]])
    >>> known = ResidualProcess.guessed().condition(place(3.0), slower)
    >>> mean, variance = known.effects(place(3.7)).of_quantities()
    >>> float(np.exp(mean[0, 0]).round(2)), float(np.sqrt(variance[0, 0]).round(2))
    (1.27, 0.11)
    """

    theta: Array
    errors: Array

    @classmethod
    def guessed(cls) -> Self:
        """Return the process before any data."""
        return cls(_GUESS.copy(), np.full_like(_GUESS, np.nan))

    @classmethod
    def fit(
        cls,
        places: Places,
        residuals: Array,
        *,
        first: ResidualProcess | None = None,
        most_rows: int = 150,
        most_steps: int = 25,
    ) -> Self:
        """Return the process that fits residuals best, by maximum marginal likelihood with a wide prior.

        Residuals should be those of rows whose architecture the equations were *not* fitted to. What is common to an
        architecture is otherwise partly in the fitted parameters, its variance comes out too small, and intervals for a
        new architecture are too narrow; what rows of one architecture differ in is the same either way.

        Parameters
        ----------
        places
            The rows.
        residuals
            Measured minus predicted, of the logarithms of `QUANTITIES`: (rows, 5), NaN where nothing was measured.
        first
            Where to begin; the guesses of the levels otherwise.
        most_rows
            Of one architecture: a choice of whole configurations, where there are more.
        most_steps
            After which the search ends.

        Raises
        ------
        InputError
            If the arrays do not belong together, or nothing was measured.
        """
        _check(places, residuals)
        blocks = training_blocks(places, residuals, most_rows)
        if not blocks:
            raise InputError("Residuals hold no number. Pass at least one measured row.")
        found = estimated(blocks, _GUESS, _GUESS if first is None else first.theta, most_steps)
        return cls(found.theta, found.errors)

    @property
    def levels(self) -> Array:
        """Covariances of the three outputs at each level, the row's own last: (levels, 3, 3)."""
        return covariances(self.theta)

    @property
    def standard_deviations(self) -> dict[str, tuple[float, float, float]]:
        """Standard deviations of `OUTPUTS` by the name of the level."""
        names = [level.name for level in (*LEVELS, ROW)]
        return {name: tuple(row) for name, row in zip(names, np.exp(self.theta[:, :3]).tolist(), strict=True)}

    def condition(self, places: Places, residuals: Array) -> Posterior:
        """Return what measured rows say about others; `Posterior.given` adds more of them.

        Raises
        ------
        InputError
            If the arrays do not belong together.
        """
        _check(places, residuals)
        return Posterior(self.levels, places, np.asarray(residuals, dtype=np.float64))

    def left_out(self, places: Places, residuals: Array, groups: NDArray[np.object_]) -> Effects:
        """Return the effects of every row, given the measured rows of its architecture outside its group.

        Of use for the calibration of intervals: thousands of rows without a fit or a solution per group.

        Parameters
        ----------
        places, residuals
            As in `condition`.
        groups
            A label per row, such as its configuration.

        Raises
        ------
        InputError
            If the arrays do not belong together.
        """
        _check(places, residuals)
        return left_out(self.levels, places, np.asarray(residuals, dtype=np.float64), groups)


def _check(places: Places, residuals: Array) -> None:
    """Refuse arrays that do not belong together."""
    if np.shape(residuals) != (len(places), len(QUANTITIES)):
        raise InputError(
            f"Residuals have the shape {np.shape(residuals)} for {len(places)} rows. "
            f"A row has {len(QUANTITIES)} of them, one per quantity. Pass NaN for those that were not measured."
        )
    if np.isinf(residuals).any():
        raise InputError("A residual is infinite. Residuals are logarithms of what is above 0. Leave such rows out.")
    for name in ("log_load", "log_accelerators", "log_input", "date"):
        if not np.isfinite(getattr(places, name)).all():
            raise InputError(
                f"{name} of a row is not a finite number. The process compares rows by it. "
                "Pass the model's own value where the row states none, or leave the row out."
            )
