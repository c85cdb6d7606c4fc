"""The load model: time, power and energy of a serving instance from its architecture, accelerator, stack and load.

``observations``    operating points as columns of arrays
"""

from wattquery.throughput.load.observations import QUANTITIES, Observations

__all__ = ["QUANTITIES", "Observations"]
