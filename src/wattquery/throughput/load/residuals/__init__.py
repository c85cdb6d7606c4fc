"""What the load model's equations leave over: a Gaussian process of three logarithms, known in part from measured rows.

Arrays in, arrays out: labels are compared and never looked up, and the equations of the model are not known here.

``places``             where rows stand, and which of their measured quantities say something new
``levels``             what rows have in common, from the architecture down to one row, and the kernel of each level
``coregionalisation``  covariances of the three outputs at one level, and the numbers that they are estimated by
``blocks``             the rows of one architecture as the equations of a Gaussian process see them
``likelihood``         the logarithm of the marginal likelihood, its gradient and its average information
``estimation``         the covariances that fit residuals best, and how well each is known
``wild``               weights of rows that lie too far from their configuration
``process``            the fitted process
``posterior``          what measured rows say about others
``jointly``            what is known of several rows together, and what one more run would say
``by_level``           the same level by level, for many rows that differ in little
``left_out``           what is known of rows without their own group, for many groups at once
``calibration``        factors by which intervals hold what they promise
"""

from wattquery.throughput.load.residuals.calibration import Calibration, calibrate_factors
from wattquery.throughput.load.residuals.levels import LEVELS, Level
from wattquery.throughput.load.residuals.places import OUTPUTS, Places
from wattquery.throughput.load.residuals.posterior import Effects, Posterior
from wattquery.throughput.load.residuals.process import ResidualProcess

__all__ = [
    "LEVELS",
    "OUTPUTS",
    "Calibration",
    "Effects",
    "Level",
    "Places",
    "Posterior",
    "ResidualProcess",
    "calibrate_factors",
]
